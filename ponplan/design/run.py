"""From an area to a design: the steps in order, and what each hands to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.catalogue import read_catalogue
from ponplan.design.baseline import PointToPoint, point_to_point
from ponplan.design.effort import EFFORTS, Effort, Halt
from ponplan.design.facts import run_facts
from ponplan.design.joints import joints_of
from ponplan.design.onus import customers_without_onu
from ponplan.design.places import places_of
from ponplan.design.planes import planes_of
from ponplan.design.portfolio import LOCATION_WORK_PER_CUSTOMER, Ground, Refused, best_plan
from ponplan.design.prices import trunk_prices
from ponplan.design.pricing import cable_floor_costs, opening_costs
from ponplan.design.problem import pose_problem
from ponplan.design.proof import Proof, Trenching, prove
from ponplan.design.protection.ground import two_way_ground
from ponplan.design.reach import reach_limits_m, within_reach
from ponplan.design.records import finish
from ponplan.design.trench import grow_trunk, open_routes
from ponplan.errors import Infeasible
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.design.decisions import Decisions
    from ponplan.design.draft import Draft
    from ponplan.design.problem import PlanProblem
    from ponplan.topology.network import Network

    Watch = Callable[[str], None]

NO_HALT = Halt()
EXPECTED_FIBRES = 24  # in a typical stretch: where the price of cable is linearised for the search


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A network with its bill, its proof and yesterday's way for comparison."""

    network: Network
    proof: Proof
    baseline: PointToPoint
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How a run goes about it."""

    effort: Effort
    seed: int
    jobs: int
    halt: Halt
    tell: Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """The decisions, the tree they rest on and the network as a draft."""

    decisions: Decisions
    trenching: Trenching
    draft: Draft


def design_network(
    area: Area,
    *,
    catalogue: Catalogue | None = None,
    seed: int = 0,
    jobs: int = 1,
    watch: Watch | None = None,
    effort: str = "normal",
    halt: Halt = NO_HALT,
) -> Design:
    """Find a least-cost network for an area and prove how far from the optimum it can be.

    Parameters
    ----------
    catalogue
        None takes the catalogue that comes with the program.
    seed
        The same area, catalogue and seed give the same design, on any number of processes.
    jobs
        Processes to plan with.
    watch
        Told in a few words what is being done.
    effort
        How much counted work to spend: quick, normal or best.
    halt
        When to end before that; such a design cannot be repeated.

    Raises
    ------
    AreaError
        When the area names what the catalogue does not have, or has no office.
    CatalogueError
        When a technology in use lacks a splitter, transceiver, card or enclosure allowed in design.
    Infeasible
        When not one customer can be served.
    """
    tell = watch or _nobody
    tell("putting customers on the routes")
    problem = pose_problem(area, catalogue or read_catalogue())
    return design_problem(problem, seed=seed, jobs=jobs, tell=tell, effort=effort, halt=halt)


def design_problem(
    problem: PlanProblem, *, seed: int, jobs: int, tell: Watch, effort: str = "normal", halt: Halt = NO_HALT
) -> Design:
    """Find a least-cost network for a problem and prove how far from the optimum it can be.

    Raises
    ------
    Infeasible
        When not one customer can be served.
    """
    problem = problem.without(customers_without_onu(problem))
    work = Work(effort=EFFORTS[effort], seed=seed, jobs=jobs, halt=halt, tell=tell)
    plan = _plan_without_refused(problem, work)
    decisions, problem = plan.decisions, plan.decisions.problem
    tell("writing the bill")
    network = finish(plan.draft)
    tell("proving the bound")
    stop = MaxWork(LOCATION_WORK_PER_CUSTOMER * len(problem.served))
    proof = prove(problem, decisions.cables, plan.trenching, network, stop=stop, rng=np.random.default_rng([seed, 2]))
    baseline = point_to_point(
        problem, decisions.trunk.tree, decisions.cables, fibres_per_customer=problem.area.rules.p2p_fibres
    )
    facts = run_facts(problem, network, proof, baseline, seed=seed, effort=effort, ended_by=halt.reason)
    return Design(network=replace(network, facts=facts), proof=proof, baseline=baseline, seed=seed)


def _plan_without_refused(problem: PlanProblem, work: Work) -> _Plan:
    """Plan again and again without those who cannot be served, until all who are left can."""
    while True:
        try:
            return _plan(_somebody(problem), work)
        except Refused as refused:
            problem = problem.without(refused.reasons)


def _plan(problem: PlanProblem, work: Work) -> _Plan:
    """Open routes, place splitters and share customers out over them."""
    cables = trunk_prices(problem.catalogue, problem.area.rules)
    line = max(cables.lines(), key=lambda line: line.fixed + EXPECTED_FIBRES * line.slope)
    costs = opening_costs(problem) + cable_floor_costs(problem, line.fixed)
    work.tell("looking for the least digging")
    stop = work.halt.digging(MaxWork(work.effort.steiner_work_per_edge * len(costs)))
    solution = open_routes(problem, costs, stop=stop, rng=np.random.default_rng([work.seed, 0]))
    planes, places = planes_of(problem, protected=True), places_of(problem)
    limits_m = reach_limits_m(problem, planes)
    opened = within_reach(problem, solution.edges[solution.edges < len(costs)], costs, limits_m)
    trunk = grow_trunk(problem, opened, costs, np.array([place.junction for place in places], np.int64))
    work.tell("placing splitters and laying cables")
    ground = Ground(
        problem=problem,
        planes=planes,
        places=places,
        trunk=trunk,
        line=line,
        cables=cables,
        joints=joints_of(problem, cables),
        limits_m=limits_m,
        seed=work.seed,
        two_way=two_way_ground(problem) if np.any(problem.protections != "none") else None,
        opening=opening_costs(problem),
    )
    decisions, draft = best_plan(ground, work.effort, jobs=work.jobs, halt=work.halt, tell=work.tell)
    return _Plan(decisions=decisions, trenching=Trenching(solution=solution, line=line), draft=draft)


def _somebody(problem: PlanProblem) -> PlanProblem:
    if not len(problem.served):
        reasons = sorted({customer.unserved for customer in problem.customers}) or ["the area has no customers"]
        raise Infeasible(f"nobody can be served: {'; '.join(reasons[:5])}")
    return problem


def _nobody(text: str) -> None:
    """Listen to nothing."""
