"""What a sharing-out of customers over places costs: splitters, ports, cabinets, cables, closures and feeders."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.consolidate import splitter_costs
from ponplan.design.draft import holds
from ponplan.design.places import ENCLOSURE_OF
from ponplan.design.prices import installed_cost
from ponplan.design.stringing import fan_groups
from ponplan.optimise.fan import OVERFULL, lay_fan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue.model import Enclosure
    from ponplan.design.joints import Joints
    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree
    from ponplan.optimise.fan import FanGround

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

NO_COSTS = np.zeros(1)


@dataclass(frozen=True, eq=False)
class LayoutCosts:
    """Prices places one by one, so that a change is priced by the few places it touches.

    Cables are taken as the cheapest without any side by side; splitters by customers of average load.
    """

    problem: PlanProblem
    planes: Sequence[Plane]
    places: Sequence[Place]
    tree: RootedTree
    joints: Joints
    stub_costs: FloatArray  # (junctions,)
    ground: FanGround = field(init=False)
    plane_of: IntArray = field(init=False)  # (c,)
    junctions: IntArray = field(init=False)  # (places,)
    _ports: Callable[[tuple[int, ...]], tuple[int, float]] = field(init=False)
    _root_costs: Callable[[tuple[str, str | None, bool], int, int, int], FloatArray] = field(init=False)

    def __post_init__(self) -> None:
        plane_of = np.zeros(len(self.problem.served), np.int64)
        for number, plane in enumerate(self.planes):
            plane_of[plane.members] = number
        object.__setattr__(self, "ground", self.joints.on(self.tree))
        object.__setattr__(self, "plane_of", plane_of)
        # remembered by this object, not by its class, so that they end with the search
        object.__setattr__(self, "_ports", cache(self._count_ports))
        object.__setattr__(self, "_root_costs", cache(self._price_roots))
        object.__setattr__(self, "junctions", np.array([place.junction for place in self.places], np.int64))

    def num_splitters(self, members: IntArray) -> int:
        """Give how many splitters, and so ports, customers at one place need."""
        return self._ports(tuple(np.bincount(self.plane_of[members], minlength=len(self.planes)).tolist()))[0]

    def _count_ports(self, counts: tuple[int, ...]) -> tuple[int, float]:
        """Give how many splitters so many customers of each plane need, and what they cost with their ports."""
        each = list(zip(self.planes, counts, strict=True))
        return (
            sum(-(-count // plane.usual_customers) for plane, count in each),
            sum(splitter_costs(plane, 0.0, count) for plane, count in each),
        )

    def place_cost(self, place: int, members: IntArray) -> float:
        """Give the cost of a place that serves these customers, without its feeder."""
        if not len(members):
            return 0.0
        counts = np.bincount(self.plane_of[members], minlength=len(self.planes))
        splitters, ports = self._ports(tuple(counts.tolist()))
        junction = int(self.junctions[place])
        targets = self.problem.access[members]
        away = targets[targets != junction]
        drops = len(members) - len(away)
        roots = self._root_costs(self._kind(place), len(members), splitters, drops)
        joints = len(away) * self.joints.cables.splice_cost
        cost = self._fan_cost(junction, away, roots, ends_in_box=True) if len(away) else float(roots[0])
        return float(cost + ports + joints + self.stub_costs[junction])

    def host_cost(self, place: int, *, splitters: int, fibres: int, drops: int, cables: int) -> float:
        """Give the cost of a place's enclosures for so many splitters, legs, drops and cables that leave them."""
        if not splitters:
            return 0.0
        roots = self._root_costs(self._kind(place), fibres, splitters, drops)
        return float(roots[min(cables, len(roots) - 1)] + self.stub_costs[int(self.junctions[place])])

    def feeder_cost(self, office: int, num_splitters: Mapping[int, int]) -> float:
        """Give the cost of feeder cables from an office to its places with so many splitters each."""
        targets = [self.junctions[place] for place, count in sorted(num_splitters.items()) for _ in range(count)]
        away = np.array([target for target in targets if target != office], np.int64)
        return self._fan_cost(office, away, NO_COSTS, ends_in_box=False) if len(away) else 0.0

    def _fan_cost(self, root: int, targets: IntArray, root_costs: FloatArray, *, ends_in_box: bool) -> float:
        largest = int(self.joints.cables.usable[-1])
        groups = [targets]
        if len(targets) > largest:  # hardly ever, and the search asks often
            groups = [targets[group] for group in fan_groups(self.tree, targets, largest)]
        return sum(
            lay_fan(self.ground, root, g, ends_in_box=ends_in_box, root_costs=root_costs, side_by_side=False).cost
            for g in groups
        )

    def _kind(self, place: int) -> tuple[str, str | None, bool]:
        where = self.places[place]
        return where.kind, where.enclosure, where.existing

    def _price_roots(
        self, kind: tuple[str, str | None, bool], customers: int, splitters: int, drops: int
    ) -> FloatArray:
        """Give what enclosures for so much cost when 0, 1, 2, ... cables leave them; equal ones share it."""
        rows = self._rows(kind[0], kind[1])
        largest = max(row.cables for row, _ in rows)
        for boxes in range(1, splitters + 1):
            fibres = -(-(customers + splitters) // boxes)
            slots, inside = -(-splitters // boxes), 1 + -(-drops // boxes)
            each = [-(-cables // boxes) + inside for cables in range(largest + 2)]
            costs = [
                boxes
                * min(
                    (cost for row, cost in rows if holds(row, fibres=fibres, splitters=slots, cables=cables)),
                    default=OVERFULL,
                )
                for cables in each
            ]
            if costs[0] < OVERFULL:
                break
        first = costs[0] / boxes if kind[2] and kind[1] is None else 0.0
        return np.maximum(np.array(costs) - first, 0.0)

    def _rows(self, kind: str, given: str | None) -> list[tuple[Enclosure, float]]:
        catalogue = self.problem.catalogue
        if given:
            return [(catalogue.enclosures[given], installed_cost(catalogue, catalogue.enclosures[given]))]
        return [
            (row, installed_cost(catalogue, row))
            for row in catalogue.enclosures.values()
            if row.kind == ENCLOSURE_OF[kind] and row.allowed_in_design
        ]
