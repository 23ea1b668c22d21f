"""The most each technology carries, played, against its own frame's arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.framing import usable_rate_bps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.catalogue import Catalogue

FRAMED = ["gpon", "gpon-1244-1244", "gpon-2488-2488", "gpon-1244-622", "xg-pon", "xgs-pon", "25gs-pon", "50g-pon"]
EPONS = ["epon", "10g-epon-10-1", "10g-epon-10-10"]
APONS = ["apon-155-155", "apon-622-155"]
ONUS = 8


def carried_bps(play: Callable, technology: str, direction: str, dba: dict[str, object], *, size: int) -> float:
    """Give the frame bytes a second that get through when more is offered than fits."""
    result = play(
        technology=technology,
        onus=ONUS,
        distance_km=5.0,
        dba=dba,
        source=[{"load": 1.2, "packet_bytes": size, "direction": direction, "buffer_bytes": 300_000}],
        run={"seconds": 0.05, "warmup_seconds": 0.02},
    )
    one = result.upstream if direction == "up" else result.downstream
    return one.carried * one.mac_rate_bps


@pytest.mark.parametrize("size", [64, 512, 1518])
@pytest.mark.parametrize("technology", [*APONS, *EPONS, *FRAMED])
def test_downstream_fills_its_frame(play: Callable, catalogue: Catalogue, technology: str, size: int):
    """A full downstream without grants carries what its frame leaves for frames of one size, within 0.2 per cent."""
    played = carried_bps(play, technology, "down", {}, size=size)
    row, items = catalogue.technologies[technology], catalogue.frame_items
    reckoned = usable_rate_bps(row, items, direction="down", bursts_per_frame=0, frame_bytes=size)
    assert played == pytest.approx(reckoned, rel=2e-3)


@pytest.mark.parametrize("size", [64, 512, 1518])
@pytest.mark.parametrize("technology", [*APONS, *FRAMED])
def test_upstream_fills_its_frame(play: Callable, catalogue: Catalogue, technology: str, size: int):
    """Equal static bursts, one per ONU and frame, carry what is left in them, within 0.5 per cent."""
    played = carried_bps(play, technology, "up", {"policy": "static"}, size=size)
    row, items = catalogue.technologies[technology], catalogue.frame_items
    reckoned = usable_rate_bps(row, items, direction="up", bursts_per_frame=ONUS, frame_bytes=size)
    assert played == pytest.approx(reckoned, rel=5e-3)


@pytest.mark.parametrize("fec", [False, True])
@pytest.mark.parametrize("technology", EPONS)
def test_fixed_slots_carry_whole_frames(play: Callable, catalogue: Catalogue, technology: str, fec: object):
    """Fixed EPON slots carry as many whole frames as fit beside REPORT, marks and parity, once in each round.

    A round is each ONU's guard and burst, the burst with marks and parity in 16 ns quanta.
    """
    grant_bytes, guard_ns, size = 20_000, 2_000, 1518
    gbps = 10 if technology == "10g-epon-10-10" else 1
    coded = fec and gbps == 1
    frame = 8 + size + 12 + ((-(-(size + 8) // 239) * 16 + 14) if coded else 0)
    report = 84 + (16 + 14 if coded else 0)
    parity, marks = (-(-grant_bytes // 216) * 32, 48) if gbps == 10 else (0, 0)
    burst_ns = -(-(grant_bytes + parity + marks) * 8 // gbps // 16) * 16
    frames = (grant_bytes - report) // frame
    expected = frames * size * 8e9 / (burst_ns + guard_ns)
    dba = {"policy": "fixed", "max_grant_bytes": grant_bytes, "guard_us": guard_ns / 1e3, "fec": fec}
    assert carried_bps(play, technology, "up", dba, size=size) == pytest.approx(expected, rel=3e-3)


def test_codes_cost_what_the_standards_say(play: Callable):
    """10G-EPON spends 4 of 31 blocks on parity (12.9 per cent) in a busy stream, GPON 16 of 255 bytes."""
    for technology, share in (("10g-epon-10-10", 4 / 31), ("gpon", 16 / 255)):
        result = play(
            technology=technology,
            onus=4,
            distance_km=1.0,
            dba={"fec": True},
            source=[{"load": 0.5, "direction": "down"}],
            run={"seconds": 0.05},
        )
        assert result.downstream.overhead["fec"] == pytest.approx(share, abs=1e-3)
