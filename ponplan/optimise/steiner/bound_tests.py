"""Reductions by bound: what lies on no tree that could be cheaper than the best one known goes.

A tree directed away from the root of a dual ascent costs at least the bound plus its reduced costs (Wong 1984;
the tests follow Polzin and Vahdati 2001). Everything is strict, so every optimal tree survives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.optimise.steiner.heap import heap_pop, heap_push
from ponplan.optimise.steiner.shrink import Shrinking, delete_edge, drop_node, has_room, join_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Arcs, Ints

FAR = 1 << 60


def shrink_by_bound(
    graph: Shrinking, arcs: Arcs, is_terminal: NDArray[np.bool_], nodes: Ints, edges: Ints,
    reduced: Ints, root: int, slack: int,
) -> int:  # fmt: skip
    """Delete from `graph` what costs more than `slack` above the bound; give the work done.

    `arcs`, `is_terminal`, `nodes` and `edges` are what `compact` made of `graph` just now; `reduced` belongs to an
    ascent towards `root` on them.
    """
    from_root, work = root_distances(arcs, reduced, root)
    nearest, second, more = terminal_distances(arcs, reduced, is_terminal, root)
    _apply(
        graph, arcs.first, arcs.tail, arcs.head, arcs.twin, arcs.edge, is_terminal, nodes.astype(np.int32),
        edges.astype(np.int32), reduced, from_root, nearest, second, slack,
    )  # fmt: skip
    return work + more + len(arcs.head)


def root_distances(arcs: Arcs, reduced: Ints, root: int) -> tuple[Ints, int]:
    """Give each node's distance from the root along arcs by reduced cost, and the work done."""
    num_nodes = len(arcs.first) - 1
    distance = np.full(num_nodes, FAR, np.int64)
    work = _from_root(
        arcs.first, arcs.head, reduced, root, distance, np.empty(num_nodes, np.int32),
        np.full(num_nodes, -1, np.int32),
    )  # fmt: skip
    return distance, int(work)


def terminal_distances(
    arcs: Arcs, reduced: Ints, is_terminal: NDArray[np.bool_], root: int
) -> tuple[Ints, Ints, int]:
    """Give each node's distances to the nearest two terminals but the root, along arcs, and the work done."""
    num_nodes = len(arcs.first) - 1
    distance = np.full(2 * num_nodes, FAR, np.int64)
    work = _to_terminals(
        arcs.first, arcs.tail, arcs.twin, reduced, is_terminal, root, distance,
        np.full(2 * num_nodes, -1, np.int32), np.empty(2 * num_nodes, np.int32),
        np.full(2 * num_nodes, -1, np.int32),
    )  # fmt: skip
    return distance[0::2].copy(), distance[1::2].copy(), int(work)


@njit(cache=True)
def _from_root(
    first: NDArray[np.int32], head: NDArray[np.int32], reduced: NDArray[np.int64], root: int,
    distance: NDArray[np.int64], heap: NDArray[np.int32], place: NDArray[np.int32],
) -> int:  # fmt: skip
    distance[root] = 0
    size = heap_push(heap, place, 0, distance, root)
    work = 0
    while size > 0:
        node = heap_pop(heap, place, size, distance)
        size -= 1
        work += first[node + 1] - first[node] + 4
        for arc in range(first[node], first[node + 1]):
            reached = distance[node] + reduced[arc]
            if reached < distance[head[arc]]:
                distance[head[arc]] = reached
                size = heap_push(heap, place, size, distance, head[arc])
    return work


@njit(cache=True)
def _to_terminals(
    first: NDArray[np.int32], tail: NDArray[np.int32], twin: NDArray[np.int32], reduced: NDArray[np.int64],
    is_terminal: NDArray[np.bool_], root: int, distance: NDArray[np.int64], base: NDArray[np.int32],
    heap: NDArray[np.int32], place: NDArray[np.int32],
) -> int:  # fmt: skip
    """Dijkstra's search backwards with two labels at each node, 2v and 2v + 1, of different terminals."""
    size = 0
    for node in range(len(first) - 1):
        if is_terminal[node] and node != root:
            distance[2 * node] = 0
            base[2 * node] = node
            size = heap_push(heap, place, size, distance, 2 * node)
    work = 0
    while size > 0:
        label = heap_pop(heap, place, size, distance)
        size -= 1
        node = label >> 1
        work += first[node + 1] - first[node] + 4
        for out in range(first[node], first[node + 1]):
            arc = twin[out]
            near = 2 * tail[arc]
            reached = distance[label] + reduced[arc]
            if base[near] == base[label] or base[near] < 0:
                if reached < distance[near]:
                    distance[near] = reached
                    base[near] = base[label]
                    size = heap_push(heap, place, size, distance, near)
            elif reached < distance[near]:
                # the nearest becomes the second nearest
                distance[near + 1] = distance[near]
                base[near + 1] = base[near]
                size = heap_push(heap, place, size, distance, near + 1)
                distance[near] = reached
                base[near] = base[label]
                size = heap_push(heap, place, size, distance, near)
            elif reached < distance[near + 1]:
                distance[near + 1] = reached
                base[near + 1] = base[label]
                size = heap_push(heap, place, size, distance, near + 1)
    return work


@njit(cache=True)
def _apply(
    graph: Shrinking, first: NDArray[np.int32], tail: NDArray[np.int32], head: NDArray[np.int32],
    twin: NDArray[np.int32], edge: NDArray[np.int32], is_terminal: NDArray[np.bool_], nodes: NDArray[np.int32],
    edges: NDArray[np.int32], reduced: NDArray[np.int64], from_root: NDArray[np.int64],
    nearest: NDArray[np.int64], second: NDArray[np.int64], slack: int,
) -> None:  # fmt: skip
    for arc in range(len(head)):
        back = twin[arc]
        if back < arc:
            continue
        forth_cost = from_root[tail[arc]] + reduced[arc] + nearest[head[arc]]
        back_cost = from_root[head[arc]] + reduced[back] + nearest[tail[arc]]
        if forth_cost > slack and back_cost > slack and graph.end[2 * edges[edge[arc]]] >= 0:
            delete_edge(graph, edges[edge[arc]])
    for node in range(len(first) - 1):
        if is_terminal[node]:
            continue
        if from_root[node] + nearest[node] > slack:
            drop_node(graph, nodes[node])
        elif from_root[node] + nearest[node] + second[node] > slack and graph.degree[nodes[node]] == 3:
            split_node(graph, nodes[node])


@njit(cache=True)
def split_node(graph: Shrinking, node: int) -> None:
    """Replace a node that branches in no optimal tree by edges between all pairs of its neighbours."""
    degree = int(graph.degree[node])
    if not has_room(graph, degree * (degree - 1) // 2):
        return
    halves = np.empty(degree, np.int32)
    ends = np.empty(degree, np.int32)
    half = graph.first[node]
    for i in range(degree):
        halves[i] = half
        ends[i] = graph.end[half ^ 1]
        half = graph.after[half]
    drop_node(graph, node)
    for i in range(degree):
        for j in range(i):
            one, other = halves[i] >> 1, halves[j] >> 1
            join_edges(graph, int(ends[i]), int(ends[j]), int(graph.cost[one] + graph.cost[other]), one, other)
