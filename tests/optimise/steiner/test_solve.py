"""The solver on small problems with known optima, and its promises on any problem."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ponplan.optimise.steiner import (
    DisconnectedTerminals,
    SteinerProblem,
    SteinerSolution,
    solve_steiner,
    tree_faults,
)
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ponplan.optimise.progress import Observer, Progress


def _solve(
    problem: SteinerProblem, *, work: int = 5_000_000, seed: int = 1, observers: Sequence[Observer[Any]] = ()
) -> SteinerSolution:
    return solve_steiner(problem, stop=MaxWork(work), rng=np.random.default_rng(seed), observers=observers)


@pytest.mark.parametrize("block", range(12))
def test_optimum_lies_between_bound_and_cost(
    block: int, random_problem: Callable[[int], SteinerProblem], exact_cost: Callable[[SteinerProblem], float]
):
    """On 600 random problems of all kinds the optimum is never below the bound, nor above the tree's cost."""
    for seed in range(50 * block, 50 * block + 50):
        problem = random_problem(seed)
        solution = _solve(problem)
        optimum = exact_cost(problem)
        tolerance = 1e-12 * max(optimum, 1e-3)
        assert solution.bound <= optimum + tolerance, f"seed {seed}"
        assert optimum <= solution.cost + tolerance, f"seed {seed}"
        assert tree_faults(problem, solution.edges) == [], f"seed {seed}"
        assert solution.cost == pytest.approx(problem.costs[solution.edges].sum(), rel=1e-12)


def test_small_problems_are_solved(
    random_problem: Callable[[int], SteinerProblem], exact_cost: Callable[[SteinerProblem], float]
):
    """Of 120 random small problems at most one is not solved to the optimum."""
    missed = 0
    for seed in range(1000, 1120):
        problem = random_problem(seed)
        missed += _solve(problem).cost > exact_cost(problem) * (1 + 1e-9) + 1e-12
    assert missed <= 1


def test_one_terminal_needs_no_edge():
    """A tree over one terminal, or none, is empty and costs nothing."""
    for terminals in ([1], []):
        solution = _solve(SteinerProblem(3, [0, 1], [1, 2], [1.0, 1.0], terminals))
        assert (len(solution.edges), solution.cost, solution.bound) == (0, 0.0, 0.0)


def test_two_terminals_are_joined_by_the_shortest_path():
    """Between two terminals the cheapest tree is the cheapest path."""
    solution = _solve(SteinerProblem(4, [0, 1, 0, 2], [1, 3, 2, 3], [2.0, 2.0, 1.0, 2.5], [0, 3]))
    assert solution.edges.tolist() == [2, 3]
    assert solution.bound == solution.cost == 3.5


def test_all_nodes_terminals_is_a_minimum_spanning_tree():
    """When every node is a terminal the cheapest tree is the minimum spanning tree."""
    rng = np.random.default_rng(3)
    tails, heads = np.triu_indices(30, 1)
    costs = rng.integers(1, 100, len(tails)).astype(float)
    solution = _solve(SteinerProblem(30, tails, heads, costs, np.arange(30)))
    joined, total = list(range(30)), 0.0
    for edge in np.argsort(costs, kind="stable"):
        one, other = joined[tails[edge]], joined[heads[edge]]
        if one != other:
            joined = [one if piece == other else piece for piece in joined]
            total += costs[edge]
    assert solution.cost == solution.bound == total


def test_offices_joined_by_free_edges_count_as_one():
    """With a root joined to all offices for nothing, each customer is served from the nearest office."""
    # customers 3 and 4, offices 1 and 2, root 0
    problem = SteinerProblem(5, [0, 0, 1, 2, 1], [1, 2, 3, 4, 4], [0.0, 0.0, 5.0, 7.0, 9.0], [3, 4], root=0)
    solution = _solve(problem)
    assert solution.cost == solution.bound == 12.0
    assert {2, 3} <= set(solution.edges.tolist())


def test_disconnected_terminals_are_named():
    """Terminals that no edge reaches are refused, and the message names them."""
    with pytest.raises(DisconnectedTerminals, match=r"2 terminals cannot be reached from node 0: 2, 3") as caught:
        _solve(SteinerProblem(4, [0, 2], [1, 3], [1.0, 1.0], [0, 1, 2, 3]))
    assert caught.value.terminals.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"costs": [1.0, -2.0]}, r"costs\[1\] is -2.0"),
        ({"costs": [1.0, np.nan]}, r"costs\[1\] is nan"),
        ({"costs": [1.0]}, r"differ in length: 2, 2, 1"),
        ({"heads": [1, 3]}, r"heads\[1\] is 3; allowed: 0 to 2"),
        ({"terminals": [-1]}, r"terminals\[0\] is -1"),
        ({"root": 9}, r"root\[0\] is 9"),
    ],
)
def test_wrong_arrays_are_refused(changes: dict[str, Any], message: str):
    """A wrong array is refused with the value found and the values allowed."""
    arrays = {"tails": [0, 1], "heads": [1, 2], "costs": [1.0, 1.0], "terminals": [0, 2]}
    with pytest.raises(ValueError, match=message):
        SteinerProblem(3, **(arrays | changes))


def test_same_seed_same_trajectory(grid: SteinerProblem):
    """With counted work, two runs with one seed tell observers the same and end with the same tree."""
    runs = []
    for _ in range(2):
        told = []
        solution = _solve(grid, work=30_000_000, observers=[lambda progress, _, told=told: told.append(progress)])
        runs.append((told, solution.edges.tolist(), solution.bound, solution.work))
    assert runs[0] == runs[1]


def test_best_tree_and_bound_are_known_at_every_moment(grid: SteinerProblem):
    """Observers see costs fall, bounds rise, and every tree told is whole and costs what is said."""
    seen = []

    def observe(progress: Progress, edges: np.ndarray | None) -> None:
        assert progress.bound <= progress.cost
        if edges is not None:
            assert tree_faults(grid, edges) == []
            assert grid.costs[edges].sum() == pytest.approx(progress.cost)
        seen.append((progress.cost, -progress.bound, -progress.work))

    _solve(grid, work=30_000_000, observers=[observe])
    assert len(seen) > 2
    assert all(later[0] <= earlier[0] and later[1] <= earlier[1] for earlier, later in pairwise(seen))


def test_counted_work_is_kept(grid: SteinerProblem):
    """A run overshoots its work by less than one step, and gives a tree even without any work allowed."""
    assert _solve(grid, work=40_000_000).work < 50_000_000
    assert tree_faults(grid, _solve(grid, work=0).edges) == []


def test_grid_is_solved_nearly_to_proof(grid: SteinerProblem):
    """On a grid of 900 nodes with 90 terminals the gap is below two percent."""
    assert _solve(grid, work=60_000_000).gap_percent < 2.0
