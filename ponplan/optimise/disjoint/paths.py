"""Shortest paths on links: compiled, with parallel and zero-cost links, some links and nodes forbidden."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.disjoint.problem import LinkNetwork

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


class Halves(NamedTuple):
    """Both directions of every link in compressed rows: those leaving node u stand at `first[u]:first[u + 1]`."""

    first: IntArray
    ends: IntArray
    links: IntArray


def both_directions(network: LinkNetwork) -> Halves:
    """Arrange the links by the node they leave."""
    starts = np.concatenate((network.tails, network.heads))
    ends = np.concatenate((network.heads, network.tails))
    links = np.tile(np.arange(len(network.costs)), 2)
    order = np.argsort(starts, kind="stable")
    first = np.searchsorted(starts[order], np.arange(network.num_nodes + 1))
    return Halves(first.astype(np.int64), ends[order].astype(np.int64), links[order].astype(np.int64))


@njit(cache=True)
def distances(
    halves: Halves, costs: FloatArray, open_links: BoolArray, open_nodes: BoolArray, source: int, target: int
) -> tuple[FloatArray, IntArray]:
    """Give each node's distance from the source and the half link it is reached by (-1: none); stop at `target`.

    With a negative target all nodes are settled. Dijkstra, Numerische Mathematik 1, 1959.
    """
    num_nodes = len(halves.first) - 1
    reach, by, done = np.full(num_nodes, np.inf), np.full(num_nodes, -1), np.zeros(num_nodes, dtype=np.bool_)
    reach[source] = 0.0
    queue = [(0.0, source)]
    while len(queue) > 0:
        distance, node = heapq.heappop(queue)
        if done[node]:
            continue
        done[node] = True
        if node == target:
            break
        for h in range(halves.first[node], halves.first[node + 1]):
            end, link = halves.ends[h], halves.links[h]
            if open_links[link] and open_nodes[end] and distance + costs[link] < reach[end]:
                reach[end] = distance + costs[link]
                by[end] = h
                heapq.heappush(queue, (reach[end], end))
    return reach, by


@njit(cache=True)
def walk_back(halves: Halves, by: IntArray, tails: IntArray, heads: IntArray, source: int, target: int) -> IntArray:
    """Give the links of the path from source to target that `distances` found, in order; empty when there is none."""
    path = [0 for _ in range(0)]
    node = target
    while node != source:
        if by[node] < 0:
            return np.zeros(0, dtype=np.int64)
        link = halves.links[by[node]]
        path.append(link)
        node = tails[link] if heads[link] == node else heads[link]
    return np.array(path[::-1], dtype=np.int64)


def nodes_along(network: LinkNetwork, path: IntArray, source: int) -> IntArray:
    """List the nodes of a path from the source on."""
    nodes = [source]
    for link in path.tolist():
        tail, head = int(network.tails[link]), int(network.heads[link])
        nodes.append(head if tail == nodes[-1] else tail)
    return np.array(nodes, dtype=np.int64)
