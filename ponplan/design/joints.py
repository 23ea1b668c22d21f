"""What joining cables costs: splices, and the closures or room boxes that hold them, by what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.prices import installed_cost
from ponplan.optimise.fan import FanGround

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.catalogue import Catalogue
    from ponplan.design.prices import CablePrices
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

BOXES = ("closure", "room-box")  # kinds of enclosure that hold splices along a cable, by their number


@dataclass(frozen=True, slots=True, kw_only=True)
class Joints:
    """Cables, and what joining them costs anywhere on the opened routes."""

    cables: CablePrices
    ground: FanGround


def joints_of(problem: PlanProblem, cables: CablePrices, tree: RootedTree) -> Joints:
    """Give what joints cost in this area, along this tree."""
    fibres, num_cables, costs = _boxes(problem.catalogue)
    is_room = np.array([site.kind == "room" for site in problem.area.sites], bool)
    box_kinds = np.zeros(len(tree.parents), np.int64)
    box_kinds[problem.graph.site_junctions[is_room]] = BOXES.index("room-box")
    above = np.maximum(tree.parents, 0)
    ground = FanGround(
        parents=tree.parents,
        up_m=np.where(tree.parents >= 0, tree.depth_m - tree.depth_m[above], 0.0),
        order_of=tree.position,
        box_kinds=box_kinds,
        usable=cables.usable,
        cost_per_m=cables.cost_per_m,
        splice_cost=cables.splice_cost,
        box_fibres=fibres,
        box_cables=num_cables,
        box_costs=costs,
    )
    return Joints(cables=cables, ground=ground)


def _boxes(catalogue: Catalogue) -> tuple[IntArray, IntArray, FloatArray]:
    """Give (kinds, boxes) fibres, cables and costs of the boxes of each kind, cheapest first."""
    rows = [
        sorted(
            (installed_cost(catalogue, row), row.id, row.fibres, row.cables)
            for row in catalogue.enclosures.values()
            if row.kind == kind and row.allowed_in_design
        )
        for kind in BOXES
    ]
    shape = (len(BOXES), max(1, *map(len, rows)))
    fibres, num_cables, costs = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.full(shape, np.inf)
    for kind, boxes in enumerate(rows):
        for place, (cost, _, holds_fibres, holds_cables) in enumerate(boxes):
            costs[kind, place], fibres[kind, place], num_cables[kind, place] = cost, holds_fibres, holds_cables
    return fibres, num_cables, costs
