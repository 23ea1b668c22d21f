"""Local search: trees only get cheaper, and stay trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.steiner import SteinerProblem, tree_faults
from ponplan.optimise.steiner.construct import grow_tree, span_tree
from ponplan.optimise.steiner.core import build_arcs
from ponplan.optimise.steiner.improve import improve_tree

if TYPE_CHECKING:
    from collections.abc import Callable


def _improve(problem: SteinerProblem) -> tuple[int, int, list[str]]:
    """Give the cost of the tree before and after, and what is wrong with it."""
    arcs = build_arcs(problem.num_nodes, problem.tails, problem.heads, problem.costs.astype(np.int64))
    is_terminal = np.zeros(problem.num_nodes, bool)
    is_terminal[problem.terminals] = True
    in_tree, _ = grow_tree(arcs, arcs.cost, is_terminal, int(problem.terminals[0]))
    edges, cost, _ = span_tree(arcs, is_terminal, in_tree)
    better, better_cost = improve_tree(arcs, is_terminal, edges, cost, spend=lambda work: work < 0)
    assert better_cost == problem.costs[better].sum()
    return cost, better_cost, tree_faults(problem, better)


def test_a_branch_is_found() -> None:
    """Three terminals joined in a row are joined over the node between them instead."""
    tails, heads, costs = [0, 1, 0, 3, 3, 3], [1, 2, 2, 0, 1, 2], [9.0, 9.0, 9.0, 5.0, 5.0, 5.0]
    # the first way grown is 0-1, then 1-2 or 0-2: 18; over node 3 it is 15
    cost, better, faults = _improve(SteinerProblem(4, tails, heads, costs, [0, 1, 2]))
    assert (cost, better, faults) == (18, 15, [])


def test_grid_trees_get_cheaper(grid: SteinerProblem) -> None:
    """On the grid the first tree is improved by at least one percent and stays a tree."""
    cost, better, faults = _improve(grid)
    assert faults == []
    assert better < 0.99 * cost


def test_never_below_the_optimum(
    random_problem: Callable[[int], SteinerProblem], exact_cost: Callable[[SteinerProblem], float]
) -> None:
    """On 100 random problems with small whole costs a tree never costs more than before or less than the optimum."""
    for seed in range(0, 600, 6):
        plain = random_problem(seed)
        pairs = np.stack([plain.tails, plain.heads])
        _, kept = np.unique(np.sort(pairs, axis=0), axis=1, return_index=True)
        kept = kept[pairs[0, kept] != pairs[1, kept]]
        problem = SteinerProblem(
            plain.num_nodes, plain.tails[kept], plain.heads[kept], plain.costs[kept] + 1.0, plain.terminals
        )
        cost, better, faults = _improve(problem)
        assert faults == []
        assert exact_cost(problem) <= better <= cost
