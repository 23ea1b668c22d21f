"""A plan as a careful person makes it: cabinets on a grid, the nearest for everybody, shortest ways, one splitter.

It is made generously: several spacings and splitter sizes are tried, shortest ways by metres and by cost, feeders go
where is dug already, and everything below that (cables and their steps, closures, cards, the bill) is worked out as
for the least-cost plan. The cheapest of all is given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.catalogue import read_catalogue
from ponplan.design.groundwork import lay_ground
from ponplan.design.optics import PathShape, light_fits
from ponplan.design.placement import Placed, places_on
from ponplan.design.places import places_of
from ponplan.design.portfolio import lay_out, true_cost
from ponplan.design.problem import pose_problem
from ponplan.design.refused import Refused
from ponplan.design.run import NO_HALT, Plan, design_problem
from ponplan.design.thumb.grid import Cells, cells_on_grid, dug_by
from ponplan.errors import AreaError, Fault, Infeasible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.design.effort import Halt
    from ponplan.design.planes import Plane
    from ponplan.design.portfolio import Ground
    from ponplan.design.problem import PlanProblem
    from ponplan.design.run import Design, Work

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

RULE_OF_THUMB = "rule-of-thumb"
SPACINGS_M = (150.0, 200.0, 300.0, 400.0, 500.0, 700.0, 1000.0, 1500.0)
USUAL_SPLITTER, OTHER_SPLITTERS = 32, (8, 16, 64)


def design_by_thumb(
    area: Area,
    *,
    catalogue: Catalogue | None = None,
    seed: int = 0,
    watch: Callable[[str], None] = lambda _: None,
    halt: Halt = NO_HALT,
) -> Design:
    """Plan an area by rule of thumb; the bound beside it holds for every plan.

    Raises
    ------
    AreaError
        As `design_network`, and when plant stands there, with which a rule of thumb has nothing to do.
    Infeasible
        When not one customer can be served, or there is no place for cabinets.
    """
    if area.plant:
        fault = Fault(file="area", problem="plant stands there, and a rule of thumb knows none", remedy="take it out")
        raise AreaError([fault])
    if area.rules.served_from or area.rules.not_served_from:
        reason = "customers are bound to sites, and a rule of thumb knows only the nearest"
        raise AreaError([Fault(file="area.toml", field="served_from", problem=reason, remedy="take it out")])
    watch("putting customers on the routes")
    problem = pose_problem(area, catalogue or read_catalogue())
    return design_problem(problem, seed=seed, jobs=1, tell=watch, halt=halt, plan=plan_by_thumb)


def plan_by_thumb(problem: PlanProblem, work: Work) -> Plan:
    """Give the cheapest plan of all spacings, splitter sizes and kinds of shortest way.

    Raises
    ------
    Refused
        When every plan refuses somebody; with those whom the first one refuses.
    """
    tried = [trial for spacing in SPACINGS_M for trial in _plans(problem, work, spacing, (USUAL_SPLITTER,))]
    if not tried:
        raise Infeasible("there is no place where a cabinet may stand")
    best = min(tried, key=lambda trial: trial.cost)
    tried += _plans(problem, work, best.spacing_m, OTHER_SPLITTERS)
    tried += _plans(problem, work, best.spacing_m, (USUAL_SPLITTER, *OTHER_SPLITTERS), by_cost=True)
    best = min(tried, key=lambda trial: trial.cost)
    if best.plan is None:
        raise Refused(tried[0].refused)
    return best.plan


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """A plan on one grid and its cost, or whom it refuses."""

    spacing_m: float
    cost: float
    plan: Plan | None
    refused: dict[int, str]


def _plans(
    problem: PlanProblem, work: Work, spacing_m: float, sizes: Sequence[int], *, by_cost: bool = False
) -> Iterator[_Trial]:
    """Give the plans of one grid with these sizes of splitter."""
    work.tell(f"cabinets {spacing_m:.0f} m apart")
    digging = _Grid(spacing_m, by_cost=by_cost)
    laid = lay_ground(problem, digging, seed=work.seed, tell=lambda _: None)
    ground = laid.ground
    placed = _placed(ground, digging)
    for legs in sizes:
        uniform = replace(ground, planes=[_with_splitter(plane, legs) for plane in ground.planes])
        if placed is None or not all(_lights_anybody(problem, plane) for plane in uniform.planes):
            continue
        try:
            decisions, draft = lay_out(uniform, placed)
        except Refused as refusal:
            rows = np.flatnonzero((problem.protections != "full") & ~problem.is_direct)
            refused = {int(rows[member]): why for member, why in refusal.reasons.items()}
            yield _Trial(spacing_m=spacing_m, cost=np.inf, plan=None, refused=refused)
            continue
        told = {"spacing_m": spacing_m, "ways_by": "cost" if by_cost else "metres", "splitter_legs": legs}
        plan = Plan(
            problem=problem,
            decisions=decisions,
            tree=laid.tree,
            trenching=None,
            draft=draft,
            facts={"variant": RULE_OF_THUMB, "rule_of_thumb": told},
        )
        yield _Trial(spacing_m=spacing_m, cost=true_cost(draft), plan=plan, refused={})


class _Grid:
    """Opens the shortest ways to cabinets on a grid, and remembers which cabinet each customer of a problem has."""

    def __init__(self, spacing_m: float, *, by_cost: bool) -> None:
        self.spacing_m = spacing_m
        self.by_cost = by_cost
        self.cells: list[Cells] = []

    def __call__(self, problem: PlanProblem, costs: FloatArray) -> IntArray:
        places = places_of(problem)
        weights = costs if self.by_cost else problem.graph.lengths_m
        split = problem.only(~problem.is_direct)
        self.cells.append(
            cells_on_grid(split, places, weights, spacing_m=self.spacing_m)
            if len(split.served)
            else Cells(places=(), of_customer=np.zeros(0, np.int64))
        )
        return dug_by(problem, places, self.cells[-1], weights)


def _placed(ground: Ground, digging: _Grid) -> Placed | None:
    """Give the place of each customer on the ground; None where some customer has none."""
    cells = digging.cells[-1]
    places, offices, feeder_m = places_on(ground.problem, ground.places, ground.trunk)
    number = {place.id: index for index, place in enumerate(places)}
    rows = np.array([number.get(ground.places[place].id, -1) for place in cells.places], np.int64)
    if len(cells.of_customer) != len(ground.problem.served) or np.any(cells.of_customer < 0):
        return None
    assignment = rows[cells.of_customer]
    if np.any(assignment < 0):
        return None
    return Placed(places=places, assignment=assignment, offices=offices, feeder_m=feeder_m, refused={})


def _with_splitter(plane: Plane, legs: int) -> Plane:
    """Give the plane with splitters of one size: the largest allowed up to it, no larger than its ports can use."""
    sizes = [row.outputs for row in plane.splitters]
    wanted = min(legs, next((size for size in sizes if size >= plane.most_customers), legs))
    chosen = max([row for row, size in enumerate(sizes) if size <= wanted], default=0)
    return replace(plane, splitters=(plane.splitters[chosen],), splitter_costs=(plane.splitter_costs[chosen],))


def _lights_anybody(problem: PlanProblem, plane: Plane) -> bool:
    """Say whether a customer beside the office would get enough light."""
    here = [PathShape(length_m=0.0, joints=0)]
    return any(light_fits(problem, plane.technology, group, plane.splitters[0], here) for group in plane.classes)
