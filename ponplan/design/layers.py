"""Trench, fibres with their places, and steps: one price of cable divided among three bounds, in the best way found.

Either a line under the price is divided, its fixed part to the trench and its slope to every fibre; or a concave
curve, whose value at 0 goes to the trench and whose rise is shared out among the fibres by rank.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.bound import LocationBound, location_bound, office_metres
from ponplan.design.bus.places import tap_places
from ponplan.design.counted import counted_per_m
from ponplan.design.curves import best_curve
from ponplan.design.direct import DirectBound, direct_bound
from ponplan.design.places import ENCLOSURE_OF
from ponplan.design.pockets import charge_pockets
from ponplan.design.pricing import cable_floor_costs, carries_trunk, opening_costs
from ponplan.design.ranks import Ranks, best_shares
from ponplan.design.spots import Spots
from ponplan.design.standing.relief import Relief
from ponplan.design.trench import grow_trunk, steiner_problem
from ponplan.optimise.steiner import dual_ascent, solve_steiner
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from ponplan.design.curves import Curve
    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.prices import CablePrices, Line
    from ponplan.design.problem import PlanProblem
    from ponplan.optimise.steiner import SteinerProblem, SteinerSolution
    from ponplan.optimise.stop import Stop
    from ponplan.topology.network import Network

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

STEINER_WORK_PER_EDGE = 2_000  # to bound the trench again at other prices than it was opened with
MOST_APART = 1_000  # customers for whom the location side is bounded twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Trenching:
    """The Steiner tree that the plan was built on, and the line of cable price it was solved with."""

    solution: SteinerSolution
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Bounds that hold together: of what is dug, of places and fibres, of direct fibres, and of steps and joints."""

    line: Line
    trench: float
    location: LocationBound
    direct: DirectBound
    steps: float

    @property
    def total(self) -> float:
        """Give their sum."""
        return self.trench + self.location.total + self.direct.cable + self.direct.active + self.steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What the layers of a plan are bounded for: the problem, the plan itself, and the tree that it stands on.

    Parameters
    ----------
    legs, planes
        The problem with a row for each second leg, and its planes.
    """

    problem: PlanProblem
    legs: PlanProblem
    planes: Sequence[Plane]
    cables: CablePrices
    trenching: Trenching | None
    network: Network


def layers_bound(plan: Planned, *, stop: Stop, rng: np.random.Generator) -> Layers:
    """Give the bounds of the layers at the better of two ways to divide the price of cable."""
    places = [*Relief(plan.problem).places(), *tap_places(plan.problem)]
    cables = _as_far_as_counted(plan, places)
    line = _best_line(plan, cables)
    near = _customers_per_place(plan)
    bounded = partial(location_bound, plan.legs, plan.planes, places, near=near, stop=stop, rng=rng)
    plain = _layers(plan, line, places, partial(_location, plan, partial(bounded, line)))
    split = plan.legs.only(~plan.legs.is_direct)
    if plan.problem.standing is not None or not len(split.served):
        return plain
    spots = Spots(split)
    users = spots.users_in(plan.network)
    curve = _curve(plan, cables, spots, users)
    if curve is None:
        return plain
    ranks, line = Ranks(spots, curve), curve.tail
    shares = best_shares(ranks, users, places, partial(bounded, line))
    find = ranks.finder(shares)
    ranked = _layers(plan, line, places, partial(_location, plan, partial(bounded, line, find=find)), ranks, shares)
    return max(plain, ranked, key=lambda layers: layers.total)


def _layers(
    plan: Planned,
    line: Line,
    places: Sequence[Place],
    bounded: Callable[[], LocationBound],
    ranks: Ranks | None = None,
    shares: csr_array | None = None,
) -> Layers:
    trench, location = _trench_bound(plan, line), bounded()
    return Layers(
        line=line,
        trench=trench,
        location=location,
        direct=direct_bound(
            plan.problem.only(plan.problem.is_direct), office_metres(plan.problem), fibre_cost_per_m=line.slope
        ),
        steps=_steps_bound(plan, line, trench, places, location, ranks, shares),
    )


def _location(plan: Planned, bounded: Callable[..., LocationBound]) -> LocationBound:
    """Give the location side's bound, with two places at least where somebody has splitters at two."""
    location = bounded()
    if _stand_apart(plan.problem):
        location = max(location, bounded(least_shared=2), key=lambda side: side.total)
    return location


def _curve(plan: Planned, cables: CablePrices, spots: Spots, users: csr_array) -> Curve | None:
    """Give the curve under the price of cable that promises most for the fibres of a plan."""
    number = {name: street for street, name in enumerate(plan.problem.graph.segment_ids[e] for e in spots.streets)}
    trunk = {cable.id: cable for cable in plan.network.cables if cable.role != "drop"}
    used = np.zeros(len(spots.streets), bool)
    used[[number[name] for cable in trunk.values() for name in cable.routes if name in number]] = True
    lit_m = sum(trunk[cable].length_m for link in plan.network.links for cable, _ in link.strands if cable in trunk)
    fibres, lengths_m = users.sum(axis=0).astype(np.int64), plan.problem.graph.lengths_m[spots.streets]
    further_m = lit_m - float(fibres @ lengths_m)
    return best_curve(cables, fibres[used], lengths_m[used], further_m=further_m)


