"""Prize-collecting trees against an exhaustive choice of what to join."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.optimise.steiner import (
    DisconnectedTerminals,
    PrizeProblem,
    PrizeSolution,
    SteinerProblem,
    solve_prize_collecting,
    solve_steiner,
    tree_faults,
)
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from collections.abc import Callable


def _solve(problem: PrizeProblem, *, work: int = 5_000_000) -> PrizeSolution:
    return solve_prize_collecting(problem, stop=MaxWork(work), rng=np.random.default_rng(1))


def _with_prizes(problem: SteinerProblem, seed: int) -> PrizeProblem:
    """Give up to six of the terminals a prize about as large as an edge, and the first one the root."""
    rng = np.random.default_rng(seed)
    prizes = np.zeros(problem.num_nodes)
    chosen = problem.terminals[1:7]
    prizes[chosen] = rng.choice(problem.costs, len(chosen)) * rng.integers(0, 4, len(chosen))
    if seed % 5 == 0 and len(chosen):
        prizes[chosen[0]] = np.inf
    return PrizeProblem(
        problem.num_nodes, problem.tails, problem.heads, problem.costs, prizes, int(problem.terminals[0])
    )


def _cheapest_choice(
    problem: PrizeProblem, plain: SteinerProblem, exact_cost: Callable[[SteinerProblem], float]
) -> float:
    """Try every set of prizes: a tree over it, and the others forgone."""
    wanted = np.flatnonzero(problem.prizes > 0).tolist()
    best = np.inf
    for count in range(len(wanted) + 1):
        for joined in combinations(wanted, count):
            forgone = sum(problem.prizes[node] for node in wanted if node not in joined and node != problem.root)
            if forgone < best:
                tree = exact_cost(replace(plain, terminals=np.array([*joined, problem.root]), root=None))
                best = min(best, tree + forgone)
    return best


@pytest.mark.parametrize("block", range(4))
def test_optimum_lies_between_bound_and_cost(
    block: int,
    random_problem: Callable[[int], SteinerProblem],
    exact_cost: Callable[[SteinerProblem], float],
) -> None:
    """On 120 random problems the cheapest choice is never below the bound, nor above the cost."""
    for seed in range(30 * block, 30 * block + 30):
        plain = random_problem(seed)
        problem = _with_prizes(plain, seed)
        solution = _solve(problem)
        optimum = _cheapest_choice(problem, plain, exact_cost)
        tolerance = 1e-12 * max(optimum, 1e-3)
        assert solution.bound <= optimum + tolerance, f"seed {seed}"
        assert optimum <= solution.cost + tolerance, f"seed {seed}"
        joined = np.flatnonzero(solution.is_joined)
        tree = replace(plain, terminals=joined, root=problem.root)
        assert tree_faults(tree, solution.edges) == [], f"seed {seed}"
        paid = problem.costs[solution.edges].sum() + problem.prizes[~solution.is_joined].sum()
        assert solution.cost == pytest.approx(paid, rel=1e-12)


def test_infinite_prizes_make_a_steiner_tree(grid: SteinerProblem) -> None:
    """If no prize may be forgone, the choice is the Steiner tree over all of them."""
    prizes = np.zeros(grid.num_nodes)
    prizes[grid.terminals] = np.inf
    root = int(grid.terminals[0])
    problem = PrizeProblem(grid.num_nodes, grid.tails, grid.heads, grid.costs, prizes, root)
    chosen = solve_steiner(replace(grid, root=root), stop=MaxWork(30_000_000), rng=np.random.default_rng(1))
    assert _solve(problem, work=30_000_000).cost == chosen.cost


def test_worthless_prizes_leave_the_root_alone(grid: SteinerProblem) -> None:
    """If every prize is smaller than any edge, nothing is joined, and that is proven."""
    prizes = np.full(grid.num_nodes, 1.0)
    problem = PrizeProblem(grid.num_nodes, grid.tails, grid.heads, grid.costs, prizes, 5)
    solution = _solve(problem)
    assert len(solution.edges) == 0
    assert solution.cost == solution.bound == 899.0


def test_prizes_out_of_reach_are_paid() -> None:
    """A prize that no edges join to the root is forgone, and counted in cost and bound."""
    solution = _solve(PrizeProblem(4, [0, 2], [1, 3], [1.0, 1.0], [0.0, 5.0, 7.0, 0.0], 0))
    assert solution.edges.tolist() == [0]
    assert solution.cost == solution.bound == 8.0


def test_sure_nodes_out_of_reach_are_named() -> None:
    """A node that must be joined and cannot be is refused."""
    with pytest.raises(DisconnectedTerminals, match="1 terminals cannot be reached from node 0: 2"):
        _solve(PrizeProblem(4, [0, 2], [1, 3], [1.0, 1.0], [0.0, 5.0, np.inf, 0.0], 0))


@pytest.mark.parametrize(
    ("prizes", "message"), [([1.0], "prizes has 1 values"), ([1.0, np.nan], r"prizes\[1\] is nan")]
)
def test_wrong_prizes_are_refused(prizes: list[float], message: str) -> None:
    """Prizes of another number than the nodes, or without a value, are refused."""
    with pytest.raises(ValueError, match=message):
        PrizeProblem(2, [0], [1], [1.0], prizes, 0)
