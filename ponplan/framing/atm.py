"""APON (G.983): 53-byte cells both ways, a management cell every 28 slots down, 56-byte slots up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.framing.sizes import mean_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.framing.items import ItemTable


@dataclass(frozen=True, slots=True, kw_only=True)
class AtmAdaptation:
    """AAL5 with LLC/SNAP: an Ethernet frame becomes whole cells."""

    cell_bytes: int
    payload_bytes: int
    header_bytes: int
    trailer_bytes: int

    def cells(self, frame_bytes: int) -> int:
        """Give the cells one frame takes."""
        return -(-(frame_bytes + self.header_bytes + self.trailer_bytes) // self.payload_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtmDown:
    """A downstream frame of cells."""

    adaptation: AtmAdaptation
    slots: int
    ploam_spacing_slots: int
    line_bps: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of a whole frame."""
        return self.slots * self.adaptation.cell_bytes

    def usable_bps(self, sizes: Sequence[tuple[int, float]], *, bursts_per_frame: int) -> float:
        """Give the Ethernet rate; grants ride in the management cells, so their number costs nothing more."""
        del bursts_per_frame
        cells = self.slots - self.slots // self.ploam_spacing_slots
        return _ethernet_bps(self.adaptation, sizes, cells * self.line_bps / (self.frame_bytes * 8))


@dataclass(frozen=True, slots=True, kw_only=True)
class AtmUp:
    """An upstream frame: each slot is a burst of its own with one cell."""

    adaptation: AtmAdaptation
    slots: int
    slot_overhead_bytes: int
    line_bps: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of a whole frame."""
        return self.slots * (self.adaptation.cell_bytes + self.slot_overhead_bytes)

    def usable_bps(self, sizes: Sequence[tuple[int, float]], *, bursts_per_frame: int) -> float:
        """Give the Ethernet rate; every slot is a burst of its own, however many ONUs share them."""
        del bursts_per_frame
        return _ethernet_bps(self.adaptation, sizes, self.slots * self.line_bps / (self.frame_bytes * 8))


def _ethernet_bps(adaptation: AtmAdaptation, sizes: Sequence[tuple[int, float]], cells_per_s: float) -> float:
    cells = sum(adaptation.cells(size) * share for size, share in sizes)
    return cells_per_s / cells * mean_bytes(sizes) * 8


def atm_adaptation(items: ItemTable) -> AtmAdaptation:
    """Read the adaptation's integers."""
    return AtmAdaptation(
        cell_bytes=items["cell"],
        payload_bytes=items["cell_payload"],
        header_bytes=items["llc_snap"],
        trailer_bytes=items["aal5_trailer"],
    )


def atm_down(items: ItemTable, *, line_bps: int) -> AtmDown:
    """Read the downstream frame's integers."""
    return AtmDown(
        adaptation=atm_adaptation(items),
        slots=items["down_slots"],
        ploam_spacing_slots=items["down_ploam_spacing"],
        line_bps=line_bps,
    )


def atm_up(items: ItemTable, *, line_bps: int) -> AtmUp:
    """Read the upstream frame's integers."""
    return AtmUp(
        adaptation=atm_adaptation(items),
        slots=items["up_slots"],
        slot_overhead_bytes=items["up_slot_overhead"],
        line_bps=line_bps,
    )
