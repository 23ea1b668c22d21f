"""The cheapest ear found from a node to a structure: two link-disjoint paths that end anywhere on it."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.disjoint.paths import Halves

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


@njit(cache=True)
def cheapest_ear(
    halves: Halves, tails: IntArray, costs: FloatArray, inside: BoolArray, start: int
) -> tuple[IntArray, IntArray]:
    """Give the links of two link-disjoint paths from `start` to nodes inside, at least summed cost; empty if none.

    Suurballe's two searches, each ended at the first node inside it settles, so that their effort depends on how far
    the structure is. One long loop, because numba passes arrays faster than it calls.
    """
    num_nodes, num_links = len(halves.first) - 1, len(costs)
    flow = np.zeros(num_links, dtype=np.int64)
    height, limit = np.zeros(num_nodes), 0.0
    none = np.zeros(0, dtype=np.int64)
    for turn in range(2):
        reach, by, done = np.full(num_nodes, np.inf), np.full(num_nodes, -1), np.zeros(num_nodes, dtype=np.bool_)
        reach[start] = 0.0
        queue = [(0.0, start)]
        end = -1
        while len(queue) > 0:
            distance, node = heapq.heappop(queue)
            if done[node]:
                continue
            done[node] = True
            if inside[node]:
                end = node
                break
            for h in range(halves.first[node], halves.first[node + 1]):
                link, ahead = halves.links[h], halves.ends[h]
                way = 1 if tails[link] == node else -1
                if done[ahead] or flow[link] == way or ahead == node:
                    continue
                cost = costs[link] if flow[link] == 0 else -costs[link]
                if turn == 1:
                    # reduced costs are never negative but for rounding
                    cost = max(0.0, cost + min(height[node], limit) - min(height[ahead], limit))
                if distance + cost < reach[ahead]:
                    reach[ahead], by[ahead] = distance + cost, h
                    heapq.heappush(queue, (reach[ahead], ahead))
        if end < 0:
            return none, none
        height, limit = reach, reach[end]
        node = end
        while node != start:
            link = halves.links[by[node]]
            node = _leaves(halves, by[node])
            flow[link] += 1 if tails[link] == node else -1
    first = _trace(halves, tails, flow, inside, start)
    return first, _trace(halves, tails, flow, inside, start)


@njit(cache=True)
def _leaves(halves: Halves, half: int) -> int:
    """Give the node that a half link leaves, which is the one whose rows hold it."""
    return int(np.searchsorted(halves.first, half, side="right")) - 1


@njit(cache=True)
def _trace(halves: Halves, tails: IntArray, flow: IntArray, inside: BoolArray, start: int) -> IntArray:
    """Follow the flow from the start until it is inside, and take it off."""
    path = [0 for _ in range(0)]
    node = start
    while not inside[node]:
        for h in range(halves.first[node], halves.first[node + 1]):
            link = halves.links[h]
            way = 1 if tails[link] == node else -1
            if flow[link] == way:
                flow[link] = 0
                path.append(link)
                node = halves.ends[h]
                break
    return np.array(path, dtype=np.int64)
