"""Fibres ride in the sheath of a cable beside theirs where that is cheaper, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from shapely import LineString

from ponplan.area.model import Area, Customer, Office, Route, Rules, Site
from ponplan.catalogue import Catalogue, read_catalogue
from ponplan.design import design_network, run
from ponplan.design.prices import installed_cost, unit_cost
from ponplan.design.sheaths.light import Light
from ponplan.topology import check_network
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from ponplan.topology.network import Network

SLACK = 0.05
Plans = tuple["Network", "Network"]


def _plans(area: Area, catalogue: Catalogue) -> Plans:
    """Give the plan of an area without shared sheaths, and the one with."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(run, "share_sheaths", lambda draft, _: draft)
        apart = design_network(area, catalogue=catalogue).network
    return apart, design_network(area, catalogue=catalogue).network


@pytest.fixture(scope="module")
def drawn(cases: ModuleType, protected: ModuleType) -> list[Plans]:
    """Give both plans of random areas with protection, direct fibres, two stages and taps."""
    return [_plans(area, catalogue) for area, catalogue in _areas(cases, protected)]


def _road(count: int) -> Area:
    """Give an office, customers 300 m from it along one road, and a cabinet at its end 1000 m away."""
    customers = tuple(
        Customer(id=f"C{i}", name="", x_m=300.0 + 5.0 * i, y_m=8.0, customer_class="residential")
        for i in range(count)
    )
    return Area(
        name="road",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=customers,
        sites=(Site(id="CAB", kind="cabinet", name="", x_m=1000.0, y_m=0.0),),
        routes=(
            Route(
                id="road",
                surface="existing-duct",
                line=LineString([(0.0, 0.0), (1000.0, 0.0)]),
                free_bores=9,
            ),
        ),
        rules=Rules(max_split=8, splitters_in_office=False, spare_fibres=0.0, cable_slack=SLACK),
    )


def _cost(network: Network) -> float:
    return sum(line.total_cost for line in network.bill)


def _types(network: Network, role: str) -> list[tuple[str, float]]:
    return [(cable.type, round(cable.length_m)) for cable in network.cables if cable.role == role]


def test_a_feeder_rides_back_to_its_cabinet_in_the_cable_that_comes_from_there() -> None:
    """The feeder ends where distribution does; 700 m of cable are saved for a splice and a larger closure."""
    catalogue = read_catalogue()
    apart, shared = _plans(_road(7), catalogue)
    assert _types(apart, "feeder") == [("trunk-4", 1000)]
    assert _types(shared, "feeder") == [("trunk-4", 300)]
    assert _types(shared, "distribution") == _types(apart, "distribution") == [("trunk-8", 700)]
    boxes = catalogue.enclosures
    added = unit_cost(catalogue, "splice") + installed_cost(catalogue, boxes["drop-closure-2"])
    added -= installed_cost(catalogue, boxes["drop-closure-1"])
    saved = 700.0 * (1.0 + SLACK) * unit_cost(catalogue, "trunk-4") - added
    assert _cost(apart) - _cost(shared) == pytest.approx(saved, abs=0.03)
    (feeder,) = [link for link in shared.links if link.from_device in {port.id for port in shared.ports}]
    roles = {cable.id: cable.role for cable in shared.cables}
    assert [roles[cable] for cable, _ in feeder.strands] == ["feeder", "distribution"]
    assert not check_network(shared)


def test_a_feeder_keeps_its_own_cable_where_a_larger_one_costs_more() -> None:
    """Where thick cables are dear, a fibre more in them is dearer than a thin cable beside."""
    catalogue = read_catalogue()
    prices = {
        name: replace(price, material_cost=price.material_cost + 50.0 * (name not in ("trunk-4", "trunk-8")))
        if name.startswith("trunk-")
        else price
        for name, price in catalogue.prices.items()
    }
    apart, shared = _plans(_road(8), replace(catalogue, prices=prices))
    assert _cost(shared) == _cost(apart)
    assert _types(shared, "feeder") == [("trunk-4", 1000)]


def test_the_room_for_splices_ends_where_check_finds_too_little_light() -> None:
    """As many splices more as the scarcest path bears are permitted by check, and one more is not."""
    network, _ = _plans(_road(7), read_catalogue())
    room = min(Light(Survey(network)).more)
    rows = network.catalogue.terminations
    dark = []
    for splices in (room, room + 1):
        olt = replace(rows["olt"], splices=rows["olt"].splices + splices)
        catalogue = replace(network.catalogue, terminations={**rows, "olt": olt})
        found = check_network(replace(network, catalogue=catalogue))
        dark.append(any(violation.rule.startswith("light") for violation in found))
    assert dark == [False, True]


