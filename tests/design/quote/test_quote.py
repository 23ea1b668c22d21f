"""What a quote offers, for how much, and what it refuses."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.design import design_network
from ponplan.design.bill import bill_of, cost_total
from ponplan.design.prices import unit_cost
from ponplan.design.quote import Quote, accept_quote, quote_customer
from ponplan.errors import AreaError
from ponplan.topology import check_network, read_network, write_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType

    from ponplan.topology import Network

    Place = Callable[..., tuple[float, float]]

MAX_DROP_M = 60.0
# a corner of the grid, and how far off it the customer lives, outside the grid
PLACES = [("22", 6, 8), ("22", 30, 40), ("12", 0, 9), ("02", 0, 5), ("20", 3, -4), ("21", 12, 0), ("01", -5, 0)]


def test_the_grid_is_sound(grid: Network) -> None:
    """The hand-made town itself breaks no rule."""
    assert check_network(grid) == ()


@pytest.mark.parametrize(("corner", "dx_m", "dy_m"), PLACES)
def test_cheapest_of_all(grid: Network, at_corner: Place, corner: str, dx_m: float, dy_m: float) -> None:
    """The first alternative costs as much as the cheapest of all ways, counted one by one from the price book."""
    quote = _quote(grid, at_corner(grid, corner, dx_m, dy_m))
    assert quote.alternatives[0].price == pytest.approx(
        _cheapest(grid, corner, math.hypot(dx_m, dy_m)), abs=0.1
    )  # millimetres of the drop


@pytest.mark.parametrize(("corner", "dx_m", "dy_m"), PLACES)
def test_accepted_designs_are_sound(grid: Network, at_corner: Place, corner: str, dx_m: float, dy_m: float) -> None:
    """Every alternative, once accepted, breaks no rule and makes the bill dearer by its price to the cent."""
    quote = _quote(grid, at_corner(grid, corner, dx_m, dy_m))
    assert quote.alternatives
    for chosen in quote.alternatives:
        grown = accept_quote(grid, chosen)
        assert check_network(grown) == ()
        assert round(cost_total(grown.bill) - cost_total(bill_of(grid)), 2) == chosen.price
        assert round(sum(line.total_cost for line in chosen.lines), 2) == chosen.price


def test_between_corners_a_route_is_cut(grid: Network, at_corner: Place) -> None:
    """In the middle of a street its route is cut where the drop begins, in the cable that passes as well."""
    quote = _quote(grid, at_corner(grid, "10", 40, -10))
    first = quote.alternatives[0]
    assert list(first.trench_m) == ["lead-in"]
    assert first.trench_m["lead-in"] == pytest.approx(10.0, abs=0.01)
    assert [route.length_m for route, _ in first.change.replaced_routes["r-10-20"]] == pytest.approx(
        [40, 60], abs=0.01
    )
    grown = accept_quote(grid, first)
    assert {cable.id: cable.routes for cable in grown.cables}["d"] == ("r-00-10", "r-10-20/1", "r-10-20/2", "r-20-21")


def test_prices_rise(town: Network, degrees: Place) -> None:
    """Alternatives are sorted by price, and the dearer ones say what makes them so."""
    home = town.customers[5]
    quote = quote_customer(town, at=degrees(town, home.x_m + 12, home.y_m + 9))
    prices = [one.price for one in quote.alternatives]
    assert 1 < len(prices) <= 3
    assert prices == sorted(prices)
    assert quote.alternatives[0].dearer == ""
    for one in quote.alternatives[1:]:
        assert one.dearer.startswith(f"{one.price - prices[0]:.2f} dearer")


@pytest.mark.parametrize("row", [3, 77, 150, 240, 299])
def test_quotes_in_a_designed_town(town: Network, degrees: Place, row: int) -> None:
    """In the bundled town accepted quotes break no rule and cost what was quoted."""
    home = town.customers[row]
    quote = quote_customer(town, at=degrees(town, home.x_m + 7, home.y_m - 11), customer_class=home.customer_class)
    assert quote.alternatives
    for chosen in quote.alternatives:
        grown = accept_quote(town, chosen)
        assert check_network(grown) == ()
        assert round(float(str(grown.facts["cost_total"])) - float(str(town.facts["cost_total"])), 2) == chosen.price


@pytest.mark.parametrize("seed", range(8))
def test_quotes_in_random_towns(cases: ModuleType, degrees: Place, seed: int) -> None:
    """In towns of all shapes, with tight ducts and odd rules, whatever is offered can be built for its price."""
    network = design_network(cases.random_area(seed)).network
    rng = np.random.default_rng([seed, 5])
    home = network.customers[int(rng.integers(len(network.customers)))]
    quote = quote_customer(network, at=degrees(network, home.x_m + rng.normal(0, 25), home.y_m + rng.normal(0, 25)))
    assert quote.alternatives or quote.refusals
    for chosen in quote.alternatives:
        grown = accept_quote(network, chosen)
        assert [one for one in check_network(grown) if not one.relaxed] == []
        assert round(cost_total(grown.bill) - cost_total(network.bill), 2) == chosen.price


def test_quotes_add_up(town: Network, degrees: Place) -> None:
    """One accepted quote after the other leaves a design without faults, however often."""
    network, spent = town, 0.0
    for row in (10, 11, 12, 60):
        home = town.customers[row]
        chosen = quote_customer(network, at=degrees(town, home.x_m + 5, home.y_m + 5)).alternatives[0]
        network, spent = accept_quote(network, chosen), spent + chosen.price
    assert check_network(network) == ()
    assert cost_total(network.bill) == pytest.approx(cost_total(town.bill) + spent, abs=0.001)
    assert network.facts["customers_total"] == len(town.customers) + 4


def test_no_bound_is_claimed(grid: Network, at_corner: Place) -> None:
    """The plan with a quote is not the optimised one: no bound, no gap."""
    grown = accept_quote(grid, _quote(grid, at_corner(grid, "22", 6, 8)).alternatives[0])
    assert grown.facts["cost_bound"] is None
    assert grown.facts["gap_percent"] is None
    assert grown.facts["customers_served"] == 4


def test_accepted_design_is_read_back(grid: Network, at_corner: Place, tmp_path: Path) -> None:
    """A design with an accepted quote is written and read without loss."""
    grown = accept_quote(grid, _quote(grid, at_corner(grid, "12", 0, 9)).alternatives[0])
    write_network(grown, tmp_path / "grown.gpkg")
    back = read_network(tmp_path / "grown.gpkg")
    assert (back.links, back.cables, back.routes, back.nodes) == (
        grown.links,
        grown.cables,
        grown.routes,
        grown.nodes,
    )
    assert check_network(back) == ()


def test_the_design_is_not_touched(grid: Network, at_corner: Place) -> None:
    """Asking for a quote changes nothing: the same question has the same answer."""
    place = at_corner(grid, "22", 6, 8)
    one, two = _quote(grid, place), _quote(grid, place)
    assert [(a.price, a.host, a.lines) for a in one.alternatives] == [
        (a.price, a.host, a.lines) for a in two.alternatives
    ]


def test_free_leg_beats_new_build(grid: Network, at_corner: Place) -> None:
    """Where a leg and a fibre are free, they come first."""
    assert _quote(grid, at_corner(grid, "21", 12, 0)).alternatives[0].kind == "free-leg"


def test_new_splitter_where_no_leg_is_free(full_grid: Network, at_corner: Place) -> None:
    """With the splitter in cabinet a full, its neighbourhood is served by a second one or from cabinet b."""
    assert check_network(full_grid) == ()
    quote = _quote(full_grid, at_corner(full_grid, "20", 3, -4))
    assert all((one.kind, one.host) != ("free-leg", "a") for one in quote.alternatives)
    chosen = next(one for one in quote.alternatives if one.kind == "new-splitter" and one.host == "a")
    grown = accept_quote(full_grid, chosen)
    assert check_network(grown) == ()
    assert len(grown.splitters) == 3
    assert len(grown.ports) == 3


def test_far_place_is_refused(grid: Network, at_corner: Place) -> None:
    """A place beyond the longest drop gets no offer, but the distance and the limit."""
    quote = quote_customer(grid, at=at_corner(grid, "22", 45, 45), services=["internet-100"], max_drop_m=60.0)
    assert quote.alternatives == ()
    assert "64 m from the nearest route" in quote.refusals[0].reason


def test_protection_is_not_faked(grid: Network, at_corner: Place) -> None:
    """No splitter of the town has a second feeder: what is offered has one that is built anew."""
    quote = _quote(grid, at_corner(grid, "21", 12, 0), protection="trunk")
    assert {one.kind for one in quote.alternatives} <= {"two-ways"}
    for one in quote.alternatives:
        assert {link.role for link in one.change.links} == {"working", "protecting"}
    assert any("does not have a second feeder" in refusal.reason for refusal in quote.refusals)


def test_protected_splitter_gives_protection(hand_made: object, degrees: Place) -> None:
    """Behind a splitter with two feeders a customer gets trunk protection, and only there."""
    network = hand_made.trunk_network()  # type: ignore[attr-defined]
    cabinet = next(node for node in network.nodes if node.id == "cabinet")
    quote = quote_customer(
        network, at=degrees(network, cabinet.x_m + 20, cabinet.y_m), services=["internet-100"], protection="trunk"
    )
    assert [one.splitter for one in quote.alternatives] == ["s1"]
    assert check_network(accept_quote(network, quote.alternatives[0])) == ()


def test_too_much_load_is_refused(grid: Network, at_corner: Place) -> None:
    """Ten lines of a gigabit are more than any port of the technology carries."""
    quote = quote_customer(
        grid, at=at_corner(grid, "21", 12, 0), services=["internet-1000:60"], max_drop_m=MAX_DROP_M
    )
    assert quote.alternatives == ()
    assert quote.refusals


def test_services_without_terminal_are_refused(grid: Network, at_corner: Place) -> None:
    """No EPON terminal has a hundred E1 ports."""
    quote = _quote(grid, at_corner(grid, "21", 12, 0), services=["e1:100"])
    assert "no epon terminal" in quote.refusals[0].reason


def test_another_technology_needs_its_own_plant(grid: Network, at_corner: Place) -> None:
    """A GPON customer in an EPON town gets a new splitter, port, card and whatever else that takes."""
    quote = _quote(grid, at_corner(grid, "00", -3, -4), technology="gpon")
    first = quote.alternatives[0]
    assert first.kind == "new-splitter"
    grown = accept_quote(grid, first)
    assert check_network(grown) == ()
    assert {port.technology for port in grown.ports} == {"epon", "gpon"}


def test_every_fault_is_named_at_once(grid: Network) -> None:
    """A wish with five mistakes is refused with five faults."""
    with pytest.raises(AreaError) as caught:
        quote_customer(
            grid,
            at=(math.nan, 91.0),
            services=["teleport"],
            customer_class="nobody",
            protection="some",
            technology="zpon",
        )
    fields = sorted(str(fault.field) for fault in caught.value.faults)
    assert fields == ["--at", "--at", "--class", "--protection", "--service", "--technology"]


def test_outside_the_area_is_a_fault(grid: Network) -> None:
    """A place in another country is a mistake in the question, not a customer who is far away."""
    with pytest.raises(AreaError, match="outside the area"):
        quote_customer(grid, at="2.35,48.85", services=["internet-100"])


def test_customer_of_the_same_name_is_a_fault(grid: Network, at_corner: Place) -> None:
    """An id that the design has already is refused."""
    with pytest.raises(AreaError, match="in the design already"):
        _quote(grid, at_corner(grid, "21", 12, 0), identity="c1")


def test_dark_fibres_of_broken_cables_are_not_used(grid: Network, at_corner: Place) -> None:
    """Of a cable with faulty fibres only the sound ones are offered."""
    cables = tuple(replace(c, faulty=tuple(range(2, 9))) if c.id == "d" else c for c in grid.cables)
    quote = _quote(replace(grid, cables=cables), at_corner(grid, "21", 12, 0))
    lit = {(element.id, element.fibre) for one in quote.alternatives for element in one.path.elements}
    assert not lit & {("d", fibre) for fibre in range(1, 9)}


def _quote(network: Network, at: tuple[float, float], **options: object) -> Quote:
    given = {"services": ["internet-100"], "max_drop_m": MAX_DROP_M} | options
    return quote_customer(network, at=at, **given)  # type: ignore[arg-type]


def _cheapest(network: Network, corner: str, drop_m: float) -> float:
    """Count the price of every way over free legs: each host or tap, each simple path of streets to it."""
    catalogue = network.catalogue
    closure = min(
        unit_cost(catalogue, row.id) + unit_cost(catalogue, "closure-installation")
        for row in catalogue.enclosures.values()
        if row.kind == "closure" and row.allowed_in_design and row.cables >= 2
    )
    splice = unit_cost(catalogue, "splice")
    fixed = unit_cost(catalogue, "onu-epon-1ge") + unit_cost(catalogue, "drop-connection")
    fixed += unit_cost(catalogue, "onu-commissioning") + 2 * splice + drop_m * unit_cost(catalogue, "lead-in")
    # where a way may end: cabinets a and b, and the cable d, at whose end a closure with room stands already
    targets = {"00": 0.0, "02": 0.0, "10": closure + splice, "20": closure + splice, "21": splice}
    return fixed + min(
        extra + trench + cable
        for target, extra in targets.items()
        for trench, length_m in _ways(network, f"j-{corner}", f"j-{target}")
        for cable in _cable_costs(network, drop_m, length_m, closure + splice)
    )


def _cable_costs(network: Network, drop_m: float, length_m: float, joint: float) -> list[float]:
    drop, trunk = (unit_cost(network.catalogue, name) * 1.03 for name in ("drop-1", "trunk-4"))
    whole = [drop * (drop_m + length_m)] if drop_m + length_m <= MAX_DROP_M else []
    return [*whole, drop * drop_m + joint + trunk * length_m] if length_m else whole


def _ways(
    network: Network, start: str, end: str, seen: frozenset[str] = frozenset()
) -> Iterator[tuple[float, float]]:
    """Give what every simple path of streets costs to dig, and its length."""
    if start == end:
        yield 0.0, 0.0
        return
    for route in network.routes:
        ends = {route.from_junction, route.to_junction}
        if route.kind != "route" or start not in ends or ends & seen:
            continue
        (far,) = ends - {start}
        duct = unit_cost(network.catalogue, "duct-110")
        per_m = unit_cost(network.catalogue, route.surface) + duct if route.state == "unused" else 0.0
        for trench, length_m in _ways(network, far, end, seen | {start}):
            yield trench + per_m * route.length_m, length_m + route.length_m
