"""Which customers share a splitter, how large it is and which transceiver lights it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.filling import fillings
from ponplan.design.onus import switched
from ponplan.design.optics import PathShape, light_fits
from ponplan.design.planes import customers_within
from ponplan.design.standing.wishes import Wishes, unusable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue.model import OltOptics, Splitter
    from ponplan.design.placement import Placed
    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.design.protection.feeders import Rings
    from ponplan.design.tree import RootedTree
    from ponplan.topology.network import Splitter as LockedSplitter

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSplitter:
    """A splitter: where it stands, whom it serves, leg by leg, and what feeds it, a port of its own or a leg."""

    plane: int
    place: int
    office: int
    splitter: Splitter
    optics: OltOptics  # of the port whose light it divides
    members: tuple[int, ...]  # positions in the problem's `served`, on the first legs that feed no splitter
    identity: str = ""  # of a splitter that the planner has locked
    above: int | None = None  # the splitter that feeds it, by its place in the plan; None: a port
    leg: int = 1  # of the one above


@dataclass(frozen=True, slots=True, kw_only=True)
class Splitting:
    """All splitters, and the customers whom no splitter can serve, with the reason."""

    splitters: tuple[PlannedSplitter, ...]
    refused: dict[int, str]


def split_customers(
    problem: PlanProblem,
    planes: Sequence[Plane],
    tree: RootedTree,
    placed: Placed,
    *,
    joints: IntArray,
    rings: Rings | None = None,
) -> Splitting:
    """Group each place's customers in the order of the tree and choose splitter and transceiver for each group.

    Parameters
    ----------
    joints
        (c,) how many splices between cables each customer's light is expected to meet.
    rings
        Both feeders to the places of planes with a protected trunk.
    """
    assignment = placed.assignment
    junctions = np.array([place.junction for place in placed.places], np.int64)
    behind_m = tree.distances_m(problem.access, junctions[assignment]) + problem.graph.lengths_m[problem.drop_edges]
    has_switch = switched(problem)
    refused: dict[int, str] = {}
    splitters: list[PlannedSplitter] = []
    wishes = Wishes(problem, placed.places)
    for number, plane in enumerate(planes):
        # by place, and at each in the order of the tree
        order = np.lexsort((tree.position[problem.premises[plane.members]], assignment[plane.members]))
        own = plane.members[order]
        used, first = np.unique(assignment[own], return_index=True)
        for place, members in zip(used.tolist(), np.split(own, first[1:]), strict=True):
            office, feeders_m = int(placed.offices[place]), [float(placed.feeder_m[place])]
            if rings is not None and plane.protection == "trunk":
                pair = rings.pairs[int(junctions[place])]
                office, feeders_m = pair.working.office, [pair.working.length_m, pair.protecting.length_m]
            shapes = [
                [
                    PathShape(
                        length_m=feeder_m + float(behind_m[c]), joints=int(joints[c]), is_switched=bool(has_switch[c])
                    )
                    for c in members.tolist()
                ]
                for feeder_m in feeders_m
            ]
            wished = wishes.at(place, plane)
            forced = _forced(problem, plane, members, shapes, wished)
            done = sum(len(group) for group, _, _ in forced)
            rest = [way[done:] for way in shapes]
            chosen, unfit = _split_place(problem, plane, members[done:], rest)
            refused |= unfit
            splitters += [
                PlannedSplitter(
                    plane=number,
                    place=place,
                    office=office,
                    splitter=splitter,
                    optics=optics,
                    members=tuple(group),
                    identity=wish.id,
                )
                for wish, (group, splitter, optics) in zip(wished, forced, strict=True)
            ]
            splitters += [
                PlannedSplitter(
                    plane=number,
                    place=place,
                    office=office,
                    splitter=splitter,
                    optics=optics,
                    members=tuple(group),
                )
                for group, splitter, optics in chosen
            ]
    wishes.refuse_left_over()
    return Splitting(splitters=tuple(splitters), refused=refused)


def _forced(
    problem: PlanProblem,
    plane: Plane,
    members: IntArray,
    shapes: Sequence[Sequence[PathShape]],
    wished: Sequence[LockedSplitter],
) -> list[tuple[list[int], Splitter, OltOptics]]:
    """Fill the splitters that the planner has locked here, at least one customer for each.

    Raises
    ------
    DesignFileError
        When one of them cannot serve anybody.
    """
    chosen: list[tuple[list[int], Splitter, OltOptics]] = []
    start = 0
    for place, wish in enumerate(wished):
        kind = problem.catalogue.splitters[wish.type]
        most = min(kind.outputs, len(members) - start - (len(wished) - place - 1))
        loads_bps = np.stack([problem.down_bps[members], problem.up_bps[members]], axis=1)[start : start + most]
        count = customers_within(loads_bps, plane.rates_bps) if most > 0 else 0
        narrow = replace(plane, splitters=(kind,), splitter_costs=(0.0,))
        found = largest_fit(problem, narrow, [way[start : start + count] for way in shapes]) if count else None
        if found is None:
            raise unusable(
                wish, "nobody within reach of it gets enough light or rate" if most > 0 else "nobody is left"
            )
        chosen.append((members[start : start + found[0]].tolist(), *found[1:]))
        start += found[0]
    return chosen


def _split_place(
    problem: PlanProblem, plane: Plane, members: IntArray, shapes: Sequence[Sequence[PathShape]]
) -> tuple[list[tuple[list[int], Splitter, OltOptics]], dict[int, str]]:
    """Fill splitters one after the other: of sizes that cost least together, as far as rate and light allow."""
    chosen: list[tuple[list[int], Splitter, OltOptics]] = []
    refused: dict[int, str] = {}
    loads_bps = np.stack([problem.down_bps[members], problem.up_bps[members]], axis=1)
    most = [customers_within(loads_bps[start:], plane.rates_bps) for start in range(len(members))]
    next_ones = fillings(plane, most)
    start = 0
    while start < len(members):
        count = next_ones[start]
        if count == 0:
            refused[int(members[start])] = _rate_reason(problem, plane, int(members[start]))
            start += 1
            continue
        found = largest_fit(problem, plane, [way[start : start + count] for way in shapes])
        if found is None:
            refused[int(members[start])] = _light_reason(
                plane, max((way[start] for way in shapes), key=lambda shape: shape.length_m)
            )
            start += 1
            continue
        count, splitter, optics = found
        chosen.append((members[start : start + count].tolist(), splitter, optics))
        start += count
    return chosen, refused


def largest_fit(
    problem: PlanProblem, plane: Plane, shapes: Sequence[Sequence[PathShape]]
) -> tuple[int, Splitter, OltOptics] | None:
    """Give how many of the first customers one splitter can serve, with the cheapest splitter and transceiver."""
    count = len(shapes[0])
    while count > 0:
        options = [
            (splitter_cost + optics_cost, -splitter.outputs, splitter.id, optics.id, splitter, optics, group)
            for splitter, splitter_cost in zip(plane.splitters, plane.splitter_costs, strict=True)
            if splitter.outputs >= count
            for optics, optics_cost, group in zip(plane.optics, plane.optics_costs, plane.classes, strict=True)
        ]
        # light is slow to judge, so the cheapest comes first
        for *_, splitter, optics, group in sorted(options, key=lambda option: option[:4]):
            if all(light_fits(problem, plane.technology, group, splitter, way[:count]) for way in shapes):
                return count, splitter, optics
        smaller = [splitter.outputs for splitter in plane.splitters if splitter.outputs < count]
        count = max(smaller) if smaller else count - 1
    return None


def _rate_reason(problem: PlanProblem, plane: Plane, member: int) -> str:
    down, up = problem.down_bps[member] / 1e6, problem.up_bps[member] / 1e6
    most_down, most_up = plane.rates_bps[0] / 1e6
    return (
        f"needs {down:.0f} Mbit/s down and {up:.0f} up at the horizon; "
        f"a {plane.technology.id} port carries {most_down:.0f} and {most_up:.0f}"
    )


def _light_reason(plane: Plane, shape: PathShape) -> str:
    return (
        f"{shape.length_m:.0f} m of fibre are outside reach or light budget of every "
        f"{plane.technology.id} splitter and transceiver allowed"
    )
