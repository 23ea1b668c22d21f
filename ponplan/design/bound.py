"""What no permitted plan can undercut: a Steiner bound for the trench plus a location bound for what it joins.

Every cost is shared out between the two relaxations, never counted in both:

* Trench side. Every plan opens routes that join each customer with an office. Each opened metre costs at least its
  surface, one duct where ducts are laid, and the fixed part F of a trunk cable; each drop its way and its cable.
  The cheapest such set is a Steiner tree from one super-root, and dual ascent bounds it from below.
* Location side. A customer's fibre runs from a splitter place over at least the shortest way, at v per metre where
  F + v n <= price(n) for every n; a splitter's feeder adds at least v times the way to an office, shared by as many
  customers as the largest splitter has legs. Places cost at least the supporting line of their enclosures. Sites off
  a sparse list are one free dummy at the first omitted distance. A Lagrangian bounds this problem from below.
* Ranks. Or else a concave curve below the price is divided: F to the trench, and of its rise to each customer's fibre
  the share of its rank in the street, to all others the last slope: see `ranks`.
* Steps and joints. Where one street leads to customers, all their fibres lie in it, and its cables cost a step, not
  the line, and are cut or kept thick where they part: see `pockets`.
* Equipment. Splitters, ports, cards and chassis cost at least the cheapest set for all customers together,
  as if they stood at one place; terminals, connections and the splices at a link's ends are the same in every plan.
* Splitters that feed splitters, taps too: every edge of the tree of splitters on a port is shared by customers whose
  shares of the port add up to at most 1, so the feeders of the location side hold for them as they are, and each
  splitter but those on ports takes a leg.
* The bearer behind the OLTs costs at least what one chassis with all customers would need.
* Closures where drops begin cost at least the cheapest set for these drops, frames where feeders begin at least the
  cheapest set for the fewest ports; where a splitter may stand at the same junction instead, that much is taken off
  the opening cost of the place, so that it is not counted twice.
* A direct fibre runs over at least the shortest way to an office, at v per metre, and brings its port, line card,
  shelf and splices: see `direct`. The line lies under the price of cable whoever's fibres are in it.
* A splitter in a building room serves those inside alone: what it, its port and its feeder cost beyond the shares of
  these few is part of opening the room.

Kept plant is free where it stands: a route with room is opened for nothing, F = v = 0 where a kept cable has a dark
fibre, free legs, ports, slots, closures and frames are taken off what must be bought, and a kept splitter with a free
leg is as good as an office. What is kept but not built yet is paid in every plan and added as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.covers import cheapest_cover
from ponplan.design.equipment import lone_costs
from ponplan.design.location_prices import LocationPrices
from ponplan.design.placement import NEAREST, location_problem, opening_lines, port_shares, room_entries
from ponplan.design.planes import planes_at_least
from ponplan.design.prices import installed_cost, unit_cost
from ponplan.design.standing.relief import Relief, lit_places
from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.location.slack import opening_slacks
from ponplan.optimise.location.uncapacitated import solve_uncapacitated
from ponplan.optimise.nearest import nearest_sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.design.placement import FindPlaces
    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.prices import Line
    from ponplan.design.problem import PlanProblem
    from ponplan.optimise.stop import Stop

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

LIST_ENTRIES = 1_000_000  # of all customers' lists together, as far as they exceed the usual length


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationBound:
    """The location side's bound, by part of the bill as its own solution is composed, with the drops' closures."""

    passive: float
    cable: float
    slacks: FloatArray  # (places,) how much each place's opening may cost less
    slacks_cost: float  # by how much the bound falls where all do
    assignment: IntArray  # (c,) a place of each customer with a splitter, as a relaxed plan has it

    @property
    def total(self) -> float:
        """Give the bound of both parts."""
        return self.passive + self.cable


def route_graph_m(problem: PlanProblem) -> SparseGraph:
    """Give the metres that a trunk fibre may run and must be paid for; drops and indoor runs carry none."""
    graph = problem.graph
    trunk = np.isin(graph.kinds, ["route", "lead-in"])
    lengths_m = graph.lengths_m
    if problem.standing is not None:  # what may go over a dark fibre costs nothing
        lengths_m = np.where(problem.standing.has_dark_fibre, 0.0, lengths_m)
    return SparseGraph.from_edges(len(graph.junction_ids), graph.tails[trunk], graph.heads[trunk], lengths_m[trunk])


def office_metres(problem: PlanProblem) -> FloatArray:
    """Give (n,) the least metres of paid fibre from each junction to an office."""
    return nearest_sources(route_graph_m(problem), problem.offices, width=1)[1][:, 0]


def location_bound(
    problem: PlanProblem,
    planes: Sequence[Plane],
    places: Sequence[Place],
    line: Line,
    *,
    near: Mapping[str, float],
    stop: Stop,
    rng: np.random.Generator,
    least_shared: int = 0,
    nearest: int = 0,
    find: FindPlaces | None = None,
) -> LocationBound:
    """Bound the location side, and add the closures that every plan pays at the drops.

    Parameters
    ----------
    least_shared
        How many places other than building rooms every plan opens: so many times the cheapest of them is paid, and
        each costs so much less.
    nearest
        How many places stand on each customer's list, and then no slacks are found; 0: as many as there is room for.
    find
        As `location_problem` has it.
    """
    graph, office_m = route_graph_m(problem), office_metres(problem)
    is_direct, split, all_planes = problem.is_direct, problem, planes
    if is_direct.all():
        nobody = np.zeros(0, np.int64)
        return LocationBound(
            passive=_lone_closures(problem),
            cable=0.0,
            slacks=np.zeros(len(places)),
            slacks_cost=0.0,
            assignment=nobody,
        )
    if is_direct.any():
        split = problem.only(~is_direct)
        planes = planes_at_least(split)
    lines = opening_lines(split, planes, places, near=near)
    opening = np.array([line.fixed for line in lines])
    closures, opening = _closures(problem, places, opening)
    frames, opening = _frames(problem, all_planes, places, opening)
    relief = Relief(problem)
    opening += _lone_splitters(split, planes, places, office_m, line)
    feeder_m = np.where(lit_places(relief, places), 0.0, office_m[[place.junction for place in places]])
    locked, opening = _locked(places, opening)
    shared = np.array([place.kind != "room" for place in places], bool)
    discount = float(opening[shared].min()) if least_shared and shared.any() else 0.0
    opening = opening - discount * shared
    prices = LocationPrices(
        per_fibre_m=line.slope,
        splice_cost=unit_cost(problem.catalogue, "splice"),
        feeder_m=feeder_m,
        opening=opening,
        per_customer=np.array([line.per_customer for line in lines]),
        per_splitter=np.array([line.per_splitter for line in lines]),
        office_m=np.zeros(len(office_m)) if len(relief.leg_junctions) else office_m,
        feeders=1 + (split.protections == "trunk") * (problem.standing is None),
    )
    width = nearest or max(NEAREST, LIST_ENTRIES // max(1, len(split.served)))
    location = location_problem(split, planes, places, graph, prices, nearest=width, find=find)
    solution = solve_uncapacitated(location, stop=stop, rng=rng)
    opened = float(opening[solution.open].sum()) + float(prices.per_customer[solution.assignment].sum())
    opened += float((prices.per_splitter[solution.assignment] * port_shares(split, planes)).sum())
    share = opened / solution.cost if solution.cost > 0.0 else 0.0
    lists = location.candidates
    # without opening costs every customer takes the best entry: holds even when the search was cut short at once
    alone = float(np.minimum(lists.costs[lists.first[:-1]], lists.omitted_costs).sum())
    lower, slacks = alone, np.zeros(len(places))
    if not nearest:
        lower, slacks = opening_slacks(location, target=solution.cost)
    bound = max(solution.bound, alone, lower)
    return LocationBound(
        passive=closures + frames + locked + least_shared * discount + share * bound,
        cable=(1.0 - share) * bound,
        slacks=slacks,
        slacks_cost=bound - lower,
        assignment=solution.assignment,
    )


def _locked(places: Sequence[Place], opening: FloatArray) -> tuple[float, FloatArray]:
    """Give what opening the locked places costs at least, and the opening costs without it: every plan pays it."""
    locked = np.array([place.locked for place in places], bool)
    return float(opening[locked].sum()), np.where(locked, 0.0, opening)


def _closures(problem: PlanProblem, places: Sequence[Place], opening: FloatArray) -> tuple[float, FloatArray]:
    """Give the least cost of closures at all drops, and the opening costs less what they save of it."""
    junctions, drops = np.unique(problem.access, return_counts=True)
    is_room = [site.kind == "room" for site in problem.area.sites]
    rooms = set(problem.graph.site_junctions[np.array(is_room, bool)].tolist())
    offices = set(problem.offices.tolist())
    here: dict[int, list[int]] = {}
    for index, place in enumerate(places):
        here.setdefault(place.junction, []).append(index)
    enclosed = Relief(problem).enclosed
    opening, total = opening.copy(), 0.0
    for junction, count in zip(junctions.tolist(), drops.tolist(), strict=True):
        cost = _cheapest_closures(problem, "room-box" if junction in rooms else "closure", count)
        cost = min([cost, *(float(opening[index]) for index in here.get(junction, []))])
        if junction in offices or junction in enclosed:
            cost = 0.0
        for index in here.get(junction, []):
            opening[index] -= cost
        total += cost
    return total, opening


def _lone_closures(problem: PlanProblem) -> float:
    """Give the least cost of closures at all drops and of frames, where there are no splitters at all."""
    nowhere = np.zeros(0)
    return _closures(problem, (), nowhere)[0] + _frames(problem, (), (), nowhere)[0]


def _cheapest_closures(problem: PlanProblem, kind: str, drops: int) -> float:
    rows = [row for row in problem.catalogue.enclosures.values() if row.kind == kind and row.allowed_in_design]
    costs = [installed_cost(problem.catalogue, row) for row in rows]
    return cheapest_cover([row.fibres for row in rows], costs, drops)[0]


def _frames(
    problem: PlanProblem, planes: Sequence[Plane], places: Sequence[Place], opening: FloatArray
) -> tuple[float, FloatArray]:
    """Give the least cost of the frames where feeders begin, and the opening costs less what they save of it.

    A feeder to a splitter at the office itself needs no frame, and splitters in an office may share one; such a place
    is opened then, so that only what both cost is certain.
    """
    rows = [row for row in problem.catalogue.enclosures.values() if row.kind == "odf" and row.allowed_in_design]
    costs = [installed_cost(problem.catalogue, row) for row in rows]
    relief = Relief(problem)
    needed = int(problem.is_direct.sum()) + sum(relief.need(plane)[1] for plane in planes)
    num_ports = 0 if relief.has_frame else max(0, needed - relief.dark_feeders)
    cost = cheapest_cover([row.fibres for row in rows], costs, num_ports)[0]
    here = np.isin([place.junction for place in places], problem.offices)
    cost = min([cost, *opening[here].tolist()])
    return cost, opening - cost * here


def _lone_splitters(
    problem: PlanProblem, planes: Sequence[Plane], places: Sequence[Place], office_m: FloatArray, line: Line
) -> FloatArray:
    """Give (places,) what a room with a splitter costs beyond its customers' shares of splitters and feeders.

    Only those inside share its port, and one fibre at least leads to it.
    """
    costs = np.zeros(len(places))
    if problem.area.rules.cascades or problem.standing is not None:
        return costs
    customers, rooms = room_entries(problem, places)
    if not len(rooms):
        return costs
    shares = port_shares(problem, planes)
    # who has a leg on two splitters pays for them elsewhere
    twice = [plane.members for plane in planes if len(np.unique(problem.served[plane.members])) < len(plane.members)]
    beside = np.unique(rooms[np.isin(customers, np.concatenate(twice))]) if twice else np.zeros(0, np.int64)
    served = np.setdiff1d(rooms, beside)
    groups = [customers[rooms == room] for room in served.tolist()]
    costs[served] = lone_costs(problem, planes, groups)
    for room, group in zip(served.tolist(), groups, strict=True):
        unshared = max(0.0, 1.0 - float(shares[group].sum()))
        costs[room] += unshared * line.slope * float(office_m[places[room].junction])
    return costs
