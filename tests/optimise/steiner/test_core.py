"""Rounding and merging: what becomes of costs, free edges and parallels."""

from __future__ import annotations

import numpy as np
import pytest

from ponplan.optimise.steiner import SteinerProblem
from ponplan.optimise.steiner.core import Core, cost_scale, finish_tree


def test_whole_costs_stay_as_they_are() -> None:
    """Whole costs are not scaled."""
    assert cost_scale(np.array([0.0, 3.0, 1e9])) == 1.0


@pytest.mark.parametrize("size", [1e-9, 0.1, 1.5, 1e12])
def test_rounding_loses_next_to_nothing(size: float) -> None:
    """Rounded down, costs lose less than one part in 2^50 of their sum, and the sum stays exact in a float."""
    costs = np.random.default_rng(1).random(1000) * size
    scale = cost_scale(costs)
    whole = np.floor(costs * scale)
    assert whole.sum() < 2**53
    assert 0 <= costs.sum() - whole.sum() / scale < 1000 * costs.sum() / 2**50


def test_free_edges_merge_nodes_and_come_back() -> None:
    """Nodes joined for nothing are one node, of parallels the cheapest stays, and a tree gets its free edges back."""
    problem = SteinerProblem(4, [0, 1, 0, 1, 2], [1, 2, 2, 2, 3], [0.0, 7.0, 4.0, 4.0, 1.0], [1, 3])
    core = Core.from_problem(problem)
    assert core.num_nodes == 3
    assert core.edge_ids.tolist() == [2, 4]
    assert finish_tree(problem, core, np.arange(2)).tolist() == [0, 2, 4]
