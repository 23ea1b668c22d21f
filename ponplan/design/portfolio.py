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
from ponplan.design.records import finish
from ponplan.design.splits import split_customers
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.draft import Draft
    from ponplan.design.joints import Joints
    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.prices import CablePrices, Line
    from ponplan.design.problem import PlanProblem
    from ponplan.design.trench import Trunk

EXPECTED_JOINTS = 8  # splices between cables from port to terminal that light is first planned for
LOCATION_WORK_PER_CUSTOMER = 3_000


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
    joints: Joints
    limits_m: NDArray[np.float64]  # (c,)
    seed: int


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
            ground.joints,
            line,
            ground.limits_m,
            customers_per_place=weights.customers_per_place,
            stop=MaxWork(LOCATION_WORK_PER_CUSTOMER * len(ground.problem.served)),
            rng=np.random.default_rng([ground.seed, 1]),
        )
        if placed.refused:
            raise Refused(placed.refused)
        _, draft = _split_and_string(ground, placed)
    except Refused as refused:
        return _Entry(cost=np.inf, placed=None, refused=refused.reasons)
    network = finish(draft)
    relaxed = len(network.relaxed)
    # a plan that breaks no rule beats any that does
    return _Entry(cost=cost_total(network.bill) + relaxed * 1e12, placed=placed, refused={})


def _split_and_string(ground: Ground, placed: Placed) -> tuple[Decisions, Draft]:
    """Choose splitters for as many splices as the cables turn out to have, and lay the cables."""
    problem = ground.problem
    joints = np.full(len(problem.served), EXPECTED_JOINTS, np.int64)
    while True:
        split = split_customers(problem, ground.planes, ground.trunk.tree, placed, joints=joints)
        if split.refused:
            raise Refused(split.refused)
        decisions = Decisions(
            problem=problem,
            planes=ground.planes,
            places=placed.places,
            trunk=ground.trunk,
            splitters=split.splitters,
            cables=ground.cables,
            joints=ground.joints,
        )
        draft = assemble(decisions)
        met = joints_per_customer(decisions, draft)
        if np.all(met <= joints):
            return decisions, draft
        joints = np.maximum(joints, met)
