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
    """Cables, and what joining them costs.

    Parameters
    ----------
    box_kinds
        (junctions + 1,) which of `BOXES` holds splices at a junction.
    box_fibres, box_cables, box_costs
        (kinds, boxes) what each box holds and costs, cheapest first; boxes that do not exist cost inf.
    """

    cables: CablePrices
    box_kinds: IntArray
    box_fibres: IntArray
    box_cables: IntArray
    box_costs: FloatArray

    def on(self, tree: RootedTree) -> FanGround:
        """Give what fans along a tree are priced by."""
        return FanGround(
            parents=tree.parents,
            up_m=tree.up_m,
            order_of=tree.position,
            box_kinds=self.box_kinds,
            usable=self.cables.usable,
            cost_per_m=self.cables.cost_per_m,
            splice_cost=self.cables.splice_cost,
            box_fibres=self.box_fibres,
            box_cables=self.box_cables,
            box_costs=self.box_costs,
        )


def joints_of(problem: PlanProblem, cables: CablePrices) -> Joints:
    """Give what joints cost in this area."""
    fibres, num_cables, costs = _boxes(problem.catalogue)
    is_room = np.array([site.kind == "room" for site in problem.area.sites], bool)
    box_kinds = np.zeros(len(problem.graph.junction_ids) + 1, np.int64)
    box_kinds[problem.graph.site_junctions[is_room]] = BOXES.index("room-box")
    second = problem.graph.second_sites
    box_kinds[second[second >= 0]] = BOXES.index("room-box")
    return Joints(cables=cables, box_kinds=box_kinds, box_fibres=fibres, box_cables=num_cables, box_costs=costs)


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
