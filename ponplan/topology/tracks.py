"""The way each cable takes from junction to junction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.topology.index import NetworkIndex
    from ponplan.topology.network import Cable, Route


@dataclass(frozen=True, slots=True)
class Track:
    """Junctions a cable passes, with the metres from its beginning; `gap` says where its routes do not join."""

    junctions: tuple[str, ...]
    at_m: tuple[float, ...]
    gap: str

    @property
    def length_m(self) -> float:
        """Metres from end to end."""
        return self.at_m[-1]

    def position_m(self, junction: str) -> float | None:
        """Give the metres to a junction, its ends before places between them; None if it is not passed."""
        if junction == self.junctions[0]:
            return 0.0
        if junction == self.junctions[-1]:
            return self.at_m[-1]
        return self.at_m[self.junctions.index(junction)] if junction in self.junctions else None


def cable_tracks(index: NetworkIndex) -> list[Track]:
    """Give the track of every cable, in the order of the network."""
    routes, nodes = index.routes, index.nodes
    tracks = []
    for cable in index.network.cables:
        start, end = nodes.get(cable.from_node), nodes.get(cable.to_node)
        tracks.append(_track(cable, start.junction if start else "", end.junction if end else "", routes))
    return tracks


def _track(cable: Cable, start: str, end: str, routes: Mapping[str, Route]) -> Track:
    junctions, at_m, gap = [start], [0.0], ""
    here, metres = start, 0.0
    for name in cable.routes:
        route = routes.get(name)
        if route is None:
            gap = gap or f"route {name} does not exist"
            continue
        if route.from_junction == here:
            here = route.to_junction
        elif route.to_junction == here:
            here = route.from_junction
        else:
            gap = gap or f"route {name} does not begin at junction {here}, where the cable is"
            here = route.to_junction
        metres += route.length_m
        junctions.append(here)
        at_m.append(metres)
    if here != end:
        gap = gap or f"its routes end at junction {here}, its end node {cable.to_node} stands at {end}"
    return Track(tuple(junctions), tuple(at_m), gap)
