"""Buses along a road: which stations share a port, with which taps, and a small splitter at the end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.bus.places import taps_for
from ponplan.design.bus.ratios import Choice, Label, Loss, extended, loss_of, window_of
from ponplan.design.bus.stations import ways_m
from ponplan.design.cascade import THROUGH
from ponplan.design.optics import PathShape
from ponplan.design.planes import split_limit
from ponplan.design.prices import unit_cost
from ponplan.design.splits import PlannedSplitter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue.model import OltOptics, OpticalClass, Splitter
    from ponplan.design.bus.ratios import Window
    from ponplan.design.bus.stations import Station
    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree

    IntArray = NDArray[np.int64]

MOST_STATIONS = 40  # on one bus: more than any light lasts for
TAPPED = 2  # the leg of a tap that drops light
NOTHING = Loss(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Bus:
    """Stations of one port, the taps at all but the last, what ends it there, and the splitters behind the taps.

    A bus ends in a splitter, or in the terminal of a single customer (None).
    """

    cost: float
    optics: OltOptics
    taps: tuple[Splitter, ...]
    end: Splitter | None
    below: tuple[Splitter | None, ...]


@dataclass(frozen=True)
class BusBuilder:
    """Divides a road's stations among buses at least cost of ports, taps, splitters and fibre.

    Parameters
    ----------
    per_fibre_m
        A metre of one more fibre.
    joints
        (c,) how many splices between cables each customer's light is expected to meet.
    """

    problem: PlanProblem
    plane: Plane
    plane_number: int
    tree: RootedTree
    office: int  # index
    places: Mapping[int, int]  # of a tap at a junction
    per_fibre_m: float
    joints: IntArray
    has_switch: NDArray[np.bool_]  # (c,)
    choices: tuple[Choice, ...] = field(init=False)
    stage_cost: float = field(init=False)

    def __post_init__(self) -> None:
        catalogue = self.problem.catalogue
        splice, work = unit_cost(catalogue, "splice"), unit_cost(catalogue, "splitter-installation")
        object.__setattr__(self, "stage_cost", 2.0 * splice)
        choices = tuple(
            Choice(
                row,
                unit_cost(catalogue, row.id) + work + self.stage_cost,
                loss_of(catalogue, row, THROUGH),
                loss_of(catalogue, row, TAPPED),
            )
            for row in taps_for(self.problem)
        )
        object.__setattr__(self, "choices", choices)

    def along(self, stations: Sequence[Station]) -> list[list[PlannedSplitter]] | None:
        """Give the splitters of buses that serve all stations of a road; None if there are none.

        From the far end the cheapest buses for what lies behind each station are built up.
        """
        count = len(stations)
        best: list[tuple[float, Bus | None, int]] = [(float("inf"), None, 0) for _ in stations]
        best.append((0.0, None, count))
        for start in range(count - 1, -1, -1):
            for end, bus in self._from(stations, start):
                cost = bus.cost + best[end + 1][0]
                if cost < best[start][0]:
                    best[start] = (cost, bus, end + 1)
        rows, start = [], 0
        while start < count:
            _, found, after = best[start]
            if found is None:
                return None
            rows.append(self._splitters(stations[start:after], found))
            start = after
        return rows

    def _from(self, stations: Sequence[Station], start: int) -> Iterator[tuple[int, Bus]]:
        """Give the cheapest bus from a station to each later one, as far as load and light last."""
        cheapest: dict[int, Bus] = {}
        for optics, cost, light in zip(self.plane.optics, self.plane.optics_costs, self.plane.classes, strict=True):
            for end, bus in self._lit_by(stations, start, optics, cost, light):
                if end not in cheapest or bus.cost < cheapest[end].cost:
                    cheapest[end] = bus
        yield from cheapest.items()

    def _lit_by(
        self, stations: Sequence[Station], start: int, optics: OltOptics, optics_cost: float, light: OpticalClass
    ) -> Iterator[tuple[int, Bus]]:
        labels = [Label(0.0, NOTHING, ())]
        below: list[Splitter | None] = []
        members: list[int] = []
        nearest_m, farthest_m = float("inf"), 0.0
        for number, station in enumerate(stations[start : start + MOST_STATIONS], start=start):
            members += station.members
            far, near = self._shapes(station)
            farthest_m, nearest_m = max(farthest_m, far.length_m), min(nearest_m, near.length_m)
            is_near = farthest_m - nearest_m <= self.plane.technology.max_differential_reach_m
            window = window_of(self.problem, self.plane.technology, light, far, near)
            if window is None or not is_near or not self._carries(members):
                return
            if labels and number > start:
                yield from self._ended(number, station, labels, window, optics, optics_cost, below)
            small = self._smallest(len(station.members))
            behind = NOTHING if small is None else loss_of(self.problem.catalogue, small, small.outputs)
            labels = extended(labels, self.choices, window, behind)
            if not labels:
                return
            below.append(small)

    def _ended(
        self,
        number: int,
        station: Station,
        labels: Sequence[Label],
        window: Window,
        optics: OltOptics,
        optics_cost: float,
        below: Sequence[Splitter | None],
    ) -> Iterator[tuple[int, Bus]]:
        """Give the bus that ends at a station in the cheapest splitter that light allows."""
        found: list[tuple[float, Splitter | None, Label]] = []
        if len(station.members) == 1 and int(self.problem.access[station.members[0]]) == station.junction:
            found += [(label.cost, None, label) for label in labels if window.admits(label.lost)]
        for row, cost in zip(self.plane.splitters, self.plane.splitter_costs, strict=True):
            if row.outputs < len(station.members):
                continue
            last = loss_of(self.problem.catalogue, row, row.outputs)
            found += [
                (label.cost + cost + self.stage_cost, row, label)
                for label in labels
                if window.admits(label.lost, last)
            ]
        if not found:
            return
        cost, end, label = min(found, key=lambda entry: entry[0])
        cost += self.plane.port_cost + optics_cost + self.per_fibre_m * self._before_m(station)
        cost += sum(self._price(row) for row in below if row is not None)
        yield number, Bus(cost, optics, label.taps, end, tuple(below))

    def _price(self, splitter: Splitter) -> float:
        return self.plane.splitter_costs[self.plane.splitters.index(splitter)] + self.stage_cost

    def _smallest(self, customers: int) -> Splitter | None:
        """Give the cheapest splitter for the customers of a station; none for one, who hangs on the tap itself."""
        if customers == 1:
            return None
        limit = split_limit(self.problem, self.plane.technology, self.plane.members)
        sized = [
            (cost, row.outputs, place)
            for place, (row, cost) in enumerate(zip(self.plane.splitters, self.plane.splitter_costs, strict=True))
            if customers <= row.outputs <= limit
        ]
        return self.plane.splitters[min(sized)[2]]

    def _carries(self, members: Sequence[int]) -> bool:
        if len(members) > len(self.plane.rates_bps):
            return False
        here = list(members)
        loads_bps = np.array([self.problem.down_bps[here].sum(), self.problem.up_bps[here].sum()])
        return bool(np.all(loads_bps <= self.plane.rates_bps[len(here) - 1]))

    def _shapes(self, station: Station) -> tuple[PathShape, PathShape]:
        """Give the darkest and the brightest light path of a station as far as splitters are left out."""
        far_m, near_m = ways_m(self.problem, self.tree, int(self.problem.offices[self.office]), station)
        members = np.array(station.members, np.int64)
        most, has_switch = int(self.joints[members].max()), self.has_switch[members]
        return (
            PathShape(length_m=far_m, joints=most, is_switched=bool(has_switch.any())),
            PathShape(length_m=near_m, joints=0, is_switched=bool(has_switch.all())),
        )

    def _before_m(self, station: Station) -> float:
        office = int(self.problem.offices[self.office])
        return float(self.tree.distances_m(np.array([office]), np.array([station.junction]))[0])

    def _splitters(self, stations: Sequence[Station], bus: Bus) -> list[PlannedSplitter]:
        """Give the taps and splitters of a bus, each tap before what hangs on it."""
        rows: list[PlannedSplitter] = []

        def add(station: Station, splitter: Splitter, members: tuple[int, ...], above: int | None, leg: int) -> int:
            rows.append(
                PlannedSplitter(
                    plane=self.plane_number,
                    place=self.places[station.junction],
                    office=self.office,
                    splitter=splitter,
                    optics=bus.optics,
                    members=members,
                    above=above,
                    leg=leg,
                )
            )
            return len(rows) - 1

        before: int | None = None
        for station, tap, small in zip(stations, bus.taps, bus.below, strict=False):
            before = add(station, tap, () if small else station.members, before, THROUGH)
            if small is not None:
                add(station, small, station.members, before, TAPPED)
        if bus.end is not None:
            add(stations[-1], bus.end, stations[-1].members, before, THROUGH)
        elif before is not None:
            rows[before] = replace(rows[before], members=(*stations[-1].members, *rows[before].members))
        return rows
