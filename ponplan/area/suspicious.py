"""What looks wrong in an area although it can be planned: one function per suspicion, each with count and advice."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from ponplan.area.graph import build_route_graph
from ponplan.area.noding import node_routes
from ponplan.area.plant.consistency import plant_faults
from ponplan.area.plant.naming import with_plant_ids
from ponplan.catalogue import read_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from ponplan.area.model import Area

EXAMPLES = 5
NEARLY_MEET_M = 5.0
LONG_DROP_M = 100.0
LONG_ROUTE_M = 20_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Something to look at: what, how often, where for example, and what to do."""

    id: str
    what: str
    count: int
    examples: tuple[str, ...]
    advice: str


def find_suspicious(area: Area, *, catalogue: Path | None = None) -> tuple[Suspicion, ...]:
    """Look at an area with a planner's eye.

    `catalogue` is a folder laid over the shipped catalogue, against which classes, services and surfaces are held.
    """
    checks: tuple[Callable[[Area], Iterable[Suspicion]], ...] = (
        customers_at_one_place,
        customers_of_one_name,
        routes_that_nearly_meet,
        routes_that_cross,
        routes_too_long,
        parts_out_of_reach,
    )
    found = [suspicion for check in checks for suspicion in check(area)]
    return (*unknown_words(area, catalogue), *found, *missing_parts(area), *contradictions_in_plant(area, catalogue))


def contradictions_in_plant(area: Area, catalogue: Path | None) -> list[Suspicion]:
    """Find what keeps listed plant from being used, and ports of which nobody says how loaded they are."""
    rows = read_catalogue(directory=catalogue)
    faults = plant_faults(replace(area, plant=with_plant_ids(area)), rows)
    advice = "mend it; a design would be refused"
    found = [
        Suspicion(
            id="plant", what=f"{fault.file}: {fault.problem}", count=1, examples=(str(fault.row),), advice=advice
        )
        for fault in faults
    ]
    used = {splitter.port for splitter in area.plant.splitters if splitter.taken}
    mute = [
        port.id for port in area.plant.ports if (port.onus or port.id in used) and not (port.down_bps or port.up_bps)
    ]
    advice = "give their load, or new customers are put on them as if they carried nothing"
    return [*found, *_if_any("mute-port", "PON ports have terminals of others and no load", mute, advice)]


def unknown_words(area: Area, catalogue: Path | None) -> list[Suspicion]:
    """Find classes, services, technologies, surfaces and enclosures that the catalogue does not hold."""
    rows = read_catalogue(directory=catalogue)
    used: dict[str, tuple[Iterable[tuple[str, str]], Collection[str]]] = {
        "class": (((c.customer_class, c.id) for c in area.customers), rows.customer_classes),
        "service": (((name, c.id) for c in area.customers for name, _ in c.services), rows.services),
        "circuit-service": (((circuit.service, circuit.id) for circuit in area.circuits), rows.services),
        "technology": (((c.technology, c.id) for c in area.customers if c.technology), rows.technologies),
        "surface": (((route.surface, route.id) for route in area.routes), rows.surfaces),
        "enclosure": (((site.enclosure, site.id) for site in area.sites if site.enclosure), rows.enclosures),
    }
    found = []
    for kind, (pairs, known) in used.items():
        strange: dict[str, list[str]] = defaultdict(list)
        for word, owner in pairs:
            if word not in known:
                strange[word].append(owner)
        advice = f"use one of: {', '.join(known)}; or add it to a catalogue folder"
        found += [
            _suspicion(f"unknown-{kind}", f"{kind} {word!r} is not in the catalogue", owners, advice)
            for word, owners in strange.items()
        ]
    return found


def customers_at_one_place(area: Area) -> list[Suspicion]:
    """Find places where several customers without a room stand exactly."""
    at: dict[tuple[float, float], list[str]] = defaultdict(list)
    for customer in area.customers:
        if customer.room is None:
            at[round(customer.x_m, 2), round(customer.y_m, 2)].append(customer.id)
    owners = [name for names in at.values() if len(names) > 1 for name in names]
    advice = "is it one customer entered twice, or one building? Then give it a room"
    return _if_any("same-place", "customers share their exact place with others", owners, advice)


