"""Plots along both sides of streets, where buildings may stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from ponplan.area.generate.streets import CM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.area.generate.kinds import Kind
    from ponplan.area.generate.streets import Streets

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

CORNER_M = 12.0  # kept free at both ends of an edge
ALONG_M = 0.5  # half the stretch of street that gives its direction
WANDER = 0.2  # how far a building is from the middle of its plot along the street, of the pitch
APART = 0.6  # least distance of two buildings, of the pitch
BUILT_ON = ("main", "side", "lane")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plots:
    """Places for buildings, each with its street and house number."""

    xy_m: FloatArray  # (plots, 2)
    street: IntArray  # (plots,)
    house: IntArray  # (plots,) odd on the left of the street, even on its right

    def take(self, which: IntArray | NDArray[np.bool_]) -> Plots:
        """Give some of the plots."""
        return Plots(xy_m=self.xy_m[which], street=self.street[which], house=self.house[which])


def lay_out_plots(streets: Streets, lines: NDArray[np.object_], kind: Kind, rng: np.random.Generator) -> Plots:
    """Lay plots along both sides of all streets that are built on, set back from them and not overlapping."""
    edges = np.repeat(np.flatnonzero(np.isin(streets.ranks, BUILT_ON)), 2)
    side = np.arange(len(edges)) % 2
    room_m = shapely.length(lines[edges]) - 2.0 * CORNER_M
    counts = np.maximum(np.floor(room_m / kind.plot_pitch_m), 0).astype(np.int64)
    owner = np.repeat(np.arange(len(edges)), counts)
    index = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    offset = rng.uniform(-WANDER, WANDER, len(owner))
    along_m = CORNER_M + (index + 0.5 + offset) * room_m[owner] / counts[owner]
    back_m = rng.uniform(*kind.setback_m, len(owner))
    xy_m = _beside(lines[edges[owner]], along_m, np.where(side[owner] == 0, back_m, -back_m))
    plots = Plots(
        xy_m=xy_m, street=streets.street[edges[owner]], house=_houses(streets.street[edges[owner]], side[owner])
    )
    plots = plots.take(_is_nearest(plots.xy_m, edges[owner], lines))
    return plots.take(_is_apart(plots.xy_m, APART * kind.plot_pitch_m))


def _beside(lines: NDArray[np.object_], along_m: FloatArray, left_m: FloatArray) -> FloatArray:
    """Go along each line and then to its left."""
    before = shapely.get_coordinates(shapely.line_interpolate_point(lines, along_m - ALONG_M))
    after = shapely.get_coordinates(shapely.line_interpolate_point(lines, along_m + ALONG_M))
    direction = (after - before) / np.maximum(np.hypot(*(after - before).T), 1e-9)[:, None]
    left = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
    xy_m: FloatArray = np.round((before + after) / 2.0 + left * left_m[:, None], CM)
    return xy_m


def _houses(street: IntArray, side: IntArray) -> IntArray:
    """Give house numbers, rising along each side of a street, odd on one and even on the other."""
    key = 2 * street + side
    order = np.argsort(key, kind="stable")
    rank = np.empty(len(key), np.int64)
    rank[order] = np.arange(len(key)) - np.searchsorted(key[order], key[order])
    return 2 * rank + 1 + side


def _is_nearest(xy_m: FloatArray, edges: IntArray, lines: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Mark plots that are nearer to their own street than to any other; the rest would stand on another's."""
    points = shapely.points(xy_m)
    own_m = shapely.distance(points, lines[edges])
    point, line = shapely.STRtree(lines).query(points, predicate="dwithin", distance=own_m)
    is_nearest = np.ones(len(xy_m), bool)
    is_nearest[point[line != edges[point]]] = False
    return is_nearest


def _is_apart(xy_m: FloatArray, distance_m: float) -> NDArray[np.bool_]:
    """Mark plots that overlap no earlier one that is kept."""
    kept = np.ones(len(xy_m), bool)
    pairs = cKDTree(xy_m).query_pairs(distance_m, output_type="ndarray")
    for first, second in pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].tolist():
        if kept[first]:
            kept[second] = False
    return kept
