"""Reductions by special distance, which need no bound (Duin and Volgenant 1989; Polzin and Vahdati 2001).

The special distance of two nodes is the longest stretch without a terminal on the way that has the least such
stretch. An edge longer than the special distance of its ends is in no cheapest tree; a node whose edges cost more
than joining its neighbours by special distances branches in none; and the shortest edge of a terminal is in some
cheapest tree if going on from its end to another terminal is no longer than the terminal's second edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.optimise.steiner.cut_tests import shrink_at_cuts
from ponplan.optimise.steiner.degree_tests import shrink_by_degree
from ponplan.optimise.steiner.nearest import FAR, NEAREST, Nearest, find_nearest, special_distance
from ponplan.optimise.steiner.shrink import (
    EDGES,
    TERMINALS,
    WORK,
    Shrinking,
    delete_edge,
    drop_node,
    fix_edge,
    has_room,
    join_edges,
    live_edges,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_NODES = 60
_MAX_DEGREE = 3


def shrink_by_distance(graph: Shrinking, *, max_passes: int) -> None:
    """Apply all tests in turn until a pass takes off less than one edge in fifty, or `max_passes` times."""
    num_nodes = len(graph.first)
    for _ in range(max_passes):
        before = len(live_edges(graph))
        if graph.tally[TERMINALS] < 2:
            return
        shrink_at_cuts(graph)
        nearest = find_nearest(graph)
        _contract_nearest(graph, nearest)
        shrink_by_degree(graph)
        if graph.tally[TERMINALS] < 2:
            return
        # contracting and cutting loose ends made no special distance longer, so the bounds on them still hold
        _delete_long_edges(graph, nearest)
        _split_nodes(graph, nearest)
        _delete_detours(graph, np.full(num_nodes, FAR, np.int64), np.full(num_nodes, FAR, np.int64))
        shrink_by_degree(graph)
        if 50 * (before - len(live_edges(graph))) < before:
            return


@njit(cache=True)
def _contract_nearest(graph: Shrinking, nearest: Nearest) -> None:
    """Fix shortest edges of terminals; a terminal that has just grown waits for the next pass."""
    num_nodes = len(graph.first)
    has_grown = np.zeros(num_nodes, np.bool_)
    for node in range(num_nodes):
        if not graph.is_terminal[node] or has_grown[node] or graph.tally[TERMINALS] < 2:
            continue
        shortest = -1
        second = FAR
        half = graph.first[node]
        while half >= 0:
            graph.tally[WORK] += 1
            cost = int(graph.cost[half >> 1])
            if shortest < 0 or cost < graph.cost[shortest >> 1]:
                second = FAR if shortest < 0 else int(graph.cost[shortest >> 1])
                shortest = int(half)
            elif cost < second:
                second = cost
            half = graph.after[half]
        if shortest < 0:
            continue
        other = int(graph.end[shortest ^ 1])
        if has_grown[other]:
            continue
        further = FAR
        for i in range(NEAREST):
            if nearest.base[other, i] >= 0 and nearest.base[other, i] != node:
                further = int(nearest.distance[other, i])
                break
        if further < FAR and second >= graph.cost[shortest >> 1] + further:
            kept = fix_edge(graph, shortest >> 1)
            has_grown[kept] = True
            has_grown[node] = True


@njit(cache=True)
def _delete_long_edges(graph: Shrinking, nearest: Nearest) -> None:
    for edge in range(graph.tally[EDGES]):
        if graph.end[2 * edge] < 0:
            continue
        graph.tally[WORK] += NEAREST
        cost = int(graph.cost[edge])
        if special_distance(nearest, graph.end[2 * edge], graph.end[2 * edge + 1], cost) < cost:
            delete_edge(graph, edge)


@njit(cache=True)
def _split_nodes(graph: Shrinking, nearest: Nearest) -> None:
    """Replace nodes of degree 3 that branch in no cheapest tree by edges between their neighbours."""
    ends = np.empty(_MAX_DEGREE, np.int32)
    parts = np.empty(_MAX_DEGREE, np.int32)
    special = np.empty((_MAX_DEGREE, _MAX_DEGREE), np.int64)
    for node in range(len(graph.first)):
        if graph.is_terminal[node] or graph.degree[node] != _MAX_DEGREE or not has_room(graph, _MAX_DEGREE):
            continue
        half = graph.first[node]
        total = 0
        for i in range(_MAX_DEGREE):
            ends[i] = graph.end[half ^ 1]
            parts[i] = half >> 1
            total += graph.cost[half >> 1]
            half = graph.after[half]
        joining = 0
        longest = 0
        for i in range(_MAX_DEGREE):
            for j in range(i):
                special[i, j] = special_distance(nearest, ends[i], ends[j], 0)
                joining += special[i, j]
                longest = max(longest, special[i, j])
        graph.tally[WORK] += 3 * NEAREST
        if total <= joining - longest:
            continue
        drop_node(graph, node)
        for i in range(_MAX_DEGREE):
            for j in range(i):
                cost = int(graph.cost[parts[i]] + graph.cost[parts[j]])
                if cost <= special[i, j]:
                    join_edges(graph, int(ends[i]), int(ends[j]), cost, int(parts[i]), int(parts[j]))


@njit(cache=True)
def _delete_detours(graph: Shrinking, ahead: NDArray[np.int64], back: NDArray[np.int64]) -> None:
    """Delete edges for which a short search finds another way that is no longer."""
    touched = np.empty(2 * _MAX_NODES, np.int32)
    for edge in range(graph.tally[EDGES]):
        if graph.end[2 * edge] < 0:
            continue
        one, other = int(graph.end[2 * edge]), int(graph.end[2 * edge + 1])
        limit = int(graph.cost[edge])
        num_ahead = _search_near(graph, edge, one, limit, ahead, touched, 0)
        num_all = num_ahead
        if ahead[other] > limit:
            num_all = _search_near(graph, edge, other, limit, back, touched, num_ahead)
        is_longer = ahead[other] <= limit
        for i in range(num_ahead, num_all):
            is_longer = is_longer or ahead[touched[i]] + back[touched[i]] <= limit
        for i in range(num_all):
            ahead[touched[i]] = FAR
            back[touched[i]] = FAR
        if is_longer:
            delete_edge(graph, edge)


@njit(cache=True)
def _search_near(
    graph: Shrinking, edge: int, start: int, limit: int, distance: NDArray[np.int64], touched: NDArray[np.int32],
    count: int,
) -> int:  # fmt: skip
    """Find distances up to `limit` without `edge`, for few nodes: a list is searched instead of a heap."""
    begin = count
    distance[start] = 0
    touched[count] = start
    count += 1
    done = begin
    while done < count:
        # bring the nearest open node to the front of the open part of the list
        best = done
        for i in range(done + 1, count):
            if distance[touched[i]] < distance[touched[best]]:
                best = i
        touched[done], touched[best] = touched[best], touched[done]
        node = touched[done]
        done += 1
        graph.tally[WORK] += 1
        if done - begin > _MAX_NODES // 2:
            break
        half = graph.first[node]
        while half >= 0:
            other = graph.end[half ^ 1]
            reached = distance[node] + graph.cost[half >> 1]
            if (half >> 1) != edge and reached <= limit and count - begin < _MAX_NODES:
                if distance[other] == FAR:
                    touched[count] = other
                    count += 1
                    distance[other] = reached
                elif reached < distance[other]:
                    distance[other] = reached
            half = graph.after[half]
    return count
