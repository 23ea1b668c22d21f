"""The 125 us frames of GPON and its successors: a map and fragments down, bursts with reports up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.framing.sizes import mean_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.framing.codes import BlockCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Encapsulation:
    """GEM or XGEM: a header before each fragment, its payload padded to whole units."""

    header_bytes: int
    align_bytes: int
    max_payload_bytes: int

    def line_bytes(self, frame_bytes: int) -> int:
        """Give the bytes of an uncut frame, in as many fragments as its length alone demands."""
        whole, rest = divmod(frame_bytes, self.max_payload_bytes)
        return whole * self._fragment(self.max_payload_bytes) + (self._fragment(rest) if rest else 0)

    def _fragment(self, payload_bytes: int) -> int:
        return self.header_bytes - (-payload_bytes // self.align_bytes) * self.align_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameLayout:
    """A downstream frame: `uncoded_bytes` precede the first code word; the rest is coded."""

    frame_ns: int
    frame_bytes: int
    uncoded_bytes: int
    header_bytes: int  # coded, in every frame; without the map
    map_entry_bytes: int
    trailer_bytes: int
    encapsulation: Encapsulation
    code: BlockCode

    def payload_bytes(self, *, map_entries: int) -> int:
        """Give what is left for encapsulated frames."""
        coded = self.code.data_bytes(self.frame_bytes - self.uncoded_bytes)
        return max(coded - self.header_bytes - self.trailer_bytes - map_entries * self.map_entry_bytes, 0)

    def usable_bps(self, sizes: Sequence[tuple[int, float]], *, bursts_per_frame: int) -> float:
        """Give the Ethernet rate with one map entry per upstream burst and one frame cut at the end."""
        room = max(self.payload_bytes(map_entries=bursts_per_frame) - self.encapsulation.header_bytes, 0)
        line_bytes = sum(self.encapsulation.line_bytes(size) * share for size, share in sizes)
        return room * mean_bytes(sizes) / line_bytes * 8e9 / self.frame_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstLayout:
    """An upstream frame and the bursts in it; guard, preamble and delimiter are never coded."""

    frame_ns: int
    frame_bytes: int
    grant_unit_bytes: int
    guard_bytes: int
    preamble_bytes: int
    delimiter_bytes: int
    header_bytes: int
    trailer_bytes: int
    report_bytes: int
    report_unit_bytes: int
    ploam_bytes: int
    encapsulation: Encapsulation
    code: BlockCode

    @property
    def uncoded_bytes(self) -> int:
        """Guard, preamble and delimiter: what every burst spends before its first coded byte."""
        return self.guard_bytes + self.preamble_bytes + self.delimiter_bytes

    def payload_bytes(self, burst_bytes: int) -> int:
        """Give what is left for encapsulated frames in one burst with one report."""
        coded = self.code.data_bytes(max(burst_bytes - self.uncoded_bytes, 0))
        return max(coded - self.header_bytes - self.trailer_bytes - self.report_bytes, 0)

    def usable_bps(self, sizes: Sequence[tuple[int, float]], *, bursts_per_frame: int) -> float:
        """Give the Ethernet rate of equal bursts, each of which ends with a frame that is cut.

        Equal shares are rounded down to the byte: over many frames the odd units go round.
        """
        room = self.payload_bytes(self.frame_bytes // bursts_per_frame) - self.encapsulation.header_bytes
        line_bytes = sum(self.encapsulation.line_bytes(size) * share for size, share in sizes)
        return bursts_per_frame * max(room, 0) * mean_bytes(sizes) / line_bytes * 8e9 / self.frame_ns
