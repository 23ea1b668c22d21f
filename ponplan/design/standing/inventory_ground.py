"""The routes of an area with the places of listed plant on them: offices, boxes, and where cables end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.graph import build_route_graph
from ponplan.area.model import Site
from ponplan.design.standing.under import NEAR_M
from ponplan.topology.network import Node

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.area.graph import RouteGraph
    from ponplan.area.model import Area

END_M = 5.0  # a cable drawn so near to an office or box ends there


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The route graph with the junction of every office and place by its id."""

    graph: RouteGraph
    junctions: Mapping[str, int]
    reasons: Mapping[str, str]  # why a place has none

    def node(self, identity: str, kind: str, *, name: str = "", enclosure: str = "", site: str = "") -> Node:
        """Give a node at the junction of a place."""
        index = self.junctions[identity]
        return Node(
            id=identity,
            kind=kind,
            junction=self.graph.junction_ids[index],
            x_m=round(float(self.graph.junction_x_m[index]), 3),
            y_m=round(float(self.graph.junction_y_m[index]), 3),
            name=name,
            enclosure=enclosure,
            site=site,
            state="existing",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a cable ends: at an office or box, or at a bare place of its own."""

    place: str
    xy_m: tuple[float, float] | None = None  # of a bare one


def cable_ends(area: Area) -> list[tuple[End, End]]:
    """Give both ends of every cable; an end without a name is the office or box near it, else a bare place."""
    places = [*((o.id, o.x_m, o.y_m) for o in area.offices), *((b.id, b.x_m, b.y_m) for b in area.plant.boxes)]
    xy_m = np.array([place[1:] for place in places], np.float64).reshape(-1, 2)
    taken = {place[0] for place in places}
    streets = np.array([route.line for route in area.routes if not route.forbidden], object)
    tree = shapely.STRtree(streets)
    ends = []
    for cable in area.plant.cables:
        pair = []
        for word, named, index in (("begin", cable.from_place, 0), ("end", cable.to_place, -1)):
            if named or cable.line is None:
                pair.append(End(place=named))
                continue
            x_m, y_m = cable.line.coords[index][:2]
            away_m = np.hypot(*(xy_m - (x_m, y_m)).T)
            near = int(away_m.argmin()) if len(places) else -1
            if near >= 0 and away_m[near] <= END_M:
                pair.append(End(place=places[near][0]))
                continue
            name = next(n for n in (f"{cable.id}-{word}{'-' * k}" for k in range(len(taken) + 1)) if n not in taken)
            taken.add(name)
            pair.append(End(place=name, xy_m=_on_street(streets, tree, x_m, y_m)))
        ends.append((pair[0], pair[1]))
    return ends


def _on_street(streets: NDArray[np.object_], tree: shapely.STRtree, x_m: float, y_m: float) -> tuple[float, float]:
    """Give the place on a route that is nearest to where a line ends; the end itself if no route is near."""
    point = shapely.Point(x_m, y_m)
    near = tree.query_nearest(point, max_distance=NEAR_M, all_matches=False)
    if not len(near):
        return x_m, y_m
    street = streets[int(near[0])]
    on = shapely.line_interpolate_point(street, shapely.line_locate_point(street, point))
    return float(on.x), float(on.y)


def ground_of(area: Area, ends: Sequence[tuple[End, End]]) -> Ground:
    """Build the routes as a graph that meets every office, every box and every bare end of a cable."""
    boxes = [(box.id, box.x_m, box.y_m, box.kind) for box in area.plant.boxes]
    bare = [(end.place, *end.xy_m, "cabinet") for pair in ends for end in pair if end.xy_m is not None]
    sites = tuple(
        Site(id=name, name="", kind="room" if kind == "room" else "cabinet", x_m=x_m, y_m=y_m)
        for name, x_m, y_m, kind in [*boxes, *bare]
    )
    graph = build_route_graph(replace(area, customers=(), circuits=(), sites=sites))
    offices = zip([office.id for office in area.offices], graph.office_junctions.tolist(), strict=True)
    places = zip([site.id for site in sites], graph.site_junctions.tolist(), strict=True)
    found = {name: junction for name, junction in [*offices, *places] if junction >= 0}
    return Ground(graph=graph, junctions=found, reasons=dict(graph.left_out))
