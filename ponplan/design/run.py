"""From a problem to a design: the steps in order, and what each hands to the next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.baseline import PointToPoint, point_to_point
from ponplan.design.bill import cost_total
from ponplan.design.bus.places import taps_for
from ponplan.design.bus.plan import with_buses
from ponplan.design.effort import EFFORTS, Effort, Halt
from ponplan.design.facts import run_facts
from ponplan.design.groundwork import lay_ground
from ponplan.design.layers import Trenching
from ponplan.design.onus import with_terminals
from ponplan.design.portfolio import LOCATION_WORK_PER_CUSTOMER, LaidOut, best_plan
from ponplan.design.proof import Proof, first_bound, prove
from ponplan.design.records import finish
from ponplan.design.refused import NotDirect, NotTwice, Refused
from ponplan.design.sheaths.share import share_sheaths
from ponplan.design.telling import Telling
from ponplan.design.trench import open_routes
from ponplan.design.twostage.plan import with_second_stage
from ponplan.errors import Infeasible
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from ponplan.design.decisions import Decisions
    from ponplan.design.draft import Draft
    from ponplan.design.portfolio import Ground
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree
    from ponplan.optimise.steiner import SteinerSolution
    from ponplan.topology.network import Network

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    Watch = Callable[[str], None]
    Planner = Callable[[PlanProblem, "Work"], "Plan"]

NO_HALT = Halt()


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
    tell: Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who is served, the decisions, the tree they rest on and the network as a draft.

    `facts` are added to those of the run; `trenching` is None where routes were not opened as one cheapest tree.
    """

    problem: PlanProblem
    decisions: Decisions
    tree: RootedTree  # to everybody
    trenching: Trenching | None
    draft: Draft
    facts: Mapping[str, object] = field(default_factory=dict)


def design_problem(
    problem: PlanProblem,
    *,
    seed: int,
    jobs: int,
    tell: Watch,
    effort: str = "normal",
    halt: Halt = NO_HALT,
    plan: Planner | None = None,
    is_attempt: bool = False,
) -> Design:
    """Plan a network for a problem and prove how far from the optimum it can be.

    Parameters
    ----------
    plan
        How to plan; None looks for the least cost.
    is_attempt
        Whether the design is one of several under prices of their own, and the chosen one is proved anew.

    Raises
    ------
    Infeasible
        When not one customer can be served.
    """
    problem = with_terminals(problem)
    telling = Telling(tell)
    work = Work(effort=EFFORTS[effort], seed=seed, jobs=jobs, halt=halt, tell=telling)
    made = _plan_without_refused(problem, work, plan or _plan)
    problem = made.problem
    telling("writing the bill")
    network = finish(made.draft)
    if not network.relaxed:
        telling.found(cost_total(network.bill))
    telling("proving the bound")
    stop = MaxWork(LOCATION_WORK_PER_CUSTOMER * len(problem.served))
    rng = np.random.default_rng([seed, 2])
    cables, trenching = made.decisions.cables, made.trenching
    proof = prove(problem, cables, trenching, network, stop=stop, rng=rng, is_attempt=is_attempt)
    fibres = problem.area.rules.p2p_fibres
    baseline = point_to_point(problem, made.tree, cables, fibres_per_customer=fibres)
    facts = run_facts(problem, network, proof, baseline, seed=seed, effort=effort, ended_by=halt.reason)
    told = {**facts, **made.facts}
    return Design(network=replace(network, facts=told), proof=proof, baseline=baseline, seed=seed)


def _plan_without_refused(problem: PlanProblem, work: Work, plan: Planner) -> Plan:
    """Plan again and again without those who cannot be served, until all who are left can.

    Where full protection cannot be had, the trunk is protected instead; the promise is listed as relaxed.
    """
    while True:
        work.tell.begin()
        try:
            return plan(_somebody(problem), work)
        except Refused as refused:
            problem = problem.without(refused.reasons)
        except NotDirect as refused:
            problem = problem.without(refused.reasons)
        except NotTwice as lacking:
            protections = problem.protections.copy()
            protections[list(lacking.members)] = "trunk"
            problem = replace(problem, protections=protections)


def _plan(problem: PlanProblem, work: Work) -> Plan:
    """Open routes, place splitters and share customers out over them."""
    digging = LeastDigging(work)
    laid = lay_ground(problem, digging, seed=work.seed, tell=work.tell)
    trenching = Trenching(solution=digging.solutions[0], line=laid.ground.line)
    work.tell.proved(first_bound(problem, trenching))
    work.tell("placing splitters and laying cables")
    try:
        ground, plan = best_plan(laid.ground, work.effort, jobs=work.jobs, halt=work.halt, tell=work.tell)
    except Refused as refused:
        rows = np.flatnonzero((problem.protections != "full") & ~problem.is_direct)
        raise Refused({int(rows[member]): reason for member, reason in refused.reasons.items()}) from refused
    # every trial would plan the twice reached anew, which takes minutes: beside them one stage is kept
    if problem.area.rules.cascades and len(ground.problem.served) and ground.twins is None:
        plan = _with_cascades(ground, plan, work)
    work.tell("putting fibres side by side into one cable")
    return Plan(
        problem=problem,
        decisions=plan.decisions,
        tree=laid.tree,
        trenching=trenching,
        draft=plan.draft if work.halt.is_over() else share_sheaths(plan.draft, ground.cables),
    )


def _with_cascades(ground: Ground, plan: LaidOut, work: Work) -> LaidOut:
    """Let splitters feed splitters, and taps customers along roads, where rules permit it and it is cheaper."""
    if ground.problem.area.rules.stages > 1:
        plan = with_second_stage(ground, plan, work.effort, work.halt, work.tell)
    if taps_for(ground.problem):
        plan = with_buses(ground, plan, work.halt, work.tell)
    return plan


class LeastDigging:
    """Looks for the cheapest routes, and remembers what it found."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.solutions: list[SteinerSolution] = []

    def __call__(self, problem: PlanProblem, costs: FloatArray) -> IntArray:
        """Give the cheapest routes found that join every served customer's premises with an office."""
        work = self.work
        stop = work.halt.digging(MaxWork(work.effort.steiner_work_per_edge * len(costs)))
        solution = open_routes(problem, costs, stop=stop, rng=np.random.default_rng([work.seed, 0]))
        self.solutions.append(solution)
        return solution.edges[solution.edges < len(costs)]


def _somebody(problem: PlanProblem) -> PlanProblem:
    if not len(problem.served):
        reasons = sorted({customer.unserved for customer in problem.customers}) or ["the area has no customers"]
        raise Infeasible(f"nobody can be served: {'; '.join(reasons[:5])}")
    return problem
