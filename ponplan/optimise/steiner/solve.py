"""Solve a Steiner tree problem: reduce, ascend, grow many trees, and breed better ones from their unions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.incumbent import Incumbent
from ponplan.optimise.steiner.base import Base
from ponplan.optimise.steiner.search import Search
from ponplan.optimise.steiner.solution import SteinerSolution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.optimise.progress import Observer
    from ponplan.optimise.steiner.problem import SteinerProblem
    from ponplan.optimise.stop import Stop


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
        When to end; counted work is in units of about ten nanoseconds (`MaxWork(100_000_000)` is about a second).
        With a rule that counts work the same input and generator give the same answer. There is
        always a tree, even if the first takes longer than the rule allows.
    rng
        Draws roots, starts and parents.
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
    Search(Base.from_problem(problem), incumbent, rng).run()
    assert incumbent.solution is not None  # noqa: S101 - a search begins with a tree
    return SteinerSolution(
        edges=incumbent.solution,
        cost=incumbent.cost,
        bound=min(incumbent.bound, incumbent.cost),
        work=incumbent.work,
    )
