"""Where routes meet: ends close together are one junction, an end on another route's inside cuts that route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from ponplan.area.polylines import Polylines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Places inside lines where a junction lies: line, distance along it, junction; sorted by line and distance."""

    lines: IntArray
    positions_m: FloatArray
    junctions: IntArray

    def take(self, which: NDArray[np.bool_] | IntArray) -> Cuts:
        """Give some of the cuts."""
        return Cuts(lines=self.lines[which], positions_m=self.positions_m[which], junctions=self.junctions[which])

    def joined(self, other: Cuts) -> Cuts:
        """Give both sets of cuts, sorted."""
        lines = np.concatenate([self.lines, other.lines])
        positions = np.concatenate([self.positions_m, other.positions_m])
        junctions = np.concatenate([self.junctions, other.junctions])
        return Cuts(lines=lines, positions_m=positions, junctions=junctions).take(np.lexsort((positions, lines)))


@dataclass(frozen=True, slots=True, kw_only=True)
class NodedRoutes:
    """Routes whose ends lie exactly on junctions, with the cuts that other routes' ends make in them."""

    polylines: Polylines
    tails: IntArray  # (routes,) junction
    heads: IntArray
    cuts: Cuts
    junction_xy_m: FloatArray  # (junctions, 2)
    is_collapsed: NDArray[np.bool_]  # (routes,) both ends within the tolerance and nothing between them

    def components(self) -> IntArray:
        """Give each route's connected component; numbers follow the order of junctions."""
        labels = _labels(
            len(self.junction_xy_m),
            np.concatenate([self.tails, self.tails[self.cuts.lines]]),
            np.concatenate([self.heads, self.cuts.junctions]),
        )
        component: IntArray = labels[self.tails]
        return component

    def is_tip(self, routes: IntArray, positions_m: FloatArray, tolerance_m: float) -> NDArray[np.bool_]:
        """Say for places on routes whether a route ends there where no other one meets it; -1 is no route."""
        touching = np.concatenate([self.tails, self.heads, self.cuts.junctions, self.cuts.junctions])
        is_end = np.bincount(touching, minlength=len(self.junction_xy_m)) == 1
        begins = is_end[self.tails[routes]] & (positions_m <= tolerance_m)
        ends = is_end[self.heads[routes]] & (positions_m >= self.polylines.lengths_m[routes] - tolerance_m)
        return np.asarray((routes >= 0) & (begins | ends))


def node_routes(lines: Sequence[object], *, tolerance_m: float) -> NodedRoutes:
    """Let route ends meet that are closer than `tolerance_m`, in chains too, and split routes that an end touches.

    Two routes that merely cross (a bridge) do not meet. A junction lies where the first of its ends lies; the
    other ends are moved there.
    """
    polylines = Polylines.from_lines(lines)
    ends = np.stack([polylines.xy_m[polylines.first[:-1]], polylines.xy_m[polylines.first[1:] - 1]], axis=1)
    places, place_of_end = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    near = cKDTree(places).query_pairs(tolerance_m, output_type="ndarray").astype(np.int64)
    noded = _join(polylines, places, place_of_end.reshape(-1), near, tolerance_m)
    crowded = _crowded(noded, tolerance_m)
    if len(crowded):
        # an end that falls beside another route's end rather than on its inside belongs to that end
        junction_place = _first_end(noded, place_of_end.reshape(-1))
        near = np.concatenate([near, junction_place[crowded]])
        noded = _join(polylines, places, place_of_end.reshape(-1), near, tolerance_m)
    return _without_crowded(noded, tolerance_m)


def _join(
    polylines: Polylines, places: FloatArray, place_of_end: IntArray, near: IntArray, tolerance_m: float
) -> NodedRoutes:
    labels = _labels(len(places), near[:, 0], near[:, 1])[place_of_end]
    _, first_end, junction_of_end = np.unique(labels, return_index=True, return_inverse=True)
    # number junctions by the first end that lies on them
    rank = np.argsort(np.argsort(first_end))
    junctions = rank[junction_of_end.reshape(-1)].reshape(-1, 2)
    xy_m = places[place_of_end[np.sort(first_end)]]
    moved = polylines.with_ends(xy_m[junctions[:, 0]], xy_m[junctions[:, 1]])
    is_collapsed = (junctions[:, 0] == junctions[:, 1]) & (moved.lengths_m <= 2 * tolerance_m)
    return NodedRoutes(
        polylines=moved,
        tails=junctions[:, 0],
        heads=junctions[:, 1],
        cuts=_touches(moved, junctions, xy_m, is_collapsed, tolerance_m),
        junction_xy_m=xy_m,
        is_collapsed=is_collapsed,
    )


