"""Several ways of weighing fibre against cabinets, each planned to the end; the best are improved, the cheapest wins.

The location problem prices fibre by the metre and cabinets by a line, while the bill pays for cables in steps,
closures and splices where they are tapered, and cabinets by size. Which weights foresee the bill best differs from
town to town.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ponplan.design.assemble import assemble, joints_per_customer
from ponplan.design.bill import cost_total
from ponplan.design.decisions import Decisions
from ponplan.design.direct import decide_direct, joints_met
from ponplan.design.effort import RING_WEIGHTS
from ponplan.design.improving import share_out_all_better
from ponplan.design.placement import Placed, place_customers
from ponplan.design.protection.exposure import LISTED
from ponplan.design.protection.feeders import close_rings
from ponplan.design.protection.twindecisions import decide_twins
from ponplan.design.records import finish
from ponplan.design.refused import Refused
from ponplan.design.rerouting import may_reroute, placed_on, rerouted
from ponplan.design.side_by_side import side_by_side
from ponplan.design.splits import split_customers
from ponplan.design.telling import MOST_COST
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ponplan.design.decisions import TwinDecisions
    from ponplan.design.direct import DirectGround
    from ponplan.design.draft import Draft
    from ponplan.design.effort import Effort, Halt, Weights
    from ponplan.design.joints import Joints
    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.prices import CablePrices, Line
    from ponplan.design.problem import PlanProblem
    from ponplan.design.protection.feeders import Rings
    from ponplan.design.protection.ground import TwoWayGround
    from ponplan.design.protection.twins import TwinGround
    from ponplan.design.splits import PlannedSplitter
    from ponplan.design.telling import Telling
    from ponplan.design.trench import Trunk
    from ponplan.topology.network import Network

    Rearrange = Callable[[Sequence[PlannedSplitter], NDArray[np.int64]], Sequence[PlannedSplitter]]

T = TypeVar("T")

UNSAFE_COST_PER_M = 1e4  # of feeder that both ways share: more than any detour costs
EXPECTED_JOINTS = 2  # splices between cables from port to terminal that light is first planned for
LOCATION_WORK_PER_CUSTOMER = 3_000


NOBODY = Placed(
    places=(), assignment=np.zeros(0, np.int64), offices=np.zeros(0, np.int64), feeder_m=np.zeros(0), refused={}
)  # a plant without customers


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all plans of the portfolio share."""

    problem: PlanProblem
    planes: Sequence[Plane]
    places: Sequence[Place]
    trunk: Trunk
    line: Line
    cables: CablePrices
    joints: Joints
    limits_m: NDArray[np.float64]  # (c,)
    seed: int
    two_way: TwoWayGround | None = None  # where somebody is protected
    opening: NDArray[np.float64] | None = None  # (m,) as `opening_costs`, nothing where full protection opens
    opened: NDArray[np.int64] | None = None  # segments that the unprotected plant opens
    twins: TwinGround | None = None  # where somebody is fully protected
    closing: NDArray[np.float64] | None = None  # as `closing_costs`, where somebody's trunk is protected
    direct: DirectGround | None = None  # customers who are not in `problem`, if somebody has a direct fibre


def as_split(splitters: Sequence[PlannedSplitter], _: NDArray[np.int64]) -> Sequence[PlannedSplitter]:
    """Give the splitters with a port each, as they are."""
    return splitters


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    """A plan laid out to its end, and how `lay_out` comes to it."""

    decisions: Decisions
    draft: Draft
    placed: Placed
    rearrange: Rearrange = as_split

    @classmethod
    def of(cls, ground: Ground, placed: Placed, rearrange: Rearrange = as_split) -> LaidOut:
        """Lay a plan out; raise `Refused` when somebody cannot be served."""
        decisions, draft = lay_out(ground, placed, rearrange)
        return cls(decisions=decisions, draft=draft, placed=placed, rearrange=rearrange)

    def cost(self) -> float:
        """Give its bill, and more than any bill for each rule that it breaks."""
        return true_cost(self.draft)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """How one plan of the portfolio ended: its cost, or whom it refuses. Its ground is as large as the area."""

    cost: float
    placed: Placed | None
    refused: dict[int, str]


