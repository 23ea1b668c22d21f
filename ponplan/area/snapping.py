"""The nearest connected route to each point, and the cuts that snapping makes, merged when they crowd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.noding import Cuts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.area.noding import NodedRoutes

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

MERGE_M = 1.0  # cuts closer than this become one junction
NEIGHBOURS_M = 200.0  # places are asked for in strips so wide: neighbours one after the other find the tree at hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Snaps:
    """Of each point: the nearest route (-1: none within the limit), the distance along it, the distance to it."""

    routes: IntArray
    positions_m: FloatArray
    distances_m: FloatArray


def snap_points(noded: NodedRoutes, routes: IntArray, points_xy_m: FloatArray, *, limit_m: float = np.inf) -> Snaps:
    """Find the nearest of some routes to each point; of equally near ones the first."""
    points = shapely.points(points_xy_m)
    found = np.full(len(points), -1, np.int64)
    distances = np.full(len(points), np.inf)
    positions = np.zeros(len(points))
    if len(routes) and len(points):
        tree = shapely.STRtree(noded.polylines.take(routes).geometries())
        by_place = np.lexsort((points_xy_m[:, 1], points_xy_m[:, 0] // NEIGHBOURS_M))
        # a limit given to the tree would cost it a second search
        (asked, near), distance = tree.query_nearest(points[by_place], return_distance=True)
        point, near, distance = (part[distance <= limit_m] for part in (by_place[asked], near, distance))
        order = np.lexsort((near, point))
        point, index = np.unique(point[order], return_index=True)
        found[point] = routes[near[order][index]]
        distances[point] = distance[order][index]
        positions[point] = noded.polylines.positions_of(found[point], points[point])
    return Snaps(routes=found, positions_m=positions, distances_m=distances)


def place_junctions(noded: NodedRoutes, snaps: Snaps) -> tuple[IntArray, Cuts, FloatArray]:
    """Give every snapped point a junction on its route.

    A point within `MERGE_M` of a junction along the route takes that junction; points within `MERGE_M` of each
    other share the first one's.

    Returns
    -------
    The junction of each point (-1 where it was not snapped), the cuts that are new, and the coordinates of all
    junctions, old and new.
    """
    junctions = np.full(len(snaps.routes), -1, np.int64)
    bases = noded.polylines.bases_m
    snapped = np.flatnonzero(snaps.routes >= 0)
    keys = bases[snaps.routes[snapped]] + snaps.positions_m[snapped]
    anchor, offset = _nearest_anchor(noded, bases, keys)
    junctions[snapped] = np.where(offset < MERGE_M, anchor, -1)
    loose = offset >= MERGE_M
    snapped, keys = snapped[loose], keys[loose]
    order = np.argsort(keys, kind="stable")
    is_start = _starts_of_groups(keys[order])
    first = snapped[order[is_start]]
    num_old = len(noded.junction_xy_m)
    junctions[snapped[order]] = num_old + np.cumsum(is_start) - 1
    cuts = Cuts(
        lines=snaps.routes[first],
        positions_m=snaps.positions_m[first],
        junctions=np.arange(num_old, num_old + len(first)),
    )
    new_xy_m = noded.polylines.points_at(cuts.lines, cuts.positions_m)
    return junctions, cuts, np.concatenate([noded.junction_xy_m, new_xy_m])


def _nearest_anchor(noded: NodedRoutes, bases: FloatArray, keys: FloatArray) -> tuple[IntArray, FloatArray]:
    """Find the junction already on the route that is nearest along it, and how far."""
    lengths = noded.polylines.lengths_m
    anchor_keys = np.concatenate([bases, bases + lengths, bases[noded.cuts.lines] + noded.cuts.positions_m])
    anchors = np.concatenate([noded.tails, noded.heads, noded.cuts.junctions])
    order = np.argsort(anchor_keys, kind="stable")
    anchor_keys, anchors = anchor_keys[order], anchors[order]
    after = np.clip(np.searchsorted(anchor_keys, keys), 1, max(len(anchors) - 1, 1))
    nearer = np.where(keys - anchor_keys[after - 1] <= anchor_keys[after] - keys, after - 1, after)
    return anchors[nearer], np.abs(anchor_keys[nearer] - keys)


def _starts_of_groups(sorted_keys: FloatArray) -> NDArray[np.bool_]:
    """Mark the keys that lie at least `MERGE_M` behind the last one marked."""
    marks = np.zeros(len(sorted_keys), bool)
    last = -np.inf
    for index, key in enumerate(sorted_keys.tolist()):
        if key - last >= MERGE_M:
            marks[index] = True
            last = key
    return marks
