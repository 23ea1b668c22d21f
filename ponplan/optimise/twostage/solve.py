"""Solve two-stage location: linear program with strong inequalities, kernels of growing size, then the rest.

The kernel search follows Guastaroba and Speranza (European J. of Operational Research 238, 2014): small programs on
the units the relaxation likes, then on more of them, each started from the best plan.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.incumbent import Incumbent
from ponplan.optimise.location.effort import refuse, seconds_left
from ponplan.optimise.milp import Answer, Effort, solve_model
from ponplan.optimise.twostage.program import Cuts, build_model, columns_of, violated
from ponplan.optimise.twostage.solution import TwoStageSolution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.optimise.progress import Observer
    from ponplan.optimise.stop import Stop
    from ponplan.optimise.twostage.problem import TwoStageProblem, Units

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

_CUT_ROUNDS = 20
_CUT_UNTIL = 0.3
_KERNEL_NODES = 400
_GROWTH = 1.35
# a linear program is solved to this relative precision; its bound gives as much way
_PRECISION = 1e-7


def solve_two_stage(
    problem: TwoStageProblem,
    *,
    stop: Stop,
    rng: np.random.Generator,
    observers: Sequence[Observer[TwoStageSolution]] = (),
) -> TwoStageSolution:
    """Install units at both stages and route all demand through them at least cost.

    Counted work is columns times programs and nodes solved. The search ends when the last program is solved to proof.

    Raises
    ------
    Infeasible
        If no plan can serve all demand, or none was found.
    """
    return _Search(problem, stop, rng, observers).run()


class _Search:
    """One run: the incumbent, the cuts and the relaxation's values share it."""

    def __init__(
        self,
        problem: TwoStageProblem,
        stop: Stop,
        rng: np.random.Generator,
        observers: Sequence[Observer[TwoStageSolution]],
    ) -> None:
        self.problem = problem
        self.stop = stop
        self.best: Incumbent[TwoStageSolution] = Incumbent(stop, observers)
        self.at = columns_of(problem)
        self.cuts = Cuts.none(problem)
        self.seed = int(rng.integers(1, 2**31))
        self.everything = np.ones(self.at.feeds, dtype=bool)
        self.nothing = np.zeros(self.at.feeds, dtype=bool)

    def run(self) -> TwoStageSolution:
        """Cut, search kernels, prove."""
        relaxed, reduced = self._raise_relaxation()
        self._round(relaxed)
        order = np.lexsort((reduced, -relaxed))
        size = max(int((relaxed > 1e-6).sum()), 4)
        while not self.best.is_over():
            is_all = size >= len(order)
            allowed = self.everything if is_all else np.isin(np.arange(len(order)), order[:size])
            answer = self._search(self._still_possible(reduced) & allowed, is_last=is_all)
            if is_all:
                self._conclude(answer)
                break
            size = math.ceil(size * _GROWTH)
        return self._finish()

    # --- the bound

    def _raise_relaxation(self) -> tuple[FloatArray, FloatArray]:
        """Add violated inequalities round by round; give the units' values and reduced costs of the last program."""
        values, reduced = np.zeros(self.at.feeds), np.zeros(self.at.feeds)
        for round_ in range(_CUT_ROUNDS):
            model = build_model(self.problem, self.cuts, allowed=self.everything, forced=self.nothing, integral=False)
            answer = solve_model(model)
            self.best.spend(self.at.total)
            if answer.is_infeasible:
                raise refuse([(None, "no plan can serve all demand")], remedy="give more units, capacity or arcs")
            if answer.values is None or answer.row_duals is None:
                break
            values = answer.values
            reduced = _reduced_costs(model.costs, model.row_first, model.row_columns, model.row_values,
                                     answer.row_duals)[: self.at.feeds]  # fmt: skip
            gained = answer.bound - self.best.bound
            self.best.raise_bound(answer.bound - _PRECISION * abs(answer.bound))
            broken = violated(self.problem, values, least=1e-5 * float(self.problem.demands.max(initial=1.0)))
            self.cuts = Cuts(
                self.cuts.feed_tails | broken.feed_tails, self.cuts.feed_heads | broken.feed_heads,
                self.cuts.drop_tails | broken.drop_tails,
            )  # fmt: skip
            is_flat = round_ > 1 and gained < 2e-5 * abs(answer.bound)
            if is_flat or self.best.share() > _CUT_UNTIL or not _any(broken):
                break
        return values[: self.at.feeds], reduced

    def _still_possible(self, reduced: FloatArray) -> BoolArray:
        """Mark the units whose reduced cost does not lift the bound above the best plan."""
        if not math.isfinite(self.best.cost):
            return self.everything
        return np.asarray(self.best.bound + reduced < self.best.cost * (1.0 + _PRECISION) + _PRECISION)

    # --- plans

    def _round(self, relaxed: FloatArray) -> None:
        """Install the relaxation's favourite unit wherever it installs any, largest use first, till all is passed."""
        installed = self.nothing.copy()
        stages = ((self.problem.upper, 0), (self.problem.lower, self.at.lower_units))
        for units, offset in stages:
            installed[offset + _greedy(units, relaxed[offset : offset + len(units.costs)])] = True
        self._route(installed)
        if self.best.solution is None:
            for units, offset in stages:
                installed[offset + _greedy(units, np.ones(len(units.costs)))] = True
                installed[offset + np.setdiff1d(np.arange(len(units.costs)), _greedy(units, units.capacities))] = (
                    False
                )
            self._route(installed)

    def _search(self, allowed: BoolArray, *, is_last: bool) -> Answer:
        """Solve the program of the allowed units from the best plan."""
        model = build_model(self.problem, self.cuts, allowed=allowed, forced=self.nothing, integral=True)
        left = seconds_left(self.stop)
        effort = Effort(
            seconds=left * (1.0 if is_last else 0.35), max_nodes=None if is_last else _KERNEL_NODES,
            seed=self.seed % 1000, relative_gap=1e-9,
        )  # fmt: skip
        if is_last and math.isinf(left):
            effort = replace(effort, max_nodes=20 * _KERNEL_NODES)
        answer = solve_model(model, effort=effort, start=self._start())
        self.best.spend(self.at.total * (20 + answer.nodes))
        if answer.values is not None and answer.cost < self.best.cost:
            self._route(answer.values[: self.at.feeds] > 0.5)
        return answer

    def _start(self) -> FloatArray | None:
        solution = self.best.solution
        if solution is None:
            return None
        values = np.zeros(self.at.total)
        values[solution.upper_units] = 1.0
        values[self.at.lower_units + solution.lower_units] = 1.0
        values[self.at.feeds : self.at.drops] = solution.feed_flows
        values[self.at.drops :] = solution.drop_flows
        return values

    def _route(self, installed: BoolArray) -> None:
        """Find the cheapest flows through just these units and keep the plan if it is better."""
        model = build_model(
            self.problem, Cuts.none(self.problem), allowed=installed, forced=installed, integral=False
        )
        answer = solve_model(model)
        self.best.spend(self.at.total)
        if answer.values is None or not answer.is_optimal:
            return
        feeds = np.maximum(answer.values[self.at.feeds : self.at.drops], 0.0)
        drops = np.maximum(answer.values[self.at.drops :], 0.0)
        feeds[feeds < 1e-9], drops[drops < 1e-9] = 0.0, 0.0
        upper = _used(self.problem.upper, installed[: self.at.lower_units], self.problem.feeds.tails[feeds > 0])
        lower = _used(self.problem.lower, installed[self.at.lower_units :], self.problem.drops.tails[drops > 0])
        cost = float(
            self.problem.upper.costs[upper].sum() + self.problem.lower.costs[lower].sum()
            + self.problem.feeds.costs @ feeds + self.problem.drops.costs @ drops
        )  # fmt: skip
        if cost < self.best.cost:
            solution = TwoStageSolution(
                upper_units=upper, lower_units=lower, feed_flows=feeds, drop_flows=drops, cost=cost,
                bound=self.best.bound, work=self.best.work,
            )  # fmt: skip
            self.best.offer(cost, solution)

    def _conclude(self, answer: Answer) -> None:
        """Take the bound of the last program, which held every unit that could still pay."""
        if answer.is_infeasible and self.best.solution is None:
            raise refuse([(None, "no plan can serve all demand")], remedy="give more units, capacity or arcs")
        bound = self.best.cost if answer.is_infeasible else min(answer.bound, self.best.cost)
        if math.isfinite(bound):
            self.best.raise_bound(bound - _PRECISION * abs(bound))

    def _finish(self) -> TwoStageSolution:
        if self.best.solution is None:
            raise refuse([(None, "no plan found")], remedy="give more time, units, capacity or arcs")
        bound = min(self.best.bound, self.best.solution.cost)
        return replace(self.best.solution, bound=bound, work=self.best.work)


def _reduced_costs(
    costs: FloatArray, first: NDArray[np.int64], columns: NDArray[np.int64], values: FloatArray, duals: FloatArray
) -> FloatArray:
    """Give cost minus the duals' worth of each column."""
    worth = np.bincount(columns, weights=values * np.repeat(duals, np.diff(first)), minlength=len(costs))
    return np.asarray(costs - worth)


def _any(cuts: Cuts) -> bool:
    return bool(cuts.feed_tails.any() or cuts.feed_heads.any() or cuts.drop_tails.any())


def _greedy(units: Units, liking: FloatArray) -> NDArray[np.int64]:
    """Choose of each site that is liked at all its most liked, then largest, unit."""
    order = np.lexsort((-units.capacities, -liking, units.sites))
    order = order[liking[order] > 1e-6]
    return np.asarray(order[np.unique(units.sites[order], return_index=True)[1]])


def _used(units: Units, installed: BoolArray, sites: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the installed units at sites that pass any flow."""
    return np.flatnonzero(installed & np.isin(units.sites, sites))
