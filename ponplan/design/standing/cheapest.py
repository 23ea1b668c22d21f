"""The cheapest of several plans on kept plant: more or fewer customers on free legs, the rest on new splitters."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.baseline import PointToPoint
from ponplan.design.bill import cost_total
from ponplan.design.draft import Draft
from ponplan.design.effort import EFFORTS
from ponplan.design.facts import run_facts
from ponplan.design.groundwork import expected_line
from ponplan.design.joints import joints_of
from ponplan.design.places import places_of
from ponplan.design.planes import planes_of
from ponplan.design.portfolio import LOCATION_WORK_PER_CUSTOMER
from ponplan.design.prices import trunk_prices
from ponplan.design.pricing import cable_floor_costs, opening_costs
from ponplan.design.proof import prove, prove_kept
from ponplan.design.records import finish
from ponplan.design.run import Design, design_problem
from ponplan.design.standing.attach import attached
from ponplan.design.standing.legs import choose_legs, price_graph
from ponplan.design.standing.soundness import is_sound, with_relaxed_again
from ponplan.design.standing.sowing import sow
from ponplan.design.standing.wishes import refuse_forgotten
from ponplan.design.trench import open_routes
from ponplan.errors import AreaError, DesignFileError, Infeasible
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from ponplan.design.effort import Halt
    from ponplan.design.problem import PlanProblem
    from ponplan.design.standing.knownbound import KnownBound
    from ponplan.errors import PonplanError
    from ponplan.topology.network import Relaxed

    IntArray = NDArray[np.int64]

# what share of a new splitter with its port a customer is taken to cost who gets no free leg; None uses no free leg
WORTHS = (None, 0.1, 1.0)
# likewise where dark fibres are not hoped for: new cables then keep away from full routes that they lie in
SOBER_WORTHS = (None, 1.0)
RELAXED_COST = 1e12  # a plan that breaks no rule beats any that does
MOST_ROUNDS = 40  # of leaving out customers whom the rules refuse


def cheapest_on_standing(
    problem: PlanProblem,
    *,
    seed: int,
    jobs: int,
    tell: Callable[[str], None],
    effort: str,
    halt: Halt,
    reproduction: PlanProblem | None = None,
    relaxed: Sequence[Relaxed] = (),
    known: KnownBound | None = None,
) -> Design:
    """Plan several times and give the cheapest design (the first of equals), with its proof.

    Parameters
    ----------
    reproduction
        The same problem with the whole earlier design kept, as `reproduced` poses it: the plan is not dearer.
    relaxed
        Rules that the earlier design did not keep: where what is kept still breaks them, they are listed again.
    known
        A bound that is known already.

    Raises
    ------
    Infeasible
        When not one customer can be served.
    AreaError, DesignFileError
        When no plan can use all that is locked: what the first one complains of.
    """

    def plan(rest: PlanProblem) -> Design:
        """Plan for everybody who is left, if anybody is."""
        design = (
            design_problem(rest, seed=seed, jobs=jobs, tell=tell, effort=effort, halt=halt, is_attempt=True)
            if len(rest.served)
            else only_kept(rest, seed, effort=effort)
        )
        design = replace(design, network=with_relaxed_again(design.network, relaxed))
        refuse_forgotten(problem, design.network)
        return design

    hopeless: list[PonplanError] = []
    again: list[Design] = []
    for rest in _reproductions(reproduction, seed, effort, halt):
        with suppress(Infeasible, AreaError, DesignFileError):
            design = plan(rest)
            again += [design] if is_sound(design.network) else []
    designs: list[Design] = []
    done: set[tuple[object, ...]] = set()
    for attempt in _attempts(problem):
        tell("using what is free")
        ground = attempt.ground
        if attempt.worth is None:  # the first of each ground
            rest, dug = ground, _least_digging(ground, seed, effort, halt)
        else:
            rest = _on_free_legs(ground, attempt, dug[:0] if attempt.is_alone else dug)
        key = (ground is problem, tuple(rest.served.tolist()), _lit(rest))
        if key in done:
            continue
        done.add(key)
        try:
            designs.append(plan(rest))
        except (Infeasible, AreaError, DesignFileError) as error:
            hopeless.append(error)
    if not again and not designs:
        raise hopeless[0]
    best = min([*again, *designs], key=_rank)
    tell("proving the bound")
    # yesterday's way is that of everybody who is planned for, whoever the earlier design serves already
    everybody = designs[0] if designs else best
    return _proven(problem, replace(best, baseline=everybody.baseline), known, seed, effort, halt)


def _reproductions(problem: PlanProblem | None, seed: int, effort: str, halt: Halt) -> Iterator[PlanProblem]:
    """Give the whole earlier design, and that with those who are new or let go on its free legs."""
    if problem is None:
        return
    yield problem
    if len(problem.served):
        dug = _least_digging(problem, seed, effort, halt)
        more = _on_free_legs(problem, _Attempt(ground=problem, worth=1.0), dug)
        if more is not problem:
            yield more


def _lit(problem: PlanProblem) -> tuple[tuple[tuple[str, int], ...], ...]:
    """Give the fibres of all links that are there before the rest is planned."""
    return () if problem.standing is None else tuple(link.strands for link in problem.standing.network.links)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """How a plan is to begin.

    Parameters
    ----------
    worth
        Of a free leg; None where none is used.
    is_sown
        Whether kept cabinets that dark fibres lead to and from get splitters first.
    is_alone
        Whether each customer without a leg is taken to dig alone, not along what others dig.
    is_from_standing
        And to dig from a cabinet that stands, not from one nearby.
    """

    ground: PlanProblem
    worth: float | None
    is_sown: bool = False
    is_alone: bool = False
    is_from_standing: bool = False


def _attempts(problem: PlanProblem) -> Iterator[_Attempt]:
    """Give the ways to begin, the first of each ground without free legs."""
    standing = problem.standing
    assert standing is not None  # noqa: S101 - nothing calls this without kept plant
    yield from (_Attempt(ground=problem, worth=worth) for worth in WORTHS)
    yield _Attempt(ground=problem, worth=1.0, is_sown=True)
    if np.any(standing.has_dark_fibre & ~standing.is_open):
        sober = replace(problem, standing=replace(standing, is_hopeful=False))
        yield from (_Attempt(ground=sober, worth=worth) for worth in SOBER_WORTHS)
        yield _Attempt(ground=sober, worth=1.0, is_sown=True)
        yield _Attempt(ground=sober, worth=1.0, is_sown=True, is_alone=True)
        yield _Attempt(ground=sober, worth=1.0, is_sown=True, is_alone=True, is_from_standing=True)


def only_kept(problem: PlanProblem, seed: int, *, effort: str) -> Design:
    """Give the kept plant as a design: there is nobody left to plan for."""
    network = finish(Draft(problem=problem))
    proof = prove_kept(network)
    nothing = dict.fromkeys((field.name for field in fields(PointToPoint)), 0)
    baseline = PointToPoint(**{**nothing, "by_class": {}})  # type: ignore[arg-type]
    facts = run_facts(problem, network, proof, baseline, seed=seed, effort=effort, ended_by="effort")
    return Design(network=replace(network, facts=facts), proof=proof, baseline=baseline, seed=seed)


def _rank(design: Design) -> tuple[int, float]:
    unserved = sum(bool(customer.unserved) for customer in design.network.customers)
    return unserved, cost_total(design.network.bill) + RELAXED_COST * len(design.network.relaxed)


def _least_digging(problem: PlanProblem, seed: int, effort: str, halt: Halt) -> IntArray:
    """Give the segments that a plan for everybody would open: customers on free legs share them with the others."""
    cables = trunk_prices(problem.catalogue, problem.area.rules)
    costs = opening_costs(problem) + cable_floor_costs(problem, expected_line(cables).fixed)
    stop = halt.digging(MaxWork(EFFORTS[effort].steiner_work_per_edge * len(costs)))
    edges = open_routes(problem, costs, stop=stop, rng=np.random.default_rng([seed, 0])).edges
    return edges[edges < len(costs)]


def _on_free_legs(problem: PlanProblem, attempt: _Attempt, dug: IntArray) -> PlanProblem:
    """Connect customers to free legs where that looks cheaper, but for those whom the rules refuse there."""
    assert attempt.worth is not None  # noqa: S101 - free legs are used
    cables = trunk_prices(problem.catalogue, problem.area.rules)
    graph = price_graph(problem, expected_line(cables), dug)
    planes, places, joints = planes_of(problem), places_of(problem), joints_of(problem, cables)
    if attempt.is_from_standing:
        places = [one for one in places if one.node] or places
    refused: set[int] = set()
    for _ in range(MOST_ROUNDS):
        ground, legs = (
            sow(problem, planes, places, graph, refused=refused)
            if attempt.is_sown
            else (problem, choose_legs(problem, planes, places, graph, worth=attempt.worth, refused=refused))
        )
        if not legs:
            break
        rest, more = attached(ground, legs, joints, graph)
        if not more:
            return rest
        refused |= more.keys()
    return problem


def _proven(
    problem: PlanProblem, design: Design, known: KnownBound | None, seed: int, effort: str, halt: Halt
) -> Design:
    """Give the design with a proof for all customers together, whoever got a free leg."""
    network = design.network
    reasons = {customer.id: customer.unserved for customer in network.customers}
    ids = [problem.customers[row].id for row in problem.served.tolist()]
    problem = problem.without({place: reasons[name] for place, name in enumerate(ids) if reasons[name]})
    if not len(problem.served):
        return design
    proof = prove(
        problem,
        trunk_prices(problem.catalogue, problem.area.rules),
        None,
        network,
        stop=MaxWork(LOCATION_WORK_PER_CUSTOMER * len(problem.served)),
        rng=np.random.default_rng([seed, 2]),
    )
    proof = proof if known is None else known.for_plan(network, proof)
    bare = replace(network, facts={})
    facts = run_facts(problem, bare, proof, design.baseline, seed=seed, effort=effort, ended_by=halt.reason)
    return replace(design, network=replace(network, facts=facts), proof=proof)
