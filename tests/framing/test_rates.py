from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.errors import CatalogueError, ScenarioError
from ponplan.framing import IPACT_TRIMODAL, usable_rate_bps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ponplan.catalogue.model import FrameItem

SIZES = (64, 512, 1518)


def gbps(technology: Callable, frame_items: list[FrameItem], **kwargs: object):
    """Give a usable rate in Gbit/s."""
    return usable_rate_bps(technology, frame_items, **kwargs) / 1e9


@pytest.mark.parametrize(("size", "expected"), [(64, 0.762), (512, 0.962), (1518, 0.987)])
def test_epon_down_gives_frame_over_frame_plus_twenty(
    frame_items: list[FrameItem], technology: Callable, size: int, expected: float
):
    """EPON downstream without GATEs is L / (L + 20) of 1 Gbit/s (pon_facts section 2)."""
    rate = gbps(technology("epon", "ethernet"), frame_items, direction="down", bursts_per_frame=0, frame_bytes=size)
    assert rate == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(("size", "expected"), [(64, 6.636), (1518, 8.596)])
@pytest.mark.parametrize("name", ["10g-epon-10-1", "10g-epon-10-10"])
def test_10g_epon_down_pays_four_of_31_blocks(
    frame_items: list[FrameItem], technology: Callable, name: str, size: int, expected: float
):
    """10G-EPON downstream is 27/31 of 10 Gbit/s before preamble and gap (pon_facts section 2)."""
    row = technology(name, "ethernet", fec_down=True)
    rate = gbps(row, frame_items, direction="down", bursts_per_frame=0, frame_bytes=size)
    assert rate == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(("fec", "expected"), [(False, (2.276, 2.430, 2.445)), (True, (2.130, 2.274, 2.289))])
def test_gpon_down_with_64_allocations(
    frame_items: list[FrameItem], technology: Callable, fec: object, expected: float
):
    """GPON downstream with 64 map entries matches the derived table, code off and on."""
    for size, value in zip(SIZES, expected, strict=True):
        rate = gbps(
            technology("gpon", "gem"),
            frame_items,
            direction="down",
            bursts_per_frame=64,
            frame_bytes=size,
            fec=fec,
        )
        assert rate == pytest.approx(value, abs=1.1e-3)


GPON_UP = {
    (False, 64): (1.144, 1.111, 1.068),
    (False, 512): (1.221, 1.187, 1.140),
    (False, 1518): (1.229, 1.194, 1.147),
    (True, 64): (1.068, 1.020, 0.946),
    (True, 512): (1.140, 1.089, 1.010),
    (True, 1518): (1.147, 1.096, 1.017),
}


@pytest.mark.parametrize(("fec", "size"), list(GPON_UP))
def test_gpon_up_by_bursts(frame_items: list[FrameItem], technology: Callable, fec: object, size: int):
    """GPON upstream with 8, 32 and 64 bursts a frame matches the derived table, code off and on."""
    for bursts, value in zip((8, 32, 64), GPON_UP[fec, size], strict=True):
        rate = gbps(
            technology("gpon", "gem"),
            frame_items,
            direction="up",
            bursts_per_frame=bursts,
            frame_bytes=size,
            fec=fec,
        )
        assert rate == pytest.approx(value, abs=1e-3)


@pytest.mark.parametrize("name", ["xg-pon", "xgs-pon"])
def test_xg_down_with_64_allocations(frame_items: list[FrameItem], technology: Callable, name: str):
    """XG-PON and XGS-PON downstream with 64 entries and one PLOAM match the derived table within 0.02 %."""
    for size, value in zip(SIZES, (7.673, 8.499, 8.575), strict=True):
        rate = gbps(
            technology(name, "xgem", fec_down=True),
            frame_items,
            direction="down",
            bursts_per_frame=64,
            frame_bytes=size,
        )
        assert rate == pytest.approx(value, rel=2e-4)


XG_UP = {
    ("xg-pon", 64): (2.043, 1.972, 1.846),
    ("xg-pon", 512): (2.263, 2.184, 2.045),
    ("xg-pon", 1518): (2.283, 2.204, 2.063),
    ("xgs-pon", 64): (7.60, 7.28, 6.88),
    ("xgs-pon", 512): (8.41, 8.07, 7.62),
    ("xgs-pon", 1518): (8.49, 8.14, 7.69),
}


@pytest.mark.parametrize(("name", "size"), list(XG_UP))
def test_xg_up_by_bursts(frame_items: list[FrameItem], technology: Callable, name: str, size: int):
    """XG-PON and XGS-PON upstream with 8, 32 and 64 bursts a frame match the derived table."""
    for bursts, value in zip((8, 32, 64), XG_UP[name, size], strict=True):
        rate = gbps(
            technology(name, "xgem", fec_up=True),
            frame_items,
            direction="up",
            bursts_per_frame=bursts,
            frame_bytes=size,
        )
        assert rate == pytest.approx(value, abs=1e-3 if name == "xg-pon" else 1e-2)


