"""Trunk protection by design: two feeders to every splitter that serves somebody who is promised one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import LineString

from ponplan import check_network
from ponplan.area.generate.generator import generate_area
from ponplan.area.model import Area, Customer, Office, Route, Rules, Site
from ponplan.design import design_network, run
from ponplan.topology.survey import Survey
from ponplan.topology.ways import onu_ways

if TYPE_CHECKING:
    from ponplan.topology.network import Network


def _protected(kind: str, customers: int, *, every: int = 1, **rules: object) -> Area:
    area = generate_area(kind, customers=customers, seed=3)
    people = tuple(
        replace(customer, protection="trunk" if row % every == 0 else "none")
        for row, customer in enumerate(area.customers)
    )
    return replace(area, customers=people, rules=replace(area.rules, **rules))


@pytest.fixture(scope="module")
def town() -> Network:
    """Give a town in which every other customer is promised a second feeder."""
    return design_network(_protected("mixed-town", 120, every=2), seed=1).network


def test_check_proves_every_feeder_disjoint(town: Network) -> None:
    """A town with streets around every block keeps the promise without any exposure."""
    assert check_network(town) == ()
    assert town.exposures == ()


def test_only_the_promised_get_second_feeders(town: Network) -> None:
    """Splitters with two inputs serve protected customers only, and every one of them."""
    kinds = {customer.id: customer.protection for customer in town.customers}
    doubled = {link.to_device for link in town.links if link.role == "protecting"}
    types = {splitter.id: splitter.type for splitter in town.splitters}
    assert all(types[name].startswith("splitter-2x") == (name in doubled) for name in types)
    onus = {onu.id: onu.customer for onu in town.onus}
    for link in town.links:
        if link.to_device in onus:
            assert (kinds[onus[link.to_device]] == "trunk") == (link.from_device in doubled)


def test_standby_ports_are_on_other_cards(town: Network) -> None:
    """The default rule puts both ports of a splitter on different cards, and names the partner."""
    ports = {port.id: port for port in town.ports}
    standing_by = [port for port in town.ports if port.role == "protecting"]
    assert standing_by
    assert all(port.standby == "cold" and ports[port.partner].card != port.card for port in standing_by)


def test_both_ways_are_told(town: Network) -> None:
    """Every protected terminal has one working and one protecting way, the working one no longer."""
    survey = Survey(town)
    ways = onu_ways(survey)
    assert len(ways) == 60
    for way in ways.values():
        assert [len(way.working), len(way.protecting)] == [1, 1]
        assert way.working[0].length_m <= way.protecting[0].length_m + 0.01


@pytest.mark.parametrize("rule", ["card", "olts"])
def test_the_rule_says_where_standby_ports_are(rule: str) -> None:
    """A protecting port may share the card, or must be in another chassis."""
    network = design_network(_protected("mixed-town", 40, protection_ports=rule), seed=1).network
    assert check_network(network) == ()
    cards = {card.id: card.olt for card in network.cards}
    ports = {port.id: port for port in network.ports}
    pairs = [(port, ports[port.partner]) for port in network.ports if port.partner]
    apart = [cards[port.card] != cards[partner.card] for port, partner in pairs]
    assert all(apart) == (rule == "olts")


def test_a_dead_end_is_listed_with_its_cure() -> None:
    """Along a single road both feeders share the trench: every metre is listed, with a new route that would help."""
    network = design_network(_protected("road-bus", 48), seed=1).network
    violations = check_network(network)
    assert violations
    assert all(violation.relaxed for violation in violations)
    trenches = [row for row in network.exposures if row.kind == "trench"]
    shared = {entry.subject: entry.value for entry in network.relaxed if entry.rule == "disjoint-trench"}
    for subject, metres in shared.items():
        assert sum(row.length_m for row in trenches if row.subject == subject) == pytest.approx(metres)
    assert all(row.cure_m > 0 and row.cure_cost > 0 and row.customers > 0 for row in trenches)


def test_one_office_cannot_stand_by_for_itself() -> None:
    """Where two offices are wanted and there is one, the nearest that can be had is listed as relaxed."""
    network = design_network(_protected("star-campus", 20, protection_ports="offices"), seed=1).network
    entries = [entry for entry in network.relaxed if entry.rule == "standby-place"]
    assert entries
    assert {(entry.value, entry.limit) for entry in entries} == {(2.0, 3.0)}


def test_the_same_seed_gives_the_same_plan() -> None:
    """Protection is part of what repeats."""
    area = _protected("star-campus", 30, every=3)
    assert design_network(area, seed=4).network.links == design_network(area, seed=4).network.links


def test_cabinets_take_the_cables_of_all_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cabinet that serves protected and other customers has three feeders, and room for their cables."""
    monkeypatch.setattr(run, "share_sheaths", lambda draft, _: draft)
    area = generate_area("business-town", customers=40, seed=7)
    kinds = np.random.default_rng(7).choice(["none", "trunk", "full"], 40).tolist()
    people = tuple(
        replace(c, protection=kind, account_tier="") for c, kind in zip(area.customers, kinds, strict=True)
    )
    network = design_network(replace(area, customers=people), seed=7).network
    assert check_network(network) == ()
    feeders = Counter(cable.to_node for cable in network.cables if cable.role == "feeder")
    assert max(feeders.values()) == 3


@pytest.mark.parametrize("far_y_m", [-60.0, -400.0])
def test_two_bridges_of_one_group_carry_a_feeder_each(far_y_m: float) -> None:
    """Feeders over two bridges that one flood takes share that risk, and no trench for the sake of it."""
    lines = {
        "bank-west": ([(0, 0), (0, far_y_m)], ()),
        "bridge-near": ([(0, 0), (60, 0)], ("river",)),
        "bridge-far": ([(0, far_y_m), (60, far_y_m)], ("river",)),
        "bank-east": ([(60, far_y_m), (60, 0)], ()),
        "street": ([(60, 0), (200, 0)], ()),
        "lane": ([(60, far_y_m), (200, 0)], ()),
    }
    area = Area(
        name="river",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=(Customer(id="c", name="", x_m=205.0, y_m=5.0, customer_class="ordinary", protection="trunk"),),
        sites=(Site(id="s", name="", kind="cabinet", x_m=200.0, y_m=0.0),),
        routes=tuple(
            Route(id=name, surface="asphalt", line=LineString(line), risk_groups=groups)
            for name, (line, groups) in lines.items()
        ),
        rules=Rules(),
    )
    network = design_network(area, seed=0).network
    assert all(violation.relaxed for violation in check_network(network))
    assert {(row.kind, row.thing) for row in network.exposures} == {("risk", "river")}
    survey = Survey(network)
    (ways,) = onu_ways(survey).values()
    for way in (*ways.working, *ways.protecting):
        passed = {
            route for row in way.links for piece in survey.runs[row].pieces for route in survey.routes_of(piece)
        }
        assert sum(name.startswith("bridge") for name in passed) == 1
