"""Ways at everybody's own prices, against a search of its own for each client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.own_ways import OwnPrices, edges_on_ways, nearest_at_own_prices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Edges = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
    Case = tuple[np.random.Generator, SparseGraph, Edges, NDArray[np.float64], OwnPrices]


def _case(seed: int) -> Case:
    rng = np.random.default_rng([seed, 73])
    size, count = int(rng.integers(2, 12)), int(rng.integers(4, 25))
    tails, heads, lengths = rng.integers(0, size, count), rng.integers(0, size, count), rng.uniform(0.1, 5.0, count)
    clients = int(rng.integers(1, 6))
    more = np.where(rng.random((clients, count)) < 0.5, rng.uniform(0.0, 4.0, (clients, count)), 0.0)
    rows, columns = np.nonzero(more)
    first = np.searchsorted(rows, np.arange(clients + 1)).astype(np.int64)
    prices = OwnPrices(first, columns.astype(np.int64), more[rows, columns], float(rng.uniform(0.1, 1.0)))
    graph = SparseGraph.from_edges(size, tails, heads, lengths, all_parallels=True)
    return rng, graph, (tails, heads, lengths), more, prices


def _distances(edges: Edges, costs: NDArray[np.float64], start: int, size: int) -> NDArray[np.float64]:
    tails, heads, _ = edges
    matrix = np.full((size, size), np.inf)
    for tail, head, cost in zip(tails, heads, costs, strict=True):
        matrix[tail, head] = matrix[head, tail] = min(matrix[tail, head], cost)
    rows, columns = np.nonzero(np.isfinite(matrix))
    return dijkstra(coo_array((matrix[rows, columns], (rows, columns)), shape=(size, size)), indices=start)


@pytest.mark.parametrize("seed", range(40))
def test_sites_come_by_each_clients_own_cost(seed: int):
    """The costs are those of the nearest sites by scipy's search over the client's own prices."""
    rng, graph, edges, more, prices = _case(seed)
    starts = rng.integers(0, graph.num_nodes, len(more))
    sites = rng.integers(0, graph.num_nodes, int(rng.integers(1, 8)))
    width = int(rng.integers(1, 9))
    labels, costs = nearest_at_own_prices(graph, starts, prices, sites, width=width)
    for client, start in enumerate(starts.tolist()):
        known = _distances(edges, edges[2] * (prices.common + more[client]), start, graph.num_nodes)[sites]
        expected = np.full(width, np.inf)
        best = np.sort(known)[:width]
        expected[: len(best)] = best
        np.testing.assert_allclose(costs[client], expected)
        reached = labels[client][labels[client] >= 0]
        assert len(np.unique(reached)) == len(reached) == np.isfinite(expected).sum()
        np.testing.assert_allclose(known[reached], costs[client][: len(reached)])


@pytest.mark.parametrize("seed", range(40))
def test_edges_on_a_way_cost_what_the_way_does(seed: int):
    """The edges named for a client add up to its cheapest way; none where there is no target or no way."""
    rng, graph, edges, more, prices = _case(seed)
    starts = rng.integers(0, graph.num_nodes, len(more))
    targets = rng.integers(-1, graph.num_nodes, len(more))
    clients, over = edges_on_ways(graph, starts, prices, targets)
    for client, (start, target) in enumerate(zip(starts.tolist(), targets.tolist(), strict=True)):
        costs = edges[2] * (prices.common + more[client])
        far = _distances(edges, costs, start, graph.num_nodes)[target] if target >= 0 else np.inf
        assert costs[over[clients == client]].sum() == pytest.approx(far if np.isfinite(far) else 0.0)