def test_epon_up_lies_in_the_published_range(frame_items: list[FrameItem], technology: Callable):
    """A 32-ONU EPON carries 820 to 900 Mbit/s upstream (Hajduczenia, da Silva, Monteiro, ISCC 2006)."""
    rate = gbps(
        technology("epon", "ethernet"),
        frame_items,
        direction="up",
        bursts_per_frame=32,
        frame_bytes=IPACT_TRIMODAL,
    )
    assert 0.82 <= rate <= 0.90


def test_epon_optional_code_costs_more_than_its_parity(frame_items: list[FrameItem], technology: Callable):
    """Frame-by-frame RS(255,239) costs at least 16 in 255 and more for short frames."""
    row = technology("epon", "ethernet")
    share = {
        size: gbps(row, frame_items, direction="down", bursts_per_frame=0, frame_bytes=size, fec=True)
        / gbps(row, frame_items, direction="down", bursts_per_frame=0, frame_bytes=size)
        for size in (64, 1518)
    }
    assert share[64] < share[1518] < 239 / 255


@pytest.mark.parametrize(("name", "line_bps"), [("apon-155-155", 155_520_000), ("apon-622-155", 622_080_000)])
def test_apon_down_carries_cells_in_27_of_28_slots(
    frame_items: list[FrameItem], technology: Callable, name: str, line_bps: int
):
    """A 1500-byte frame takes 32 cells; 27 of 28 slots carry cells."""
    row = technology(name, "atm", down_bps=line_bps)
    rate = usable_rate_bps(row, frame_items, direction="down", bursts_per_frame=16, frame_bytes=1500)
    assert rate == pytest.approx(line_bps * 27 / 28 * 1500 / (32 * 53))


def test_apon_up_carries_a_cell_in_each_slot(frame_items: list[FrameItem], technology: Callable):
    """Upstream 53 slots of 56 bytes: a 1500-byte frame takes 32 of them."""
    row = technology("apon-155-155", "atm", up_bps=155_520_000)
    rate = usable_rate_bps(row, frame_items, direction="up", bursts_per_frame=16, frame_bytes=1500)
    assert rate == pytest.approx(155_520_000 * 1500 / (32 * 56))


@pytest.mark.parametrize(("name", "after_fec_gbps"), [("25gs-pon", 21.154), ("50g-pon", 42.025)])
def test_higher_rates_after_error_correction(
    frame_items: list[FrameItem], technology: Callable, name: str, after_fec_gbps: float
):
    """25GS and 50G leave 21.154 and 42.025 Gbit/s after error correction (pon_facts section 2)."""
    from ponplan.framing import down_layout

    layout = down_layout(technology(name, "xgem", fec_down=True), frame_items)
    data = layout.code.data_bytes(layout.frame_bytes - layout.uncoded_bytes)
    assert data * 64000 / 1e9 == pytest.approx(after_fec_gbps, abs=5e-4)


@pytest.mark.parametrize("direction", ["down", "up"])
def test_a_mix_lies_between_its_sizes(frame_items: list[FrameItem], technology: Callable, direction: str):
    """A mix weighted by packets is usable at a rate between those of its smallest and largest frame."""
    row = technology("gpon", "gem")
    small, mix, large = (
        usable_rate_bps(row, frame_items, direction=direction, bursts_per_frame=16, frame_bytes=sizes)
        for sizes in (64, IPACT_TRIMODAL, 1518)
    )
    assert small < mix < large


def test_a_missing_integer_is_named(frame_items: list[FrameItem], technology: Callable):
    """The complaint names the file and the row that is missing."""
    rest = [row for row in frame_items if row.id != "gpon.gem_header"]
    with pytest.raises(CatalogueError, match=r"frame_items\.csv, row gpon\.gem_header"):
        usable_rate_bps(technology("gpon", "gem"), rest, direction="up", bursts_per_frame=8, frame_bytes=64)


@pytest.mark.parametrize("sizes", [0, (), ((64, -1.0),), ((64, 0.0),), ((64, float("nan")),)])
def test_impossible_sizes_are_refused(frame_items: list[FrameItem], technology: Callable, sizes: Sequence):
    """Sizes and weights that mean nothing are refused, not reckoned with."""
    with pytest.raises(ScenarioError):
        usable_rate_bps(technology("gpon", "gem"), frame_items, direction="up", bursts_per_frame=8, frame_bytes=sizes)


def test_no_upstream_burst_is_refused(frame_items: list[FrameItem], technology: Callable):
    """Upstream capacity without a burst is a question without an answer."""
    with pytest.raises(ScenarioError, match="bursts_per_frame"):
        usable_rate_bps(technology("gpon", "gem"), frame_items, direction="up", bursts_per_frame=0, frame_bytes=64)
