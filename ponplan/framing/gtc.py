"""GPON (G.984.3): where its frame's and burst's bytes go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.framing.codes import NO_CODE, BlockCode
from ponplan.framing.itu import BurstLayout, Encapsulation, FrameLayout

if TYPE_CHECKING:
    from ponplan.framing.items import ItemTable

_PCBD = ("down_psync", "down_ident", "down_ploam", "down_bip", "down_plend")


def gtc_down(items: ItemTable, *, fec: bool) -> FrameLayout:
    """Read the downstream frame: the control block PCBd lies inside the coded frame (13)."""
    return FrameLayout(
        frame_ns=items["frame_duration"],
        frame_bytes=items["down_frame"],
        uncoded_bytes=0,
        header_bytes=sum(items[part] for part in _PCBD),
        map_entry_bytes=items["bwmap_entry"],
        trailer_bytes=0,
        encapsulation=_gem(items),
        code=_code(items, fec=fec),
    )


def gtc_up(items: ItemTable, *, fec: bool) -> BurstLayout:
    """Read the upstream burst: PLOu, then allocations that each may open with a report."""
    overhead_bits = items["up_guard"] + items["up_preamble"] + items["up_delimiter"]
    # guard and preamble are whole bytes only together with the delimiter
    guard_bytes = -(-items["up_guard"] // 8)
    delimiter_bytes = -(-items["up_delimiter"] // 8)
    return BurstLayout(
        frame_ns=items["frame_duration"],
        frame_bytes=items["up_frame"],
        grant_unit_bytes=items["grant_unit"],
        guard_bytes=guard_bytes,
        preamble_bytes=-(-overhead_bits // 8) - guard_bytes - delimiter_bytes,
        delimiter_bytes=delimiter_bytes,
        header_bytes=items["up_header"],
        trailer_bytes=0,
        report_bytes=items["dbru"],
        report_unit_bytes=items["dbru_block"],
        ploam_bytes=items["up_ploam"],
        encapsulation=_gem(items),
        code=_code(items, fec=fec),
    )


def _gem(items: ItemTable) -> Encapsulation:
    return Encapsulation(header_bytes=items["gem_header"], align_bytes=1, max_payload_bytes=items["gem_max_payload"])


def _code(items: ItemTable, *, fec: bool) -> BlockCode:
    if not fec:
        return NO_CODE
    return BlockCode(codeword_bytes=items["fec_codeword"], parity_bytes=items["fec_parity"])
