"""A port's customers in groups, each behind a splitter of its own, and the splitters that bring light to them all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.onus import switched
from ponplan.design.optics import ON_PORT, PathShape, light_fits
from ponplan.design.planes import split_limit
from ponplan.design.prices import unit_cost
from ponplan.design.splits import PlannedSplitter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue.model import OltOptics, OpticalClass, Splitter
    from ponplan.design.optics import Passage
    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree

    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Group:
    """Customers who share a splitter, or its legs, at one place."""

    place: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pon:
    """The customers of one port: their groups, and the place that its feeder comes to."""

    plane: int
    office: int
    place: int
    groups: tuple[Group, ...]

    @property
    def members(self) -> list[int]:
        """Give all its customers."""
        return [member for group in self.groups for member in group.members]


@dataclass(frozen=True, slots=True)
class BuiltPon:
    """A port with its splitters, the one on the port first; `above` counts within them."""

    pon: Pon
    splitters: tuple[PlannedSplitter, ...]
    cost: float  # port, transceiver, splitters and the splices between these


def _parts(group: Group, most: int) -> list[Group]:
    """Give a group in as few even parts as splitters with so many legs ask for; none if they have none."""
    if most < 2:
        return [group]
    count = -(-len(group.members) // most)
    ends = [place * len(group.members) // count for place in range(count + 1)]
    return [Group(group.place, group.members[start:end]) for start, end in pairwise(ends)]


@dataclass(frozen=True)
class PonBuilder:
    """Chooses the splitters of a port: cheapest within split limit, load, reach and light both ways.

    Parameters
    ----------
    joints
        (c,) how many splices between cables each customer's light is expected to meet.
    """

    problem: PlanProblem
    planes: Sequence[Plane]
    places: Sequence[Place]
    tree: RootedTree
    joints: IntArray
    limits: tuple[int, ...] = field(init=False)  # by plane: of all splitters in a row
    stage_cost: float = field(init=False)  # splices between two splitters
    has_switch: NDArray[np.bool_] = field(init=False)  # (c,)
    _behind: dict[Group, tuple[PathShape, PathShape]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        limits = tuple(split_limit(self.problem, plane.technology, plane.members) for plane in self.planes)
        object.__setattr__(self, "limits", limits)
        object.__setattr__(self, "has_switch", switched(self.problem))
        ends = self.problem.catalogue.terminations
        splices = ends["splitter-output"].splices + ends["splitter-input"].splices
        object.__setattr__(self, "stage_cost", splices * unit_cost(self.problem.catalogue, "splice"))

    def build(self, pon: Pon) -> BuiltPon | None:
        """Give the cheapest splitters for a port's groups; None if there are none that may be."""
        plane = self.planes[pon.plane]
        if not self._carries(plane, pon.members):
            return None
        best: BuiltPon | None = None
        for optics, optics_cost, light in zip(plane.optics, plane.optics_costs, plane.classes, strict=True):
            for direct, upper in product(self._direct_groups(pon), range(len(plane.splitters))):
                cost = plane.port_cost + optics_cost + plane.splitter_costs[upper]
                if best is not None and cost >= best.cost:
                    continue
                found = self._with_upper(pon, light, optics, plane.splitters[upper], direct)
                if found is None:
                    continue
                cost += sum(self._price(plane, one.splitter) for one in found[1:])
                if best is None or cost < best.cost:
                    best = BuiltPon(pon, found, cost)
        return best

    def _price(self, plane: Plane, splitter: Splitter) -> float:
        return plane.splitter_costs[plane.splitters.index(splitter)] + self.stage_cost

    def _carries(self, plane: Plane, members: Sequence[int]) -> bool:
        if len(members) > len(plane.rates_bps):
            return False
        here = list(members)
        loads_bps = np.array([self.problem.down_bps[here].sum(), self.problem.up_bps[here].sum()])
        return bool(np.all(loads_bps <= plane.rates_bps[len(members) - 1]))

    def _direct_groups(self, pon: Pon) -> list[frozenset[Group]]:
        """Give which groups may hang on the upper splitter itself: those at its own place, or none."""
        here = frozenset(group for group in pon.groups if group.place == pon.place)
        return [here] if not here or len(here) == len(pon.groups) else [here, frozenset()]

    def _with_upper(
        self, pon: Pon, light: OpticalClass, optics: OltOptics, upper: Splitter, direct: frozenset[Group]
    ) -> tuple[PlannedSplitter, ...] | None:
        plane = self.planes[pon.plane]
        own = tuple(member for group in pon.groups if group in direct for member in group.members)
        most = self.limits[pon.plane] // upper.outputs
        below = [part for group in pon.groups if group not in direct for part in _parts(group, most)]
        if len(own) + len(below) > upper.outputs:
            return None
        shapes = {group: self._shapes(pon, group) for group in (*direct, *below)}
        metres = [shape.length_m for pair in shapes.values() for shape in pair]
        if max(metres) - min(metres) > plane.technology.max_differential_reach_m:
            return None
        if own and not light_fits(
            self.problem, plane.technology, light, upper, [shape for group in direct for shape in shapes[group]]
        ):
            return None
        first = PlannedSplitter(
            plane=pon.plane, place=pon.place, office=pon.office, splitter=upper, optics=optics, members=own
        )
        splitters = [first]
        passed = ON_PORT.through(self.problem.catalogue, upper, upper.outputs)
        for leg, group in enumerate(below, start=len(own) + 1):
            lower = self._lower(pon, light, upper, passed, group, shapes[group])
            if lower is None:
                return None
            splitters.append(
                PlannedSplitter(
                    plane=pon.plane,
                    place=group.place,
                    office=pon.office,
                    splitter=lower,
                    optics=optics,
                    members=group.members,
                    above=0,
                    leg=leg,
                )
            )
        return tuple(splitters)

    def _lower(
        self,
        pon: Pon,
        light: OpticalClass,
        upper: Splitter,
        passed: Passage,
        group: Group,
        shapes: Sequence[PathShape],
    ) -> Splitter | None:
        """Give the cheapest splitter for a group behind the upper one."""
        plane = self.planes[pon.plane]
        sized = sorted(
            (cost, row.outputs, place)
            for place, (row, cost) in enumerate(zip(plane.splitters, plane.splitter_costs, strict=True))
            if row.outputs >= len(group.members) and row.outputs * upper.outputs <= self.limits[pon.plane]
        )
        for _, _, place in sized:
            row = plane.splitters[place]
            if light_fits(self.problem, plane.technology, light, row, shapes, before=passed):
                return row
        return None

    def _shapes(self, pon: Pon, group: Group) -> tuple[PathShape, PathShape]:
        """Give the longest and the shortest light path of a group."""
        if group not in self._behind:
            self._behind[group] = self._shapes_behind(group)
        office = int(self.problem.offices[pon.office])
        stops = [office, self.places[pon.place].junction, self.places[group.place].junction]
        before_m = float(self.tree.distances_m(np.array(stops[:-1]), np.array(stops[1:])).sum())
        far, near = self._behind[group]
        return (
            replace(far, length_m=before_m + far.length_m),
            replace(near, length_m=before_m + near.length_m),
        )

    def _shapes_behind(self, group: Group) -> tuple[PathShape, PathShape]:
        members, problem = np.array(group.members, np.int64), self.problem
        here = np.full(len(members), self.places[group.place].junction)
        metres = self.tree.distances_m(problem.access[members], here)
        metres = metres + problem.graph.lengths_m[problem.drop_edges[members]]
        most, has_switch = int(self.joints[members].max()), self.has_switch[members]
        return (
            PathShape(length_m=float(metres.max()), joints=most, is_switched=bool(has_switch.any())),
            PathShape(length_m=float(metres.min()), joints=0, is_switched=bool(has_switch.all())),
        )
