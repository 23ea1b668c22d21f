"""Small random Steiner problems and an exact method that shares no code with the solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.optimise.steiner import SteinerProblem
from ponplan.optimise.steiner.core import Core
from ponplan.optimise.steiner.shrink import OFFSET, TERMINALS, live_edges, start_shrinking

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.optimise.steiner.shrink import Shrinking


@pytest.fixture(scope="session")
def random_problem() -> Callable[[int], SteinerProblem]:
    """Give a connected problem of up to 24 nodes and 8 terminals by its seed, of one of six kinds in turn."""

    def make(seed: int) -> SteinerProblem:
        rng = np.random.default_rng(seed)
        num_nodes = int(rng.integers(2, 25))
        extra = int(rng.integers(0, 2 * num_nodes))
        tails = np.concatenate([rng.integers(0, np.arange(1, num_nodes)), rng.integers(0, num_nodes, extra)])
        heads = np.concatenate([np.arange(1, num_nodes), rng.integers(0, num_nodes, extra)])
        count = int(rng.integers(1, min(num_nodes, 8) + 1))
        costs = _costs(seed % 6, len(tails), rng)
        if seed % 6 == 5:
            # every edge twice, at another price
            tails, heads = np.concatenate([tails, heads]), np.concatenate([heads, tails])
            costs = np.concatenate([costs, rng.permutation(costs)])
        terminals = rng.choice(num_nodes, count, replace=False)
        if seed % 11 == 0 and num_nodes <= 9:
            terminals = np.arange(num_nodes)
        return SteinerProblem(num_nodes, tails, heads, costs, terminals)

    return make


def _costs(kind: int, count: int, rng: np.random.Generator) -> np.ndarray:
    if kind in (0, 5):
        return rng.integers(0, 10, count).astype(np.float64)
    if kind == 1:
        return np.ones(count)
    if kind == 2:
        return rng.random(count) * 1e-3
    if kind == 3:
        return rng.integers(1, 10**9, count).astype(np.float64)
    return np.where(rng.random(count) < 0.4, 0.0, rng.random(count) * 1e6)


@pytest.fixture(scope="session")
def exact_cost() -> Callable[[SteinerProblem], float]:
    """Give the cost of the cheapest tree by the dynamic programme of Dreyfus and Wagner (1971)."""

    def solve(problem: SteinerProblem) -> float:
        way = _shortest_ways(problem)
        *others, last = problem.terminals.tolist()
        if not others:
            return 0.0
        best = np.full((1 << len(others), problem.num_nodes), np.inf)
        for i, terminal in enumerate(others):
            best[1 << i] = way[terminal]
        for group in range(1, 1 << len(others)):
            part = (group - 1) & group
            while part:
                best[group] = np.minimum(best[group], best[part] + best[group ^ part])
                part = (part - 1) & group
            best[group] = (way + best[group][None, :]).min(axis=1)
        return float(best[-1][last])

    return solve


def _shortest_ways(problem: SteinerProblem) -> np.ndarray:
    way = np.full((problem.num_nodes, problem.num_nodes), np.inf)
    np.fill_diagonal(way, 0.0)
    for tail, head, cost in zip(problem.tails, problem.heads, problem.costs, strict=True):
        way[tail, head] = way[head, tail] = min(cost, way[tail, head])
    for middle in range(problem.num_nodes):
        way = np.minimum(way, way[:, middle : middle + 1] + way[middle])
    return way


@pytest.fixture(scope="session")
def grid() -> SteinerProblem:
    """Give a grid of 30 by 30 streets with uneven costs and 90 customers."""
    rng = np.random.default_rng(7)
    node = np.arange(900).reshape(30, 30)
    tails = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    heads = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    costs = rng.integers(50, 100, len(tails)).astype(np.float64)
    return SteinerProblem(900, tails, heads, costs, rng.choice(900, 90, replace=False))


@pytest.fixture(scope="session")
def optimum_after(
    exact_cost: Callable[[SteinerProblem], float],
) -> Callable[[SteinerProblem, Callable[[Shrinking], None]], tuple[float, float]]:
    """Give the integer optimum before a reduction, and what is fixed plus the optimum of what is left after it."""

    def compare(problem: SteinerProblem, reduce: Callable[[Shrinking], None]) -> tuple[float, float]:
        core = Core.from_problem(problem)
        whole = SteinerProblem(
            core.num_nodes, core.tails, core.heads, core.costs.astype(float), np.flatnonzero(core.is_terminal)
        )
        graph = start_shrinking(core.num_nodes, core.tails, core.heads, core.costs, core.is_terminal)
        reduce(graph)
        edges = live_edges(graph)
        left = SteinerProblem(
            core.num_nodes,
            graph.end[2 * edges],
            graph.end[2 * edges + 1],
            graph.cost[edges].astype(float),
            np.flatnonzero(graph.is_terminal),
        )
        assert graph.tally[TERMINALS] == max(len(left.terminals), 1) or len(problem.terminals) < 2
        return exact_cost(whole), exact_cost(left) + float(graph.tally[OFFSET])

    return compare
