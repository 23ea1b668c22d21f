"""Reductions by degree and nearest neighbour: what hangs loose goes, nodes of degree 2 become edges, sure edges stay.

The tests are those of Duin and Volgenant (1989), done as a chain reaction from a list of nodes to look at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

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
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


def shrink_by_degree(graph: Shrinking) -> None:
    """Apply the tests to all nodes until none succeeds."""
    num_nodes = len(graph.first)
    _chain(graph, np.arange(num_nodes - 1, -1, -1, dtype=np.int32), np.ones(num_nodes, np.bool_))


@njit(cache=True)
def _chain(graph: Shrinking, stack: NDArray[np.int32], is_listed: NDArray[np.bool_]) -> None:
    """Look at listed nodes and list the neighbours of what changed; a stack never holds a node twice."""
    size = len(stack)
    while size > 0 and graph.tally[TERMINALS] > 1:
        size -= 1
        node = int(stack[size])
        is_listed[node] = False
        graph.tally[WORK] += 1
        if graph.is_terminal[node]:
            size = _look_at_terminal(graph, node, stack, is_listed, size)
        elif graph.degree[node] == 1:
            other = int(graph.end[graph.first[node] ^ 1])
            delete_edge(graph, graph.first[node] >> 1)
            size = _list(other, stack, is_listed, size)
        elif graph.degree[node] == 2:
            size = _bridge(graph, node, stack, is_listed, size)
    if graph.tally[TERMINALS] <= 1:
        for edge in range(graph.tally[EDGES]):
            if graph.end[2 * edge] >= 0:
                delete_edge(graph, edge)


@njit(cache=True)
def _bridge(graph: Shrinking, node: int, stack: NDArray[np.int32], is_listed: NDArray[np.bool_], size: int) -> int:
    """Make one edge of the two edges of a node that is no terminal."""
    if not has_room(graph, 1):
        return size
    half = graph.first[node]
    rest = graph.after[half]
    one = int(graph.end[half ^ 1])
    other = int(graph.end[rest ^ 1])
    cost = int(graph.cost[half >> 1] + graph.cost[rest >> 1])
    drop_node(graph, node)
    join_edges(graph, one, other, cost, half >> 1, rest >> 1)
    size = _list(one, stack, is_listed, size)
    return _list(other, stack, is_listed, size)


@njit(cache=True)
def _look_at_terminal(
    graph: Shrinking, node: int, stack: NDArray[np.int32], is_listed: NDArray[np.bool_], size: int
) -> int:
    """Fix the cheapest edge of a terminal if it is its only one, or leads to a terminal."""
    best = graph.first[node]
    half = best
    while half >= 0:
        graph.tally[WORK] += 1
        is_cheaper = graph.cost[half >> 1] < graph.cost[best >> 1]
        is_tie = graph.cost[half >> 1] == graph.cost[best >> 1]
        if is_cheaper or (is_tie and graph.is_terminal[graph.end[half ^ 1]]):
            best = half
        half = graph.after[half]
    if best < 0 or not (graph.degree[node] == 1 or graph.is_terminal[graph.end[best ^ 1]]):
        return size
    kept = fix_edge(graph, best >> 1)
    size = _list(kept, stack, is_listed, size)
    half = graph.first[kept]
    while half >= 0:
        size = _list(int(graph.end[half ^ 1]), stack, is_listed, size)
        half = graph.after[half]
    return size


@njit(cache=True)
def _list(node: int, stack: NDArray[np.int32], is_listed: NDArray[np.bool_], size: int) -> int:
    if is_listed[node]:
        return size
    is_listed[node] = True
    stack[size] = node
    return size + 1
