"""The packet plane through a fault: what kernels lose, hold and drain agrees with machines and arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.errors import ScenarioError
from ponplan.failover import simulate_network_faults, simulate_pon_faults
from ponplan.scenario import faults_from_table, scenario_from_table

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue
    from ponplan.topology.network import Network

SOURCES = [
    {"kind": "cbr", "rate_mbps": 8.0, "packet_bytes": 500, "buffer_bytes": 40_000},
    {"kind": "cbr", "rate_mbps": 8.0, "packet_bytes": 500, "buffer_bytes": 40_000, "direction": "down"},
]


def played(catalogue: Catalogue, *, technology: str = "gpon", onus: int = 8, **protection: object):
    """Cut the feeder of a trunk under 2 packets a millisecond each way."""
    table = {
        "technology": technology,
        "onus": onus,
        "distance_km": 10.0,
        "protection": {"scheme": "trunk", **protection},
        "fault": [{"at_ms": 50.0, "what": "feeder-cut"}],
        "source": SOURCES,
    }
    return simulate_pon_faults(scenario_from_table(table), catalogue, cures=False, packets=True).result


@pytest.mark.parametrize(("technology", "cycle_ms"), [("gpon", 1.0), ("xgs-pon", 1.0), ("epon", 2.0)])
def test_first_burst_comes_when_the_machines_say(catalogue: Catalogue, technology: str, cycle_ms: float):
    """The first burst that the kernels receive is at, or at most a polling cycle after, the end of the outage."""
    result = played(catalogue, technology=technology)
    for row, customer in zip(result.packets, result.customers, strict=True):
        assert customer.outage_ms <= row.outage_ms <= customer.outage_ms + cycle_ms


def test_long_outage_overflows_the_buffer(catalogue: Catalogue):
    """With two packets a millisecond and room for 80, what does not fit is lost and the buffer is full at the end."""
    result = played(catalogue, decide_ms=90.0)
    for row in result.packets:
        outage_ms = result.customers[0].outage_ms
        assert row.backlog_bytes == pytest.approx(40_000, abs=1000)
        assert row.up_frames_lost == pytest.approx(2 * outage_ms - 80, abs=6)
        assert row.down_frames_lost == pytest.approx(2 * outage_ms, abs=4)


def test_short_outage_loses_nothing_upstream(catalogue: Catalogue):
    """Packets wait at the ONU while there is room; downstream the fibre loses what the OLT sends into it."""
    result = played(catalogue)
    for row in result.packets:
        assert row.up_frames_lost <= 2  # in a burst that crossed the cut
        assert row.down_frames_lost == pytest.approx(2 * 4.361, abs=3)
        assert row.backlog_bytes == pytest.approx(1000 * 4.361, abs=1600)
        assert row.drain_ms < 5.0
        assert row.e1 == "held"


def test_e1_is_dropped_by_a_long_outage(catalogue: Catalogue):
    """Circuits outlast 200 ms, or what the scenario says."""
    assert {row.e1 for row in played(catalogue, decide_ms=60.0).packets} == {"held"}
    assert {row.e1 for row in played(catalogue, decide_ms=60.0, e1_hold_ms=50.0).packets} == {"dropped"}


def test_packets_of_a_design(catalogue: Catalogue, district: Network):
    """Every terminal of a touched group carries the scenario's traffic; E1 circuits are the customers' own."""
    table = {"fault": [{"what": "span", "subject": "fb1", "at_ms": 10.0}], "source": SOURCES}
    result = simulate_network_faults(district, faults_from_table(table), packets=True).result
    assert [row.onu for row in result.packets] == ["onu-b1", "onu-b2", "onu-b3"]
    assert {row.e1 for row in result.packets} == {"held"}
    assert all(one.frames_lost is not None for one in result.customers)


def test_no_traffic_is_told(catalogue: Catalogue):
    """Packets without a source are a fault of the file."""
    table = {"technology": "gpon", "distance_km": 10.0, "fault": [{"what": "feeder-cut"}]}
    with pytest.raises(ScenarioError, match="no traffic"):
        simulate_pon_faults(scenario_from_table(table), catalogue, packets=True)
