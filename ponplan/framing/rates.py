"""The usable Ethernet rate of a technology from its own frame structure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

from ponplan.errors import CatalogueError, ScenarioError
from ponplan.framing.atm import AtmDown, AtmUp, atm_down, atm_up
from ponplan.framing.direct import direct_layout
from ponplan.framing.ethernet import EthernetDown, EthernetUp, ethernet_down, ethernet_up
from ponplan.framing.gtc import gtc_down, gtc_up
from ponplan.framing.items import ItemTable
from ponplan.framing.itu import BurstLayout, FrameLayout
from ponplan.framing.sizes import SizeMix, size_table
from ponplan.framing.xgtc import xgtc_down, xgtc_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ponplan.catalogue.model import FrameItem, Technology

Direction = Literal["down", "up"]
DownLayout = AtmDown | EthernetDown | FrameLayout
UpLayout = AtmUp | EthernetUp | BurstLayout
Layout = TypeVar("Layout", DownLayout, UpLayout)

_DOWN: Mapping[str, Callable[..., DownLayout]] = {
    "atm": atm_down,
    "ethernet": ethernet_down,
    "gem": gtc_down,
    "xgem": xgtc_down,
}
_UP: Mapping[str, Callable[..., UpLayout]] = {"atm": atm_up, "ethernet": ethernet_up, "gem": gtc_up, "xgem": xgtc_up}


def usable_rate_bps(
    technology: Technology,
    frame_items: Iterable[FrameItem] | Mapping[str, FrameItem],
    *,
    direction: Direction,
    bursts_per_frame: int,
    frame_bytes: SizeMix,
    fec: bool | None = None,
) -> float:
    """Give the highest rate of Ethernet frames (FCS included, preamble and gap not) in one direction.

    Parameters
    ----------
    technology
        Its encapsulation chooses the structure; its `fec_down` and `fec_up` are the defaults of `fec`.
    frame_items
        The catalogue's rows, of any technologies.
    direction
        `down` or `up`.
    bursts_per_frame
        Upstream bursts in each 125 us frame (APON: its own frame; EPON: in each longest polling cycle); down,
        they cost map entries or GATEs. At least 1 up, at least 0 down. Direct fibre has none.
    frame_bytes
        One Ethernet frame size, or pairs of size and weight, weights counting packets.
    fec
        Switch an optional code on or off; the 10G-EPON stream code is always on.

    Raises
    ------
    CatalogueError
        If a frame item is missing, or the direction's code is asked for and the technology has none.
    ScenarioError
        If the sizes or the number of bursts make no sense.
    """
    sizes = size_table(frame_bytes)
    if bursts_per_frame < (1 if direction == "up" else 0):
        raise ScenarioError(f"bursts_per_frame: {bursts_per_frame} upstream bursts are too few")
    if technology.is_direct:
        return direct_layout(ItemTable(technology.id, frame_items)).usable_bps(sizes, bursts_per_frame=0)
    layout: DownLayout | UpLayout
    if direction == "down":
        layout = down_layout(technology, frame_items, fec=fec)
    else:
        layout = up_layout(technology, frame_items, fec=fec)
    return layout.usable_bps(sizes, bursts_per_frame=bursts_per_frame)


def down_layout(
    technology: Technology,
    frame_items: Iterable[FrameItem] | Mapping[str, FrameItem],
    *,
    fec: bool | None = None,
) -> DownLayout:
    """Give the downstream frame as integers."""
    coded = technology.fec_down if fec is None else fec
    return _layout(_DOWN, technology, frame_items, fec=coded, line_bps=technology.down_line_bps)


def up_layout(
    technology: Technology,
    frame_items: Iterable[FrameItem] | Mapping[str, FrameItem],
    *,
    fec: bool | None = None,
) -> UpLayout:
    """Give the upstream frame and burst as integers."""
    coded = technology.fec_up if fec is None else fec
    return _layout(_UP, technology, frame_items, fec=coded, line_bps=technology.up_line_bps)


def _layout(
    by_encapsulation: Mapping[str, Callable[..., Layout]],
    technology: Technology,
    frame_items: Iterable[FrameItem] | Mapping[str, FrameItem],
    *,
    fec: bool,
    line_bps: int,
) -> Layout:
    """Give a technology's frame in one direction; cells are the only ones that no code protects."""
    items, encapsulation = ItemTable(technology.id, frame_items), technology.encapsulation
    if encapsulation not in by_encapsulation:
        raise CatalogueError(
            f"technologies.csv, row {technology.id}: unknown encapsulation {encapsulation!r};"
            f" allowed: {', '.join(sorted(by_encapsulation))}"
        )
    make = by_encapsulation[encapsulation]
    if encapsulation != "atm":
        return make(items, fec=fec)
    if fec:
        raise CatalogueError(f"technologies.csv, row {technology.id}: ATM cells have no error correction")
    return make(items, line_bps=line_bps)
