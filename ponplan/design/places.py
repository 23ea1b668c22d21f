"""Where splitters may stand, and what a cabinet, box or frame there costs for how many customers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.prices import installed_cost, supporting_lines
from ponplan.errors import AreaError, CatalogueError, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import Enclosure
    from ponplan.design.prices import Line
    from ponplan.design.problem import PlanProblem
    from ponplan.design.standing.standing import Standing

ENCLOSURE_OF = {"office": "odf", "cabinet": "cabinet", "room": "room-box", "closure": "closure"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A junction where splitters may stand."""

    id: str  # of the area site or office
    name: str
    kind: str  # office, cabinet, room; closure: for taps and what hangs on them
    junction: int
    enclosure: str | None  # given by the area, else chosen by size
    existing: bool
    locked: bool = False  # must hold a splitter
    mark: str = ""  # behind the names of its enclosures, where several plants have their own there
    node: str = ""  # kept cabinet or box that stands there already


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """What a place costs at least: a fixed part, and more for each customer or for each splitter."""

    fixed: float
    per_customer: float
    per_splitter: float


FREE = PlaceLine(fixed=0.0, per_customer=0.0, per_splitter=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosurePrices:
    """Enclosures of one kind that hold splitters, by what they cost and hold."""

    rows: tuple[Enclosure, ...]
    costs: tuple[float, ...]
    customers: tuple[int, ...]  # when each has one leg of splitters as large as may be

    def line(self, *, customers: float, splitters: float) -> PlaceLine:
        """Give the supporting line of the price that is highest at so many customers or splitters."""
        slots = [row.splitter_slots for row in self.rows]
        by_customers = _highest(self.costs, self.customers, customers)
        by_splitters = _highest(self.costs, slots, splitters)
        if by_customers.fixed + by_customers.slope * customers >= by_splitters.fixed + by_splitters.slope * splitters:
            return PlaceLine(fixed=by_customers.fixed, per_customer=by_customers.slope, per_splitter=0.0)
        return PlaceLine(fixed=by_splitters.fixed, per_customer=0.0, per_splitter=by_splitters.slope)


def _highest(costs: Sequence[float], capacities: Sequence[int], near: float) -> Line:
    """Give the supporting line of the cheapest price of so much capacity that is highest at `near`, or at the end."""
    order = np.argsort(np.array(capacities), kind="stable")
    ends = np.array(capacities, float)[order]
    cheapest = np.minimum.accumulate(np.array(costs)[order][::-1])[::-1]
    at = min(near, float(ends[-1]))
    return max(supporting_lines(ends, cheapest), key=lambda line: line.fixed + line.slope * at)


def places_of(problem: PlanProblem) -> list[Place]:
    """Give the places where splitters may stand: allowed sites that can be reached, and offices if permitted.

    An area without any cabinet site gets every junction of routes as a possible one.
    """
    area, graph = problem.area, problem.graph
    _refuse_unknown_enclosures(problem)
    places = []
    if area.rules.splitters_in_office:
        for row, junction in zip(problem.office_rows.tolist(), problem.offices.tolist(), strict=True):
            office = area.offices[row]
            places.append(_place(office.id, office.name, "office", junction))
    for row, site in enumerate(area.sites):
        junction = int(graph.site_junctions[row])
        if junction >= 0 and not site.forbidden:
            places.append(
                Place(
                    id=site.id,
                    name=site.name,
                    kind=site.kind,
                    junction=junction,
                    enclosure=site.enclosure,
                    existing=site.existing,
                    locked=site.locked,
                )
            )
    if problem.standing is not None:
        places = _with_standing(problem, problem.standing, places)
    if not any(site.kind == "cabinet" for site in area.sites):
        places += [_place(graph.junction_ids[j], "", "cabinet", j) for j in crossings(problem)]
    return places


def _with_standing(problem: PlanProblem, standing: Standing, places: Sequence[Place]) -> list[Place]:
    """Give the places with the cabinets and boxes that are kept; those of a site stand in for it."""
    index_of = {name: index for index, name in reversed(list(enumerate(problem.graph.junction_ids)))}
    hosts = {node.id: node for node in standing.hosts.values() if node.junction in index_of}
    first: dict[str, str] = {}
    for node in sorted([*hosts.values(), *standing.frames], key=lambda node: not standing.has_room(node.id)):
        first.setdefault(node.site, node.id)
    forbidden = {site.id for site in problem.area.sites if site.forbidden}
    told = [
        replace(
            place,
            node=first[place.id],
            existing=standing.has_room(first[place.id]),
            locked=place.locked or first[place.id] in standing.waiting,
        )
        if place.id in first
        else place
        for place in places
    ]
    known = {place.node for place in told}
    told += [
        Place(
            id=node.id,
            name=node.name,
            kind=node.kind,
            junction=index_of[node.junction],
            enclosure=None,
            existing=True,
            node=node.id,
            locked=node.id in standing.waiting,
        )
        for node in hosts.values()
        if node.id not in known and node.site not in forbidden and standing.has_room(node.id)
    ]
    return told


def _refuse_unknown_enclosures(problem: PlanProblem) -> None:
    known = problem.catalogue.enclosures
    faults = [
        Fault(
            file="sites",
            row=site.id,
            field="enclosure",
            value=site.enclosure,
            problem="no such enclosure",
            limit=", ".join(known),
        )
        for site in problem.area.sites
        if site.enclosure and site.enclosure not in known
    ]
    if faults:
        raise AreaError(faults)


def enclosure_prices(catalogue: Catalogue, kind: str, *, max_legs: int, given: str | None = None) -> EnclosurePrices:
    """Give the enclosures of one kind that hold splitters.

    Parameters
    ----------
    given
        Enclosure that the area wants at a place, of whatever kind.

    Raises
    ------
    CatalogueError
        When none is allowed in design.
    """
    sized = []
    for row in catalogue.enclosures.values():
        # a fibre in and `max_legs` out for each splitter
        capacity = min(row.splitter_slots * max_legs, row.fibres - -(-row.fibres // (max_legs + 1)))
        may_stand = row.id == given or (row.kind == kind and row.allowed_in_design)
        if may_stand and capacity > 0:
            sized.append((capacity, row.id, row))
    if not sized:
        raise CatalogueError(
            [Fault(file="enclosures", problem=f"no {kind} that holds splitters is allowed in design")]
        )
    sized.sort()
    return EnclosurePrices(
        rows=tuple(row for _, _, row in sized),
        costs=tuple(installed_cost(catalogue, row) for _, _, row in sized),
        customers=tuple(capacity for capacity, _, _ in sized),
    )


def _place(identity: str, name: str, kind: str, junction: int) -> Place:
    return Place(id=identity, name=name, kind=kind, junction=junction, enclosure=None, existing=False)


def crossings(problem: PlanProblem) -> Sequence[int]:
    """Give the junctions where routes begin, end, meet or are left."""
    graph = problem.graph
    routes = np.flatnonzero(graph.kinds == "route")
    degree = np.bincount(
        np.concatenate([graph.tails[routes], graph.heads[routes]]), minlength=len(graph.junction_ids)
    )
    found: list[int] = np.flatnonzero(degree > 0).tolist()
    return found
