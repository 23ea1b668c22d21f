"""The bill counts the records once, at their prices, to the cent."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from ponplan.design import design_network
from ponplan.design.bill import bill_of, cost_total

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.topology.network import Network


@pytest.fixture(scope="module", params=range(20, 32))
def network(request: pytest.FixtureRequest, cases: ModuleType) -> Network:
    """Give the network of a random area at random prices."""
    seed = request.param
    return design_network(cases.random_area(seed), catalogue=cases.random_catalogue(seed), seed=seed).network


def _quantities(network: Network) -> dict[str, float]:
    return {line.item: line.quantity for line in network.bill}


def test_pieces_are_the_records(network: Network):
    """As many pieces of each type as records, nothing that exists already, and work for each."""
    records = [*network.splitters, *network.olts, *network.cards, *network.onus]
    wanted = Counter(record.type for record in records) + Counter(port.optics for port in network.ports)
    wanted += Counter(node.enclosure for node in network.nodes if node.enclosure and node.state == "new")
    found = _quantities(network)
    assert {item: found[item] for item in wanted} == dict(wanted)
    assert found["splitter-installation"] == len(network.splitters)
    assert found["pon-port-commissioning"] == found["odf-port"] == len(network.ports)
    assert found["onu-commissioning"] == found["drop-connection"] == len(network.onus)


def test_splices_are_ends_and_joints(network: Network):
    """Two ends per link as the catalogue says, and one splice between each two cables of a link."""
    ends = {name: row.splices for name, row in network.catalogue.terminations.items()}
    feeder = ends["olt"] + ends["splitter-input"]
    leg = ends["splitter-output"] + ends["onu"]
    joints = sum(max(0, len(link.strands) - 1) for link in network.links)
    assert _quantities(network)["splice"] == len(network.splitters) * feeder + len(network.onus) * leg + joints


def test_metres_are_dug_and_drawn(network: Network):
    """Metres of each surface are those opened, metres of each cable its length and slack."""
    found = _quantities(network)
    opened: Counter[str] = Counter()
    for route in network.routes:
        opened[route.surface] += route.length_m if route.state == "new" else 0.0
    drawn: Counter[str] = Counter()
    for cable in network.cables:
        drawn[cable.type] += cable.length_m + cable.slack_m
    for item, metres in (opened + drawn).items():
        assert found[item] == pytest.approx(metres, abs=1e-3)


def test_lines_are_quantities_at_their_price(network: Network):
    """Every line is its quantity times material and labour, half a cent up, and the total is their sum."""
    for line in network.bill:
        price = network.catalogue.price(line.item)
        cents = (
            100
            * Fraction(repr(line.quantity))
            * sum(map(Fraction, (repr(price.material_cost), repr(price.labour_cost))))
        )
        assert line.total_cost == math.floor(cents + Fraction(1, 2)) / 100
    assert cost_total(network.bill) == round(sum(line.total_cost for line in network.bill), 2)
    assert bill_of(network) == network.bill
