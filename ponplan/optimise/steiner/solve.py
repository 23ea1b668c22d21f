"""Solve a Steiner tree problem: trees from many starts, bounds from dual ascent, the best of each at every moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.incumbent import Incumbent
from ponplan.optimise.steiner.ascent import Ascent
from ponplan.optimise.steiner.construct import grow_tree, span_tree
from ponplan.optimise.steiner.core import Arcs, Core, build_arcs, finish_tree
from ponplan.optimise.steiner.solution import SteinerSolution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.optimise.progress import Observer
    from ponplan.optimise.steiner.problem import SteinerProblem
    from ponplan.optimise.stop import Stop

_SLICE = 4_000_000
_STARTS = 16


def solve_steiner(
    problem: SteinerProblem,
    *,
    stop: Stop,
    rng: np.random.Generator,
    observers: Sequence[Observer[NDArray[np.int64]]] = (),
) -> SteinerSolution:
    """Find a cheap tree over all terminals and prove how cheap any tree must be.

    Parameters
    ----------
    problem
        The graph and its terminals.
    stop
        When to end; with a rule that counts work the same input and generator give the same answer. There is
        always a tree, even if the first takes longer than the rule allows.
    rng
        Draws starts.
    observers
        Told of each better tree (its edges) and each higher bound.

    Raises
    ------
    DisconnectedTerminals
        If there are terminals that no edges join.
    """
    incumbent: Incumbent[NDArray[np.int64]] = Incumbent(stop, observers)
    if len(problem.terminals) < 2:
        return SteinerSolution(edges=np.empty(0, np.int64), cost=0.0, bound=0.0, work=0)
    core = Core.from_problem(problem)
    arcs = build_arcs(core.num_nodes, core.tails, core.heads, core.costs)
    terminals = np.flatnonzero(core.is_terminal)
    root = int(terminals[0] if problem.root is None else core.group[problem.root])
    _try_tree(problem, core, arcs, arcs.cost, root, incumbent)
    ascent = Ascent(arcs, core.is_terminal, root)
    while not ascent.is_done and not incumbent.is_over():
        incumbent.spend(ascent.run(_SLICE))
        incumbent.raise_bound(ascent.bound / core.scale)
    starts = rng.permutation(terminals)[:_STARTS]
    for start in [root, *starts.tolist()]:
        for costs in (ascent.reduced, ascent.reduced + ascent.reduced[arcs.twin] + arcs.cost // 8):
            if incumbent.is_over():
                break
            _try_tree(problem, core, arcs, costs, start, incumbent)
    assert incumbent.solution is not None  # noqa: S101 - the first tree was offered
    return SteinerSolution(
        edges=incumbent.solution,
        cost=incumbent.cost,
        bound=min(incumbent.bound, incumbent.cost),
        work=incumbent.work,
    )


def _try_tree(
    problem: SteinerProblem,
    core: Core,
    arcs: Arcs,
    costs: NDArray[np.int64],
    start: int,
    incumbent: Incumbent[NDArray[np.int64]],
) -> None:
    in_tree, work = grow_tree(arcs, costs, core.is_terminal, start)
    edges, _, more = span_tree(arcs, core.is_terminal, in_tree)
    incumbent.spend(work + more)
    ids = finish_tree(problem, core, edges)
    incumbent.offer(float(problem.costs[ids].sum()), ids)
