"""Where equipment may stand when nobody has said so: cabinets spread over the crossings, the office at the median."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from ponplan.area.graph import build_route_graph
from ponplan.area.median import network_median
from ponplan.area.model import Area, Office, Site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.area.graph import RouteGraph

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

FIRST_SPACING_M = 40.0
SPACING_STEP = 1.25
REACH_M = 200.0  # a crossing farther than this from every customer's street is no candidate
CUSTOMERS_PER_CABINET = 4
FEWEST_CABINETS, MOST_CABINETS = 200, 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidates:
    junctions: IntArray
    xy_m: FloatArray
    order: IntArray  # best first: crossings before mere ends of drops, many customers before few


def with_offices_and_cabinets(
    area: Area, *, office_xy_m: Sequence[tuple[str, str, float, float]], cabinets: bool = True
) -> Area:
    """Add central offices, and candidate cabinets if wanted, to an area that has routes and customers.

    `office_xy_m` names known offices (id, name, x, y). Of several the one nearest to all customers together is
    allowed, the others are kept as not allowed. Without any, the office stands at the crossing with the least sum
    of network distances to all customers.
    """
    # until the offices are known the graph is built around any place on it
    start = next((route for route in area.routes if route.joinable), area.routes[0])
    first = office_xy_m[0] if office_xy_m else ("anywhere", "", *start.line.coords[0][:2])
    office = Office(id=first[0], name=first[1], x_m=first[2], y_m=first[3])
    graph = build_route_graph(replace(area, offices=(office,)))
    offices = _known_offices(office_xy_m, graph) or (_best_office(graph),)
    return replace(area, offices=offices, sites=(*area.sites, *(_cabinets(graph, area) if cabinets else ())))


def metres_to_routes(area: Area, xy_m: tuple[float, float]) -> float:
    """Give the straight distance from a place to the nearest route that may be joined."""
    lines = [route.line for route in area.routes if route.joinable]
    return float(shapely.distance(shapely.Point(xy_m), lines).min()) if lines else np.inf


def _best_office(graph: RouteGraph) -> Office:
    crossings = np.flatnonzero(_degrees(graph) >= 3)
    weights = _weights(graph)
    best = network_median(graph, weights, candidates=crossings if len(crossings) else np.flatnonzero(weights >= 0))
    return Office(
        id="co-1",
        name="best crossing by network distance to all customers"
        if best.is_proven
        else "good crossing by network distance",
        x_m=round(float(graph.junction_x_m[best.junction]), 3),
        y_m=round(float(graph.junction_y_m[best.junction]), 3),
    )


def _known_offices(known: Sequence[tuple[str, str, float, float]], graph: RouteGraph) -> tuple[Office, ...]:
    if not known:
        return ()
    on_routes = cKDTree(np.stack([graph.junction_x_m, graph.junction_y_m], axis=1))
    offsets_m, nearest = on_routes.query(np.array([(x_m, y_m) for _, _, x_m, y_m in known]))
    best = network_median(
        graph, _weights(graph), candidates=np.asarray(nearest, np.int64), offsets_m=np.asarray(offsets_m, np.float64)
    ).index
    offices = [
        Office(id=name, name=title, x_m=round(x_m, 3), y_m=round(y_m, 3), allowed=index == best)
        for index, (name, title, x_m, y_m) in enumerate(known)
    ]
    return tuple(sorted(offices, key=lambda office: not office.allowed))


def _cabinets(graph: RouteGraph, area: Area) -> tuple[Site, ...]:
    """Thin out the junctions near customers until they are few enough, evenly spread."""
    candidates = _candidates(graph, area)
    limit = min(max(FEWEST_CABINETS, len(area.customers) // CUSTOMERS_PER_CABINET), MOST_CABINETS)
    spacing_m = FIRST_SPACING_M
    chosen = _spread(candidates, spacing_m)
    while len(chosen) > limit:
        spacing_m *= SPACING_STEP
        chosen = _spread(candidates, spacing_m)
    return tuple(
        Site(
            id=f"cabinet-{number}",
            name="",
            kind="cabinet",
            x_m=round(float(candidates.xy_m[index, 0]), 3),
            y_m=round(float(candidates.xy_m[index, 1]), 3),
        )
        for number, index in enumerate(sorted(chosen), start=1)
    )


def _candidates(graph: RouteGraph, area: Area) -> _Candidates:
    """Take crossings near customers, and every place where a drop leaves a street."""
    degrees, weights = _degrees(graph), _weights(graph)
    is_street = np.zeros(len(degrees), bool)
    pieces = np.flatnonzero(graph.kinds == "route")
    open_to_all = np.array([area.routes[route].joinable for route in graph.routes[pieces].tolist()], bool)
    is_street[graph.tails[pieces[open_to_all]]] = True
    is_street[graph.heads[pieces[open_to_all]]] = True
    xy_m = np.stack([graph.junction_x_m, graph.junction_y_m], axis=1)
    served = np.flatnonzero(is_street & (weights > 0))
    crossings = np.flatnonzero(is_street & (degrees >= 3) & (weights == 0))
    if len(served) and len(crossings):
        crossings = crossings[cKDTree(xy_m[served]).query(xy_m[crossings])[0] <= REACH_M]
    junctions = np.sort(np.concatenate([served, crossings]))
    order = np.lexsort((junctions, -weights[junctions], degrees[junctions] < 3))
    return _Candidates(junctions=junctions, xy_m=xy_m[junctions], order=order)


def _spread(candidates: _Candidates, spacing_m: float) -> list[int]:
    """Take the best first, and of the rest those that keep their distance from all taken."""
    blocked = np.zeros(len(candidates.junctions), bool)
    tree = cKDTree(candidates.xy_m) if len(candidates.junctions) else None
    chosen = []
    for index in candidates.order.tolist():
        if tree is not None and not blocked[index]:
            chosen.append(index)
            blocked[tree.query_ball_point(candidates.xy_m[index], spacing_m)] = True
    return chosen


def _degrees(graph: RouteGraph) -> IntArray:
    """Count the street pieces at every junction."""
    pieces = graph.kinds == "route"
    ends = np.concatenate([graph.tails[pieces], graph.heads[pieces]])
    return np.bincount(ends, minlength=len(graph.junction_ids))


def _weights(graph: RouteGraph) -> IntArray:
    """Count the customers whose way leaves the streets at every junction."""
    weights = np.zeros(len(graph.junction_ids), np.int64)
    stubs = np.flatnonzero(graph.kinds != "route")
    start_of = np.arange(len(weights))
    start_of[graph.heads[stubs]] = graph.tails[stubs]
    premises = graph.customer_junctions[graph.customer_junctions >= 0]
    # a customer in a room goes by way of the room
    np.add.at(weights, start_of[start_of[premises]], 1)
    return weights
