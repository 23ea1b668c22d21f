"""What cables that lead out of a tree cost at least: sizes, joints where they change, and cables side by side.

Everything of a tree behind a junction comes out over the way above it. Each way holds one cable of some type, or two,
or more. A cable that comes out of a branch goes on as one of those on the way above, or all its fibres are spliced at
the junction; so of one cable above at most one branch is a continuation, and it is of the same type. Weighed from the
leaves up, the least cost over all such choices bounds every layout from below, as `fan` builds them from above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]

MORE = 2  # states behind those of single cables: just two of any type, and three or more
MOST_BRANCHES = 4  # that are weighed together at one junction


class Branch(NamedTuple):
    """What comes into a junction from one side: least costs by state of the way there, and its fibres."""

    costs: FloatArray  # (types + 2,)
    fibres: int


class Box(NamedTuple):
    """What a junction's boxes cost for 0, 1, 2, ... splices, up to all its fibres, and how many it holds anyway."""

    costs: FloatArray
    ends: int


def way_costs(usable: IntArray, cost_per_m: FloatArray, most: int) -> FloatArray:
    """Give (most + 1, types + 2) what a metre costs for so many fibres by state: one cable of each type, two, more.

    A cable that is too small costs inf, and so do more cables than fibres.
    """
    fibres = np.arange(most + 1)
    single = np.where(fibres[:, None] <= usable[None, :], cost_per_m[None, :], np.inf)
    cheapest = single.min(axis=1)
    cheapest[0] = np.inf  # a cable that is counted has a fibre
    two = _one_cable_more(cheapest, cheapest)
    more, several = np.full(most + 1, np.inf), two
    while np.isfinite(several).any():
        several = _one_cable_more(several, cheapest)
        more = np.minimum(more, several)
    return np.column_stack([single, two, more])


def _one_cable_more(several: FloatArray, cheapest: FloatArray) -> FloatArray:
    """Give the least cost for each number of fibres when a share of them goes into one more cable."""
    most = len(several) - 1
    best = np.full(most + 1, np.inf)
    for one in range(1, most + 1):
        best[one:] = np.minimum(best[one:], several[: most + 1 - one] + cheapest[one])
    return best


def weigh_ways(way: FloatArray, branches: list[Branch], box: Box, splice_cost: float) -> FloatArray:
    """Give (types + 2,) the least cost of all behind a junction and of the way above it, by that way's state.

    Parameters
    ----------
    way
        (types + 2,) what the way above costs in each state.
    branches
        Of at most `MOST_BRANCHES`.
    """
    if not branches:
        return way.copy()
    costs = np.stack([branch.costs for branch in branches])
    fibres = np.array([branch.fibres for branch in branches], np.int64)
    return _weigh(way, costs, fibres, box.costs, box.ends, splice_cost)


@njit(cache=True)
def _weigh(
    way: FloatArray, costs: FloatArray, fibres: IntArray, box_costs: FloatArray, ends: int, splice_cost: float
) -> FloatArray:
    """Try for every state above all ways in which branches go on: one loop, because the choices are few and small.

    Choices of a branch: 0 all spliced; 1 its single cable goes on; of two cables 2 one or 3 both go on; of three or
    more 4 one or 5 two. The other cables of a branch that is partly spliced have a fibre each at least.
    """
    num, states = costs.shape
    types = states - MORE
    spliced = np.array([0, 0, 1, 0, 2, 1])
    going_on = np.array([0, 1, 1, 2, 1, 2])
    found = np.full(states, np.inf)
    single, cheapest = np.empty(num), np.empty(num)
    for i in range(num):
        single[i] = costs[i, :types].min()
        cheapest[i] = costs[i].min()
    chosen = np.zeros(num, np.int64)
    for state in range(states):
        if way[state] == np.inf:
            continue
        if state == states - 1:
            found[state] = way[state] + cheapest.sum()
            continue
        above = 2 if state == types else 1
        best = np.inf
        chosen[:] = 0
        while True:
            total, splices, cables = 0.0, 0, 0
            for i in range(num):
                choice = chosen[i]
                cables += going_on[choice]
                if choice == 0:
                    total += cheapest[i]
                    splices += fibres[i]
                else:
                    splices += spliced[choice]
                    if choice == 1:
                        total += costs[i, state] if above == 1 else single[i]
                    else:
                        total += costs[i, types] if choice < 4 else costs[i, types + 1]
            if cables <= above and total < best:  # else it may be more splices than boxes are priced for
                total += splices * splice_cost + box_costs[ends + splices] - box_costs[ends]
                best = min(best, total)
            place = 0
            while place < num and chosen[place] == 5:
                chosen[place] = 0
                place += 1
            if place == num:
                break
            chosen[place] += 1
        found[state] = way[state] + best
    return found
