"""XG-PON, XGS-PON, 25GS-PON and 50G-PON: the framing sublayer they share, each on its own integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.framing.codes import NO_CODE, BlockCode
from ponplan.framing.itu import BurstLayout, Encapsulation, FrameLayout

if TYPE_CHECKING:
    from ponplan.framing.items import ItemTable


def xgtc_down(items: ItemTable, *, fec: bool) -> FrameLayout:
    """Read the downstream frame with one PLOAM message in it, as planners reckon it."""
    inside = items["down_sync"] - items["down_sync_outside_fec"]
    return FrameLayout(
        frame_ns=items["frame_duration"],
        frame_bytes=items["down_frame"],
        uncoded_bytes=items["down_sync_outside_fec"],
        header_bytes=inside + items["down_header"] + items["ploam"],
        map_entry_bytes=items["bwmap_entry"],
        trailer_bytes=items["down_trailer"],
        encapsulation=_xgem(items),
        code=_code(items, "down", fec=fec),
    )


def xgtc_up(items: ItemTable, *, fec: bool) -> BurstLayout:
    """Read the upstream burst: PSBu, header, allocations, trailer."""
    return BurstLayout(
        frame_ns=items["frame_duration"],
        frame_bytes=items["up_frame"],
        grant_unit_bytes=items["grant_unit"],
        guard_bytes=items["up_guard"] // 8,
        preamble_bytes=items["up_preamble"] // 8,
        delimiter_bytes=items["up_delimiter"] // 8,
        header_bytes=items["up_header"],
        trailer_bytes=items["up_trailer"],
        report_bytes=items["dbru"],
        report_unit_bytes=items["dbru_block"],
        ploam_bytes=items["ploam"],
        encapsulation=_xgem(items),
        code=_code(items, "up", fec=fec),
    )


def _xgem(items: ItemTable) -> Encapsulation:
    return Encapsulation(
        header_bytes=items["xgem_header"],
        align_bytes=items["xgem_align"],
        max_payload_bytes=items["xgem_max_payload"],
    )


def _code(items: ItemTable, direction: str, *, fec: bool) -> BlockCode:
    if not fec:
        return NO_CODE
    return BlockCode(codeword_bytes=items[f"{direction}_fec_codeword"], parity_bytes=items[f"{direction}_fec_parity"])
