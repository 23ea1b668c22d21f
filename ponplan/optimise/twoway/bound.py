"""A lower bound on what a two-way problem costs: by a program where that is small, else by dual ascent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.optimise.twoway.ascent import ascend_twice
from ponplan.optimise.twoway.core import shrink
from ponplan.optimise.twoway.program import TwoWayProgram

if TYPE_CHECKING:
    from ponplan.optimise.twoway.problem import TwoWayProblem

MOST_RELAXED = 1_000  # links of a core for the linear program
MOST_EXACT = 300  # and for one in whole numbers


def two_way_bound(problem: TwoWayProblem) -> float:
    """Give what no links can undercut that give everybody the ways wanted; the optimum where the core is small."""
    core = shrink(problem)
    if not len(core.costs):
        return core.base_cost
    best = ascend_twice(core)
    if len(core.costs) <= MOST_RELAXED:
        program = TwoWayProgram(core)
        best = max(best, core.base_cost + program.relaxed())
        if len(core.costs) <= MOST_EXACT:
            best = max(best, core.base_cost + program.exact())
    return best
