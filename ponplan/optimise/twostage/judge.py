"""Recompute the cost of a two-stage plan from the problem alone, and name every rule it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.twostage.problem import TwoStageProblem, Units
    from ponplan.optimise.twostage.solution import TwoStageSolution

_TOLERANCE = 1e-6


def judge_two_stage(problem: TwoStageProblem, solution: TwoStageSolution) -> tuple[float, list[str]]:
    """Give the plan's true cost and the rules it breaks."""
    feeds, drops = problem.feeds, problem.drops
    cost = float(problem.upper.costs[solution.upper_units].sum() + problem.lower.costs[solution.lower_units].sum())
    cost += float(feeds.costs @ solution.feed_flows + drops.costs @ solution.drop_flows)
    slack = _TOLERANCE * (1.0 + float(problem.demands.max(initial=0.0)))
    faults = [] if min(solution.feed_flows.min(), solution.drop_flows.min()) >= -slack else ["a flow is negative"]
    num_lower = problem.lower.num_sites
    passed = np.bincount(drops.tails, weights=solution.drop_flows, minlength=num_lower)
    fed = np.bincount(feeds.heads, weights=solution.feed_flows, minlength=num_lower)
    sent = np.bincount(feeds.tails, weights=solution.feed_flows, minlength=problem.upper.num_sites)
    got = np.bincount(drops.heads, weights=solution.drop_flows, minlength=len(problem.demands))
    off = np.flatnonzero(np.abs(got - problem.demands) > slack)
    faults += [f"client {k} gets {got[k]:.9g} of {problem.demands[k]:.9g}" for k in off]
    leaks = np.flatnonzero(np.abs(passed - fed) > slack * (1.0 + num_lower))
    faults += [f"lower site {j} gets {fed[j]:.9g} and passes {passed[j]:.9g}" for j in leaks]
    faults += _overfull("upper", problem.upper, solution.upper_units, sent)
    faults += _overfull("lower", problem.lower, solution.lower_units, passed)
    return cost, faults


def _overfull(stage: str, units: Units, installed: NDArray[np.int64], flows: NDArray[Any]) -> list[str]:
    counts = np.bincount(units.sites[installed], minlength=units.num_sites)
    faults = [f"{stage} site {j} has {counts[j]} units" for j in np.flatnonzero(counts > 1)]
    rooms = np.bincount(units.sites[installed], weights=units.capacities[installed], minlength=units.num_sites)
    over = np.flatnonzero(flows > rooms * (1.0 + _TOLERANCE) + _TOLERANCE)
    return faults + [f"{stage} site {j} passes {flows[j]:.9g} of {rooms[j]:.9g}" for j in over]
