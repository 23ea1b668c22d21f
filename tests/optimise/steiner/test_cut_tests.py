"""Cut-vertex tests leave the optimum as it is, and find what they are made to find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ponplan.optimise.steiner.cut_tests import shrink_at_cuts
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
        before, after = optimum_after(random_problem(seed), shrink_at_cuts)
        assert before == after, f"seed {seed}"


def test_block_without_terminal_goes_and_cut_vertex_becomes_terminal() -> None:
    """Of three triangles at node 2 the one without a terminal goes, and node 2 becomes a terminal."""
    triangles = [(0, 1, 1), (1, 2, 1), (0, 2, 1), (2, 3, 1), (3, 4, 1), (2, 4, 1), (2, 5, 1), (5, 6, 1), (2, 6, 1)]
    graph = _graph(7, triangles, [0, 4])
    shrink_at_cuts(graph)
    assert live_edges(graph).tolist() == [0, 1, 2, 3, 4, 5]
    assert np.flatnonzero(graph.is_terminal).tolist() == [0, 2, 4]
    assert (graph.tally[OFFSET], graph.tally[TERMINALS]) == (0, 3)
