"""Reductions at cut vertices: blocks without a terminal go, cut vertices between terminals become terminals.

A node whose removal parts two terminals is in every tree; as a terminal it splits the problem for all later tests
and for the ascent. What hangs at a cut vertex and holds no terminal is in no cheapest tree. Blocks are found by
Tarjan's (1972) depth-first search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.optimise.steiner.shrink import TERMINALS, WORK, Shrinking, drop_node

if TYPE_CHECKING:
    from numpy.typing import NDArray


def shrink_at_cuts(graph: Shrinking) -> None:
    """Apply both tests once."""
    num_nodes = len(graph.first)
    start = int(np.argmax(graph.is_terminal))
    if graph.tally[TERMINALS] > 1:
        _walk(
            graph, start, np.full(num_nodes, -1, np.int32), np.zeros(num_nodes, np.int32),
            np.full(num_nodes, -1, np.int32), graph.first.copy(), graph.is_terminal.astype(np.int32),
            np.empty(num_nodes, np.int32),
        )  # fmt: skip


@njit(cache=True)
def _walk(
    graph: Shrinking, start: int, number: NDArray[np.int32], low: NDArray[np.int32], above: NDArray[np.int32],
    cursor: NDArray[np.int32], terminals: NDArray[np.int32], order: NDArray[np.int32],
) -> None:  # fmt: skip
    """Walk depth first from a terminal and number the nodes.

    The least number that is reached from below a node with one edge up is its `low`. A child that reaches no
    higher than its parent hangs at it: its part goes if it holds no terminal, and the parent is a cut vertex
    between terminals if it does, since the start is one on the other side.
    """
    num_all = int(graph.tally[TERMINALS])
    number[start] = 0
    order[0] = start
    count = 1
    node = start
    while node >= 0:
        half = int(cursor[node])
        if half >= 0:
            graph.tally[WORK] += 1
            cursor[node] = graph.after[half]
            other = int(graph.end[half ^ 1])
            if number[other] < 0:
                number[other] = count
                low[other] = count
                order[count] = other
                count += 1
                above[other] = node
                node = other
            elif other != above[node]:
                low[node] = min(low[node], number[other])
            continue
        parent = int(above[node])
        if parent >= 0:
            low[parent] = min(low[parent], low[node])
            terminals[parent] += terminals[node]
            if low[node] >= number[parent] and 0 < terminals[node] < num_all and not graph.is_terminal[parent]:
                graph.is_terminal[parent] = True
                graph.tally[TERMINALS] += 1
        node = parent
    # what hangs at a cut vertex without a terminal goes: its top node was numbered before the rest of it
    is_idle = np.zeros(len(number), np.bool_)
    for i in range(1, count):
        node = int(order[i])
        parent = int(above[node])
        hangs = low[node] >= number[parent]
        is_idle[node] = terminals[node] == 0 and (hangs or is_idle[parent])
    for node in range(len(number)):
        if is_idle[node] or number[node] < 0:
            drop_node(graph, node)