def _as_far_as_counted(plan: Planned, places: Sequence[Place]) -> CablePrices:
    """Give the cables with no more fibres than are counted in a street, beyond which no line must lie below a price.

    Each leg and each direct fibre is counted once; feeders by shares of ports, two where the trunk is protected, and
    one whole for each building room.
    """
    legs, cables = plan.legs, plan.cables
    if legs.standing is not None:
        return cables
    shares = sum(float(plane.port_shares.sum()) for plane in plan.planes)
    feeders = shares * (1 + bool(np.any(legs.protections == "trunk"))) + sum(place.kind == "room" for place in places)
    return replace(cables, usable=np.minimum(cables.usable, len(legs.served) + math.ceil(feeders)))


def _best_line(plan: Planned, cables: CablePrices) -> Line:
    """Give the line under the cable price that promises the highest bound: F over the routes, v over the fibres."""
    problem, network = plan.problem, plan.network
    trunk = [cable for cable in network.cables if cable.role != "drop"]
    fibre_m = {cable.id: cable.length_m for cable in trunk}
    lit_m = sum(fibre_m.get(cable, 0.0) for link in network.links for cable, _ in link.strands)
    is_trunk = carries_trunk(problem)
    names = {name for name, trunk in zip(problem.graph.segment_ids, is_trunk.tolist(), strict=True) if trunk}
    route_m = sum(route.length_m for route in network.routes if route.state == "new" and route.id in names)
    return max(cables.lines(), key=lambda line: line.fixed * route_m + line.slope * lit_m)


def _customers_per_place(plan: Planned) -> dict[str, float]:
    """Give how many customers a host of each kind serves in this plan."""
    problem, network = plan.problem, plan.network
    kind_of = {site.id: site.kind for site in problem.area.sites}
    usual = {"closure": "closure"}
    kind_at = {node.id: kind_of.get(node.site, usual.get(node.kind, "cabinet")) for node in network.nodes}
    host_of = {splitter.id: splitter.node for splitter in network.splitters}
    served = Counter(host_of[link.from_device] for link in network.links if link.from_device in host_of)
    customers = dict.fromkeys(ENCLOSURE_OF, 0)
    hosts = dict.fromkeys(ENCLOSURE_OF, 0)
    for host, count in served.items():
        customers[kind_at[host]] += count
        hosts[kind_at[host]] += 1
    return {kind: customers[kind] / hosts[kind] if hosts[kind] else 1.0 for kind in ENCLOSURE_OF}


def _trench_bound(plan: Planned, line: Line) -> float:
    trenching = plan.trenching
    is_plain = trenching is not None and plan.problem.standing is None and not len(_second_entries(plan.problem))
    if is_plain and trenching and line == trenching.line and math.isfinite(trenching.solution.bound):
        return trenching.solution.bound
    costs = opening_costs(plan.problem) + cable_floor_costs(plan.problem, line.fixed)
    return dual_ascent(_trench_problem(plan.problem, costs))[0]


def _trench_problem(problem: PlanProblem, costs: FloatArray) -> SteinerProblem:
    """Pose the trench at these prices; light is at offices, and at whatever is as good as they are."""
    lit, second = Relief(problem).leg_junctions, _second_entries(problem)
    return steiner_problem(problem, costs, lit=second if lit is None else np.concatenate([lit, second]))


def _second_entries(problem: PlanProblem) -> IntArray:
    """Give the offices' second entries, by which alone a way of a fully protected customer may leave."""
    second = problem.graph.second_offices
    return second[second >= 0] if np.any(problem.protections == "full") else second[:0]


def _steps_bound(
    plan: Planned,
    line: Line,
    trench: float,
    places: Sequence[Place],
    location: LocationBound,
    ranks: Ranks | None,
    shares: csr_array | None,
) -> float:
    """Give by how much the steps of cable prices raise the bound: the pockets' charges less what they take off.

    Where the trench was opened at other prices, a better bound at these is found on the way.
    """
    legs, trenching = plan.legs, plan.trenching
    if trenching is None or legs.standing is not None:
        return 0.0
    costs = opening_costs(legs) + cable_floor_costs(legs, line.fixed)
    total, charged = 0.0, costs
    if not legs.area.rules.taps:  # by which one fibre may feed a whole pocket
        opened = trenching.solution.edges[trenching.solution.edges < len(costs)]
        trunk = grow_trunk(legs, opened, costs, np.arange(len(legs.graph.junction_ids)))
        counted = counted_per_m(legs, trunk.tree, line, ranks, shares)
        charges = charge_pockets(legs, plan.cables, trunk, counted, opened, costs, places, location.slacks)
        total, charged = charges.total - location.slacks_cost, costs - charges.streets
    stop, rng = MaxWork(STEINER_WORK_PER_EDGE * len(costs)), np.random.default_rng(0)
    bound = solve_steiner(_trench_problem(plan.problem, charged), stop=stop, rng=rng).bound
    return max(0.0, total + bound - trench)


def _stand_apart(problem: PlanProblem) -> bool:
    """Say whether somebody has splitters at two places that are no rooms, and few enough are served to try."""
    drops = problem.graph.kinds[problem.drop_edges]
    return len(problem.served) <= MOST_APART and bool(np.any((problem.protections == "full") & (drops == "drop")))
