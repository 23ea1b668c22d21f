"""Faults on direct fibres: nothing stands by, and the link is back as soon as fibre and transceivers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.failover import network_availability, simulate_network_faults, sweep_network
from ponplan.scenario import FaultScenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.design import Design
    from ponplan.topology import Network

LINK_UP_MS = 30.0  # catalogue row direct.sync


@pytest.fixture(scope="module")
def town(planned: Callable[[str], Design]) -> Network:
    """Give the bundled business town, whose important accounts have direct fibre."""
    return planned("business-town").network


def _important(network: Network) -> list[str]:
    return [customer.id for customer in network.customers if customer.account_tier == "important"]


@pytest.mark.parametrize(("what", "subject"), [("drop-cut", "W-{}"), ("onu", "ONU-{}")])
def test_outage_lasts_until_the_repair_and_the_link_is_up(town: Network, what: str, subject: str):
    """Cut for five seconds, out for five seconds and the time in which both ends agree."""
    name = _important(town)[0]
    fault = {"at_ms": 10.0, "what": what, "subject": subject.format(name), "until_ms": 5010.0}
    found = simulate_network_faults(town, FaultScenario.model_validate({"fault": [fault]})).result
    assert [one.id for one in found.customers if one.affected] == [name]
    outage_ms = next(one.outage_ms for one in found.customers if one.id == name)
    assert outage_ms == pytest.approx(5000.0 + LINK_UP_MS, abs=1e-6)


def test_port_takes_one_customer_down(town: Network):
    """A port that breaks for good takes the one customer whom it serves."""
    port = next(port.id for port in town.ports if port.technology == "direct-1g")
    fault = {"at_ms": 10.0, "what": "port", "subject": port}
    found = simulate_network_faults(town, FaultScenario.model_validate({"fault": [fault]})).result
    assert [one.lost for one in found.customers if one.affected] == [True]


def test_every_span_and_year_is_told_for_direct_fibres_too(town: Network):
    """Who has a direct fibre is among the customers of sweep and availability; no span of theirs is survived."""
    important = set(_important(town))
    rows = [row for row in network_availability(town, FaultScenario()).customers if row.id in important]
    assert len(rows) == len(important)
    assert all(0.0 < row.downtime_min < 60.0 for row in rows)
    swept = sweep_network(town, FaultScenario(), what="span")
    mine = [one for one in swept.customers if one.id in important]
    assert len(mine) == len(important)
    assert all(one.faults_losing == one.faults_affecting > 0 for one in mine)
