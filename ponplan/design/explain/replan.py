"""A design's decisions taken up again, so that any other sharing-out of customers is priced by the whole bill."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.assignments import assignments_of
from ponplan.design.bill import cost_total
from ponplan.design.effort import EFFORTS, Halt
from ponplan.design.explain.posed import pose_again
from ponplan.design.groundwork import lay_ground
from ponplan.design.improving import layout_costs
from ponplan.design.onus import with_terminals
from ponplan.design.placement import Placed, places_on
from ponplan.design.planes import planes_of
from ponplan.design.portfolio import lay_out
from ponplan.design.problem import pose_problem
from ponplan.design.records import finish
from ponplan.design.refused import Refused
from ponplan.design.run import LeastDigging, Work
from ponplan.design.sheaths.share import share_sheaths
from ponplan.design.standing.known import known_rules
from ponplan.design.telling import Telling
from ponplan.errors import DesignFileError, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ponplan.area.model import Area
    from ponplan.design.layout_costs import LayoutCosts
    from ponplan.design.portfolio import Ground
    from ponplan.design.problem import PlanProblem
    from ponplan.topology.network import Network

    IntArray = NDArray[np.int64]

CENT = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What a plan costs; None where it cannot be built, with the reason.

    `broken` names the rules that it breaks beyond those of the design.
    """

    cost: float | None
    refused: str = ""
    broken: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Replanning:
    """The ground of a design and who is served from where on it.

    Parameters
    ----------
    cost
        Of the design laid out again from its decisions; `is_exact` says whether that is the design's own bill.
    relaxed
        Rules and subjects that the design does not keep.
    """

    ground: Ground
    placed: Placed
    network: Network
    cost: float
    relaxed: frozenset[tuple[str, str]]

    @property
    def is_exact(self) -> bool:
        """Say whether the design laid out again has its own bill to the cent."""
        return abs(self.cost - cost_total(self.network.bill)) < CENT

    @cached_property
    def customers(self) -> dict[str, int]:
        """Positions of the customers by id."""
        problem = self.ground.problem
        return {problem.customers[row].id: member for member, row in enumerate(problem.served.tolist())}

    @cached_property
    def estimates(self) -> LayoutCosts:
        """What places cost one by one, nearly: to choose what is worth pricing in full."""
        return layout_costs(self.ground, self.placed)

    def members(self, place: int) -> IntArray:
        """Give the customers of a place."""
        return np.flatnonzero(self.placed.assignment == place)

    def may_serve(self, place: int, members: IntArray) -> bool:
        """Say whether a place may serve these customers: a room only who is inside, and all within reach."""
        ground, problem = self.ground, self.ground.problem
        where = self.placed.places[place]
        if where.kind == "room":
            indoor = problem.graph.kinds[problem.drop_edges[members]] == "indoor"
            if not np.all(indoor & (problem.access[members] == where.junction)):
                return False
        bound = assignments_of(problem, (where,))
        if bound is not None and np.any(np.isinf(bound.cost(members, np.zeros(1, np.int64)))):
            return False
        ways_m = ground.trunk.tree.distances_m(problem.access[members], np.array([where.junction]))
        ways_m = ways_m + self.placed.feeder_m[place] + problem.graph.lengths_m[problem.drop_edges[members]]
        return bool(np.all(ways_m <= ground.limits_m[members]))

    def laid(self, assignment: IntArray) -> Network:
        """Give the whole network with another assignment of customers to places.

        Raises
        ------
        Refused
            When somebody cannot be served from there.
        """
        return _laid(self.ground, self.placed, assignment)

    def price(self, assignments: Sequence[IntArray], *, jobs: int = 1) -> list[Priced]:
        """Give what the whole plan costs with other assignments of customers to places."""
        make = partial(_price, self.ground, self.placed, self.relaxed)
        if jobs > 1 and len(assignments) > 1:
            from joblib import Parallel, delayed

            found: list[Priced] = Parallel(n_jobs=min(jobs, len(assignments)))(delayed(make)(a) for a in assignments)
            return found
        return [make(assignment) for assignment in assignments]

    def price_without(self, members: IntArray) -> Priced:
        """Give what the plan costs without some customers."""
        ground = self.ground
        kept = np.ones(len(ground.problem.served), bool)
        kept[members] = False
        problem = ground.problem.only(kept)
        fewer = replace(
            ground,
            problem=problem,
            planes=planes_of(problem, protected=True) if kept.any() else (),
            limits_m=ground.limits_m[kept],
        )
        placed = replace(self.placed, assignment=self.placed.assignment[kept])
        return _price(fewer, placed, self.relaxed, placed.assignment)


