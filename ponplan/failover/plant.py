"""One group of ports and terminals as the state machines need it: ways of light and the elements they pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class PortPlan:
    """A PON port; a protecting one names its working partner by number."""

    id: str
    role: str = "working"  # working; trunk: stands by on the same splitter; full: lights a second path
    standby: str = ""  # of a protecting port: cold, warm, hot
    partner: int | None = None
    equipment: frozenset[str] = frozenset()  # card, chassis, office: their loss shows otherwise than by silence
    olt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnuPlan:
    """A terminal and how it reaches a second way."""

    id: str
    customer: str
    reach: str = "single"  # single, switch, two-interfaces


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Light's way from a port to an interface of a terminal, with everything whose loss breaks it."""

    port: int
    onu: int
    interface: int  # from 0
    one_way_ns: int
    elements: frozenset[str]
    reserve_db: float | None = None  # light to spare


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """Ports, terminals and ways; the same for every run."""

    technology: str
    family: str
    scheme: str  # none, trunk, full
    ports: tuple[PortPlan, ...]
    onus: tuple[OnuPlan, ...]
    ways: tuple[Way, ...]

    @property
    def standby(self) -> str:
        """How the first protecting port stands by; empty if there is none."""
        return next((port.standby for port in self.ports if port.role != "working"), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Elements that fail together, and are mended together unless `until_ns` is None.

    With `db_per_s` light is lost slowly: each way breaks when its reserve is used up.
    """

    at_ns: int
    until_ns: int | None
    elements: frozenset[str]
    db_per_s: float | None = None


def broken_ways(plant: Plant, elements: frozenset[str]) -> list[int]:
    """Give the ways that pass any of some elements."""
    return [number for number, way in enumerate(plant.ways) if not elements.isdisjoint(way.elements)]


def ways_by_terminal(ways: Sequence[Way], num_onus: int) -> list[list[int]]:
    """Give the numbers of each terminal's ways."""
    found: list[list[int]] = [[] for _ in range(num_onus)]
    for number, way in enumerate(ways):
        found[way.onu].append(number)
    return found