def best_plan(ground: Ground, effort: Effort, *, jobs: int, halt: Halt, tell: Telling) -> tuple[Ground, LaidOut]:
    """Plan with all weights, improve the cheapest plans, and give the cheapest of all (the first of equals).

    The plans that are improved choose their routes anew; the ground that the cheapest one stands on comes with it.

    Parameters
    ----------
    jobs
        Processes to plan on; the answer does not depend on it.
    halt
        When it is over, the best plan so far is given; there is at least one.

    Raises
    ------
    Refused
        When every plan refuses somebody; with those whom the first one refuses.
    """
    if not len(ground.problem.served):
        return ground, LaidOut.of(ground, NOBODY)
    effort = effort.for_customers(len(ground.problem.served))
    portfolio = (*effort.portfolio, *(() if ground.closing is None else RING_WEIGHTS))
    entries = _all(partial(_try, ground), portfolio, jobs=jobs, halt=halt, tell=tell)
    order = sorted(range(len(entries)), key=lambda index: (entries[index].cost, index))
    promising = [entries[index].placed for index in order[: effort.num_regrouped]]
    plans = [(ground, placed) for placed in promising if placed is not None]
    grounds = [ground] * len(entries)
    if plans and not halt.is_over():
        tell("choosing routes for the fibres")
        plans = _on_better_routes(plans, jobs=jobs, halt=halt)
        plans = share_out_all_better(plans, jobs=jobs, halt=halt, tell=tell)
        entries += _all(_entry, plans, jobs=jobs, halt=halt, tell=tell)
        grounds += [own for own, _ in plans]
    best = min(range(len(entries)), key=lambda index: entries[index].cost)
    placed = entries[best].placed
    if placed is None:
        raise Refused(entries[0].refused)
    plan = grounds[best], placed
    again = plan if halt.is_over() else _on_better_routes([plan], jobs=1, halt=halt)[0]
    if again[0] is not plan[0]:
        last = _entry(again)
        tell.found(last.cost)
        plan = again if last.cost < entries[best].cost else plan
    return plan[0], LaidOut.of(*plan)


def _on_better_routes(
    plans: Sequence[tuple[Ground, Placed]], *, jobs: int, halt: Halt
) -> list[tuple[Ground, Placed]]:
    """Give each plan on routes that are cheaper for its fibres, where there are any and until it is over."""
    moved = list(plans)
    for number, routes in enumerate(side_by_side(_better_routes, plans, jobs=jobs, halt=halt)):
        if routes is not None:
            ground, placed = plans[number]
            ground = replace(ground, trunk=routes[0], opened=routes[1])
            moved[number] = ground, placed_on(ground, placed)
    return moved


def _better_routes(plan: tuple[Ground, Placed]) -> tuple[Trunk, NDArray[np.int64] | None] | None:
    """Give the tree and the segments that a plan opens on cheaper routes; of its ground nothing else changes."""
    ground, placed = plan
    moved = rerouted(ground, lay_out(ground, placed)[0]) if may_reroute(ground) else None
    return None if moved is None else (moved.trunk, moved.opened)


def _all(make: Callable[[T], _Entry], items: Sequence[T], *, jobs: int, halt: Halt, tell: Telling) -> list[_Entry]:
    """Make an entry of each item until it is over, but at least of the first."""
    entries: list[_Entry] = []
    for entry in side_by_side(make, items, jobs=jobs, halt=halt):
        entries.append(entry)
        tell.found(entry.cost)
    return entries


def _try(ground: Ground, weights: Weights) -> _Entry:
    return _entry((ground, share_out(ground, weights)))


def share_out(ground: Ground, weights: Weights) -> Placed:
    """Choose places and give each of them its customers, with fibre and cabinets weighed so."""
    line = replace(ground.line, slope=ground.line.slope * weights.fibre)
    return place_customers(
        ground.problem,
        ground.planes,
        ground.places,
        ground.trunk,
        line,
        ground.limits_m,
        customers_per_place=weights.customers_per_place,
        stop=MaxWork(LOCATION_WORK_PER_CUSTOMER * len(ground.problem.served)),
        rng=np.random.default_rng([ground.seed, 1]),
        exposure=_exposure(ground, weights),
    )


def _exposure(ground: Ground, weights: Weights) -> NDArray[np.float64] | None:
    """Give (nodes,) what a place costs each customer with a protected trunk; None where there is none."""
    if ground.two_way is None or ground.closing is None:
        return None
    return UNSAFE_COST_PER_M * ground.two_way.unsafe_m() + weights.ring * ground.closing


def _entry(plan: tuple[Ground, Placed]) -> _Entry:
    """Plan a sharing-out of customers to its end."""
    ground, placed = plan
    if placed.refused:
        return _Entry(cost=np.inf, placed=None, refused=placed.refused)
    try:
        _, draft = lay_out(ground, placed)
    except Refused as refused:
        return _Entry(cost=np.inf, placed=None, refused=refused.reasons)
    return _Entry(cost=true_cost(draft), placed=placed, refused={})


