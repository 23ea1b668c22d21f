"""A tree seen from its root, and for every node of the graph the nearest node of the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.steiner.heap import heap_pop, heap_push

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Arcs, Ints


class Rooted(NamedTuple):
    """A rooted tree in a graph and the Voronoi regions of its nodes.

    Parameters
    ----------
    order
        The nodes of the tree, each before those below it.
    position, last
        A node's place in `order` (-1 outside the tree), and the last place of the nodes below it.
    parent_arc
        Of each tree node the arc that leads to it from the node above; -1 at the root.
    num_children
        Of each node of the tree.
    base, distance, from_arc
        Of each node of the graph the nearest tree node, how far that is, and the last arc on the way from it.
    next_in_region, region
        A chain through the nodes of each region, and where it begins.
    """

    order: NDArray[np.int32]
    position: NDArray[np.int32]
    last: NDArray[np.int32]
    parent_arc: NDArray[np.int32]
    num_children: NDArray[np.int32]
    base: NDArray[np.int32]
    distance: NDArray[np.int64]
    from_arc: NDArray[np.int32]
    next_in_region: NDArray[np.int32]
    region: NDArray[np.int32]


def root_tree(arcs: Arcs, tree_edges: Ints, root: int) -> tuple[Rooted, int]:
    """Root the tree and find all regions; give them and the work done."""
    num_nodes = len(arcs.first) - 1
    is_tree = np.zeros(len(arcs.head) // 2, np.bool_)
    is_tree[tree_edges] = True
    rooted = Rooted(
        order=np.empty(len(tree_edges) + 1, np.int32),
        position=np.full(num_nodes, -1, np.int32),
        last=np.full(num_nodes, -1, np.int32),
        parent_arc=np.full(num_nodes, -1, np.int32),
        num_children=np.zeros(num_nodes, np.int32),
        base=np.full(num_nodes, -1, np.int32),
        distance=np.full(num_nodes, np.iinfo(np.int64).max, np.int64),
        from_arc=np.full(num_nodes, -1, np.int32),
        next_in_region=np.full(num_nodes, -1, np.int32),
        region=np.full(num_nodes, -1, np.int32),
    )
    _root(arcs, is_tree, root, rooted, np.empty(num_nodes, np.int32))
    work = _find_regions(arcs, rooted, np.empty(num_nodes, np.int32), np.full(num_nodes, -1, np.int32))
    return rooted, int(work)


def direct_tree(arcs: Arcs, is_tree: NDArray[np.bool_], root: int) -> NDArray[np.bool_]:
    """Mark the arcs of the tree edges that lead away from the root, as far as they hang together."""
    is_guide = np.zeros(len(arcs.head), np.bool_)
    num_nodes = len(arcs.first) - 1
    _direct(arcs, is_tree, root, np.zeros(num_nodes, np.bool_), np.empty(num_nodes, np.int32), is_guide)
    return is_guide


@njit(cache=True)
def _direct(
    arcs: Arcs, is_tree: NDArray[np.bool_], root: int, is_seen: NDArray[np.bool_], stack: NDArray[np.int32],
    is_guide: NDArray[np.bool_],
) -> None:  # fmt: skip
    stack[0] = root
    size = 1
    is_seen[root] = True
    while size > 0:
        size -= 1
        node = stack[size]
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            other = arcs.head[arc]
            if is_tree[arcs.edge[arc]] and not is_seen[other]:
                is_seen[other] = True
                is_guide[arc] = True
                stack[size] = other
                size += 1


@njit(cache=True)
def _root(arcs: Arcs, is_tree: NDArray[np.bool_], root: int, rooted: Rooted, stack: NDArray[np.int32]) -> None:
    """Walk the tree depth first."""
    stack[0] = root
    size = 1
    count = 0
    while size > 0:
        size -= 1
        node = stack[size]
        rooted.order[count] = node
        rooted.position[node] = count
        count += 1
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            other = arcs.head[arc]
            if is_tree[arcs.edge[arc]] and (rooted.parent_arc[node] < 0 or arcs.twin[arc] != rooted.parent_arc[node]):
                rooted.parent_arc[other] = arc
                rooted.num_children[node] += 1
                stack[size] = other
                size += 1
    for i in range(count - 1, -1, -1):
        node = rooted.order[i]
        rooted.last[node] = max(rooted.last[node], i)
        if i > 0:
            above = arcs.tail[rooted.parent_arc[node]]
            rooted.last[above] = max(rooted.last[above], rooted.last[node])


@njit(cache=True)
def _find_regions(arcs: Arcs, rooted: Rooted, heap: NDArray[np.int32], place: NDArray[np.int32]) -> int:
    """Search from all tree nodes at once."""
    size = 0
    for node in rooted.order:
        rooted.distance[node] = 0
        rooted.base[node] = node
        size = heap_push(heap, place, size, rooted.distance, node)
    work = 0
    while size > 0:
        node = heap_pop(heap, place, size, rooted.distance)
        size -= 1
        base = rooted.base[node]
        rooted.next_in_region[node] = rooted.region[base]
        rooted.region[base] = node
        work += arcs.first[node + 1] - arcs.first[node] + 4
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            other = arcs.head[arc]
            reached = rooted.distance[node] + arcs.cost[arc]
            if reached < rooted.distance[other]:
                rooted.distance[other] = reached
                rooted.base[other] = base
                rooted.from_arc[other] = arc
                size = heap_push(heap, place, size, rooted.distance, other)
    return work
