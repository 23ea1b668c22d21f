"""The ground of a plan on standing plant: earlier routes stay as they were cut, new ones come in beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.model import Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely import LineString

    from ponplan.area.model import Area
    from ponplan.topology.network import Network
    from ponplan.topology.network import Route as Segment

SAME_M = 1.0  # an earlier segment this near to its area route still lies in it
KEPT_SNAP_M = 0.002  # earlier segments meet exactly; a coarser tolerance would bend and swallow some
FRESH_SNAP_M = 0.5  # what is new is to meet them all the same
GROUND_KINDS = ("route", "lead-in")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """An area in which earlier segments are routes of their own.

    Parameters
    ----------
    area
        Its customers are only those who are to be planned.
    segments
        The earlier segment that each of the area's first routes is.
    parents
        Of each of the area's routes: id of the route in the planner's own area, empty for lead-ins.
    """

    area: Area
    segments: tuple[Segment, ...]
    parents: tuple[str, ...]


def ground_of(area: Area, earlier: Network, kept: Network, served: frozenset[str]) -> Ground:
    """Give the ground on which the rest is planned.

    A segment whose route has left the area or was redrawn stays where kept cables lie in it; a forbidden one takes
    no new cable, so that it is left out.
    """
    by_id = {route.id: route for route in area.routes}
    lines = dict(zip((s.id for s in earlier.routes), earlier.route_lines.tolist(), strict=True))
    changed = _changed_parents(earlier, by_id)
    used = {route.id for route in kept.routes}
    segments, routes, parents = [], [], []
    doubles = _doubles(earlier, used)
    for segment in earlier.routes:
        parent = by_id.get(segment.parent)
        stays = segment.id in used or (parent is not None and segment.parent not in changed)
        stays = stays and segment.id not in doubles
        is_forbidden = parent is not None and parent.forbidden
        if segment.kind in GROUND_KINDS and segment.id and stays and not is_forbidden:
            segments.append(segment)
            parents.append(segment.parent)
            routes.append(_route(segment, parent, lines[segment.id]))
    there = {segment.parent for segment in segments} | {s.parent for s in earlier.routes} - changed
    fresh = [route for route in area.routes if route.id in changed or route.id not in there]
    drawn = _drawn(area, earlier)
    routes = [*routes, *fresh, *drawn]
    parents = [*parents, *(route.id for route in fresh), *(route.id for route in drawn)]
    finest_m = FRESH_SNAP_M if fresh or drawn else KEPT_SNAP_M
    rules = replace(area.rules, snap_tolerance_m=min(area.rules.snap_tolerance_m, finest_m))
    customers = tuple(customer for customer in area.customers if customer.id not in served)
    taken = {node.site for node in kept.nodes if node.kind in ("cabinet", "room")}
    # what the area says of the enclosure at a site is told by the kept one now
    sites = tuple(replace(s, existing=False, enclosure=None) if s.id in taken else s for s in area.sites)
    return Ground(
        area=replace(area, routes=tuple(routes), customers=customers, sites=sites, rules=rules),
        segments=tuple(segments),
        parents=tuple(parents),
    )


def _doubles(earlier: Network, used: set[str]) -> set[str]:
    """Give the segments beside another one that nothing kept lies in: a trench dug there before can be dug again."""
    seen: dict[tuple[str, str, str, float], str] = {}
    found = set()
    for segment in sorted(earlier.routes, key=lambda one: one.id not in used):
        ends = (segment.parent, segment.from_junction, segment.to_junction, segment.length_m)
        if segment.parent and seen.setdefault(ends, segment.id) != segment.id and segment.id not in used:
            found.add(segment.id)
    return found


def _changed_parents(earlier: Network, by_id: Mapping[str, Route]) -> set[str]:
    """Give the routes whose line in the area is not the one that the earlier segments were cut from."""
    changed = set()
    for segment, line in zip(earlier.routes, earlier.route_lines.tolist(), strict=True):
        parent = by_id.get(segment.parent)
        if parent is not None and segment.kind == "route" and not _lies_in(line, parent.line):
            changed.add(segment.parent)
    drawn_m: dict[str, float] = {}
    for segment in earlier.routes:
        drawn_m[segment.parent] = drawn_m.get(segment.parent, 0.0) + segment.length_m
    grown = {name for name, route in by_id.items() if name in drawn_m and route.line.length > drawn_m[name] + SAME_M}
    return changed | grown


def _lies_in(line: LineString, whole: LineString) -> bool:
    middle = line.interpolate(0.5, normalized=True)
    ends = [shapely.Point(line.coords[0]), middle, shapely.Point(line.coords[-1])]
    return bool(np.all(shapely.distance(np.array(ends, object), whole) <= SAME_M))


def _route(segment: Segment, parent: Route | None, line: LineString) -> Route:
    """Give an earlier segment as a route of the area; how it is built is the area's word where there is one."""
    return Route(
        id=segment.id,
        surface=parent.surface if parent else segment.surface,
        line=line,
        name=parent.name if parent else "",
        joinable=parent.joinable if parent else segment.kind == "lead-in",
        free_bores=parent.free_bores if parent else segment.free_bores,
        risk_groups=parent.risk_groups if parent else segment.risk_groups,
    )


def _drawn(area: Area, earlier: Network) -> list[Route]:
    """Give the routes that somebody has drawn by hand into the earlier design."""
    usual = max(sorted({r.surface for r in area.routes}), key=[r.surface for r in area.routes].count, default="")
    hands = [row for row, route in enumerate(earlier.routes) if not route.id]
    return [
        Route(
            id=f"drawn-{number}",
            surface=earlier.routes[row].surface or usual,
            line=earlier.route_lines[row],
            free_bores=earlier.routes[row].free_bores,
        )
        for number, row in enumerate(hands, start=1)
    ]