def take_up(network: Network, *, area: Area | None = None, tell: Callable[[str], None]) -> Replanning:
    """Take up the decisions of a design again.

    Parameters
    ----------
    area
        That the design was made from; needed where customers are protected.

    Raises
    ------
    DesignFileError
        The design cannot be taken up: it has taps, was made from an earlier one, or is not of this area.
    """
    if any(network.catalogue.splitters[splitter.type].kind == "tap" for splitter in network.splitters):
        reason = "has taps along a road, each in the light of those before it: they are not taken apart again"
        raise DesignFileError([Fault(file=network.name, problem=reason)])
    if "from" in network.facts:
        reason = "was made from an earlier design: what stands there cannot be moved, so no alternative is priced"
        raise DesignFileError([Fault(file=network.name, problem=reason)])
    tell("posing the problem again")
    problem = _posed(network, area)
    is_protected = bool(np.any(problem.protections != "none"))
    seed, effort = int(str(network.facts.get("seed", 0))), str(network.facts.get("effort", "normal"))
    work = Work(effort=EFFORTS[effort], seed=seed, jobs=1, halt=Halt(), tell=Telling(tell))
    dig = LeastDigging(work) if is_protected else _as_dug(network)
    ground = lay_ground(problem, dig, seed=seed, tell=tell, shorten=is_protected).ground
    placed = _placed(network, ground)
    tell("laying it out again")
    relaxed = frozenset((entry.rule, entry.subject) for entry in network.relaxed)
    priced = _price(ground, placed, relaxed, placed.assignment)
    if priced.cost is None:
        raise DesignFileError([Fault(file=network.name, problem=f"cannot be laid out again: {priced.refused}")])
    return Replanning(ground=ground, placed=placed, network=network, cost=priced.cost, relaxed=relaxed)


def _posed(network: Network, area: Area | None) -> PlanProblem:
    """Pose the problem of the customers whom the design serves."""
    if area is None:
        problem = pose_again(network)
    else:
        problem = pose_problem(replace(area, rules=known_rules(network)), network.catalogue)
    problem = with_terminals(problem)
    served = {customer.id for customer in network.customers if not customer.unserved}
    ids = [problem.customers[row].id for row in problem.served.tolist()]
    if served - set(ids):
        fault = Fault(
            file=network.name,
            problem=f"serves customers whom the area does not have, such as {min(served - set(ids))}",
            remedy="name the area that the design was made from",
        )
        raise DesignFileError([fault])
    return problem.without({row: "not served by the design" for row, name in enumerate(ids) if name not in served})


def _as_dug(network: Network) -> Callable[[PlanProblem, NDArray[np.float64]], IntArray]:
    """Open the routes that the design opens."""
    opened = {route.id for route in network.routes if route.state == "new"}

    def dig(problem: PlanProblem, _costs: NDArray[np.float64]) -> IntArray:
        ids = problem.graph.segment_ids
        return np.array([edge for edge, name in enumerate(ids) if name in opened], np.int64)

    return dig


def _placed(network: Network, ground: Ground) -> Placed:
    """Give from where the design serves each customer.

    Raises
    ------
    DesignFileError
        A splitter stands where none may stand.
    """
    places, offices, feeder_m = places_on(ground.problem, ground.places, ground.trunk)
    number = {place.id: index for index, place in enumerate(places)}
    nodes = {node.id: node for node in network.nodes}
    splitters = {splitter.id: nodes[splitter.node] for splitter in network.splitters}
    onus = {onu.id: onu.customer for onu in network.onus}
    host = {
        onus[link.to_device]: splitters[link.from_device]
        for link in network.links
        if link.to_device in onus and link.role == "working" and link.from_device in splitters
    }
    ids = [ground.problem.customers[row].id for row in ground.problem.served.tolist()]
    strange = sorted({host[name].id for name in ids if name in host and host[name].site not in number})
    if strange or any(name not in host for name in ids):
        what = f"its splitters stand where none may: {', '.join(strange[:5])}" if strange else "fibres lead past it"
        raise DesignFileError([Fault(file=network.name, problem=f"cannot be laid out again: {what}")])
    assignment = np.array([number[host[name].site] for name in ids], np.int64)
    return Placed(places=places, assignment=assignment, offices=offices, feeder_m=feeder_m, refused={})


def _price(ground: Ground, placed: Placed, known: frozenset[tuple[str, str]], assignment: IntArray) -> Priced:
    try:
        network = _laid(ground, placed, assignment)
    except Refused as refused:
        member, reason = next(iter(refused.reasons.items()))
        customer = ground.problem.customers[int(ground.problem.served[member])].id
        return Priced(cost=None, refused=f"{customer}: {reason}")
    broken = [f"{e.rule} of {e.subject}" for e in network.relaxed if (e.rule, e.subject) not in known]
    return Priced(cost=cost_total(network.bill), broken=tuple(broken))


def _laid(ground: Ground, placed: Placed, assignment: IntArray) -> Network:
    draft = lay_out(ground, replace(placed, assignment=assignment))[1]
    return finish(share_sheaths(draft, ground.cables))
