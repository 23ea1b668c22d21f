"""Join the pieces of a broken tree over the shortest ways between them (Mehlhorn 1988)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.optimise.steiner.heap import heap_pop, heap_push

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Arcs

_FAR = 1 << 60


def reconnect(arcs: Arcs, in_tree: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], int]:
    """Give the chosen nodes and those on the cheapest ways that join them all, and the work done."""
    num_nodes = len(in_tree)
    distance = np.where(in_tree, 0, _FAR)
    base = np.where(in_tree, np.arange(num_nodes), -1).astype(np.int32)
    from_arc = np.full(num_nodes, -1, np.int32)
    work = _regions(
        arcs, in_tree, distance, base, from_arc, np.empty(num_nodes, np.int32), np.full(num_nodes, -1, np.int32)
    )
    is_way = (arcs.twin > np.arange(len(arcs.twin))) & (base[arcs.tail] != base[arcs.head])
    ways = np.flatnonzero(is_way).astype(np.int32)
    lengths = distance[arcs.tail[ways]] + arcs.cost[ways] + distance[arcs.head[ways]]
    joined = in_tree.copy()
    _join(arcs, ways[np.argsort(lengths, kind="stable")], base, from_arc, joined)
    return joined, int(work) + 4 * len(ways)


@njit(cache=True)
def _regions(
    arcs: Arcs, in_tree: NDArray[np.bool_], distance: NDArray[np.int64], base: NDArray[np.int32],
    from_arc: NDArray[np.int32], heap: NDArray[np.int32], place: NDArray[np.int32],
) -> int:  # fmt: skip
    """Search from all chosen nodes at once."""
    size = 0
    for node in range(len(in_tree)):
        if in_tree[node]:
            size = heap_push(heap, place, size, distance, node)
    work = 0
    while size > 0:
        node = heap_pop(heap, place, size, distance)
        size -= 1
        work += arcs.first[node + 1] - arcs.first[node] + 4
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            other = arcs.head[arc]
            reached = distance[node] + arcs.cost[arc]
            if reached < distance[other]:
                distance[other] = reached
                base[other] = base[node]
                from_arc[other] = arc
                size = heap_push(heap, place, size, distance, int(other))
    return work


@njit(cache=True)
def _join(
    arcs: Arcs, ways: NDArray[np.int32], base: NDArray[np.int32], from_arc: NDArray[np.int32],
    joined: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Take the ways in order unless they close a circle, and choose the nodes along them."""
    leader = np.arange(len(joined))
    for way in ways:
        one = _lead(leader, base[arcs.tail[way]])
        other = _lead(leader, base[arcs.head[way]])
        if one == other:
            continue
        leader[one] = other
        for end in (arcs.tail[way], arcs.head[way]):
            node = end
            while not joined[node]:
                joined[node] = True
                node = arcs.tail[from_arc[node]]


@njit(cache=True)
def _lead(leader: NDArray[np.int64], node: int) -> int:
    """Find the leader of a node's piece, halving the way to it."""
    while leader[node] != node:
        leader[node] = leader[leader[node]]
        node = int(leader[node])
    return node
