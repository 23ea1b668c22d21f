"""What a sharing-out of customers over places costs: splitters, ports, cabinets, cables, closures and feeders."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.draft import holds
from ponplan.design.filling import splitter_costs
from ponplan.design.stringing import fan_groups
from ponplan.optimise.fan import OVERFULL, lay_fan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.design.layout import Layout

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

NO_COSTS = np.zeros(1)


class LayoutCosts:
    """Prices places one by one, so that a change is priced by the few places it touches.

    Cables are taken as the cheapest without any side by side; splitters by customers of average load. Before feeders
    come into a part of the tree they pay by the fibre, as in the largest cable.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        ground = layout.ground
        self.per_fibre_m = float(ground.cost_per_m[-1] / ground.usable[-1])
        # remembered by this object, not by its class, so that they end with the search
        self._ports = cache(self._count_ports)
        self._root_costs = cache(self._price_roots)
        self.frames_cost = cache(self._price_frames)

    def num_splitters(self, place: int, members: IntArray) -> int:
        """Give how many splitters, and so ports, customers at one place need."""
        return self._ports(place, self._counts(members))[0]

    def _counts(self, members: IntArray) -> tuple[int, ...]:
        return tuple(np.bincount(self.layout.plane_of[members], minlength=len(self.layout.planes)).tolist())

    def _count_ports(self, place: int, counts: tuple[int, ...]) -> tuple[int, float]:
        """Give how many splitters so many customers of each plane need there, and what they cost with their ports."""
        each = list(zip(self.layout.planes, counts, self.layout.usual[:, place].tolist(), strict=True))
        return (
            sum(-(-count // usual) for _, count, usual in each),
            sum(splitter_costs(plane, 0.0, count, usual=usual) for plane, count, usual in each),
        )

    def place_cost(self, place: int, members: IntArray) -> float:
        """Give the cost of a place that serves these customers, without its feeder."""
        if not len(members):
            return 0.0
        layout = self.layout
        splitters, ports = self._ports(place, self._counts(members))
        junction = int(layout.junctions[place])
        targets = layout.access[members]
        away = targets[targets != junction]
        drops = len(members) - len(away)
        roots = self._root_costs(self._kind(place), len(members), splitters, drops)
        joints = len(away) * layout.ground.splice_cost
        cost = self._fan_cost(junction, away, roots, ends_in_box=True) if len(away) else float(roots[0])
        return float(cost + ports + joints + layout.stub_costs[place])

    def host_cost(self, place: int, *, splitters: int, fibres: int, drops: int, cables: int) -> float:
        """Give the cost of a place's enclosures for so many splitters, legs, drops and cables that leave them."""
        if not splitters:
            return 0.0
        roots = self._root_costs(self._kind(place), fibres, splitters, drops)
        return float(roots[min(cables, len(roots) - 1)] + self.layout.stub_costs[place])

    def feeder_cost(self, office: int, num_splitters: Mapping[int, int]) -> float:
        """Give the cost of feeder cables from an office to its places with so many splitters each, and of frames."""
        before = sum(num_splitters.values()) * self.per_fibre_m * float(self.layout.entry_m[office])
        frames = self.frames_cost(self.num_leaving(office, num_splitters))
        return before + frames + self.cables_cost(int(self.layout.entries[office]), num_splitters)

    def num_leaving(self, office: int, num_splitters: Mapping[int, int]) -> int:
        """Give how many feeders end on frames of an office: all but those to splitters at its own junction."""
        here, junctions = self.layout.entries[office], self.layout.junctions
        return sum(count for place, count in num_splitters.items() if junctions[place] != here)

    def _price_frames(self, feeders: int) -> float:
        """Give the cost of frames for so many feeders: full ones, and the cheapest for the rest."""
        rows = self.layout.frames
        if not rows or not feeders:
            return 0.0
        largest = max(row.fibres for row, _ in rows)
        full, rest = divmod(feeders - 1, largest)
        return full * self._cheapest_frame(largest) + self._cheapest_frame(rest + 1)

    def _cheapest_frame(self, feeders: int) -> float:
        return min(cost for row, cost in self.layout.frames if row.fibres >= feeders)

    def cables_cost(self, root: int, num_fibres: Mapping[int, int]) -> float:
        """Give the cost of cables from a junction to places with so many fibres each."""
        junctions = self.layout.junctions
        targets = [junctions[place] for place, count in sorted(num_fibres.items()) for _ in range(count)]
        away = np.array([target for target in targets if target != root], np.int64)
        return self._fan_cost(root, away, NO_COSTS, ends_in_box=False) if len(away) else 0.0

    def _fan_cost(self, root: int, targets: IntArray, root_costs: FloatArray, *, ends_in_box: bool) -> float:
        ground = self.layout.ground
        largest = int(ground.usable[-1])
        groups = [targets]
        if len(targets) > largest:  # hardly ever, and the search asks often
            groups = [targets[group] for group in fan_groups(self.layout.tree, targets, largest)]
        return sum(
            lay_fan(ground, root, g, ends_in_box=ends_in_box, root_costs=root_costs, side_by_side=False).cost
            for g in groups
        )

    def _kind(self, place: int) -> tuple[str, str | None, bool]:
        where = self.layout.places[place]
        return where.kind, where.enclosure, where.existing

    def _price_roots(
        self, kind: tuple[str, str | None, bool], customers: int, splitters: int, drops: int
    ) -> FloatArray:
        """Give what enclosures for so much cost when 0, 1, 2, ... cables leave them; equal ones share it."""
        rows = self.layout.boxes[kind[:2]]
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
