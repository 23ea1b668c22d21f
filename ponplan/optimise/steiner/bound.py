"""Dual ascent on a problem as given: a lower bound and the reduced cost of each edge in either direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.steiner.ascent import Ascent
from ponplan.optimise.steiner.core import Core, build_arcs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.optimise.steiner.problem import SteinerProblem

NO_LIMIT = 1 << 62


def dual_ascent(
    problem: SteinerProblem, root: int | None = None, *, work_limit: int = NO_LIMIT
) -> tuple[float, NDArray[np.float64]]:
    """Bound every tree over the terminals from below, seen from `root`.

    Parameters
    ----------
    problem
        The graph and its terminals.
    root
        A terminal; None takes the problem's root, or its first terminal.
    work_limit
        End early after this many arcs were looked at; the bound stays valid.

    Returns
    -------
    bound
        No tree over the terminals costs less.
    reduced_costs
        Two rows: of each edge the reduced cost of the arc tail to head, and of the arc head to tail. A tree
        directed away from the root costs at least the bound plus the reduced costs of its arcs.

    Raises
    ------
    DisconnectedTerminals
        If there are terminals that no edges join.
    ValueError
        If the root is no terminal.
    """
    if len(problem.terminals) == 0:
        return 0.0, np.stack([problem.costs, problem.costs])
    start = _start(problem, root)
    core = Core.from_problem(problem)
    arcs = build_arcs(core.num_nodes, core.tails, core.heads, core.costs)
    ascent = Ascent(arcs, core.is_terminal, int(core.group[start]))
    ascent.run(work_limit)
    used = (arcs.cost - ascent.reduced) / core.scale
    forth, back = _used_per_edge(core, arcs.tail, arcs.head, arcs.edge, used)
    return ascent.bound / core.scale, _left(problem, core, forth, back)


def best_ascent(
    problem: SteinerProblem, roots: Sequence[int], *, work_limit: int = NO_LIMIT
) -> tuple[float, int, NDArray[np.float64]]:
    """Give the highest bound over `roots` (the first of equals), its root and its reduced costs."""
    if len(roots) == 0:
        raise ValueError("roots is empty; allowed: at least one terminal")
    found = [(*dual_ascent(problem, root, work_limit=work_limit), root) for root in roots]
    bound, reduced, root = max(found, key=lambda entry: entry[0])
    return bound, root, reduced


def _start(problem: SteinerProblem, root: int | None) -> int:
    wanted = problem.root if root is None else root
    start = int(problem.terminals[0]) if wanted is None else int(wanted)
    if start not in problem.terminals:
        raise ValueError(f"root is {start}; allowed: one of the {len(problem.terminals)} terminals")
    return start


def _used_per_edge(
    core: Core, tail: NDArray[np.int32], head: NDArray[np.int32], edge: NDArray[np.int32], used: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give what was charged from the smaller to the larger node of each core edge, and back."""
    forth, back = np.zeros(len(core.tails)), np.zeros(len(core.tails))
    is_forth = tail < head
    forth[edge[is_forth]] = used[is_forth]
    back[edge[~is_forth]] = used[~is_forth]
    return forth, back


def _left(
    problem: SteinerProblem, core: Core, forth: NDArray[np.float64], back: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Spread the charges over all edges of the problem; parallels of a core edge lie in the same cuts as it."""
    tails, heads = core.group[problem.tails], core.group[problem.heads]
    keys = np.minimum(core.tails, core.heads) * core.num_nodes + np.maximum(core.tails, core.heads)
    order = np.argsort(keys)
    wanted = np.minimum(tails, heads) * core.num_nodes + np.maximum(tails, heads)
    reduced = np.stack([problem.costs, problem.costs])
    crossing = np.flatnonzero(tails != heads)
    if len(crossing):
        match = order[np.searchsorted(keys[order], wanted[crossing])]
        is_forth = tails[crossing] < heads[crossing]
        reduced[0, crossing] -= np.where(is_forth, forth[match], back[match])
        reduced[1, crossing] -= np.where(is_forth, back[match], forth[match])
    return np.maximum(reduced, 0.0)
