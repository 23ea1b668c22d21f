"""Bound tests leave every optimal tree, however tight the bound and the tree known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ponplan.optimise.steiner.ascent import Ascent
from ponplan.optimise.steiner.bound_tests import shrink_by_bound
from ponplan.optimise.steiner.core import Core
from ponplan.optimise.steiner.shrink import TERMINALS, compact

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.optimise.steiner import SteinerProblem
    from ponplan.optimise.steiner.shrink import Shrinking


@pytest.mark.parametrize("excess", [0, 3])
def test_optimum_is_kept(
    excess: int,
    random_problem: Callable[[int], SteinerProblem],
    exact_cost: Callable[[SteinerProblem], float],
    optimum_after: Callable[..., Any],
) -> None:
    """On 300 random problems the optimum survives, even if the best tree known is optimal already."""
    for seed in range(300):
        problem = random_problem(seed)
        best = _integer_optimum(problem, exact_cost) + excess

        def reduce(graph: Shrinking, seed: int = seed, best: int = best) -> None:
            if graph.tally[TERMINALS] < 2:
                return
            arcs, is_terminal, nodes, edges = compact(graph)
            root = int(np.random.default_rng(seed).choice(np.flatnonzero(is_terminal)))
            ascent = Ascent(arcs, is_terminal, root)
            ascent.run(1 << 60)
            slack = best - ascent.bound
            shrink_by_bound(graph, arcs, is_terminal, nodes, edges, ascent.reduced, root, slack)

        before, after = optimum_after(problem, reduce)
        assert before == after, f"seed {seed}"


def _integer_optimum(problem: SteinerProblem, exact_cost: Callable[[SteinerProblem], float]) -> int:
    core = Core.from_problem(problem)
    whole = type(problem)(
        core.num_nodes, core.tails, core.heads, core.costs.astype(float), np.flatnonzero(core.is_terminal)
    )
    return round(exact_cost(whole))