def _touches(
    polylines: Polylines,
    junctions: IntArray,
    xy_m: FloatArray,
    is_collapsed: NDArray[np.bool_],
    tolerance_m: float,
) -> Cuts:
    """Find junctions on the inside of routes: of other routes anywhere, of their own route on a vertex."""
    tree = shapely.STRtree(polylines.geometries())
    points = shapely.points(xy_m)
    point, line = tree.query(points, predicate="dwithin", distance=tolerance_m).astype(np.int64)
    foreign = (junctions[line] != point[:, None]).all(axis=1) & ~is_collapsed[line]
    line, point = line[foreign], point[foreign]
    own_line, own_position, own_point = _own_touches(polylines, junctions, xy_m, tolerance_m)
    lines = np.concatenate([line, own_line])
    positions = np.concatenate([polylines.positions_of(line, points[point]), own_position])
    order = np.lexsort((np.concatenate([point, own_point]), positions, lines))
    return Cuts(
        lines=lines[order],
        positions_m=positions[order],
        junctions=np.concatenate([point, own_point])[order],
    )


def _own_touches(
    polylines: Polylines, junctions: IntArray, xy_m: FloatArray, tolerance_m: float
) -> tuple[IntArray, FloatArray, IntArray]:
    """Find inner vertices at which a route comes back to one of its own ends."""
    owners, lengths = polylines.owners, polylines.lengths_m
    is_inner = (polylines.along_m > 2 * tolerance_m) & (polylines.along_m < lengths[owners] - 2 * tolerance_m)
    found: list[tuple[IntArray, FloatArray, IntArray]] = []
    for side in (0, 1):
        junction = junctions[owners, side]
        offset = np.hypot(*(polylines.xy_m - xy_m[junction]).T)
        vertex = np.flatnonzero(is_inner & (offset <= tolerance_m))
        # neighbouring vertices all near the end are one return, not several
        vertex = vertex[np.diff(polylines.along_m[vertex], prepend=-np.inf) > 2 * tolerance_m]
        found.append((owners[vertex], polylines.along_m[vertex], junction[vertex]))
    is_closed = junctions[found[1][0], 0] == junctions[found[1][0], 1]
    found[1] = (found[1][0][~is_closed], found[1][1][~is_closed], found[1][2][~is_closed])
    return (
        np.concatenate([found[0][0], found[1][0]]),
        np.concatenate([found[0][1], found[1][1]]),
        np.concatenate([found[0][2], found[1][2]]),
    )


def _crowded(noded: NodedRoutes, tolerance_m: float) -> IntArray:
    """Give pairs of junctions that lie within the tolerance along one route, (pairs, 2)."""
    cuts, lengths = noded.cuts, noded.polylines.lengths_m[noded.cuts.lines]
    at_tail, at_head = cuts.positions_m < tolerance_m, cuts.positions_m > lengths - tolerance_m
    close = np.flatnonzero((np.diff(cuts.lines) == 0) & (np.diff(cuts.positions_m) < tolerance_m))
    pairs = np.concatenate(
        [
            np.stack([cuts.junctions[at_tail], noded.tails[cuts.lines[at_tail]]], axis=1),
            np.stack([cuts.junctions[at_head], noded.heads[cuts.lines[at_head]]], axis=1),
            np.stack([cuts.junctions[close], cuts.junctions[close + 1]], axis=1),
        ]
    )
    distinct: IntArray = pairs[pairs[:, 0] != pairs[:, 1]]
    return distinct


def _without_crowded(noded: NodedRoutes, tolerance_m: float) -> NodedRoutes:
    """Leave out cuts that repeat the one before them or an end of their route."""
    cuts, lengths = noded.cuts, noded.polylines.lengths_m[noded.cuts.lines]
    is_end = (cuts.positions_m < tolerance_m) & (cuts.junctions == noded.tails[cuts.lines])
    is_end |= (cuts.positions_m > lengths - tolerance_m) & (cuts.junctions == noded.heads[cuts.lines])
    kept = ~is_end & ~noded.is_collapsed[cuts.lines]
    cuts = cuts.take(kept)
    repeats = np.zeros(len(cuts.lines), bool)
    repeats[1:] = (
        (np.diff(cuts.lines) == 0) & (np.diff(cuts.junctions) == 0) & (np.diff(cuts.positions_m) < 2 * tolerance_m)
    )
    return NodedRoutes(
        polylines=noded.polylines,
        tails=noded.tails,
        heads=noded.heads,
        cuts=cuts.take(~repeats),
        junction_xy_m=noded.junction_xy_m,
        is_collapsed=noded.is_collapsed,
    )


def _first_end(noded: NodedRoutes, place_of_end: IntArray) -> IntArray:
    """Give the place of the first end on each junction."""
    junctions = np.stack([noded.tails, noded.heads], axis=1).reshape(-1)
    _, first_end = np.unique(junctions, return_index=True)
    places: IntArray = place_of_end[first_end]
    return places


def _labels(num_nodes: int, tails: IntArray, heads: IntArray) -> IntArray:
    graph = coo_array((np.ones(len(tails), np.int8), (tails, heads)), shape=(num_nodes, num_nodes))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels, np.int64)
