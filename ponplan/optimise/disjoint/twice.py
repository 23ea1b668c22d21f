"""The cheapest link- or node-disjoint pair: two shortest augmenting paths with potentials.

Suurballe and Tarjan, Networks 14, 1984; Bhandari, Survivable Networks, 1999. For node-disjoint paths every node is
split into an entry and an exit joined by an arc that carries one path.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.disjoint.problem import DisjointPair, no_pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.disjoint.problem import LinkNetwork

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


class Arcs(NamedTuple):
    """Directed arcs by the node they leave; `partner` is the same arc backwards, `links` -1 inside a split node."""

    first: IntArray
    ends: IntArray
    costs: FloatArray
    links: IntArray
    partner: IntArray
    room: IntArray


def cheapest_pair(network: LinkNetwork, source: int, target: int, *, node_disjoint: bool) -> DisjointPair:
    """Find the cheapest link-disjoint (or node-disjoint) pair of paths; cost and bound are equal, or both inf."""
    if source == target:
        raise ValueError("source and target are the same node")
    arcs = _arcs(network, node_disjoint=node_disjoint)
    split = network.num_nodes if node_disjoint else 0
    used = _two_paths(arcs, source + split, target)
    if used[0] < 0:
        return no_pair(np.inf)
    links = np.flatnonzero(np.bincount(used, minlength=len(network.costs)) == 1)
    first, second = _untangle(network, links, source, target)
    cost = float(network.costs[first].sum() + network.costs[second].sum())
    return DisjointPair(first=first, second=second, cost=cost, bound=cost)


def _arcs(network: LinkNetwork, *, node_disjoint: bool) -> Arcs:
    """Make four arcs of each link (two directions, each with its way back), and two inside each split node.

    Split node u enters at u and leaves at u + num_nodes.
    """
    shift = network.num_nodes if node_disjoint else 0
    nodes = np.arange(network.num_nodes) if node_disjoint else np.zeros(0, dtype=np.int64)
    tails = np.concatenate((network.tails + shift, network.heads + shift, nodes))
    heads = np.concatenate((network.heads, network.tails, nodes + shift))
    costs = np.concatenate((network.costs, network.costs, np.zeros(len(nodes))))
    links = np.concatenate((np.tile(np.arange(len(network.costs)), 2), np.full(len(nodes), -1)))
    num = len(tails)
    starts, ends = np.concatenate((tails, heads)), np.concatenate((heads, tails))
    order = np.argsort(starts, kind="stable")
    place = np.empty(2 * num, dtype=np.int64)
    place[order] = np.arange(2 * num)
    partner = place[(np.arange(2 * num) + num) % (2 * num)][order]
    first = np.searchsorted(starts[order], np.arange(network.num_nodes + shift + 1)).astype(np.int64)
    return Arcs(
        first, ends[order].astype(np.int64), np.concatenate((costs, -costs))[order], np.tile(links, 2)[order],
        partner,
        (np.arange(2 * num) < num).astype(np.int64)[order],
    )  # fmt: skip


@njit(cache=True)
def _two_paths(arcs: Arcs, source: int, target: int) -> IntArray:
    """Send two paths and give the links they use (twice, if in both directions); [-1] if they cannot be sent."""
    num_nodes = len(arcs.first) - 1
    height, room = np.zeros(num_nodes), arcs.room.copy()
    for _ in range(2):
        reach, by, done = np.full(num_nodes, np.inf), np.full(num_nodes, -1), np.zeros(num_nodes, dtype=np.bool_)
        reach[source] = 0.0
        queue = [(0.0, source)]
        while len(queue) > 0:
            distance, node = heapq.heappop(queue)
            if done[node]:
                continue
            done[node] = True
            for a in range(arcs.first[node], arcs.first[node + 1]):
                end = arcs.ends[a]
                # reduced costs are never negative but for rounding
                through = distance + max(0.0, arcs.costs[a] + height[node] - height[end])
                if room[a] > 0 and not done[end] and through < reach[end]:
                    reach[end], by[end] = through, a
                    heapq.heappush(queue, (through, end))
        if reach[target] == np.inf:
            return np.full(1, -1)
        for node in range(num_nodes):
            height[node] += min(reach[node], reach[target])
        node = target
        while node != source:
            a = by[node]
            room[a] -= 1
            room[arcs.partner[a]] += 1
            node = arcs.ends[arcs.partner[a]]
    return arcs.links[(room < arcs.room) & (arcs.links >= 0)]


def _untangle(network: LinkNetwork, links: IntArray, source: int, target: int) -> tuple[IntArray, IntArray]:
    """Split the links of two paths into one path and the other."""
    beside: dict[int, list[int]] = {}
    for link in links.tolist():
        for node in (int(network.tails[link]), int(network.heads[link])):
            beside.setdefault(node, []).append(link)
    left = set(links.tolist())
    paths = []
    for _ in range(2):
        paths.append(_trace(network, beside, left, source, target))
        left -= set(paths[-1])
    return np.array(paths[0], dtype=np.int64), np.array(paths[1], dtype=np.int64)


def _trace(network: LinkNetwork, beside: dict[int, list[int]], left: set[int], source: int, target: int) -> list[int]:
    """Find a path over the links left, breadth first."""
    by: dict[int, tuple[int, int]] = {source: (-1, -1)}
    waiting = [source]
    for node in waiting:
        for link in beside.get(node, []):
            end = int(network.heads[link]) if int(network.tails[link]) == node else int(network.tails[link])
            if link in left and end not in by:
                by[end] = (node, link)
                waiting.append(end)
    path, node = [], target
    while node != source:
        node, link = by[node]
        path.append(link)
    return path[::-1]
