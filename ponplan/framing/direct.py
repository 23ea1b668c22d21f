"""Direct fibre: Ethernet frames one after the other, each with preamble and gap, and nothing else on the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.framing.sizes import mean_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.framing.items import ItemTable


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectLine:
    """What a frame costs on the line, the same both ways."""

    mac_bps: int
    preamble_bytes: int
    gap_bytes: int

    def line_bytes(self, frame_bytes: int) -> int:
        """Give the bytes a frame takes, preamble and gap included."""
        return frame_bytes + self.preamble_bytes + self.gap_bytes

    def usable_bps(self, sizes: Sequence[tuple[int, float]]) -> float:
        """Give the Ethernet rate: 1518 of 1538 bytes for the longest frame."""
        line_bytes = sum(self.line_bytes(size) * share for size, share in sizes)
        return self.mac_bps * mean_bytes(sizes) / line_bytes


def direct_line(items: ItemTable) -> DirectLine:
    """Read the line's integers."""
    return DirectLine(mac_bps=items["mac_rate"], preamble_bytes=items["preamble"], gap_bytes=items["interframe_gap"])
