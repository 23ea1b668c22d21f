"""Exchanging stretches of a tree saves what it can, and makes no way longer than it may be."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from ponplan.optimise.steiner.limited import exchange_within
from ponplan.optimise.steiner.problem import SteinerProblem


def _depths(problem: SteinerProblem, edges: np.ndarray, lengths: np.ndarray) -> np.ndarray | None:
    """Walk a set of edges from the root, one edge after the other; None where it is no tree over all terminals."""
    depths, left = {problem.root: 0.0}, set(np.asarray(edges).tolist())
    while True:
        grown = [e for e in left if (int(problem.tails[e]) in depths) != (int(problem.heads[e]) in depths)]
        if not grown:
            break
        edge = grown[0]
        tail, head = int(problem.tails[edge]), int(problem.heads[edge])
        known, new = (tail, head) if tail in depths else (head, tail)
        depths[new] = depths[known] + float(lengths[edge])
        left.remove(edge)
    if left or not set(problem.terminals.tolist()) <= set(depths):
        return None
    return np.array([depths.get(node, np.nan) for node in range(problem.num_nodes)])


def _random(seed: int, num_nodes: int = 7, num_edges: int = 11) -> tuple[SteinerProblem, np.ndarray, np.ndarray]:
    """Give a connected random graph with costs and lengths of their own, and a tree of shortest ways."""
    rng = np.random.default_rng(seed)
    pairs = [(int(rng.integers(node)), node) for node in range(1, num_nodes)]
    others = [pair for pair in combinations(range(num_nodes), 2) if pair not in pairs]
    pairs += [others[i] for i in rng.permutation(len(others))[: num_edges - len(pairs)]]
    tails, heads = np.array(pairs).T
    terminals = np.concatenate([[0], rng.choice(np.arange(1, num_nodes), 3, replace=False)])
    problem = SteinerProblem(
        num_nodes=num_nodes,
        tails=tails,
        heads=heads,
        costs=rng.uniform(1.0, 10.0, len(tails)),
        terminals=terminals,
        root=0,
    )
    lengths = rng.uniform(1.0, 10.0, len(tails))
    return problem, lengths, _shortest_ways(problem, lengths)


def _shortest_ways(problem: SteinerProblem, lengths: np.ndarray) -> np.ndarray:
    """Bellman and Ford's tree of shortest ways to the terminals."""
    far, above = np.full(problem.num_nodes, np.inf), np.full(problem.num_nodes, -1)
    far[problem.root] = 0.0
    for _ in range(problem.num_nodes):
        for edge, (one, other) in enumerate(zip(problem.tails, problem.heads, strict=True)):
            for tail, head in ((one, other), (other, one)):
                if far[tail] + lengths[edge] < far[head] - 1e-12:
                    far[head], above[head] = far[tail] + lengths[edge], edge
    used = set()
    for terminal in problem.terminals.tolist():
        node = terminal
        while node != problem.root:
            edge = int(above[node])
            used.add(edge)
            node = int(problem.tails[edge] + problem.heads[edge] - node)
    return np.array(sorted(used), np.int64)


def _cheapest(problem: SteinerProblem, lengths: np.ndarray, limits: np.ndarray) -> float:
    """Try every set of edges."""
    best = np.inf
    for size in range(len(problem.terminals) - 1, problem.num_nodes):
        for edges in combinations(range(len(problem.tails)), size):
            depths = _depths(problem, np.array(edges), lengths)
            if depths is not None and np.all(depths[problem.terminals] <= limits[problem.terminals] + 1e-9):
                best = min(best, float(problem.costs[list(edges)].sum()))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_between_the_cheapest_tree_and_the_start(seed: int):
    """The tree costs no less than the cheapest within the limits and no more than the start, and keeps the limits."""
    problem, lengths, start = _random(seed)
    limits = np.full(problem.num_nodes, np.inf)
    limits[problem.terminals] = 1.4 * _depths(problem, start, lengths)[problem.terminals]
    found = exchange_within(problem, start, lengths, limits)
    depths = _depths(problem, found, lengths)
    assert depths is not None
    assert np.all(depths[problem.terminals] <= limits[problem.terminals] + 1e-5)
    cost = problem.costs[found].sum()
    assert _cheapest(problem, lengths, limits) - 1e-9 <= cost <= problem.costs[start].sum() + 1e-9


def test_mostly_the_cheapest_tree():
    """On graphs of seven nodes hardly any tree is left that one exchange of stretches does not make the cheapest."""
    best = 0
    for seed in range(12, 30):
        problem, lengths, start = _random(seed)
        limits = np.full(problem.num_nodes, np.inf)
        limits[problem.terminals] = 1.4 * _depths(problem, start, lengths)[problem.terminals]
        cost = problem.costs[exchange_within(problem, start, lengths, limits)].sum()
        best += cost <= _cheapest(problem, lengths, limits) + 1e-9
    assert best >= 12


def test_the_dear_way_stays_where_the_cheap_one_is_too_long():
    """A square with one dear and short side: it falls without a limit, and stays with one."""
    problem = SteinerProblem(
        num_nodes=4,
        tails=np.array([0, 1, 2, 0]),
        heads=np.array([1, 2, 3, 3]),
        costs=np.array([1.0, 1.0, 1.0, 9.0]),
        terminals=np.array([0, 1, 3]),
        root=0,
    )
    lengths, start = np.array([5.0, 5.0, 5.0, 5.0]), np.array([0, 3])
    free = np.full(4, np.inf)
    assert exchange_within(problem, start, lengths, free).tolist() == [0, 1, 2]
    assert exchange_within(problem, start, lengths, np.array([0.0, 12.0, np.inf, 12.0])).tolist() == [0, 3]
