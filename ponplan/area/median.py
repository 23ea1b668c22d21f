"""The junction with the least sum of network distances to all customers (1-median), proven where that is cheap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.area.ways import Ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.area.graph import RouteGraph

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

MOST_TRIALS = 400
MOST_VISITS = 8_000_000  # junctions visited in all trials together
AT_ONCE = 64  # candidates whose beelines are measured together: as many as stay near the processor


@dataclass(frozen=True, slots=True, kw_only=True)
class Median:
    """The best candidate, its position in the list of candidates, and whether no other can be better."""

    junction: int
    index: int
    total_m: float
    is_proven: bool


def network_median(
    graph: RouteGraph, weights: IntArray, *, candidates: IntArray, offsets_m: FloatArray | None = None
) -> Median:
    """Find the candidate junction nearest to all weighted junctions together.

    Each trial u measures the distances d(u, .) to all. By the triangle inequality no candidate v can total less than
    the sum of w(k) |d(u, v) - d(u, k)|, so candidates are tried in the order of their greatest such bound until none
    left can win, or `MOST_TRIALS` or `MOST_VISITS` are spent.

    Parameters
    ----------
    weights
        (junctions,) how many customers hang on each.
    offsets_m
        (candidates,) further way from the candidate's true place to its junction.
    """
    offsets = np.zeros(len(candidates)) if offsets_m is None else offsets_m
    extra_m = offsets * weights.sum()
    ways = Ways(graph)
    served = np.flatnonzero(weights)
    bounds = extra_m + _beeline_totals(graph, weights, served, candidates)
    totals = np.full(len(candidates), np.inf)
    trials = min(MOST_TRIALS, 1 + MOST_VISITS // max(len(weights), 1), len(candidates))
    for _ in range(trials):
        trial = int(np.argmin(np.where(np.isinf(totals), bounds, np.inf)))
        if totals.min() <= bounds[trial]:
            break
        distances = ways.distances_m(int(candidates[trial]))
        totals[trial] = extra_m[trial] + float(distances[served] @ weights[served])
        bounds = np.maximum(bounds, extra_m + _bound(distances, weights, served, candidates))
    best = int(np.argmin(totals))
    rest = np.where(np.isinf(totals), bounds, np.inf)
    return Median(
        junction=int(candidates[best]),
        index=best,
        total_m=float(totals[best]),
        is_proven=bool(totals[best] <= rest.min()),
    )


def _bound(distances: FloatArray, weights: IntArray, served: IntArray, candidates: IntArray) -> FloatArray:
    """Sum w(k) |d(v) - d(k)| over all served k, for every candidate v, by prefix sums over sorted d(k)."""
    order = np.argsort(distances[served], kind="stable")
    sorted_m = distances[served][order]
    shares = weights[served][order].astype(np.float64)
    count_before = np.concatenate([[0.0], np.cumsum(shares)])
    sum_before = np.concatenate([[0.0], np.cumsum(shares * sorted_m)])
    own = distances[candidates]
    split = np.searchsorted(sorted_m, own)
    nearer = own * count_before[split] - sum_before[split]
    farther = (sum_before[-1] - sum_before[split]) - own * (count_before[-1] - count_before[split])
    total: FloatArray = nearer + farther
    # rounding must not turn a bound into a lie
    return total * (1.0 - 1e-9)


def _beeline_totals(graph: RouteGraph, weights: IntArray, served: IntArray, candidates: IntArray) -> FloatArray:
    """Bound every candidate by straight lines to cells of customers, shortened by half a cell's diagonal."""
    x_m, y_m = graph.junction_x_m, graph.junction_y_m
    cell_m = max(float(np.ptp(x_m)), float(np.ptp(y_m)), 1.0) / 60.0
    keys = np.stack([x_m[served] // cell_m, y_m[served] // cell_m], axis=1)
    cells, member = np.unique(keys, axis=0, return_inverse=True)
    counts = np.bincount(member.reshape(-1), weights=weights[served].astype(np.float64), minlength=len(cells))
    centres = (cells + 0.5) * cell_m
    totals = np.zeros(len(candidates))
    for first in range(0, len(candidates), AT_ONCE):
        some = candidates[first : first + AT_ONCE]
        squares = (x_m[some][:, None] - centres[None, :, 0]) ** 2
        squares += (y_m[some][:, None] - centres[None, :, 1]) ** 2
        reach = np.sqrt(squares, out=squares)
        reach -= cell_m * np.sqrt(0.5)
        totals[first : first + AT_ONCE] = np.maximum(reach, 0.0, out=reach) @ counts
    return totals * (1.0 - 1e-6)
