"""Trees by shortest paths (Takahashi and Matsuyama 1980): join the nearest terminal again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.optimise.steiner.heap import heap_pop, heap_push

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Arcs


def grow_tree(
    arcs: Arcs, costs: NDArray[np.int64], is_terminal: NDArray[np.bool_], start: int
) -> tuple[NDArray[np.bool_], int]:
    """Give the nodes of a tree grown from `start` by `costs` (one per arc) and the work done."""
    num_nodes = len(arcs.first) - 1
    in_tree = np.zeros(num_nodes, np.bool_)
    work = _grow(
        arcs.first, arcs.head, costs, is_terminal, start, in_tree,
        np.full(num_nodes, np.iinfo(np.int64).max, np.int64), np.full(num_nodes, -1, np.int32),
        np.empty(num_nodes, np.int32), np.full(num_nodes, -1, np.int32),
    )  # fmt: skip
    return in_tree, int(work)


@njit(cache=True)
def _grow(
    first: NDArray[np.int32], head: NDArray[np.int32], costs: NDArray[np.int64], is_terminal: NDArray[np.bool_],
    start: int, in_tree: NDArray[np.bool_], distance: NDArray[np.int64], parent: NDArray[np.int32],
    heap: NDArray[np.int32], place: NDArray[np.int32],
) -> int:  # fmt: skip
    """One Dijkstra search in which every node that joins the tree becomes a source again."""
    missing = int(np.sum(is_terminal))
    if is_terminal[start]:
        missing -= 1
    in_tree[start] = True
    distance[start] = 0
    size = heap_push(heap, place, 0, distance, start)
    work = 0
    while size > 0 and missing > 0:
        node = heap_pop(heap, place, size, distance)
        size -= 1
        if is_terminal[node] and not in_tree[node]:
            missing -= 1
            step = node
            while not in_tree[step]:
                in_tree[step] = True
                distance[step] = 0
                if step != node:
                    size = heap_push(heap, place, size, distance, step)
                step = parent[step]
        work += first[node + 1] - first[node] + 4
        for arc in range(first[node], first[node + 1]):
            other = head[arc]
            reached = distance[node] + costs[arc]
            if reached < distance[other]:
                distance[other] = reached
                parent[other] = node
                size = heap_push(heap, place, size, distance, other)
    return work


def span_tree(
    arcs: Arcs, is_terminal: NDArray[np.bool_], in_tree: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], int, int]:
    """Span the chosen nodes at least cost and cut branches that end in no terminal.

    Gives the edges of the tree, its cost and the work done; the cost is -1 if the nodes do not join all terminals.
    """
    num_nodes = len(arcs.first) - 1
    start = int(np.argmax(is_terminal))
    parent_arc = np.full(num_nodes, -1, np.int32)
    cost, work = _span(
        arcs.first, arcs.head, arcs.tail, arcs.cost, is_terminal, in_tree, start, parent_arc,
        np.full(num_nodes, np.iinfo(np.int64).max, np.int64), np.empty(num_nodes, np.int32),
        np.full(num_nodes, -1, np.int32), np.empty(num_nodes, np.int32),
    )  # fmt: skip
    edges = arcs.edge[parent_arc[parent_arc >= 0]].astype(np.int64)
    return np.sort(edges), int(cost), int(work)


@njit(cache=True)
def _span(
    first: NDArray[np.int32], head: NDArray[np.int32], tail: NDArray[np.int32], costs: NDArray[np.int64],
    is_terminal: NDArray[np.bool_], in_tree: NDArray[np.bool_], start: int, parent_arc: NDArray[np.int32],
    distance: NDArray[np.int64], heap: NDArray[np.int32], place: NDArray[np.int32], order: NDArray[np.int32],
) -> tuple[int, int]:  # fmt: skip
    """Prim's tree over the nodes `in_tree`, then leaves that are no terminals fall in reverse order."""
    distance[start] = 0
    size = heap_push(heap, place, 0, distance, start)
    count = 0
    work = 0
    while size > 0:
        node = heap_pop(heap, place, size, distance)
        size -= 1
        distance[node] = -1
        order[count] = node
        count += 1
        work += first[node + 1] - first[node] + 4
        for arc in range(first[node], first[node + 1]):
            other = head[arc]
            if in_tree[other] and costs[arc] < distance[other]:
                distance[other] = costs[arc]
                parent_arc[other] = arc
                size = heap_push(heap, place, size, distance, other)
    # distance now counts children
    cost = 0
    reached = 0
    for i in range(count):
        distance[order[i]] = 0
        reached += int(is_terminal[order[i]])
    if reached < np.sum(is_terminal):
        return -1, work
    for i in range(count - 1, 0, -1):
        node = order[i]
        if distance[node] == 0 and not is_terminal[node]:
            parent_arc[node] = -1
        else:
            distance[tail[parent_arc[node]]] += 1
            cost += costs[parent_arc[node]]
    return cost, work
