"""Solve capacitated location with whole clients: annealing, knapsack bound, programs on core and regions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.incumbent import Incumbent
from ponplan.optimise.location.anneal import Field, anneal, lay_field
from ponplan.optimise.location.ascent import Ascent, first_prices, raise_bound
from ponplan.optimise.location.chance import seed_word
from ponplan.optimise.location.core import make_core, solve_core
from ponplan.optimise.location.effort import cutoff_below, is_whole, refuse, safe_bound, seconds_left
from ponplan.optimise.location.interchange import lay_ground, make_plan, search_around
from ponplan.optimise.location.problem import UncapacitatedProblem
from ponplan.optimise.location.region import cheapest_entries, reduced_costs, region_core, site_costs, sites_around
from ponplan.optimise.location.relaxation import CLOSED, relax_capacitated
from ponplan.optimise.location.solution import LocationSolution
from ponplan.optimise.location.tree import Tree
from ponplan.optimise.milp import Answer, Effort

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.optimise.location.core import Core
    from ponplan.optimise.location.problem import CapacitatedProblem
    from ponplan.optimise.progress import Observer
    from ponplan.optimise.stop import Stop

    BoolArray = NDArray[np.bool_]
    IntArray = NDArray[np.int64]

# shares of the budget at which annealing gives way to programs, and these to a last annealing
_ANNEAL_UNTIL, _POLISH_UNTIL = 0.55, 0.97
_PIECE = 500_000
_CORE_ENTRIES = 12_000
# regions grow from so many clients to so many, each time by this factor
_REGION_CLIENTS, _REGION_CLIENTS_MOST, _REGION_GROWTH = 30.0, 150.0, 1.35
# a region is given up after so long unless work is counted
_REGION_SECONDS = 2.0
# share of the time of programs that goes to the proof
_PROVING, _PROVING_MANY = 0.4, 0.08
_ENTRIES_PER_CLIENT = 8
_HOTTER, _HOT, _COLD = 0.5, 0.15, 0.01
# with more sites than this one long annealing from hot to cold pays best, and most moves near by
_FEW_SITES = 600
_RESHAPING, _RESHAPING_MANY = 0.12, 0.4
_HOT_MANY, _COLD_MANY, _MANY_UNTIL = 0.4, 0.04, 0.4


class WholeSearch:
    """One run: incumbent, relaxation, annealing and programs share it."""

    def __init__(
        self,
        problem: CapacitatedProblem,
        stop: Stop,
        rng: np.random.Generator,
        observers: Sequence[Observer[LocationSolution]],
    ) -> None:
        self.problem = problem
        self.stop = stop
        self.best: Incumbent[LocationSolution] = Incumbent(stop, observers)
        self.relaxation = relax_capacitated(problem)
        self.rng = rng
        self.state = seed_word(rng)
        self.is_whole = is_whole(problem.candidates.costs) and is_whole(problem.fixed_costs)
        self.allowed = np.ones(problem.candidates.num_sites, dtype=bool)
        self.price = 0.0
        self.steps_per_share = math.inf

    @property
    def cutoff(self) -> float:
        """A plan that costs this or more is no improvement."""
        return cutoff_below(self.best.cost, is_whole=self.is_whole)

    def run(self) -> LocationSolution:
        """Find a plan, bound it, anneal, then solve core and regions as programs."""
        root = self._raise_root(self._start_prices(), rounds=2)
        self._first_plan(root)
        root = self._raise_root(root, rounds=8)
        self.allowed = self._promising(root)
        if self.has_many_sites:
            self._cool_until(_MANY_UNTIL)
        else:
            self._anneal_until(0.05)
            if not self.best.is_over():
                self._solve_core(root, share=0.25)
            self._anneal_until(0.2)
            self._anneal_until(_ANNEAL_UNTIL)
        if not self.best.is_over():
            self._polish(self._raise_root(root, rounds=4))
        self._anneal_until(1.0)
        return self._finish()

    @property
    def has_many_sites(self) -> bool:
        """Whether the problem is large, so that one annealing has to do."""
        return len(self.allowed) > _FEW_SITES

    # --- the bound

    def _start_prices(self) -> Ascent:
        num_sites = self.problem.candidates.num_sites
        status, prices = np.zeros(num_sites, dtype=np.int64), first_prices(self.relaxation)
        return Ascent(-math.inf, prices, status, np.zeros(num_sites), np.zeros(num_sites, dtype=bool), 1.5, 0)

    def _raise_root(self, root: Ascent, *, rounds: int) -> Ascent:
        for _ in range(rounds):
            if math.isfinite(root.bound) and (self.best.is_over() or root.bound >= self.cutoff):
                break
            target = self.best.cost if math.isfinite(self.best.cost) else 1.5 * float(root.prices.sum())
            before = root.bound
            root = raise_bound(
                self.relaxation, root.status, root.prices, target=target, cutoff=self.cutoff, iterations=60,
                step=max(root.step, 0.3),
            )  # fmt: skip
            self.best.spend(root.work)
            self.best.raise_bound(safe_bound(min(root.bound, self.cutoff), is_whole=self.is_whole))
            if root.bound - before < 2e-5 * abs(root.bound):
                break
        return root

    # --- plans

    def _first_plan(self, root: Ascent) -> None:
        """Serve everyone from the nearest of good sites and let annealing mend the loads."""
        sites = self._open_without_limits(root) if self.problem.num_open else self._cover_all(root.chosen)
        plan = make_plan(lay_ground(self._without_limits()), sites)
        if (plan.nearest < 0).any():
            raise refuse(
                [(int(i), "no open site on the client's list") for i in np.flatnonzero(plan.nearest < 0)],
                remedy="give longer candidate lists or allow more sites",
            )
        assignment = self.problem.candidates.sites[plan.nearest]
        self.price = self._scale(float(plan.cost[0])) / max(float(self.problem.demands.mean()), 1e-12)
        steps = 20_000 + 300 * len(assignment)
        for _ in range(8):
            assignment, sites = self._anneal(assignment, sites, steps, _HOT, _COLD, float(plan.cost[0]))
            if math.isfinite(self.best.cost):
                return
            self.price *= 4.0
            steps *= 2
        self._solve_core(root, share=1.0)
        if self.best.solution is None:
            raise refuse([(None, "no plan found within the capacities")], remedy="give more sites or capacity")

    def _promising(self, root: Ascent) -> BoolArray:
        """Mark the sites annealing may open: all but the closed ones, or the best third if there are very many."""
        if not self.has_many_sites:
            return np.asarray(root.status != CLOSED)
        rank = np.empty(len(root.status), dtype=np.int64)
        rank[np.argsort(site_costs(self.relaxation, root), kind="stable")] = np.arange(len(rank))
        return np.asarray((rank < len(rank) // 3) | (root.usage > 0.01) | (root.status > 0))

    def _without_limits(self) -> UncapacitatedProblem:
        problem = self.problem
        return UncapacitatedProblem(
            candidates=problem.candidates, fixed_costs=problem.fixed_costs, num_open=problem.num_open
        )

    def _open_without_limits(self, root: Ascent) -> BoolArray:
        """Choose the asked number of sites as if they had no capacities."""
        ground, candidates = lay_ground(self._without_limits()), np.arange(len(root.status))
        start = root.chosen
        if start.sum() != self.problem.num_open:
            start = np.isin(candidates, self.rng.permutation(len(candidates))[: self.problem.num_open])
        limit = min(2_000_000, 20_000 + 20 * len(self.relaxation.costs))
        sites, _, work = search_around(ground, start, candidates, self.state, limit, 4)
        self.best.spend(work)
        return sites

    def _cover_all(self, chosen: BoolArray) -> BoolArray:
        """Add the cheapest site of every client whose list holds no open one."""
        lists, sites = self.problem.candidates, chosen.copy()
        served = np.zeros(lists.num_clients, dtype=bool)
        served[lists.clients[sites[lists.sites]]] = True
        sites[lists.sites[lists.first[:-1]][~served]] = True
        return sites

    def _scale(self, cost: float) -> float:
        return max(cost, 1e-9) / self.problem.candidates.num_clients

    def _anneal_until(self, share: float) -> None:
        """Anneal from the best plan so long that the used share of the budget becomes `share`."""
        while not self.best.is_over() and self.best.share() < share:
            left = share - self.best.share()
            wanted = left * self.steps_per_share if math.isfinite(self.steps_per_share) else 4.0 * _PIECE
            longest = 200_000 + 20_000 * self.problem.candidates.num_clients
            hot = _HOT if wanted < longest else _HOTTER
            wanted = min(wanted, longest)
            solution = self.best.solution
            assert solution is not None  # noqa: S101 - _first_plan() made one or raised
            sites = np.isin(np.arange(len(self.allowed)), solution.open)
            steps = int(min(max(wanted, 20_000.0), 1e10))
            self._anneal(solution.assignment, sites, steps, hot, _COLD, solution.cost)

    def _anneal(
        self, assignment: IntArray, sites: BoolArray, steps: int, hot: float, cold: float, cost: float
    ) -> tuple[IntArray, BoolArray]:
        """Anneal in pieces between which the stop rule is asked; keep the best plan, give the last."""
        field = lay_field(self.problem, self.allowed | sites)
        scale, pieces = self._scale(cost), max(1, -(-steps // _PIECE))
        cooling = (cold / hot) ** (1.0 / pieces)
        before, done = self.best.share(), 0
        for piece in range(pieces):
            heat = hot * cooling**piece * scale
            assignment, sites = self._anneal_piece(
                field, assignment, sites, heat, heat * cooling, -(-steps // pieces)
            )
            done += -(-steps // pieces)
            # the first annealing is finished in any case, so that there is a plan
            if self.best.solution is not None and self.best.is_over():
                break
        used = self.best.share() - before
        self.steps_per_share = done / used if used > 0.0 else math.inf
        return assignment, sites

    def _cool_until(self, share: float) -> None:
        """Anneal once from the best plan, as hot at every moment as the used share of the budget says."""
        solution, start = self.best.solution, self.best.share()
        assert solution is not None  # noqa: S101 - _first_plan() made one or raised
        assignment, sites = solution.assignment, np.isin(np.arange(len(self.allowed)), solution.open)
        field, scale, passed = lay_field(self.problem, self.allowed | sites), self._scale(solution.cost), 0.0
        while passed < 1.0 and not self.best.is_over():
            heat = _HOT_MANY * (_COLD_MANY / _HOT_MANY) ** passed * scale
            assignment, sites = self._anneal_piece(field, assignment, sites, heat, heat, _PIECE // 2)
            passed = (self.best.share() - start) / (share - start) if start < share else 1.0

    def _anneal_piece(
        self, field: Field, assignment: IntArray, sites: BoolArray, heat: float, cold: float, steps: int
    ) -> tuple[IntArray, BoolArray]:
        """Anneal for some steps; keep the best plan, give the last."""
        beside = len(sites) / max(1, int(sites.sum()))
        reach = int((2 if self.has_many_sites else 8) * beside) + 5
        reshaping = _RESHAPING_MANY if self.has_many_sites else _RESHAPING
        best_of, best_sites, best, assignment, sites, self.price = anneal(
            field, assignment, sites, self.state, reach, heat, cold, self.price, steps, reshaping
        )
        self.best.spend(10 * steps)
        if best < self.best.cost:
            self._offer(best_of, best_sites)
        return assignment, sites

    # --- programs

    def _effort(self, share: float, nodes: int) -> Effort:
        left = seconds_left(self.stop)
        return Effort(seconds=left * share, max_nodes=nodes)

    def _solve_core(self, root: Ascent, *, share: float) -> None:
        """Solve everything that reduced costs leave as one program, if it is small enough."""
        reduced = reduced_costs(self.relaxation, root)
        keep = reduced.floor + reduced.extra < self.cutoff
        if keep.sum() > _CORE_ENTRIES:
            return
        core = make_core(self.relaxation, status=root.status, entries=keep)
        answer = self._solve(core, self._effort(share, 100_000))
        if answer.values is not None and answer.cost < self.best.cost:
            self._take(core, answer, np.full(len(self.problem.demands), -1), np.zeros(len(self.allowed), dtype=bool))
        if self.problem.candidates.is_complete:
            bound = min(answer.bound, self.cutoff if answer.bound < math.inf else self.best.cost)
            self.best.raise_bound(safe_bound(bound, is_whole=self.is_whole))
            if answer.is_optimal or answer.is_infeasible:
                self.best.raise_bound(self.best.cost)

    def _solve(self, core: Core, effort: Effort) -> Answer:
        solution = self.best.solution
        sites = start = None
        if solution is not None:
            sites, start = np.isin(np.arange(len(self.allowed)), solution.open), solution.assignment
        answer = solve_core(core, effort=effort, start_sites=sites, start_of=start)
        self.best.spend(len(core.clients) * (100 + 10 * answer.nodes))
        return answer

    def _take(self, core: Core, answer: Answer, assignment: IntArray, sites: BoolArray) -> None:
        """Put the values of a program into a plan and keep it if it is complete and better."""
        assert answer.values is not None  # noqa: S101 - asked by the caller
        used = answer.values[len(core.sites) :] > 0.5
        assignment, sites = assignment.copy(), sites.copy()
        assignment[core.clients[used]] = core.entry_sites[used]
        sites[core.sites] = answer.values[: len(core.sites)] > 0.5
        if (assignment >= 0).all():
            self._offer(assignment, sites)

    def _polish(self, root: Ascent) -> None:
        """Solve region after region anew, small ones first; a share of the budget goes to the tree of bounds.

        A cluster around which nothing was gained is not tried again before something near it has changed; when all
        are settled, the regions grow.
        """
        entries = cheapest_entries(self.relaxation, reduced_costs(self.relaxation, root).extra, _ENTRIES_PER_CLIENT)
        tree = Tree(self.relaxation, root, try_sites=_ignore, close_leaf=self._settle)
        unsettled = np.ones(self.problem.candidates.num_clients, dtype=bool)
        most = min(_REGION_CLIENTS_MOST, float(len(unsettled)))
        size, began, proving = min(_REGION_CLIENTS, most), self.best.share(), 0.0
        for_proof = _PROVING_MANY if self.has_many_sites else _PROVING
        while not self.best.is_over() and self.best.share() < _POLISH_UNTIL:
            if not unsettled.any():
                if size >= most:
                    break
                size, unsettled[:] = min(size * _REGION_GROWTH, most), True
            self._solve_region(entries, size, unsettled)
            before = self.best.share()
            if proving < for_proof * (before - began):
                self._grow(tree)
                proving += self.best.share() - before

    def _grow(self, tree: Tree) -> None:
        if tree.is_done:
            return
        self.best.spend(tree.expand(self.cutoff, self.best.cost))
        self.best.raise_bound(safe_bound(min(tree.bound, self.cutoff), is_whole=self.is_whole))
        if math.isinf(tree.bound):
            self.best.raise_bound(self.best.cost)

    def _settle(self, sites: BoolArray) -> float:
        """Solve the assignment to given sites; its bound counts only where no site was left off the lists."""
        status = np.where(sites, 1, CLOSED)
        core = make_core(self.relaxation, status=status, entries=np.ones(len(self.relaxation.costs), dtype=bool))
        answer = self._solve(core, self._effort(0.2, 2_000))
        if answer.values is not None and answer.cost < self.best.cost:
            self._take(core, answer, np.full(len(self.problem.demands), -1), np.zeros(len(sites), dtype=bool))
        if not self.problem.candidates.is_complete:
            return -math.inf
        return math.inf if answer.is_optimal or answer.is_infeasible else answer.bound

    def _solve_region(self, entries: BoolArray, clients: float, unsettled: BoolArray) -> None:
        """Solve the region around a random unsettled client, and note who is settled by that and who no longer."""
        solution = self.best.solution
        assert solution is not None  # noqa: S101 - _first_plan() made one or raised
        lists, assignment = self.problem.candidates, solution.assignment
        sites = np.isin(np.arange(len(self.allowed)), solution.open)
        size = max(3, round(clients * len(solution.open) / lists.num_clients))
        seed = int(self.rng.choice(np.flatnonzero(unsettled)))
        taken = sites_around(lists.first, lists.sites, assignment, sites, seed, size)
        core = region_core(self.relaxation, entries=entries, assignment=assignment, is_open=sites, taken=taken)
        left, cost = seconds_left(self.stop), self.best.cost
        seconds = min(_REGION_SECONDS, left) if math.isfinite(left) else math.inf
        answer = self._solve(core, Effort(seconds=seconds, max_nodes=100))
        if answer.values is not None:
            self._take(core, answer, assignment, sites & ~taken)
        if self.best.cost < cost:
            unsettled |= taken[assignment]
        elif (sites == taken).all():
            unsettled[:] = False
        else:
            unsettled &= assignment != assignment[seed]

    # --- answers

    def _offer(self, assignment: IntArray, sites: BoolArray) -> None:
        """Judge a plan exactly and keep it if it is better."""
        lists, demands = self.problem.candidates, self.problem.demands
        if self.problem.num_open is None:
            sites = np.isin(np.arange(len(sites)), assignment)
        chosen = lists.sites == assignment[lists.clients]
        loads = np.bincount(assignment, weights=demands, minlength=len(sites))
        cost = float(lists.costs[chosen].sum() + self.problem.fixed_costs[sites].sum())
        fits = (loads <= self.problem.capacities * (1.0 + 1e-9) + 1e-9).all()
        if cost >= self.best.cost or chosen.sum() != lists.num_clients or not fits:
            return
        solution = LocationSolution(
            open=np.flatnonzero(sites), assignment=assignment.copy(), cost=cost, bound=self.best.bound,
            work=self.best.work,
        )  # fmt: skip
        self.best.offer(cost, solution)

    def _finish(self) -> LocationSolution:
        solution = self.best.solution
        assert solution is not None  # noqa: S101 - _first_plan() made one or raised
        return LocationSolution(
            open=solution.open, assignment=solution.assignment, cost=solution.cost,
            bound=min(self.best.bound, solution.cost), work=self.best.work,
        )  # fmt: skip


def _ignore(sites: BoolArray) -> None:
    """Relaxed choices are no plans here; annealing makes those."""
