"""Dual ascent: its bound and what its reduced costs promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.optimise.steiner import SteinerProblem, best_ascent, dual_ascent

if TYPE_CHECKING:
    from collections.abc import Callable


def test_bound_from_any_root_is_below_the_optimum(
    random_problem: Callable[[int], SteinerProblem], exact_cost: Callable[[SteinerProblem], float]
):
    """On 200 random problems the bound is valid from every terminal."""
    for seed in range(200):
        problem = random_problem(seed)
        optimum = exact_cost(problem)
        for root in problem.terminals.tolist():
            bound, reduced = dual_ascent(problem, root)
            assert bound <= optimum * (1 + 1e-12), f"seed {seed}"
            assert np.all((reduced >= 0) & (reduced <= problem.costs)), f"seed {seed}"


def test_directed_tree_costs_at_least_bound_plus_reduced_costs(random_problem: Callable[[int], SteinerProblem]):
    """Any tree away from the root costs at least the bound and the reduced costs of its arcs."""
    for seed in range(200):
        problem = random_problem(seed)
        root = int(problem.terminals[0])
        bound, reduced = dual_ascent(problem, root)
        # any spanning tree, here by breadth first search over shuffled edges
        order = np.random.default_rng(seed).permutation(len(problem.tails)).tolist()
        reached, total, left = {root}, 0.0, 0.0
        while len(reached) < problem.num_nodes:
            for edge in order:
                tail, head = int(problem.tails[edge]), int(problem.heads[edge])
                if (tail in reached) != (head in reached):
                    left += reduced[0 if tail in reached else 1, edge]
                    total += problem.costs[edge]
                    reached |= {tail, head}
                    break
        assert total >= (bound + left) * (1 - 1e-12) - 1e-12, f"seed {seed}"


def test_parallel_and_free_edges_keep_their_rows():
    """Parallel edges are charged alike, free edges and loops have nothing to give."""
    problem = SteinerProblem(4, [0, 1, 0, 0, 2], [1, 0, 2, 0, 3], [3.0, 5.0, 0.0, 4.0, 2.0], terminals=[1, 3], root=0)
    bound, reduced = dual_ascent(problem)
    assert bound == 5.0
    assert reduced[:, 0].tolist() == [0.0, 3.0]
    assert reduced[:, 1].tolist() == [5.0, 2.0]
    assert reduced[:, 2].tolist() == [0.0, 0.0]
    assert reduced[:, 3].tolist() == [4.0, 4.0]
    assert reduced[:, 4].tolist() == [0.0, 2.0]


def test_early_end_leaves_a_valid_lower_bound(grid: SteinerProblem):
    """More work never lowers the bound, and an ascent without work gives 0."""
    bounds = [dual_ascent(grid, work_limit=limit)[0] for limit in (0, 1_000, 10_000, 10_000_000)]
    assert bounds[0] == 0.0
    assert bounds == sorted(bounds)
    assert bounds[-1] > 0


def test_best_of_several_roots(grid: SteinerProblem):
    """The best of several roots has the highest bound of them, and says which it is."""
    roots = grid.terminals[:5].tolist()
    bound, root, reduced = best_ascent(grid, roots)
    bounds = [dual_ascent(grid, each)[0] for each in roots]
    assert bound == max(bounds)
    assert root == roots[bounds.index(bound)]
    assert np.array_equal(reduced, dual_ascent(grid, root)[1])


def test_root_must_be_a_terminal(grid: SteinerProblem):
    """A root that is no terminal is refused."""
    other = int(np.setdiff1d(np.arange(grid.num_nodes), grid.terminals)[0])
    with pytest.raises(ValueError, match=f"root is {other}; allowed: one of the 90 terminals"):
        dual_ascent(grid, other)
