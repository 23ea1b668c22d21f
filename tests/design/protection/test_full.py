"""Full protection by design: two ports, feeders, splitters and ways to every customer who is promised it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import LineString

from ponplan import check_network
from ponplan.area.generate.generator import generate_area
from ponplan.area.model import Area, Customer, Office, Route, Rules, Site
from ponplan.design import design_network
from ponplan.topology.survey import Survey
from ponplan.topology.ways import onu_ways

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.topology.network import Network


@pytest.fixture(scope="module")
def town() -> Network:
    """Give a town in which every sixth customer is promised full protection."""
    area = generate_area("mixed-town", customers=60, seed=1)
    people = tuple(replace(c, protection="full" if row % 6 == 0 else "none") for row, c in enumerate(area.customers))
    return design_network(replace(area, customers=people), seed=1).network


def test_check_proves_both_paths_disjoint(town: Network) -> None:
    """Nothing is broken but what is listed, and most customers have nothing listed."""
    assert all(violation.relaxed for violation in check_network(town))
    assert len({row.subject for row in town.exposures}) <= 3


def test_everything_is_there_twice(town: Network) -> None:
    """Two ways from two ports over two splitters at different places come in at two interfaces."""
    survey = Survey(town)
    kinds = {customer.id: customer.protection for customer in town.customers}
    ways = onu_ways(survey)
    assert len(ways) == 10
    for row, way in ways.items():
        assert kinds[town.onus[row].customer] == "full"
        assert [len(way.working), len(way.protecting)] == [1, 1]
        one, other = way.working[0], way.protecting[0]
        assert (one.interface, other.interface) == (1, 2)
        assert town.ports[other.port].partner == town.ports[one.port].id
        splitters = {town.links[path.links[-1]].from_device for path in (one, other)}
        places = {survey.index.device_junctions[name] for name in splitters}
        assert len(places) == 2


def test_their_terminals_take_two_ways(town: Network) -> None:
    """Protected terminals have an optical switch or two interfaces, the others neither."""
    kinds = {customer.id: customer.protection for customer in town.customers}
    for onu in town.onus:
        row = town.catalogue.onus[onu.type]
        assert (row.optical_switch or row.pon_interfaces > 1) == (kinds[onu.customer] == "full")


def test_a_second_drop_comes_from_another_street(town: Network) -> None:
    """Where a second entry is built, it is a route of its own to the same premises."""
    routes = {route.id: route for route in town.routes}
    second = [cable for cable in town.cables if cable.role == "drop" and cable.id.endswith("/2")]
    assert len(second) == 10
    apart = 0
    for cable in second:
        first = next(other for other in town.cables if other.id == cable.id.removesuffix("/2"))
        assert cable.to_node == first.to_node
        apart += cable.routes != first.routes
        assert routes[cable.routes[-1]].to_junction == routes[first.routes[-1]].to_junction
    assert apart >= 8


def _ring(*, customer: tuple[float, float], sites: int = 4, **rules: object) -> Area:
    """Give four streets around a block, the office at one corner, a customer somewhere."""
    corners = [(0.0, 0.0), (400.0, 0.0), (400.0, 400.0), (0.0, 400.0)]
    places = [(200.0, 0.0), (400.0, 200.0), (200.0, 400.0), (0.0, 200.0)][:sites]
    return Area(
        name="ring",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=(
            Customer(
                id="bank", name="", x_m=customer[0], y_m=customer[1], customer_class="finance", protection="full"
            ),
        ),
        sites=tuple(Site(id=f"s{i}", name="", kind="cabinet", x_m=x, y_m=y) for i, (x, y) in enumerate(places)),
        routes=tuple(
            Route(id=f"r{i}", surface="asphalt", line=LineString([corners[i], corners[(i + 1) % 4]]))
            for i in range(4)
        ),
        rules=Rules(**rules),
    )


def test_a_block_is_gone_round_both_ways() -> None:
    """Where the streets make a ring, the two ways take opposite sides of it: all of it is dug, and no metre twice."""
    network = design_network(_ring(customer=(380.0, 390.0)), seed=0).network
    assert check_network(network) == ()
    assert network.exposures == ()
    dug = sum(route.length_m for route in network.routes if route.state == "new" and route.kind == "route")
    assert dug == pytest.approx(1600.0, abs=31.0)  # but for what lies between both entries


def test_a_single_street_to_the_premises_is_listed() -> None:
    """Without a second way in within reach the drop is shared: its metres, who is exposed, and a cure are listed."""
    network = design_network(_ring(customer=(380.0, 200.0), max_second_entry_m=30.0), seed=0).network
    assert all(violation.relaxed for violation in check_network(network))
    (row,) = (row for row in network.exposures if row.kind == "trench")
    assert (row.subject, row.thing, row.customers) == ("bank", "drop/bank", 1)
    assert row.length_m == pytest.approx(20.0)
    assert row.cure.startswith("straight from premises/bank")
    assert row.cure_m > 20.0
    assert row.cure_cost > 0.0
    assert network.facts["gap_percent"] is not None


def test_with_one_place_only_the_trunk_is_protected() -> None:
    """Two splitters need two places; with one the promise is listed as relaxed, and the second feeder is there."""
    network = design_network(_ring(customer=(380.0, 390.0), sites=1), seed=0).network
    assert all(violation.relaxed for violation in check_network(network))
    assert [entry.subject for entry in network.relaxed if entry.rule == "protection"] == ["bank"]
    assert any(link.role == "protecting" for link in network.links)


def test_a_place_beside_both_ways_is_reached_by_a_spur() -> None:
    """Where one way passes no place for a splitter, it leads into a side street where one stands, and back."""
    area = _ring(customer=(390.0, 380.0))
    beside = Route(id="side", surface="asphalt", line=LineString([(400.0, 200.0), (600.0, 200.0)]))
    places = [("far", 200.0, 400.0), ("beside", 600.0, 200.0)]
    area = replace(
        area,
        offices=(replace(area.offices[0], x_m=400.0),),
        sites=tuple(Site(id=name, name="", kind="cabinet", x_m=x, y_m=y) for name, x, y in places),
        routes=(*area.routes, beside),
    )
    network = design_network(area, seed=0).network
    assert check_network(network) == ()
    assert network.exposures == ()
    assert len(network.splitters) == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_bank_of_a_district_is_fully_protected(seed: int) -> None:
    """In streets without dead ends, two splitters at two places on ways apart are found for everybody."""
    network = design_network(generate_area("bank-district", customers=30, seed=seed), seed=0).network
    assert all(violation.relaxed for violation in check_network(network))
    assert not [entry for entry in network.relaxed if entry.rule == "protection"]


@pytest.mark.parametrize("kind", ["switch", "dual"])
def test_the_rule_names_the_terminal(kind: str) -> None:
    """An optical switch, or two PON interfaces, as the rules want."""
    network = design_network(_ring(customer=(380.0, 390.0), protected_onu=kind), seed=0).network
    row = network.catalogue.onus[network.onus[0].type]
    assert row.optical_switch == (kind == "switch")
    assert (row.pon_interfaces == 2) == (kind == "dual")


def test_a_tunnel_named_as_one_risk_is_not_used_twice() -> None:
    """Two of four streets share a risk group: with an inner street that avoids it, both ways avoid it together."""
    area = _ring(customer=(380.0, 390.0))
    routes = tuple(replace(r, risk_groups=("bridge",) if r.id in ("r0", "r3") else ()) for r in area.routes)
    inner = (
        Route(id="in1", surface="asphalt", line=LineString([(0.0, 0.0), (150.0, 250.0), (200.0, 400.0)])),
        Route(id="in2", surface="asphalt", line=LineString([(0.0, 0.0), (250.0, 150.0), (400.0, 200.0)])),
    )
    network = design_network(replace(area, routes=(*routes, *inner)), seed=0).network
    assert all(violation.relaxed for violation in check_network(network))
    assert not [row for row in network.exposures if row.kind == "risk"]


@pytest.mark.parametrize("seed", range(25))
def test_random_small_areas_keep_every_rule_or_list_it(cases: ModuleType, seed: int) -> None:
    """Whatever streets, sites and rules there are: check finds nothing that the plan does not list."""
    area, rng = cases.random_area(seed), np.random.default_rng(seed)
    people = tuple(replace(c, protection=str(rng.choice(["none", "trunk", "full"]))) for c in area.customers)
    rules = replace(area.rules, protection_ports=str(rng.choice(["card", "cards", "olts", "offices"])))
    network = design_network(replace(area, customers=people, rules=rules), seed=0).network
    assert all(violation.relaxed for violation in check_network(network))
