"""Several ways of weighing fibre against cabinets, each planned to the end; the cheapest bill wins.

The location problem prices fibre by the metre and cabinets by a line, while the bill pays for cables in steps,
closures and splices where they are tapered, and cabinets by size. Which weights foresee the bill best differs from
town to town.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.assemble import assemble, joints_per_customer
from ponplan.design.bill import cost_total
from ponplan.design.decisions import Decisions
from ponplan.design.placement import Placed, place_customers
from ponplan.design.prices import installed_cost
from ponplan.design.protection.exposure import LISTED
from ponplan.design.protection.feeders import close_rings
from ponplan.design.records import finish
from ponplan.design.splits import split_customers
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.draft import Draft
    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.prices import CablePrices, Line
    from ponplan.design.problem import PlanProblem
    from ponplan.design.protection.feeders import Rings
    from ponplan.design.protection.ground import TwoWayGround
    from ponplan.design.trench import Trunk
    from ponplan.topology.network import Network

EXPECTED_JOINTS = 8  # splices between cables from port to terminal that light is first planned for
LOCATION_WORK_PER_CUSTOMER = 3_000
SMALL_CABLE = 12  # fibres


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a metre of fibre counts, as a multiple of its share of a cable, and for how many customers a cabinet."""

    fibre: float
    customers_per_place: int


PORTFOLIO = (
    Weights(fibre=1.0, customers_per_place=96),
    Weights(fibre=1.5, customers_per_place=96),
    Weights(fibre=2.0, customers_per_place=96),
    Weights(fibre=3.0, customers_per_place=48),
)


class Refused(Exception):
    """Customers, by their position, whom a plan cannot serve, each with the reason."""

    def __init__(self, reasons: dict[int, str]) -> None:
        super().__init__(reasons)
        self.reasons = reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all plans of the portfolio share."""

    problem: PlanProblem
    planes: Sequence[Plane]
    places: Sequence[Place]
    trunk: Trunk
    line: Line
    cables: CablePrices
    limits_m: NDArray[np.float64]  # (c,)
    seed: int
    two_way: TwoWayGround | None = None  # where somebody is protected
    opening: NDArray[np.float64] | None = None  # (m,) as `opening_costs`


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """How one plan of the portfolio ended: its cost, or whom it refuses."""

    cost: float
    placed: Placed | None
    refused: dict[int, str]


def best_plan(ground: Ground, *, jobs: int) -> tuple[Decisions, Draft]:
    """Plan with all weights, on `jobs` processes, and give the cheapest (the first of equals).

    Raises
    ------
    Refused
        When every plan refuses somebody; with those whom the first one refuses.
    """
    if jobs > 1:
        from joblib import Parallel, delayed

        entries = Parallel(n_jobs=min(jobs, len(PORTFOLIO)))(delayed(_try)(ground, weights) for weights in PORTFOLIO)
    else:
        entries = [_try(ground, weights) for weights in PORTFOLIO]
    best = min(entries, key=lambda entry: entry.cost)
    if best.placed is None:
        raise Refused(entries[0].refused)
    return _split_and_string(ground, best.placed)


def _try(ground: Ground, weights: Weights) -> _Entry:
    line = replace(ground.line, slope=ground.line.slope * weights.fibre)
    try:
        placed = place_customers(
            ground.problem,
            ground.planes,
            ground.places,
            ground.trunk,
            line,
            ground.limits_m,
            customers_per_place=weights.customers_per_place,
            stop=MaxWork(LOCATION_WORK_PER_CUSTOMER * len(ground.problem.served)),
            rng=np.random.default_rng([ground.seed, 1]),
            unsafe_m=None if ground.two_way is None else ground.two_way.unsafe_m(),
        )
        if placed.refused:
            raise Refused(placed.refused)
        _, draft = _split_and_string(ground, placed)
    except Refused as refused:
        return _Entry(cost=np.inf, placed=None, refused=refused.reasons)
    network = finish(draft)
    return _Entry(cost=cost_total(network.bill) + _relaxed_cost(network), placed=placed, refused={})


def _relaxed_cost(network: Network) -> float:
    """Give a cost of broken rules: a plan without any beats one with; protection counts by what is shared."""
    broken = [entry for entry in network.relaxed if entry.rule not in LISTED]
    shared = sum(abs(entry.value - entry.limit) for entry in network.relaxed if entry.rule in LISTED)
    return 1e12 * len(broken) + 1e6 * shared


def _split_and_string(ground: Ground, placed: Placed) -> tuple[Decisions, Draft]:
    """Choose splitters for as many splices as the cables turn out to have, and lay the cables."""
    problem = ground.problem
    joints = np.full(len(problem.served), EXPECTED_JOINTS, np.int64)
    rings = trunk_rings(ground, placed)
    while True:
        split = split_customers(problem, ground.planes, ground.trunk.tree, placed, joints=joints, rings=rings)
        if split.refused:
            raise Refused(split.refused)
        decisions = Decisions(
            problem=problem,
            planes=ground.planes,
            places=placed.places,
            trunk=ground.trunk,
            splitters=split.splitters,
            cables=ground.cables,
            joint_cost=_joint_cost(problem),
            rings=rings,
        )
        draft = assemble(decisions)
        met = joints_per_customer(decisions, draft)
        if np.all(met <= joints):
            return decisions, draft
        joints = np.maximum(joints, met)


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
    costs = ground.opening + ground.line.fixed * problem.graph.lengths_m
    opened = ground.trunk.tree.parent_edges
    opened = opened[(opened >= 0) & (opened < len(costs))]
    costs[opened] -= ground.opening[opened]
    return close_rings(problem, ground.two_way, sorted(longest_m), costs, longest_m=longest_m)


def _joint_cost(problem: PlanProblem) -> float:
    """Give what a closure for one more joint of cables costs: the cheapest that splices a small cable."""
    rows = [row for row in problem.catalogue.enclosures.values() if row.kind == "closure" and row.allowed_in_design]
    fitting = [row for row in rows if row.fibres >= SMALL_CABLE]
    return min((installed_cost(problem.catalogue, row) for row in fitting), default=0.0)
