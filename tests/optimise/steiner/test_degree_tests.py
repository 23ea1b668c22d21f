"""Degree tests leave the optimum as it is, and find what they are made to find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ponplan.optimise.steiner.degree_tests import shrink_by_degree
from ponplan.optimise.steiner.shrink import OFFSET, TERMINALS, live_edges, start_shrinking

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.optimise.steiner import SteinerProblem
    from ponplan.optimise.steiner.shrink import Shrinking


def _graph(num_nodes: int, edges: list[tuple[int, int, int]], terminals: list[int]) -> Shrinking:
    tails, heads, costs = np.array(edges, np.int64).T
    is_terminal = np.zeros(num_nodes, bool)
    is_terminal[terminals] = True
    return start_shrinking(num_nodes, tails, heads, costs, is_terminal)


def test_optimum_is_kept(random_problem: Callable[[int], SteinerProblem], optimum_after: Callable[..., Any]) -> None:
    """On 300 random problems what is fixed and the optimum of what is left make the optimum."""
    for seed in range(300):
        before, after = optimum_after(random_problem(seed), shrink_by_degree)
        assert before == after, f"seed {seed}"


def test_a_path_is_solved() -> None:
    """Between two terminals a path with loose ends is fixed as a whole."""
    graph = _graph(5, [(0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5)], [0, 3])
    shrink_by_degree(graph)
    assert (graph.tally[OFFSET], graph.tally[TERMINALS], len(live_edges(graph))) == (9, 1, 0)
