"""Existing plant as a planner lists it: what there is, and how much of it others use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely import LineString

Strand = tuple[str, int]  # cable id, fibre from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantCable:
    """A cable that lies; it follows its line, or the shortest way between its ends where it has none."""

    id: str
    fibres: int
    name: str = ""
    from_place: str = ""  # id of an office, cabinet, room or closure; empty: where the line begins
    to_place: str = ""
    type: str = ""  # catalogue id; empty: the smallest trunk cable with so many fibres
    role: str = ""  # feeder, distribution; empty: feeder if it ends in an office
    taken: tuple[int, ...] = ()  # fibres that others light
    faulty: tuple[int, ...] = ()
    line: LineString | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantBox:
    """A cabinet, room box or closure that stands."""

    id: str
    kind: str  # cabinet, room, closure
    x_m: float
    y_m: float
    name: str = ""
    enclosure: str = ""  # catalogue id; empty: nothing is known of its size, so nothing new goes in
    free_ports: int | None = None  # splices and fibre ends that it still takes; None: all but what its plant takes
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantSplitter:
    """A splitter that is lit by a port."""

    id: str
    place: str  # id of the cabinet, room or closure that it is in
    type: str  # catalogue id, or a ratio such as 1:32
    port: str  # id of the PON port that feeds it
    taken: tuple[int, ...] = ()  # legs that others use
    feeder: tuple[Strand, ...] = ()  # fibres from port to splitter; empty: to be found among the lit ones
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantPort:
    """A PON port with what others load it with."""

    id: str
    technology: str
    office: str = ""  # id; empty: the only one
    optics: str = ""  # catalogue id of the transceiver; empty: that of the rules, else the cheapest
    bearer: str = "ip"  # ip, mstp
    olt: str = ""  # chassis; ports of one technology and bearer without one are taken to be in one
    card: int | None = None  # slot, from 1
    number: int | None = None  # on its card, from 1
    onus: int = 0  # terminals of others
    down_bps: float = 0.0  # their busy-hour load now
    up_bps: float = 0.0
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPlant:
    """All that stands in an area; ducts are routes with free bores."""

    cables: tuple[PlantCable, ...] = ()
    boxes: tuple[PlantBox, ...] = ()
    splitters: tuple[PlantSplitter, ...] = ()
    ports: tuple[PlantPort, ...] = ()

    def __bool__(self) -> bool:
        """Say whether anything stands there."""
        return bool(self.cables or self.boxes or self.splitters or self.ports)
