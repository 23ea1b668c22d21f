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
from ponplan.design.onus import with_terminals
from ponplan.design.places import places_of
from ponplan.design.planes import planes_of
from ponplan.design.portfolio import LOCATION_WORK_PER_CUSTOMER, Ground, best_plan
from ponplan.design.prices import trunk_prices
from ponplan.design.pricing import cable_floor_costs, opening_costs
from ponplan.design.problem import pose_problem
from ponplan.design.proof import Proof, Trenching, prove
from ponplan.design.protection.ground import two_way_ground
from ponplan.design.protection.twins import survey_twins
from ponplan.design.reach import reach_limits_m, within_reach
from ponplan.design.records import finish
from ponplan.design.refused import NotTwice, Refused
from ponplan.design.trench import grow_trunk, open_routes
from ponplan.errors import Infeasible
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.design.decisions import Decisions
    from ponplan.design.draft import Draft
    from ponplan.design.places import Place
    from ponplan.design.prices import CablePrices, Line
    from ponplan.design.problem import PlanProblem
    from ponplan.design.protection.ground import TwoWayGround
    from ponplan.design.protection.twins import TwinGround
    from ponplan.design.tree import RootedTree
    from ponplan.optimise.steiner import SteinerSolution
    from ponplan.topology.network import Network

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
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
    """Who is served, the decisions, the tree they rest on and the network as a draft."""

    problem: PlanProblem
    decisions: Decisions
    tree: RootedTree  # to everybody
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
    problem = with_terminals(problem)
    work = Work(effort=EFFORTS[effort], seed=seed, jobs=jobs, halt=halt, tell=tell)
    plan = _plan_without_refused(problem, work)
    problem = plan.problem
    tell("writing the bill")
    network = finish(plan.draft)
    tell("proving the bound")
    stop = MaxWork(LOCATION_WORK_PER_CUSTOMER * len(problem.served))
    rng = np.random.default_rng([seed, 2])
    proof = prove(problem, plan.decisions.cables, plan.trenching, network, stop=stop, rng=rng)
    fibres = problem.area.rules.p2p_fibres
    baseline = point_to_point(problem, plan.tree, plan.decisions.cables, fibres_per_customer=fibres)
    facts = run_facts(problem, network, proof, baseline, seed=seed, effort=effort, ended_by=halt.reason)
    return Design(network=replace(network, facts=facts), proof=proof, baseline=baseline, seed=seed)


def _plan_without_refused(problem: PlanProblem, work: Work) -> _Plan:
    """Plan again and again without those who cannot be served, until all who are left can.

    Where full protection cannot be had, the trunk is protected instead; the promise is listed as relaxed.
    """
    while True:
        try:
            return _plan(_somebody(problem), work)
        except Refused as refused:
            problem = problem.without(refused.reasons)
        except NotTwice as lacking:
            protections = problem.protections.copy()
            protections[list(lacking.members)] = "trunk"
            problem = replace(problem, protections=protections)


def _plan(problem: PlanProblem, work: Work) -> _Plan:
    """Open routes, place splitters and share customers out over them."""
    cables = trunk_prices(problem.catalogue, problem.area.rules)
    line = max(cables.lines(), key=lambda line: line.fixed + EXPECTED_FIBRES * line.slope)
    opening, floors = opening_costs(problem), cable_floor_costs(problem, line.fixed)
    work.tell("looking for the least digging")
    solution = _least_digging(problem, opening + floors, work)
    places = places_of(problem)
    limits_m = reach_limits_m(problem, planes_of(problem, protected=True))
    whole = opened = within_reach(problem, solution.edges[solution.edges < len(opening)], opening + floors, limits_m)
    two_way = two_way_ground(problem) if np.any(problem.protections != "none") else None
    is_full = problem.protections == "full"
    plain, twins = problem.only(~is_full), None
    if two_way is not None and is_full.any():
        work.tell("closing rings")
        twins = _two_trees(problem, two_way, opening, floors, places, limits_m, work, line=line, cables=cables)
        opening = opening.copy()
        opening[twins.segments] = 0.0
        opened = _routes_of(plain, opening + floors, limits_m[~is_full], work)
    junctions = np.array([place.junction for place in places if len(plain.served)], np.int64)
    trunk = grow_trunk(plain, opened, opening + floors, junctions)
    work.tell("placing splitters and laying cables")
    ground = Ground(
        problem=plain,
        planes=planes_of(plain, protected=True),
        places=places,
        trunk=trunk,
        line=line,
        cables=cables,
        joints=joints_of(problem, cables),
        limits_m=limits_m[~is_full],
        seed=work.seed,
        two_way=two_way,
        opening=opening,
        opened=opened,
        twins=twins,
    )
    try:
        decisions, draft = best_plan(ground, work.effort, jobs=work.jobs, halt=work.halt, tell=work.tell)
    except Refused as refused:
        rows = np.flatnonzero(~is_full)
        raise Refused({int(rows[member]): reason for member, reason in refused.reasons.items()}) from refused
    return _Plan(
        problem=problem,
        decisions=decisions,
        tree=trunk.tree if twins is None else grow_trunk(problem, whole, opening + floors, junctions).tree,
        trenching=Trenching(solution=solution, line=line),
        draft=draft,
    )


def _least_digging(problem: PlanProblem, costs: FloatArray, work: Work) -> SteinerSolution:
    stop = work.halt.digging(MaxWork(work.effort.steiner_work_per_edge * len(costs)))
    return open_routes(problem, costs, stop=stop, rng=np.random.default_rng([work.seed, 0]))


def _two_trees(
    problem: PlanProblem,
    two_way: TwoWayGround,
    opening: FloatArray,
    floors: FloatArray,
    places: Sequence[Place],
    limits_m: FloatArray,
    work: Work,
    *,
    line: Line,
    cables: CablePrices,
) -> TwinGround:
    """Find both trees of the fully protected beside the routes that the others would open without them."""
    is_full = problem.protections == "full"
    left = opening.copy()
    left[_routes_of(problem.only(~is_full), opening + floors, limits_m[~is_full], work)] = 0.0
    return survey_twins(problem, two_way, left, places, line=line, cables=cables, limits_m=limits_m)


def _routes_of(problem: PlanProblem, costs: FloatArray, limits_m: FloatArray, work: Work) -> IntArray:
    """Give the routes to open for a part of the customers, none for nobody."""
    if not len(problem.served):
        return np.zeros(0, np.int64)
    solution = _least_digging(problem, costs, work)
    return within_reach(problem, solution.edges[solution.edges < len(costs)], costs, limits_m)


def _somebody(problem: PlanProblem) -> PlanProblem:
    if not len(problem.served):
        reasons = sorted({customer.unserved for customer in problem.customers}) or ["the area has no customers"]
        raise Infeasible(f"nobody can be served: {'; '.join(reasons[:5])}")
    return problem


def _nobody(text: str) -> None:
    """Listen to nothing."""