def test_light_that_bears_no_splice_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room for a splice the customers' fibres ride in the feeder's cable, which goes all the way."""
    monkeypatch.setattr(Light, "bears", lambda _, splices: not any(count > 0 for count in splices.values()))
    apart, shared = _plans(_road(7), read_catalogue())
    assert max(len(link.strands) for link in shared.links) == max(len(link.strands) for link in apart.links)
    assert _types(shared, "distribution") == [("trunk-8", 1000)]


def _areas(cases: ModuleType, protected: ModuleType) -> Iterator[tuple[Area, Catalogue]]:
    """Give areas in which something rides."""
    for seed in (2, 5, 8):
        yield protected.random_mesh(seed), cases.with_dear_cables(cases.random_catalogue(seed), seed)
    for seed in (2, 5):
        area = cases.with_direct(cases.random_area(seed), seed)
        yield area, cases.with_dear_cables(cases.random_catalogue(seed), seed)
    yield cases.with_two_stages(cases.forks(2)), cases.with_dear_cables(cases.random_catalogue(2), 2)
    yield cases.roads(2), cases.with_dear_ports(cases.random_catalogue(2), 2)


def _courses(network: Network) -> dict[str, list[str]]:
    """Give the routes that the light of every link passes."""
    survey = Survey(network)
    return {
        link.id: sorted(name for piece in way.pieces for name in survey.routes_of(piece))
        for link, way in zip(network.links, survey.runs, strict=True)
    }


def _shared_by_pairs(network: Network) -> int:
    return sum(entry.kind in ("fibre", "cable", "node") for entry in network.exposures)


def test_whatever_is_shared_is_cheaper_sound_and_runs_where_it_ran(drawn: list[Plans]) -> None:
    """Only sheaths change: every link keeps its streets, pairs come no nearer, and the file proves sound."""
    for apart, shared in drawn:
        assert _cost(shared) <= _cost(apart)
        assert _courses(shared) == _courses(apart)
        assert _shared_by_pairs(shared) <= _shared_by_pairs(apart)
        assert all(violation.relaxed for violation in check_network(shared))
    assert sum(_cost(shared) < _cost(apart) for apart, shared in drawn) >= 4


def _cables_of_both(network: Network) -> int:
    """Count the cables with light that only a port brings beside light that only its partner brings."""
    arrivals = Survey(network).arrivals
    lit: dict[str, set[int]] = {port.id: set() for port in network.ports}
    for port, link in zip(arrivals.ports.tolist(), arrivals.links.tolist(), strict=True):
        lit[network.ports[port].id].add(link)
    count = 0
    for port in network.ports:
        if port.partner:
            one, other = lit[port.id], lit[port.partner]
            sides = [
                {c for row in links for c, _ in network.links[row].strands} for links in (one - other, other - one)
            ]
            count += len(sides[0] & sides[1])
    return count


def test_ports_and_their_partners_come_into_no_cable_together(drawn: list[Plans]) -> None:
    """A cut may take fibres of one side of a pair of ports, never of both, or somebody has no way left."""
    assert any(port.partner for _, shared in drawn for port in shared.ports)
    for apart, shared in drawn:
        assert _cables_of_both(shared) <= _cables_of_both(apart)


def test_a_cable_with_any_fibre_behind_a_splitter_is_distribution(drawn: list[Plans]) -> None:
    """A feeder cable carries light of ports alone."""
    for _, shared in drawn:
        ports = {port.id for port in shared.ports}
        behind = {cable for link in shared.links if link.from_device not in ports for cable, _ in link.strands}
        assert not any(cable.role == "feeder" and cable.id in behind for cable in shared.cables)


def test_fibres_that_leave_together_lie_in_one_tube() -> None:
    """Feeders in a distribution cable are bundled by where they leave, so that no further tube is opened."""
    _, shared = _plans(replace(_road(20), rules=replace(_road(20).rules, max_split=4)), read_catalogue())
    ports = {port.id for port in shared.ports}
    riding = [link.strands[-1][1] for link in shared.links if link.from_device in ports and len(link.strands) > 1]
    assert len(riding) == 5
    assert all(after == before + 1 for before, after in pairwise(sorted(riding)))