def true_cost(draft: Draft) -> float:
    """Give the bill of a plan, and more than any bill for each rule that it breaks."""
    network = finish(draft)
    return cost_total(network.bill) + _relaxed_cost(network)


def _relaxed_cost(network: Network) -> float:
    """Give a cost of broken rules: a plan without any beats one with; protection counts by what is shared."""
    broken = [entry for entry in network.relaxed if entry.rule not in LISTED]
    shared = sum(abs(entry.value - entry.limit) for entry in network.relaxed if entry.rule in LISTED)
    return MOST_COST * len(broken) + 1e6 * shared


def lay_out(ground: Ground, placed: Placed, rearrange: Rearrange = as_split) -> tuple[Decisions, Draft]:
    """Choose splitters for as many splices as the cables turn out to have, and lay the cables.

    Parameters
    ----------
    rearrange
        Gives the splitters to take in the stead of those with a port each, for light that meets so many splices on
        its way to each customer.

    Raises
    ------
    Refused
        When no splitter or transceiver can serve some customer from its place.
    NotDirect
        When no transceiver lights somebody's direct fibre.
    """
    problem = ground.problem
    joints = np.full(len(problem.served), EXPECTED_JOINTS, np.int64)
    twin_joints = np.full((2, 0 if ground.twins is None else len(ground.twins.rows)), EXPECTED_JOINTS, np.int64)
    direct_joints = np.full(0 if ground.direct is None else len(ground.direct.rows), EXPECTED_JOINTS, np.int64)
    rings, laid = trunk_rings(ground, placed), None
    while True:
        split = split_customers(problem, ground.planes, ground.trunk.tree, placed, joints=joints, rings=rings)
        if split.refused:
            raise Refused(split.refused)
        splitters = tuple(rearrange(split.splitters, joints))
        direct = None if ground.direct is None else decide_direct(ground.direct, ground.trunk, direct_joints)
        if laid is not None and ground.twins is None and laid[0].splitters == splitters and direct is None:
            return laid  # the same cables again
        decisions = Decisions(
            problem=problem,
            planes=ground.planes,
            places=placed.places,
            trunk=ground.trunk,
            splitters=splitters,
            cables=ground.cables,
            joints=ground.joints,
            rings=rings,
            direct=direct,
        )
        twins = None if ground.twins is None else decide_twins(ground.twins, twin_joints, ground.joints)
        draft = assemble(decisions, twins)
        met = joints_per_customer(decisions, draft)
        twin_met = _twin_joints(decisions, twins, draft)
        direct_met = direct_joints if direct is None else joints_met(direct, draft)
        if np.all(met <= joints) and np.all(twin_met <= twin_joints) and np.all(direct_met <= direct_joints):
            return decisions, draft
        joints, twin_joints = np.maximum(joints, met), np.maximum(twin_joints, twin_met)
        direct_joints = np.maximum(direct_joints, direct_met)
        laid = decisions, draft


def _twin_joints(decisions: Decisions, twins: TwinDecisions | None, draft: Draft) -> NDArray[np.int64]:
    """Give (2, c) the splices that the light of fully protected customers meets over either tree."""
    if twins is None:
        return np.zeros((2, 0), np.int64)
    first = len(decisions.splitters)
    ends = (first, first + len(twins.working))
    met = [joints_per_customer(side, draft, first=end) for side, end in zip(twins.sides, ends, strict=True)]
    return np.stack(met)


def trunk_rings(ground: Ground, placed: Placed) -> Rings | None:
    """Give both feeders to every place with a splitter whose trunk is protected; None if there is none."""
    problem = ground.problem
    members = [plane.members for plane in ground.planes if plane.protection == "trunk"]
    if ground.two_way is None or ground.opening is None or not members:
        return None
    protected = np.concatenate(members)
    at = np.array([place.junction for place in placed.places], np.int64)[placed.assignment[protected]]
    behind_m = ground.trunk.tree.distances_m(problem.access[protected], at)
    behind_m += problem.graph.lengths_m[problem.drop_edges[protected]]
    longest_m: dict[int, float] = {}
    for junction, left_m in zip(at.tolist(), (ground.limits_m[protected] - behind_m).tolist(), strict=True):
        longest_m[junction] = min(left_m, longest_m.get(junction, np.inf))
    opening = ground.opening.copy()
    if ground.opened is not None:
        opening[ground.opened] = 0.0
    junctions = np.array(sorted(longest_m), np.int64)
    return close_rings(
        problem,
        ground.two_way,
        np.stack([junctions, junctions], axis=1),
        opening,
        ground.line.fixed * problem.graph.lengths_m,
        longest_m=np.array([longest_m[junction] for junction in junctions.tolist()]),
        rng=np.random.default_rng([ground.seed, 3]),
    )
