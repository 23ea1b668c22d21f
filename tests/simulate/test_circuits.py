"""E1 circuits: how they are packed, what they load, how long they take and how deep a jitter buffer must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.errors import ScenarioError
from ponplan.scenario import scenario_from_table
from ponplan.simulate.circuits import pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.catalogue import Catalogue

E1_BPS = 2_048_000
ONUS = 8


@pytest.fixture
def circuits(play: Callable):
    """Play E1 circuits of every ONU both ways beside other traffic, and give both directions."""

    def run(technology: str, *, load: float = 0.3, **more: object) -> object:
        ways = ("up", "down")
        sources = [{"kind": "e1", "circuits": 2, "direction": way} for way in ways]
        data = {"tcont": 1} if "gpon" in technology else {}
        if load:
            sources += [
                {
                    "load": load,
                    "direction": way,
                    "packet_bytes": "trimodal",
                    "priority": 1,
                    **(data if way == "up" else {}),
                }
                for way in ways
            ]
        tconts = {"tcont": [{"type": 1, "fixed_mbps": 5.5}, {"type": 4}]} if data else {}
        table = {"technology": technology, "onus": ONUS, "distance_km": 10.0, "source": sources, **tconts, **more}
        return play(**table, run={"seconds": 0.3})

    return run


@pytest.mark.parametrize(
    ("technology", "packet_bytes", "packing_us"),
    [("gpon", 64, 125.0), ("apon-155-155", 47, 47 * 125 / 32), ("epon", 302, 1000.0), ("xgs-pon", 302, 1000.0)],
)
def test_circuits_are_packed_as_the_pon_carries_them(
    catalogue: Catalogue, technology: str, packet_bytes: int, packing_us: float
):
    """GEM takes 32 bytes of each of two circuits a frame, AAL1 47 a cell, Ethernet eight frames and 46 bytes."""
    packing = pack(catalogue.technologies[technology], circuits=2, frames=8)
    assert packing.packet_bytes == packet_bytes
    assert packing.interval_ns / 1e3 == pytest.approx(packing_us)
    native = 2 * E1_BPS / 1e6
    assert packing.rate_mbps == pytest.approx(native * (302 / 256 if packing_us == 1000.0 else 1.0))


@pytest.mark.parametrize("technology", ["gpon", "apon-155-155", "epon"])
def test_no_circuit_loses_a_packet(circuits: Callable, technology: str):
    """Beside data in a lower priority circuits lose nothing, and each ONU's are told in both directions."""
    result = circuits(technology)
    for one in (result.upstream, result.downstream):
        assert [row.onu for row in one.circuits] == list(range(ONUS))
        assert all(row.packets > 100 and row.packets_lost == 0 for row in one.circuits)
        assert all(row.end_to_end_us == row.packing_us + row.delay_max_us for row in one.circuits)


def test_gpon_keeps_a_circuit_within_its_frames(circuits: Callable):
    """Fixed bandwidth in every frame: a circuit waits no more than two frames, so the buffer is below 250 us."""
    for row in circuits("gpon").upstream.circuits:
        assert row.jitter_buffer_us < 250.0
        assert row.end_to_end_us < 125.0 + 250.0 + 50.0 + 125.0


def test_apon_waits_for_its_slot(circuits: Callable):
    """Alone on the line, cells of two circuits wait for two turns of the slots at most, each 8 x 56 bytes long."""
    turn_us = ONUS * 56 * 8 / 155.52
    cell_us = 56 * 8 / 155.52
    for row in circuits("apon-155-155", load=0.0).upstream.circuits:
        assert row.delay_max_us <= 49.0 + 2 * turn_us + cell_us
        assert row.delay_min_us >= 48.9


def test_emulation_pays_a_millisecond_and_its_headers(circuits: Callable):
    """On EPON two E1 load 2 x 2.048 x 302/256 Mbit/s, and packing alone takes 1 ms."""
    result = circuits("epon", load=0.0).upstream
    assert result.offered * 1e9 == pytest.approx(ONUS * 2 * E1_BPS * 302 / 256, rel=0.01)
    assert all(row.packing_us == 1000.0 and row.end_to_end_us > 1049.0 for row in result.circuits)


def test_a_circuit_has_its_own_rate():
    """A rate beside circuits is refused."""
    table = {"technology": "gpon", "distance_km": 1, "source": [{"kind": "e1", "rate_mbps": 2.0}]}
    with pytest.raises(ScenarioError, match="leave out load and rate_mbps"):
        scenario_from_table(table)
