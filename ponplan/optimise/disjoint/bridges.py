"""Bridges: links whose loss cuts a network in two (Tarjan, Information Processing Letters 2, 1974)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.disjoint.paths import Halves

    BoolArray = NDArray[np.bool_]


@njit(cache=True)
def find_bridges(halves: Halves, num_links: int) -> BoolArray:
    """Mark the links whose loss takes some nodes from others; of parallel links none is a bridge."""
    num_nodes = len(halves.first) - 1
    bridges = np.zeros(num_links, dtype=np.bool_)
    number, low = np.full(num_nodes, -1), np.zeros(num_nodes, dtype=np.int64)
    upward, next_half = np.full(num_nodes, -1), halves.first[:-1].copy()
    above = np.full(num_nodes, -1)
    count = 0
    for root in range(num_nodes):
        if number[root] >= 0:
            continue
        number[root] = low[root] = count
        count += 1
        node = root
        while node >= 0:
            if next_half[node] < halves.first[node + 1]:
                h = next_half[node]
                next_half[node] += 1
                ahead, link = halves.ends[h], halves.links[h]
                if link == upward[node]:
                    continue
                if number[ahead] < 0:
                    number[ahead] = low[ahead] = count
                    count += 1
                    upward[ahead], above[ahead] = link, node
                    node = ahead
                else:
                    low[node] = min(low[node], number[ahead])
            else:
                back = above[node]
                if back >= 0:
                    low[back] = min(low[back], low[node])
                    if low[node] > number[back]:
                        bridges[upward[node]] = True
                node = back
    return bridges
