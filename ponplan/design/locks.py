"""Sites that the planner has locked: each must hold a splitter that serves somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ponplan.design.places import Place
    from ponplan.design.problem import PlanProblem

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


def locked_junctions(problem: PlanProblem) -> IntArray:
    """Give the junctions of the locked sites.

    Raises
    ------
    AreaError
        Names every locked site that is forbidden or that no route reaches.
    """
    reasons = dict(problem.graph.left_out)
    junctions, faults = [], []
    for site, junction in zip(problem.area.sites, problem.graph.site_junctions.tolist(), strict=True):
        if not site.locked:
            continue
        if site.forbidden:
            faults.append(_fault(site.id, "the site is locked and forbidden at once", "unlock it or allow it"))
        elif junction < 0:
            reason = reasons.get(site.id, "no route reaches it")
            faults.append(_fault(site.id, f"the locked site cannot be used: {reason}", "move it or unlock it"))
        else:
            junctions.append(junction)
    if faults:
        raise AreaError(faults)
    if problem.standing is not None:
        index_of = {name: index for index, name in enumerate(problem.graph.junction_ids)}
        names = {problem.standing.hosts[node].junction for node in problem.standing.waiting}
        junctions += [index_of[name] for name in names if name in index_of]
    return np.unique(np.array(junctions, np.int64))


def use_locked(places: Sequence[Place], assignment: IntArray, costs_at: Callable[[IntArray], FloatArray]) -> IntArray:
    """Give the assignment with at least one customer at every locked place.

    Parameters
    ----------
    assignment
        (c,) place of each customer.
    costs_at
        Gives (c,) what serving each customer costs from (c,) places, inf where that is not possible.

    Raises
    ------
    AreaError
        Names every locked place that can serve nobody.
    """
    assignment, faults = assignment.copy(), []
    counts = np.bincount(assignment, minlength=len(places))
    for number, place in enumerate(places):
        if not place.locked or counts[number]:
            continue
        needed = np.array([other.locked and counts[row] <= 1 for row, other in enumerate(places)], bool)
        extra = costs_at(np.full(len(assignment), number)) - costs_at(assignment)
        extra[needed[assignment]] = np.inf
        chosen = int(np.argmin(extra)) if len(extra) else -1
        if chosen < 0 or not np.isfinite(extra[chosen]):
            text = "the locked site can serve nobody: no customer is within reach of it"
            faults.append(_fault(place.id, text, "unlock it"))
            continue
        counts[assignment[chosen]] -= 1
        counts[number] += 1
        assignment[chosen] = number
    if faults:
        raise AreaError(faults)
    return assignment


def _fault(site: str, problem: str, remedy: str) -> Fault:
    return Fault(file="sites", row=site, field="locked", value=True, problem=problem, remedy=remedy)
