"""Cheapest ways of clients who each pay their own price for an edge, as far as they pay more than all do."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.graph import SparseGraph

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]


class OwnPrices(NamedTuple):
    """What a unit of length costs: `common`, and for client i `more[k]` on `edges[k]`, k in first[i]:first[i + 1]."""

    first: IntArray
    edges: IntArray
    more: FloatArray
    common: float


class _Rows(NamedTuple):
    first: IntArray
    neighbours: IntArray
    lengths: FloatArray
    edge_ids: IntArray


def nearest_at_own_prices(
    graph: SparseGraph, starts: IntArray, prices: OwnPrices, sites: IntArray, *, width: int
) -> tuple[IntArray, FloatArray]:
    """Give for each client the `width` sites that are cheapest to reach, cheapest first.

    Parameters
    ----------
    starts
        (c,) each client's node.
    sites
        (s,) nodes; several sites may share a node.

    Returns
    -------
    tuple
        (c, width) indexes into `sites`, -1 where fewer can be reached, and (c, width) costs, inf there.
    """
    order = np.argsort(sites, kind="stable")
    first = np.searchsorted(sites[order], np.arange(graph.num_nodes + 1)).astype(np.int64)
    return _nearest(_rows(graph), np.asarray(starts, np.int64), prices, order, first, width)


def edges_on_ways(
    graph: SparseGraph, starts: IntArray, prices: OwnPrices, targets: IntArray
) -> tuple[IntArray, IntArray]:
    """Give clients and edges: which edges are on each client's cheapest way to its target, -1 for none."""
    return _on_ways(_rows(graph), np.asarray(starts, np.int64), prices, np.asarray(targets, np.int64))


def _rows(graph: SparseGraph) -> _Rows:
    return _Rows(graph.first, graph.neighbours, graph.lengths, graph.edge_ids)


@njit(cache=True)
def _price_own(prices: OwnPrices, client: int, price: FloatArray, sign: float) -> None:
    """Add a client's own prices to those of all, or take them off again."""
    for k in range(prices.first[client], prices.first[client + 1]):
        price[prices.edges[k]] = prices.common + (prices.more[k] if sign > 0.0 else 0.0)


@njit(cache=True)
def _nearest(
    rows: _Rows, starts: IntArray, prices: OwnPrices, order: IntArray, first: IntArray, width: int
) -> tuple[IntArray, FloatArray]:
    """Search from each client until enough sites are reached: one loop, because the arrays serve all clients."""
    num_nodes = len(rows.first) - 1
    labels = np.full((len(starts), width), -1, np.int64)
    costs = np.full((len(starts), width), np.inf)
    price = np.full(np.max(rows.edge_ids) + 1 if len(rows.edge_ids) else 1, prices.common)
    known, touched = np.full(num_nodes, np.inf), np.empty(num_nodes, np.int64)
    for client in range(len(starts)):
        _price_own(prices, client, price, 1.0)
        known[starts[client]], touched[0], num_touched, found = 0.0, starts[client], 1, 0
        queue = [(0.0, starts[client])]
        while len(queue) > 0 and found < width:
            cost, node = heapq.heappop(queue)
            if cost > known[node]:
                continue
            for k in range(first[node], min(first[node + 1], first[node] + width - found)):
                labels[client, found + k - first[node]] = order[k]
                costs[client, found + k - first[node]] = cost
            found += first[node + 1] - first[node]
            for half in range(rows.first[node], rows.first[node + 1]):
                ahead, there = cost + rows.lengths[half] * price[rows.edge_ids[half]], rows.neighbours[half]
                if ahead < known[there]:
                    if known[there] == np.inf:
                        touched[num_touched] = there
                        num_touched += 1
                    known[there] = ahead
                    heapq.heappush(queue, (ahead, there))
        known[touched[:num_touched]] = np.inf
        _price_own(prices, client, price, -1.0)
    return labels, costs


@njit(cache=True)
def _on_ways(rows: _Rows, starts: IntArray, prices: OwnPrices, targets: IntArray) -> tuple[IntArray, IntArray]:
    """Search from each client to its target and go back: one loop, because the arrays serve all clients."""
    num_nodes = len(rows.first) - 1
    price = np.full(np.max(rows.edge_ids) + 1 if len(rows.edge_ids) else 1, prices.common)
    known, touched = np.full(num_nodes, np.inf), np.empty(num_nodes, np.int64)
    before, over = np.full(num_nodes, -1, np.int64), np.full(num_nodes, -1, np.int64)
    clients, edges = [np.int64(0) for _ in range(0)], [np.int64(0) for _ in range(0)]
    for client in range(len(starts)):
        if targets[client] < 0:
            continue
        _price_own(prices, client, price, 1.0)
        known[starts[client]], touched[0], num_touched = 0.0, starts[client], 1
        queue = [(0.0, starts[client])]
        while len(queue) > 0:
            cost, node = heapq.heappop(queue)
            if cost > known[node]:
                continue
            if node == targets[client]:
                break
            for half in range(rows.first[node], rows.first[node + 1]):
                ahead, there = cost + rows.lengths[half] * price[rows.edge_ids[half]], rows.neighbours[half]
                if ahead < known[there]:
                    if known[there] == np.inf:
                        touched[num_touched] = there
                        num_touched += 1
                    known[there], before[there], over[there] = ahead, node, rows.edge_ids[half]
                    heapq.heappush(queue, (ahead, there))
        node = targets[client]
        while known[node] < np.inf and node != starts[client]:
            clients.append(np.int64(client))
            edges.append(over[node])
            node = before[node]
        known[touched[:num_touched]] = np.inf
        _price_own(prices, client, price, -1.0)
    return np.array(clients, dtype=np.int64), np.array(edges, dtype=np.int64)
