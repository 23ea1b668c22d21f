"""The trunk cables of a plan while they are merged: where they lie, whose light is in them, what each node holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from ponplan.topology.splicing import node_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ponplan.design.prices import CablePrices
    from ponplan.topology.network import Link
    from ponplan.topology.survey import Survey
    from ponplan.topology.tracks import Track

Stretch = tuple[int, str, str]  # of a link: the cable, and the junctions where light enters and leaves it
Way = tuple[Stretch, ...]
FIXED = -1  # size of cables that stay as they are: drops


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sheath:
    """A cable: its size (place among the trunk types), the nodes where it ends, and the rows of the links in it."""

    size: int
    routes: tuple[str, ...]
    track: Track
    begin: str
    end: str
    riders: tuple[int, ...]

    @property
    def ends(self) -> frozenset[str]:
        """Both nodes."""
        return frozenset((self.begin, self.end))

    def node_at(self, junction: str) -> str:
        """Give the node where the cable ends at a junction; empty if it passes."""
        if junction == self.track.junctions[0]:
            return self.begin
        return self.end if junction == self.track.junctions[-1] else ""


@dataclass(slots=True)
class Held:
    """What a node holds: splices and fibre ends, and how often each cable is needed there."""

    fibres: int = 0
    cables: Counter[int] = field(default_factory=Counter)

    def add(self, cable: int, fibres: int, *, times: int) -> None:
        """Add or take away a cable's need, with its splices."""
        self.fibres += times * fibres
        self.cables[cable] += times
        if not self.cables[cable]:
            del self.cables[cable]


Need = tuple[str, int, int]  # a node, a cable that is needed there, and splices counted with it


class Plant:
    """All cables of a plan by number, the way of each link, and what each node holds."""

    def __init__(self, survey: Survey, cables: CablePrices) -> None:
        network = survey.network
        sizes = {row.id: size for size, row in enumerate(cables.types)}
        places = survey.index.device_nodes
        self.links: Sequence[Link] = network.links
        self.lengths_m = {route.id: route.length_m for route in network.routes}
        self.ways: list[Way] = [_way(survey, row) for row in range(len(network.links))]
        self.threads = _threads(network.links)
        self.nodes_at: dict[str, list[str]] = defaultdict(list)
        for node in network.nodes:
            self.nodes_at[node.junction].append(node.id)
        splitters = {splitter.id for splitter in network.splitters}
        self.hosts = [
            tuple(places[device] if device in splitters else "" for device in (link.from_device, link.to_device))
            for link in network.links
        ]
        riders: list[list[int]] = [[] for _ in network.cables]
        for row, way in enumerate(self.ways):
            for key, _, _ in way:
                riders[key].append(row)
        self.sheaths: dict[int, Sheath] = {}
        self.on_route: dict[str, set[int]] = defaultdict(set)
        self.changed: set[int] = set()  # cables that are not as they were
        for key, track in enumerate(survey.tracks):
            cable = network.cables[key]
            is_plain = cable.role != "drop" and len(set(track.junctions)) == len(track.junctions)
            self.sheaths[key] = Sheath(
                size=sizes[cable.type] if is_plain else FIXED,
                routes=cable.routes,
                track=track,
                begin=cable.from_node,
                end=cable.to_node,
                riders=tuple(riders[key]),
            )
            for route in cable.routes if cable.role != "drop" else ():
                self.on_route[route].add(key)
        self.holds: dict[str, Held] = defaultdict(Held)
        for name, fibres in survey.node_fibres.items():
            self.holds[name].fibres = fibres
        self._count_cables()

    def _count_cables(self) -> None:
        """Count what cables each node needs; its splices are counted already."""
        for key, sheath in self.sheaths.items():
            for node in (sheath.begin, sheath.end):
                self.holds[node].add(key, 0, times=1)
        for row, way in enumerate(self.ways):
            for node, cable, _ in self.needs(row, way, self.sheaths):
                self.holds[node].add(cable, 0, times=1)

    def num_lit(self, riders: Iterable[int]) -> int:
        """Give how many fibres these links light in one cable."""
        return len({self.threads[row] for row in riders})

    def needs(self, row: int, way: Way, sheaths: Mapping[int, Sheath]) -> Iterator[Need]:
        """Give what a link's way needs at nodes: the cables opened there, and a splice for each joint."""
        first, last = self.hosts[row]
        if way and first:
            yield first, way[0][0], 0
        for (before, _, at), (after, _, _) in pairwise(way):
            node = node_between(self.nodes_at[at], sheaths[before].ends, sheaths[after].ends)
            yield node, before, 1
            yield node, after, 0
        if way and last:
            yield last, way[-1][0], 0


def _way(survey: Survey, row: int) -> Way:
    """Give a link's way by the junctions where it goes from cable to cable."""
    link, run, places = survey.network.links[row], survey.runs[row], survey.index.device_junctions
    at = [places[link.from_device], *run.joints, places[link.to_device]]
    return tuple((piece.cable, start, end) for piece, (start, end) in zip(run.pieces, pairwise(at), strict=False))


def _threads(links: Sequence[Link]) -> list[int]:
    """Give each link a number that those on one fibre, which taps cut, have in common."""
    number = list(range(len(links)))
    first: dict[tuple[str, int], int] = {}
    for row, link in enumerate(links):  # from a port outwards, so that whoever was first on a fibre has its number
        on = [first[strand] for strand in link.strands if strand in first]
        if on:
            number[row] = number[on[0]]
        first.update(dict.fromkeys(link.strands, row))
    return number