def customers_of_one_name(area: Area) -> list[Suspicion]:
    """Find customers of one class and name within 50 m of each other."""
    by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, customer in enumerate(area.customers):
        if customer.name:
            by_name[customer.name.casefold(), customer.customer_class].append(index)
    owners = []
    for rows in by_name.values():
        if len(rows) > 1:
            tree = cKDTree([(area.customers[row].x_m, area.customers[row].y_m) for row in rows])
            near = {row for pair in tree.query_pairs(50.0) for row in pair}
            owners += [area.customers[rows[row]].id for row in sorted(near)]
    return _if_any("same-name", "customers have the name of another within 50 m", owners, "is one entered twice?")


def routes_that_nearly_meet(area: Area) -> list[Suspicion]:
    """Find dead ends that stop short of another route, beyond the snap tolerance but within `NEARLY_MEET_M`."""
    if not area.routes:
        return []
    noded = node_routes([route.line for route in area.routes], tolerance_m=area.rules.snap_tolerance_m)
    ends = np.concatenate([noded.tails, noded.heads])
    lonely = np.bincount(ends, minlength=len(noded.junction_xy_m)) == 1
    lonely[noded.cuts.junctions] = False
    owners = np.tile(np.arange(len(area.routes)), 2)
    rows = np.flatnonzero(lonely[ends])
    lines = np.array([route.line for route in area.routes], object)
    point, line = shapely.STRtree(lines).query(
        shapely.points(noded.junction_xy_m[ends[rows]]), predicate="dwithin", distance=NEARLY_MEET_M
    )
    short = owners[rows[point]] != line
    names = sorted({area.routes[owner].id for owner in owners[rows[point[short]]].tolist()})
    advice = f"join them if they are one street, or raise rules.snap_tolerance_m ({area.rules.snap_tolerance_m:g})"
    return _if_any(
        "nearly-meet", f"routes end within {NEARLY_MEET_M:g} m of another without meeting it", names, advice
    )


def routes_that_cross(area: Area) -> list[Suspicion]:
    """Find joinable routes that cross another on the inside of both, where no junction is made."""
    lines = np.array([route.line for route in area.routes if route.joinable], object)
    names = [route.id for route in area.routes if route.joinable]
    if not names:
        return []
    one, other = shapely.STRtree(lines).query(lines, predicate="crosses")
    firsts = one[one < other]
    crossing = sorted({names[index] for index in firsts.tolist()})
    advice = "if fibre can go from one to the other, split them (import csv --join-crossings); bridges are right"
    return _if_any("crossing", "routes cross another without a junction", crossing, advice)


def routes_too_long(area: Area) -> list[Suspicion]:
    """Find routes longer than an access network."""
    names = [route.id for route in area.routes if route.line.length > LONG_ROUTE_M]
    advice = "is the coordinate system right? Split long routes where customers join"
    return _if_any("long-route", f"routes are longer than {LONG_ROUTE_M / 1000:g} km", names, advice)


def parts_out_of_reach(area: Area) -> list[Suspicion]:
    """Find customers, sites and routes that the plan cannot use, and long drops."""
    if not area.routes or not any(office.allowed for office in area.offices):
        return []
    graph = build_route_graph(area)
    far = [name for name, _ in graph.unreachable]
    drops = np.flatnonzero((graph.kinds == "drop") & (graph.lengths_m > LONG_DROP_M)).tolist()
    long = [graph.segment_ids[index].removeprefix("drop/") for index in drops]
    return [
        *_if_any(
            "out-of-reach", "customers cannot be reached", far, "draw a route to them, or raise rules.max_drop_m"
        ),
        *_if_any("long-drop", f"drops are longer than {LONG_DROP_M:g} m", long, "is a street missing beside them?"),
        *_if_any(
            "left-out",
            "routes or sites are not connected to a central office",
            [name for name, _ in graph.left_out],
            "join them to the rest",
        ),
    ]


def missing_parts(area: Area) -> list[Suspicion]:
    """Find what a plan needs and the area has not."""
    parts = {
        "customers": len(area.customers),
        "routes": len(area.routes),
        "allowed central offices": sum(office.allowed for office in area.offices),
        "candidate sites that are not forbidden": sum(not site.forbidden for site in area.sites),
    }
    return [
        Suspicion(id="missing", what=f"there are no {name}", count=0, examples=(), advice=f"add {name}")
        for name, count in parts.items()
        if count == 0
    ]


def _if_any(name: str, what: str, owners: Collection[str], advice: str) -> list[Suspicion]:
    return [_suspicion(name, what, owners, advice)] if owners else []


def _suspicion(name: str, what: str, owners: Collection[str], advice: str) -> Suspicion:
    unique = list(Counter(owners))
    return Suspicion(id=name, what=what, count=len(unique), examples=tuple(unique[:EXAMPLES]), advice=advice)
