"""Every single cut of the bundled bank district, without and with protection, against a plain search for ways."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ponplan import design_network, read_area
from ponplan.failover import sweep_network
from ponplan.failover.groups import Groups
from ponplan.failover.subjects import Subjects
from ponplan.scenario import faults_from_table

if TYPE_CHECKING:
    from ponplan.failover.sweep import SweepResult
    from ponplan.topology.network import Network

AREA = Path(__file__).parents[2] / "topologies" / "bank-district"
NUM_CUSTOMERS = 50


@pytest.fixture(scope="module", params=["none", "trunk", "full"])
def swept(request: pytest.FixtureRequest) -> tuple[str, Network, SweepResult]:
    """Design a part of the district with one kind of protection for everybody, and cut every span of it."""
    area = read_area(AREA)
    customers = tuple(replace(one, protection=request.param) for one in area.customers[:NUM_CUSTOMERS])
    network = design_network(replace(area, customers=customers), seed=1).network
    return request.param, network, sweep_network(network, faults_from_table({}), what="span")


def cut_off(network: Network, dark: frozenset[str]) -> set[str]:
    """Give customers whose terminal no port reaches without dark links, by search from the ports."""
    links = [link for row, link in enumerate(network.links) if f"link:{row}" not in dark]
    lit = {port.id for port in network.ports}
    while new := {link.to_device for link in links if link.from_device in lit} - lit:
        lit |= new
    return {onu.customer for onu in network.onus if onu.id not in lit}


def test_exactly_those_without_a_way_are_lost(swept: tuple[str, Network, SweepResult]):
    """Unprotected: the subtree; trunk: those behind the cut distribution or drop; full: whose ways are not apart."""
    kind, network, result = swept
    taken = Subjects(Groups(network)).spans
    roles = {cable.id: cable.role for cable in network.cables}
    for row in result.rows:
        assert set(row.lost) == cut_off(network, taken[row.subject]), row.subject
        if kind == "trunk" and roles[row.subject.split("/")[0]] == "feeder":
            assert row.lost == ()
        if kind == "none":
            assert row.customers_affected == row.customers_lost


def test_all_others_are_back_within_100_ms(swept: tuple[str, Network, SweepResult]):
    """Whoever is not lost is never out for more than 100 ms, and somebody was out."""
    kind, _, result = swept
    assert all(row.late == () for row in result.rows)
    back = [row.outage_max_ms for row in result.rows if row.outage_max_ms is not None]
    assert not back if kind == "none" else max(back, default=0.0) <= 100.0


def test_who_got_full_protection_is_never_lost(swept: tuple[str, Network, SweepResult]):
    """No cut takes a customer whose two ways have nothing in common, by the design's own list."""
    kind, network, result = swept
    spoilt = {row.subject for row in network.relaxed} | {row.subject for row in network.exposures}
    lost = {one.id for one in result.customers if one.faults_losing}
    if kind == "full":
        assert lost <= spoilt
