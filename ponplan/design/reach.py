"""Shorter ways for customers whom the cheapest trench would put out of reach.

A Steiner tree spares digging by long detours. Where one would be longer than the technology reaches although the
streets are short enough, a shorter way from the office is opened as well and every junction hung on its shortest
way within the routes opened; then stretches are exchanged as long as that saves digging and keeps everybody in reach.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from ponplan.design.direct import direct_limits_m
from ponplan.design.trench import steiner_problem
from ponplan.optimise.steiner.limited import exchange_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

PREFERRED_SHARE = 0.985  # of the reach: room for a splitter place beside the way
_SHORTENED_TO = (
    0.8,
    0.85,
    0.9,
    1.0,
)  # of what is preferred: ways are first made so short, each is a start of its own
_STEP_M = 1e-6  # added to every edge, because scipy's sparse graphs have no edges of length zero
_ROUNDING_M = 0.01  # more than all these of a way together
_LENGTH_WEIGHTS = (*(0.25 * 2.0**k for k in range(12)), math.inf)  # of a metre's length against digging


def reach_limits_m(problem: PlanProblem, planes: Sequence[Plane]) -> FloatArray:
    """Give (c,) how long each customer's light path may be at most, over all transceivers allowed."""
    limits = np.zeros(len(problem.served))
    is_direct = problem.is_direct
    limits[is_direct] = direct_limits_m(problem.only(is_direct))
    for plane in planes:
        limits[plane.members] = max(min(plane.technology.max_reach_m, group.max_reach_m) for group in plane.classes)
    return limits


def within_reach(problem: PlanProblem, edges: IntArray, costs: FloatArray, limits_m: FloatArray) -> IntArray:
    """Give routes that join everybody like `edges`, over ways within reach wherever the streets allow it.

    Parameters
    ----------
    edges
        Segments that form one tree per office used.
    costs
        (m,) of opening each segment.
    limits_m
        (c,) as `reach_limits_m` gives them.

    Notes
    -----
    For the customer farthest beyond reach the cheapest way that is short enough is sought by weighing length against
    digging, ever heavier; opened routes cost nothing more. This repeats until nobody is beyond reach. Ways made
    shorter than need be leave more stretches to choose from when they are exchanged, so several starts are tried.
    """
    lengths_m = problem.graph.lengths_m
    shortest_m, _ = _ways(problem, np.arange(len(lengths_m)), lengths_m)
    wanted_m = np.maximum(
        PREFERRED_SHARE * limits_m, np.minimum(limits_m, shortest_m[problem.premises] + _ROUNDING_M)
    )
    wanted_m = np.where(shortest_m[problem.premises] <= limits_m, wanted_m, np.inf)
    depth_m, _ = _ways(problem, edges, lengths_m)
    if np.all(depth_m[problem.premises] <= wanted_m + _ROUNDING_M):
        return edges
    starts = [_shortened(problem, edges, costs, share * wanted_m, shortest_m) for share in _SHORTENED_TO]
    ends = [_exchanged(problem, start, costs, wanted_m) for start in starts]
    return min(ends, key=lambda end: float(costs[end].sum()))


def _shortened(
    problem: PlanProblem, edges: IntArray, costs: FloatArray, wanted_m: FloatArray, shortest_m: FloatArray
) -> IntArray:
    """Open shorter ways until those of all customers are as short as wanted, or as short as the streets allow."""
    wanted_m = np.maximum(wanted_m, shortest_m[problem.premises] + _ROUNDING_M)
    opened = edges
    while True:
        depth_m, above = _ways(problem, opened, problem.graph.lengths_m)
        excess_m = depth_m[problem.premises] - wanted_m
        worst = int(np.argmax(excess_m))
        if excess_m[worst] <= _ROUNDING_M:
            return _needed(problem, above)
        shortcut = _shortcut(problem, opened, costs, int(problem.premises[worst]), float(wanted_m[worst]))
        opened = np.union1d(opened, shortcut)


def _exchanged(problem: PlanProblem, edges: IntArray, costs: FloatArray, wanted_m: FloatArray) -> IntArray:
    """Exchange stretches while that saves digging and keeps ways as short as wanted."""
    posed, num_edges = steiner_problem(problem, costs), len(costs)
    lengths_m = np.concatenate([problem.graph.lengths_m, np.zeros(len(posed.tails) - num_edges)])
    limits_m = np.full(posed.num_nodes, np.inf)
    limits_m[problem.premises] = wanted_m
    hung = np.concatenate([edges, np.arange(num_edges, len(posed.tails))])
    found = exchange_within(posed, hung, lengths_m, limits_m)
    return found[found < num_edges]


def _shortcut(problem: PlanProblem, opened: IntArray, costs: FloatArray, junction: int, wanted_m: float) -> IntArray:
    """Give the way to an office that digs little and is no longer than wanted."""
    lengths_m = problem.graph.lengths_m
    digging = costs.copy()
    digging[opened] = 0.0
    everything = np.arange(len(lengths_m))
    path = np.empty(0, np.int64)
    for weight in _LENGTH_WEIGHTS:
        weights = lengths_m if math.isinf(weight) else digging + weight * lengths_m
        _, above = _ways(problem, everything, weights)
        path = _path_to_office(problem, above, junction)
        if lengths_m[path].sum() <= wanted_m:
            break
    return path


def _ways(problem: PlanProblem, edges: IntArray, weights: FloatArray) -> tuple[FloatArray, IntArray]:
    """Give each junction's distance to the nearest office over these edges, and the first edge of its way."""
    graph = problem.graph
    num_junctions = len(graph.junction_ids)
    ends = np.sort(np.stack([graph.tails[edges], graph.heads[edges]]), axis=0)
    keys = ends[0] * num_junctions + ends[1]
    # of parallel edges the lightest comes first and stays
    order = np.lexsort((weights[edges], keys))
    keys, first = np.unique(keys[order], return_index=True)
    kept = edges[order[first]]
    matrix = coo_array(
        (weights[kept] + _STEP_M, (graph.tails[kept], graph.heads[kept])), shape=(num_junctions, num_junctions)
    ).tocsr()
    distances, before, _ = dijkstra(
        matrix, directed=False, indices=problem.offices, min_only=True, return_predecessors=True
    )
    above = np.full(num_junctions, -1, np.int64)
    below = np.flatnonzero(before >= 0)
    pair = np.sort(np.stack([below, before[below]]), axis=0)
    above[below] = kept[np.searchsorted(keys, pair[0] * num_junctions + pair[1])]
    return distances, above


def _path_to_office(problem: PlanProblem, above: IntArray, junction: int) -> IntArray:
    graph, path = problem.graph, []
    while above[junction] >= 0:
        edge = int(above[junction])
        path.append(edge)
        junction = int(graph.tails[edge] + graph.heads[edge] - junction)
    return np.array(path, np.int64)


def _needed(problem: PlanProblem, above: IntArray) -> IntArray:
    """Give the edges on the ways of all customers."""
    graph, needed = problem.graph, set[int]()
    for premises in problem.premises.tolist():
        junction = premises
        while above[junction] >= 0 and int(above[junction]) not in needed:
            edge = int(above[junction])
            needed.add(edge)
            junction = int(graph.tails[edge] + graph.heads[edge] - junction)
    return np.array(sorted(needed), np.int64)
