"""Local search over the open sites where demand may be shared out: add, drop and swap, each judged exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.optimise.location.chance import shuffle
from ponplan.optimise.location.transport import share_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.location.chance import WordArray
    from ponplan.optimise.location.relaxation import Relaxation

    BoolArray = NDArray[np.bool_]
    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@njit(cache=True)
def cost_of(relaxation: Relaxation, is_open: BoolArray, parts: FloatArray, give_up: float) -> tuple[float, int]:
    """Give the whole cost of a set of open sites (inf if it cannot serve all below `give_up`) and the work."""
    fixed = 0.0
    for j in range(len(is_open)):
        if is_open[j]:
            fixed += relaxation.fixed_costs[j]
    cost, work = share_out(
        relaxation.first, relaxation.sites, relaxation.costs, relaxation.demands, relaxation.capacities, is_open,
        parts, give_up - fixed,
    )  # fmt: skip
    return cost + fixed, work + len(is_open)


@njit(cache=True)
def improve_sites(
    relaxation: Relaxation, is_open: BoolArray, best: float, candidates: IntArray, state: WordArray, work_limit: int
) -> tuple[BoolArray, float, int]:
    """Take the first improving drop, add or swap, in random order, until none is left or the work is done.

    Gives the open sites, their cost, and the work.
    """
    sites, parts = is_open.copy(), np.empty(len(relaxation.costs))
    is_free = relaxation.num_open < 0
    entering, work, improved = candidates.copy(), 0, True
    while improved and work < work_limit:
        improved = False
        shuffle(state, entering)
        for f in entering:
            if work >= work_limit:
                break
            if sites[f]:
                if is_free:
                    sites[f] = False
                    cost, spent = cost_of(relaxation, sites, parts, best)
                    work += spent
                    improved |= cost < best
                    sites[f] = not cost < best
                    best = min(best, cost)
                continue
            sites[f] = True
            leaving = np.flatnonzero(sites)
            shuffle(state, leaving)
            kept = False
            if is_free:
                cost, spent = cost_of(relaxation, sites, parts, best)
                work += spent
                kept = cost < best
                best = min(best, cost)
            for r in leaving:
                if r == f or kept or work >= work_limit:
                    continue
                sites[r] = False
                cost, spent = cost_of(relaxation, sites, parts, best)
                work += spent
                kept = cost < best
                sites[r] = not kept
                best = min(best, cost)
            sites[f] = kept
            improved |= kept
    return sites, best, work
