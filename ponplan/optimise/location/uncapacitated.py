"""Solve location problems without capacities: shake and descend for plans, Lagrangian tree for the proof."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.incumbent import Incumbent
from ponplan.optimise.location.ascent import Ascent, first_prices, raise_bound
from ponplan.optimise.location.chance import seed_word
from ponplan.optimise.location.core import make_core, solve_core
from ponplan.optimise.location.effort import (
    check_listed,
    cutoff_below,
    is_whole,
    refuse,
    safe_bound,
    seconds_left,
)
from ponplan.optimise.location.interchange import lay_ground, make_plan, search_around
from ponplan.optimise.location.problem import UncapacitatedProblem
from ponplan.optimise.location.region import reduced_costs
from ponplan.optimise.location.relaxation import CLOSED, FREE, relax_uncapacitated
from ponplan.optimise.location.solution import LocationSolution
from ponplan.optimise.location.tree import Tree
from ponplan.optimise.milp import Effort

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.optimise.location.problem import PMedianProblem
    from ponplan.optimise.progress import Observer
    from ponplan.optimise.stop import Stop

    BoolArray = NDArray[np.bool_]

_LONGEST_PIECE = 3_000_000
_DEEPEST = 8
_CORE_ENTRIES = 20_000
_CORE_NODES = 2_000
_LOOKS_FIRST = 3


def solve_p_median(
    problem: PMedianProblem,
    *,
    stop: Stop,
    rng: np.random.Generator,
    observers: Sequence[Observer[LocationSolution]] = (),
) -> LocationSolution:
    """Open `num_open` sites at least total serving cost; see `solve_uncapacitated`."""
    return solve_uncapacitated(UncapacitatedProblem.from_p_median(problem), stop=stop, rng=rng, observers=observers)


def solve_uncapacitated(
    problem: UncapacitatedProblem,
    *,
    stop: Stop,
    rng: np.random.Generator,
    observers: Sequence[Observer[LocationSolution]] = (),
) -> LocationSolution:
    """Open sites and serve every client from one, at least fixed plus serving cost.

    Counted work is the number of list entries looked at. The search ends early when the plan is proven optimal
    (to 1e-9 of its cost; exactly, where all costs are whole numbers).

    Raises
    ------
    Infeasible
        If a client has no listed site, or no plan could be found that serves everyone from its list.
    """
    return _Search(problem, stop, rng, observers).run()


class _Search:
    """One run: the incumbent, the ground for local search, the relaxation and the tree share it."""

    def __init__(
        self,
        problem: UncapacitatedProblem,
        stop: Stop,
        rng: np.random.Generator,
        observers: Sequence[Observer[LocationSolution]],
    ) -> None:
        check_listed(problem.candidates)
        self.problem = problem
        self.best: Incumbent[LocationSolution] = Incumbent(stop, observers)
        self.stop = stop
        self.relaxation = relax_uncapacitated(problem)
        self.ground = lay_ground(problem)
        self.state = seed_word(rng)
        self.rng = rng
        self.open = np.zeros(problem.candidates.num_sites, dtype=bool)
        self.piece = min(_LONGEST_PIECE, 50_000 + 20 * len(problem.candidates.costs))
        omitted = problem.candidates.omitted_costs
        every_cost = (problem.candidates.costs, problem.fixed_costs, omitted[np.isfinite(omitted)])
        self.is_whole = all(is_whole(costs) for costs in every_cost)

    @property
    def cutoff(self) -> float:
        """A plan that costs this or more is no improvement."""
        return cutoff_below(self.best.cost, is_whole=self.is_whole)

    def run(self) -> LocationSolution:
        """Search, bound, and prove in turns until the stop rule speaks."""
        self._look(np.arange(len(self.open)), self._first_choice(), self.piece)
        if self.best.solution is None:
            raise refuse(
                [(None, "no plan found that serves every client from its list")],
                remedy="give longer candidate lists or allow more sites",
            )
        if not self.best.is_over():
            self._prove(self._raise_root())
        elif not math.isfinite(self.best.bound):
            self._raise_root(rounds=1)
        return self._finish()

    def _prove(self, root: Ascent) -> None:
        """Prove from the root; whenever a better plan turns up, begin anew with what it excludes."""
        tried_for = math.inf
        while not self.best.is_over():
            if self.best.cost >= tried_for:
                self._look(_candidates(root), self.open, self.piece)
                continue
            for _ in range(_LOOKS_FIRST):
                if not self.best.is_over():
                    self._look(_candidates(root), self.open, self.piece)
            tried_for = self.best.cost
            root = self._raise_root(root)
            self._solve_core(root)
            if self.best.cost == tried_for:
                self._branch(root, tried_for)

    def _branch(self, root: Ascent, known: float) -> None:
        """Grow the tree, with looks for a better plan than `known` between, until there is one or it is done."""
        tree = Tree(relax_uncapacitated(_without(self.problem, root)), root, try_sites=self._try,
                    close_leaf=self._settle)  # fmt: skip
        plain_work, tree_work = 0, 0
        while not tree.is_done and not self.best.is_over() and self.best.cost == known:
            if plain_work <= tree_work // 3:
                plain_work += self._look(_candidates(root), self.open, self.piece)
            else:
                spent = tree.expand(self.cutoff, self.best.cost)
                tree_work += spent
                self.best.spend(spent)
            self.best.raise_bound(self._rounded(min(tree.bound, self.cutoff)))
        if math.isinf(tree.bound):
            self.best.raise_bound(self.best.cost)

    def _solve_core(self, root: Ascent) -> None:
        """Solve what reduced costs leave as one program, if it is small and no list was cut short."""
        reduced = reduced_costs(self.relaxation, root)
        keep = reduced.floor + reduced.extra < self.cutoff
        if keep.sum() > _CORE_ENTRIES or not self.problem.candidates.is_complete or self.best.is_over():
            return
        core = make_core(self.relaxation, status=root.status, entries=keep)
        effort = Effort(seconds=0.5 * seconds_left(self.stop), max_nodes=_CORE_NODES)
        answer = solve_core(core, effort=effort, start_sites=None, start_of=None)
        self.best.spend(len(core.clients) * (100 + 10 * answer.nodes))
        cutoff = self.cutoff
        if answer.values is not None:
            sites = np.zeros(len(self.open), dtype=bool)
            sites[core.sites] = answer.values[: len(core.sites)] > 0.5
            self._offer(sites)
        # every plan below the cutoff is in the core
        if answer.is_infeasible or answer.bound >= cutoff or (answer.is_optimal and answer.cost >= self.best.cost):
            self.best.raise_bound(self.best.cost)
        else:
            self.best.raise_bound(self._rounded(answer.bound))

    def _raise_root(self, root: Ascent | None = None, *, rounds: int = 50) -> Ascent:
        """Climb until the bound is flat; the first round is done in any case, so that there is a bound."""
        if root is None:
            num_sites = len(self.open)
            nothing, prices = np.zeros(num_sites, dtype=bool), first_prices(self.relaxation)
            root = Ascent(
                -math.inf, prices, np.zeros(num_sites, dtype=np.int64), np.zeros(num_sites), nothing, 1.5, 0
            )
        while True:
            before = root.bound
            root = raise_bound(
                self.relaxation, root.status, root.prices, target=self.best.cost, cutoff=self.cutoff, iterations=100,
                step=max(root.step, 0.1),
            )  # fmt: skip
            self.best.spend(root.work)
            self._try(root.chosen)
            self.best.raise_bound(self._rounded(min(root.bound, self.cutoff)))
            rounds -= 1
            is_flat = rounds <= 0 or root.bound - before < 3e-5 * abs(root.bound)
            if is_flat or self.best.is_over() or root.bound >= self.cutoff:
                return root

    def _look(self, candidates: NDArray[np.int64], start: BoolArray, work: int) -> int:
        """Shake and descend for so much work; without candidates only the work is counted."""
        if len(candidates) == 0:
            self.best.spend(work)
            return work
        sites, _, spent = search_around(self.ground, start, candidates, self.state, work, _DEEPEST)
        self.best.spend(spent)
        self._offer(sites)
        return int(spent)

    def _try(self, sites: BoolArray) -> None:
        """Descend from a relaxed choice of sites without shaking."""
        sites, _, spent = search_around(self.ground, sites, np.arange(0), self.state, 0, _DEEPEST)
        self.best.spend(spent + len(sites))
        self._offer(sites)

    def _settle(self, sites: BoolArray) -> float:
        """Give what a plan with just these sites costs at least, counting sites left off the lists."""
        self._offer(sites)
        lists, plan = self.problem.candidates, make_plan(self.ground, sites)
        listed = np.where(plan.nearest >= 0, lists.costs[plan.nearest], np.inf)
        return float(np.minimum(listed, lists.omitted_costs).sum() + self.problem.fixed_costs[sites].sum())

    def _offer(self, sites: BoolArray) -> None:
        """Judge a choice of sites exactly and keep it if it is better."""
        plan = make_plan(self.ground, sites)
        if (plan.nearest < 0).any() or (self.problem.num_open or sites.sum()) != sites.sum():
            return
        lists = self.problem.candidates
        cost = float(lists.costs[plan.nearest].sum() + self.problem.fixed_costs[sites].sum())
        if cost < self.best.cost:
            self.open = sites.copy()
            self.best.offer(
                cost,
                LocationSolution(
                    open=np.flatnonzero(sites), assignment=lists.sites[plan.nearest], cost=cost,
                    bound=self.best.bound, work=self.best.work,
                ),
            )  # fmt: skip

    def _first_choice(self) -> BoolArray:
        sites = np.zeros(len(self.open), dtype=bool)
        num = self.problem.num_open
        if num is None:
            nearest = self.problem.candidates.sites[self.problem.candidates.first[:-1]]
            sites[nearest] = True
        else:
            sites[self.rng.permutation(len(sites))[:num]] = True
        return sites

    def _rounded(self, bound: float) -> float:
        return safe_bound(bound, is_whole=self.is_whole)

    def _finish(self) -> LocationSolution:
        solution = self.best.solution
        assert solution is not None  # noqa: S101 - run() made one or raised
        return LocationSolution(
            open=solution.open, assignment=solution.assignment, cost=solution.cost,
            bound=min(self.best.bound, solution.cost), work=self.best.work,
        )  # fmt: skip


def _candidates(root: Ascent) -> NDArray[np.int64]:
    """Give the sites that may still be open in a better plan."""
    return np.flatnonzero(root.status != CLOSED)


def _without(problem: UncapacitatedProblem, root: Ascent) -> UncapacitatedProblem:
    """Leave out the entries of sites that the root closed for good."""
    if (root.status == FREE).all():
        return problem
    return UncapacitatedProblem(
        candidates=problem.candidates.of_sites(root.status != CLOSED),
        fixed_costs=problem.fixed_costs,
        num_open=problem.num_open,
    )
