"""The k nearest sources of every node, and how far they are: what sparse candidate lists are made of."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.graph import SparseGraph

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]


def nearest_sources(
    graph: SparseGraph, sources: IntArray, *, width: int, offsets: FloatArray | None = None
) -> tuple[IntArray, FloatArray]:
    """Give the `width` nearest sources of every node, nearest first.

    Parameters
    ----------
    graph
        Lengths are not negative.
    sources
        (s,) nodes; several sources may share a node.
    width
        How many sources to keep for each node.
    offsets
        (s,) a starting distance per source; none means 0.

    Returns
    -------
    tuple
        (n, width) indexes into `sources`, -1 where fewer can be reached, and (n, width) distances, inf there.

    Notes
    -----
    Dijkstra's search with up to `width` labels per node, each source at most once per node. A source that is not
    among a node's nearest cannot be among those of a node behind it, so nothing else needs to be carried on.
    """
    start = np.zeros(len(sources)) if offsets is None else np.asarray(offsets, np.float64)
    return _search(graph.first, graph.neighbours, graph.lengths, np.asarray(sources, np.int64), start, width)


@njit(cache=True)
def _search(
    first: IntArray, neighbours: IntArray, lengths: FloatArray, sources: IntArray, start: FloatArray, width: int
) -> tuple[IntArray, FloatArray]:
    num_nodes = len(first) - 1
    labels = np.full((num_nodes, width), -1, np.int64)
    distances = np.full((num_nodes, width), np.inf)
    counts = np.zeros(num_nodes, np.int64)
    queue = [(start[0], np.int64(0), sources[0])] if len(sources) else [(0.0, np.int64(0), np.int64(0))]
    if len(sources) == 0:
        return labels, distances
    for place in range(1, len(sources)):
        heapq.heappush(queue, (start[place], np.int64(place), sources[place]))
    while len(queue) > 0:
        distance, source, node = heapq.heappop(queue)
        known = counts[node]
        if known == width:
            continue
        seen = False
        for rank in range(known):
            if labels[node, rank] == source:
                seen = True
                break
        if seen:
            continue
        labels[node, known], distances[node, known] = source, distance
        counts[node] = known + 1
        for half in range(first[node], first[node + 1]):
            if counts[neighbours[half]] < width:
                heapq.heappush(queue, (float(distance + lengths[half]), source, neighbours[half]))
    return labels, distances


def nearest_tree(graph: SparseGraph, sources: IntArray) -> tuple[FloatArray, IntArray]:
    """Give each node's distance to the nearest source and the original edge its way there begins with.

    Returns
    -------
    tuple
        (n,) distances, inf where no source can be reached; (n,) edges, -1 at sources and out of reach.
    """
    return _forest(graph.first, graph.neighbours, graph.lengths, graph.edge_ids, np.asarray(sources, np.int64))


@njit(cache=True)
def _forest(
    first: IntArray, neighbours: IntArray, lengths: FloatArray, edge_ids: IntArray, sources: IntArray
) -> tuple[FloatArray, IntArray]:
    distances = np.full(len(first) - 1, np.inf)
    edges = np.full(len(first) - 1, -1, np.int64)
    queue = [(0.0, np.int64(-1))]
    for source in sources:
        distances[source] = 0.0
        heapq.heappush(queue, (0.0, source))
    while len(queue) > 0:
        distance, node = heapq.heappop(queue)
        if node < 0 or distance > distances[node]:
            continue
        for half in range(first[node], first[node + 1]):
            ahead = distance + lengths[half]
            if ahead < distances[neighbours[half]]:
                distances[neighbours[half]], edges[neighbours[half]] = ahead, edge_ids[half]
                heapq.heappush(queue, (ahead, neighbours[half]))
    return distances, edges
