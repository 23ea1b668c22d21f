"""Solve capacitated location where a client's demand may be shared out: Lagrangian tree, exact sharing, exchange."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import Infeasible
from ponplan.optimise.incumbent import Incumbent
from ponplan.optimise.location.ascent import Ascent, first_prices, raise_bound
from ponplan.optimise.location.chance import seed_word
from ponplan.optimise.location.effort import cutoff_below, refuse, safe_bound
from ponplan.optimise.location.exchange import cost_of, improve_sites
from ponplan.optimise.location.relaxation import CLOSED, relax_capacitated
from ponplan.optimise.location.solution import LocationSolution
from ponplan.optimise.location.tree import Tree
from ponplan.optimise.location.whole import WholeSearch
from ponplan.optimise.stop import AnyOf, MaxWork

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.optimise.location.problem import CapacitatedProblem
    from ponplan.optimise.progress import Observer
    from ponplan.optimise.stop import Stop

    BoolArray = NDArray[np.bool_]

_PIECE = 30_000_000
_ROOT_ROUNDS = 12
# with more sites than this, the first good plan is one for whole clients
_FEW_SITES = 300
_USAGES = (0.9, 0.7, 0.5, 0.35, 0.2, 0.1, 0.05, 0.02, 0.005)


class SharedSearch:
    """One run: incumbent, relaxation and tree share it."""

    def __init__(
        self,
        problem: CapacitatedProblem,
        stop: Stop,
        rng: np.random.Generator,
        observers: Sequence[Observer[LocationSolution]],
    ) -> None:
        self.problem = problem
        self.best: Incumbent[LocationSolution] = Incumbent(stop, observers)
        self.relaxation = relax_capacitated(problem)
        self.stop = stop
        self.rng = rng
        self.state = seed_word(rng)
        self.open = np.zeros(problem.candidates.num_sites, dtype=bool)
        self.parts = np.empty(len(problem.candidates.costs))
        self.tried: set[bytes] = set()

    @property
    def cutoff(self) -> float:
        """A plan that costs this or more is no improvement."""
        return cutoff_below(self.best.cost, is_whole=False)

    def run(self) -> LocationSolution:
        """Find a plan, raise the bound, improve, then prove."""
        self._try(self._first_choice())
        root = self._raise_root()
        if len(self.open) > _FEW_SITES and not self.best.is_over():
            self._try_whole()
            root = self._raise_root(root)
        elif self.best.solution is None or not self.best.is_over():
            self._try_favourites(root)
        if self.best.solution is None:
            raise refuse(
                [(None, "no plan found within the capacities")], remedy="give more sites, capacity or longer lists"
            )
        if not self.best.is_over():
            self._improve(np.flatnonzero(root.status != CLOSED), _PIECE)
            self._prove(root)
        return self._finish()

    def _first_choice(self) -> BoolArray:
        count = self.problem.num_open
        if count is None:
            return np.ones(len(self.open), dtype=bool)
        largest = np.argsort(-self.problem.capacities, kind="stable")[:count]
        return np.isin(np.arange(len(self.open)), largest)

    def _raise_root(self, root: Ascent | None = None) -> Ascent:
        status = np.zeros(len(self.open), dtype=np.int64) if root is None else root.status
        prices = first_prices(self.relaxation) if root is None else root.prices
        step, rounds = 1.5, 0
        while True:
            target = self.best.cost if math.isfinite(self.best.cost) else 2.0 * float(prices.sum())
            root = raise_bound(
                self.relaxation, status, prices, target=target, cutoff=self.cutoff, iterations=60, step=step
            )
            rounds += 1
            self.best.spend(root.work)
            self._try(root.chosen)
            gained = root.bound - self.best.bound
            self.best.raise_bound(safe_bound(min(root.bound, self.cutoff), is_whole=False))
            is_flat = rounds >= _ROOT_ROUNDS or gained < 1e-4 * abs(root.bound)
            if (is_flat and rounds > 2) or self.best.is_over() or root.bound >= self.cutoff:
                return root
            status, prices, step = root.status, root.prices, max(root.step, 0.3)

    def _try_whole(self) -> None:
        """Where sites are many, take those of a quick plan that serves every client whole."""
        work = 20_000_000 + 6_000 * self.problem.candidates.num_clients
        stop = AnyOf((self.stop, MaxWork(work)))
        try:
            plan = WholeSearch(replace(self.problem, single_source=True), stop, self.rng, ()).run()
        except Infeasible:
            self.best.spend(work)
            return
        self.best.spend(plan.work)
        self._try(np.isin(np.arange(len(self.open)), plan.open))

    def _try_favourites(self, root: Ascent) -> None:
        """Open the sites that relaxed plans used most, more and more, and a client's cheapest where it has none."""
        lists = self.problem.candidates
        if self.problem.num_open is not None:
            favourites = np.argsort(-root.usage, kind="stable")[: self.problem.num_open]
            self._try(np.isin(np.arange(len(self.open)), favourites))
            return
        for least in _USAGES:
            sites = root.usage >= least
            served = np.zeros(lists.num_clients, dtype=bool)
            served[lists.clients[sites[lists.sites]]] = True
            sites[lists.sites[lists.first[:-1]][~served]] = True
            self._try(sites)
            if math.isfinite(self.best.bound) and self.best.is_over():
                return

    def _prove(self, root: Ascent) -> None:
        tree = Tree(self.relaxation, root, try_sites=self._try, close_leaf=self._settle)
        candidates = np.flatnonzero(root.status != CLOSED)
        improved_at = self.best.cost
        while not tree.is_done and not self.best.is_over():
            self.best.spend(tree.expand(self.cutoff, self.best.cost))
            if self.best.cost < improved_at:
                self._improve(candidates, _PIECE)
                improved_at = self.best.cost
            self.best.raise_bound(safe_bound(min(tree.bound, self.cutoff), is_whole=False))
        if math.isinf(tree.bound):
            self.best.raise_bound(self.best.cost)

    def _improve(self, candidates: NDArray[np.int64], work: int) -> None:
        sites, _, spent = improve_sites(self.relaxation, self.open, self.best.cost, candidates, self.state, work)
        self.best.spend(spent)
        self._try(sites)

    def _settle(self, sites: BoolArray) -> float:
        self._try(sites)
        return math.inf if self.problem.candidates.is_complete else -math.inf

    def _try(self, sites: BoolArray) -> None:
        """Share the demand out over these sites and keep the plan if it is better; each set is tried once."""
        key = np.packbits(sites).tobytes()
        if key in self.tried or (self.problem.num_open or sites.sum()) != sites.sum():
            return
        self.tried.add(key)
        cost, work = cost_of(self.relaxation, sites, self.parts, self.best.cost)
        self.best.spend(work)
        if cost < self.best.cost:
            self.open = sites.copy()
            solution = self._solution(sites)
            self.best.offer(solution.cost, solution)

    def _solution(self, sites: BoolArray) -> LocationSolution:
        lists = self.problem.candidates
        used = np.flatnonzero(self.parts > 0.0)
        clients, shares = lists.clients[used], self.parts[used]
        shares = shares / np.bincount(clients, weights=shares, minlength=lists.num_clients)[clients]
        order = np.lexsort((-shares, clients))
        largest = order[np.unique(clients[order], return_index=True)[1]]
        if self.problem.num_open is None:
            sites = sites & np.isin(np.arange(len(sites)), lists.sites[used])
        cost = float((lists.costs[used] * shares).sum() + self.problem.fixed_costs[sites].sum())
        return LocationSolution(
            open=np.flatnonzero(sites), assignment=lists.sites[used][largest], cost=cost, bound=self.best.bound,
            work=self.best.work, share_clients=clients, share_sites=lists.sites[used], shares=shares,
        )  # fmt: skip

    def _finish(self) -> LocationSolution:
        solution = self.best.solution
        assert solution is not None  # noqa: S101 - run() made one or raised
        return LocationSolution(
            open=solution.open, assignment=solution.assignment, cost=solution.cost,
            bound=min(self.best.bound, solution.cost), work=self.best.work, share_clients=solution.share_clients,
            share_sites=solution.share_sites, shares=solution.shares,
        )  # fmt: skip
