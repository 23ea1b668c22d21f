"""From a plan with cabinets to a cheaper one in which some roads are buses."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.assignments import bound_customers
from ponplan.design.bus.build import BusBuilder
from ponplan.design.bus.places import tap_places
from ponplan.design.bus.stations import lines_of_stations
from ponplan.design.cascade import in_stead
from ponplan.design.onus import switched
from ponplan.design.portfolio import LaidOut
from ponplan.design.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from ponplan.design.decisions import Decisions
    from ponplan.design.effort import Halt
    from ponplan.design.placement import Placed
    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.portfolio import Ground, Rearrange
    from ponplan.design.splits import PlannedSplitter

    IntArray = NDArray[np.int64]

Port = tuple[int, ...]  # told by its customers
MOST_TRIALS = 24


def with_buses(ground: Ground, plan: LaidOut, halt: Halt, tell: Callable[[str], None]) -> LaidOut:
    """Give the plan, or a cheaper one in which the customers of some ports hang on taps along roads.

    All ports are tried at once, then those of each place and each alone; whatever lowers the bill stays. Each trial
    is laid out and billed to the cent, so that the answer is never dearer than the plan.
    """
    placed = with_tap_places(ground, plan.placed)
    best, best_cost = plan, plan.cost()
    bused: frozenset[Port] = frozenset()
    for changed in _trials(plan.decisions):
        if halt.is_over():
            break
        wanted = bused ^ changed
        tell(f"hanging roads on taps; {best_cost:,.0f} so far")
        try:
            found = LaidOut.of(ground, placed, partial(_rearranged, ground, placed, plan.rearrange, wanted))
        except Refused:
            continue
        cost = found.cost()
        if cost < best_cost:
            best, best_cost, bused = found, cost, wanted
    return best


def _rearranged(
    ground: Ground,
    placed: Placed,
    before: Rearrange,
    wanted: Collection[Port],
    splitters: Sequence[PlannedSplitter],
    joints: IntArray,
) -> Sequence[PlannedSplitter]:
    return bus_instead(ground, placed, wanted, before(splitters, joints), joints)


def with_tap_places(ground: Ground, placed: Placed) -> Placed:
    """Give a sharing-out of customers in whose places there are closures for taps, at the end of the list."""
    tree = ground.trunk.tree
    more = [place for place in tap_places(ground.problem) if tree.position[place.junction] >= 0]
    junctions = np.array([place.junction for place in more], np.int64)
    offices = ground.trunk.office_of(junctions, ground.problem.offices)
    metres = tree.distances_m(junctions, ground.problem.offices[offices])
    return replace(
        placed,
        places=(*placed.places, *more),
        offices=np.concatenate([placed.offices, offices]),
        feeder_m=np.concatenate([placed.feeder_m, metres]),
    )


def _trials(decisions: Decisions) -> list[frozenset[Port]]:
    """Give the ports to be put on buses, or taken off again, trial by trial; those farthest away first."""
    found: dict[int, list[Port]] = {}
    for index, splitter in enumerate(decisions.splitters):
        if _may_be_bus(decisions.places, decisions.fed, decisions.planes, splitter, index):
            found.setdefault(splitter.place, []).append(splitter.members)
    depth_m, places = decisions.trunk.tree.depth_m, decisions.places
    order = sorted(found, key=lambda place: (-depth_m[places[place].junction], place))
    every = [port for place in order for port in found[place]]
    trials = [frozenset(every), *(frozenset(found[place]) for place in order)]
    trials += [frozenset([port]) for port in every if len(every) > 1]
    return list(dict.fromkeys(trials))[:MOST_TRIALS] if every else []


def _may_be_bus(
    places: Sequence[Place], fed: Collection[int], planes: Sequence[Plane], splitter: PlannedSplitter, index: int
) -> bool:
    is_alone = splitter.above is None and index not in fed and not splitter.identity
    return is_alone and places[splitter.place].kind == "cabinet" and planes[splitter.plane].protection == "none"


def bus_instead(
    ground: Ground, placed: Placed, wanted: Collection[Port], splitters: Sequence[PlannedSplitter], joints: IntArray
) -> Sequence[PlannedSplitter]:
    """Give the splitters with the customers of some ports on buses, as far as light and load allow."""
    fed = {splitter.above for splitter in splitters if splitter.above is not None}
    kinds = ground.problem.graph.kinds[ground.problem.drop_edges]
    bound = set(bound_customers(ground.problem).tolist())
    pools: dict[tuple[int, int], list[int]] = {}
    for index, splitter in enumerate(splitters):
        is_outside = bool(np.all(kinds[list(splitter.members)] == "drop")) and bound.isdisjoint(splitter.members)
        if (
            splitter.members in wanted
            and is_outside
            and _may_be_bus(placed.places, fed, ground.planes, splitter, index)
        ):
            pools.setdefault((splitter.plane, splitter.office), []).append(index)
    at = {place.junction: number for number, place in enumerate(placed.places) if place.kind == "closure"}
    has_switch = switched(ground.problem)
    gone: set[int] = set()
    rows: list[Sequence[PlannedSplitter]] = []
    for (plane, office), pool in sorted(pools.items()):
        builder = BusBuilder(
            ground.problem,
            ground.planes[plane],
            plane,
            ground.trunk.tree,
            office,
            at,
            ground.line.slope,
            joints,
            has_switch,
        )
        found = _buses(builder, [member for index in pool for member in splitters[index].members])
        if found is not None:
            gone |= set(pool)
            rows += found
    return in_stead(splitters, gone, rows)


def _buses(builder: BusBuilder, members: Sequence[int]) -> list[list[PlannedSplitter]] | None:
    """Give buses for all these customers; None if they do not allow it."""
    office = int(builder.problem.offices[builder.office])
    lines = lines_of_stations(builder.problem, builder.tree, office, members)
    if lines is None:
        return None
    rows: list[list[PlannedSplitter]] = []
    for line in lines:
        found = builder.along(line)
        if found is None:
            return None
        rows += found
    return rows
