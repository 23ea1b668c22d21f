"""The route graph: routes cut where customers, sites and offices meet them, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.area.consistency import unknown_rooms
from ponplan.area.entries import second_entries
from ponplan.area.noding import node_routes
from ponplan.area.reach import choose_component, reasons_out_of_reach
from ponplan.area.snapping import place_junctions, snap_points
from ponplan.area.stubs import attach_stubs, point_table
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from ponplan.area.model import Area
    from ponplan.area.noding import NodedRoutes
    from ponplan.area.polylines import Polylines
    from ponplan.area.snapping import Snaps
    from ponplan.area.stubs import Points, Stubs

    IntArray = NDArray[np.int64]

SHORTEST_M = 0.001  # lengths are millimetres, and no segment has none


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteGraph:
    """Segments between junctions, connected, with everybody's place on them.

    n junctions, m segments, in a deterministic order. `kind` of a segment is `route` (a piece of an area route),
    `lead-in` (from a route to a building room, a site off the street or an office), `drop` (from a route or a
    room to one customer's premises; the premises are a junction of degree one) and `indoor` (room to customer).
    """

    junction_ids: tuple[str, ...]  # (n,)
    junction_x_m: NDArray[np.float64]  # (n,)
    junction_y_m: NDArray[np.float64]  # (n,)
    segment_ids: tuple[str, ...]  # (m,) route id, colon, number of the piece; kind, slash, owner's id for others
    tails: NDArray[np.int64]  # (m,)
    heads: NDArray[np.int64]  # (m,)
    lengths_m: NDArray[np.float64]  # (m,) in whole millimetres, at least one
    kinds: NDArray[np.str_]  # (m,)
    surfaces: tuple[str, ...]  # (m,) catalogue ids
    routes: NDArray[np.int64]  # (m,) index into area.routes, -1 for lead-ins, drops and indoor runs
    lines: NDArray[np.object_]  # (m,) shapely LineStrings from tail to head
    office_junctions: NDArray[np.int64]  # (offices,), -1 for an office that is not allowed and cannot be reached
    site_junctions: NDArray[np.int64]  # (sites,), -1 when it cannot be reached
    customer_junctions: NDArray[np.int64]  # (customers,) premises, -1 when it cannot be reached
    unreachable: tuple[tuple[str, str], ...]  # (customer id, reason)
    left_out: tuple[tuple[str, str], ...] = ()  # (route or site id, reason)
    # where second ways end, -1 without one: junctions of degree one with the id and the place of the first ones, so
    # that no path passes through a building; of rooms, what is inside hangs on them
    second_offices: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))  # (offices,)
    second_sites: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))  # (sites,)
    second_premises: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))  # (customers,)


def build_route_graph(area: Area, *, twice: Collection[str] | None = None) -> RouteGraph:
    """Cut the routes of an area where everybody meets them, and keep the part that hangs on the offices.

    Route ends within `rules.snap_tolerance_m` meet; an end on the inside of another route splits it. Offices, sites
    and customers without a room go to the nearest connected and joinable route within `rules.max_drop_m`; offices
    and sites within a metre of it stand on it. Junctions a metre apart along a route become one. Routes that are
    forbidden are left out before anything else.

    Parameters
    ----------
    twice
        Customers, by id, to be reached by two ways where the streets allow; offices then get a second way as well.
        None gives nobody a second way.

    Raises
    ------
    AreaError
        No routes, no allowed office, an allowed office too far from the routes, or a customer in an unknown room.
    """
    allowed = np.array([row for row, route in enumerate(area.routes) if not route.forbidden], np.int64)
    if len(allowed) < len(area.routes):
        graph = _graph_of(replace(area, routes=tuple(area.routes[row] for row in allowed.tolist())), twice)
        forbidden = tuple((route.id, "forbidden") for route in area.routes if route.forbidden)
        rows = np.where(graph.routes >= 0, allowed[graph.routes], -1)  # without any allowed route there is no graph
        return replace(graph, routes=rows, left_out=(*graph.left_out, *forbidden))
    return _graph_of(area, twice)


def _graph_of(area: Area, twice: Collection[str] | None) -> RouteGraph:
    """Build the graph of an area without forbidden routes."""
    _refuse_hopeless(area)
    noded = node_routes([route.line for route in area.routes], tolerance_m=area.rules.snap_tolerance_m)
    points = point_table(area)
    kept = choose_component(area, noded)
    joinable = kept[np.array([area.routes[route].joinable for route in kept.tolist()], bool)]
    snaps = snap_points(noded, joinable, points.xy_m, limit_m=area.rules.max_drop_m)
    _refuse_far_offices(area, snaps)
    entries = None if twice is None else second_entries(area, noded, joinable, snaps, twice=twice)
    point_junctions, new_cuts, junction_xy_m = place_junctions(noded, entries.with_first(snaps) if entries else snaps)
    cuts = noded.cuts.joined(new_cuts)
    pieces, owners = noded.polylines.cut(cuts.lines, cuts.positions_m, junction_xy_m[cuts.junctions])
    ends = _piece_ends(noded, owners, cuts.junctions)
    wanted = np.flatnonzero(np.isin(owners, kept))
    num_points = len(points.xy_m)
    again = entries.begun_at(point_junctions[num_points:]) if entries else None
    stubs = attach_stubs(area, points, point_junctions[:num_points], junction_xy_m, again=again)
    graph = _assemble(area, pieces.take(wanted), owners[wanted], ends[wanted], junction_xy_m, stubs)
    unreachable, sites_left_out = _out_of_reach(area, noded, joinable, points, graph)
    return replace(graph, unreachable=unreachable, left_out=(*_routes_left_out(area, noded, kept), *sites_left_out))


def _assemble(
    area: Area,
    pieces: Polylines,
    owners: IntArray,
    piece_ends: IntArray,
    junction_xy_m: NDArray[np.float64],
    stubs: Stubs,
) -> RouteGraph:
    """Join pieces and stubs; number the junctions in use, those of pieces first."""
    xy_m = np.concatenate([junction_xy_m, stubs.new_xy_m])
    ends = np.concatenate([piece_ends, stubs.ends])
    used, first_use = np.unique(ends, return_index=True)
    used = used[np.argsort(first_use, kind="stable")]
    number = np.full(len(xy_m) + 1, -1, np.int64)  # the last one stands for "nowhere"
    number[used] = np.arange(len(used))
    num_stubs = len(stubs.segment_ids)
    streets = [f"j{index + 1}" for index in range(len(used) - num_stubs)]
    lengths = np.concatenate([pieces.lengths_m, stubs.lengths_m])
    return RouteGraph(
        junction_ids=(*streets, *stubs.new_names),
        junction_x_m=xy_m[used, 0],
        junction_y_m=xy_m[used, 1],
        segment_ids=(*_piece_ids(area, owners), *stubs.segment_ids),
        tails=number[ends[:, 0]],
        heads=number[ends[:, 1]],
        lengths_m=np.maximum(np.round(lengths, 3), SHORTEST_M),
        kinds=np.concatenate([np.full(len(owners), "route", dtype="U7"), stubs.kinds]),
        surfaces=(*(area.routes[route].surface for route in owners.tolist()), *stubs.surfaces),
        routes=np.concatenate([owners, np.full(num_stubs, -1, np.int64)]),
        lines=np.concatenate([pieces.geometries(), stubs.lines()]),
        office_junctions=number[stubs.office_junctions],
        site_junctions=number[stubs.site_junctions],
        customer_junctions=number[stubs.customer_junctions],
        unreachable=(),
        second_offices=number[stubs.second_offices],
        second_sites=number[stubs.second_sites],
        second_premises=number[stubs.second_premises],
    )


def _out_of_reach(
    area: Area, noded: NodedRoutes, joinable: IntArray, points: Points, graph: RouteGraph
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Name the customers and the sites that got no junction, with the reason."""
    num_offices = len(area.offices)
    lost = np.flatnonzero(graph.customer_junctions < 0)
    lost_sites = np.flatnonzero(graph.site_junctions < 0)
    places = [(area.customers[index].x_m, area.customers[index].y_m) for index in lost.tolist()]
    reasons = reasons_out_of_reach(area, noded, joinable, np.array(places, np.float64).reshape(-1, 2))
    site_reasons = reasons_out_of_reach(area, noded, joinable, points.xy_m[num_offices + lost_sites])
    customers = tuple(
        (area.customers[index].id, _in_room(area.customers[index].room, reason))
        for index, reason in zip(lost.tolist(), reasons, strict=True)
    )
    sites = tuple(
        (area.sites[index].id, reason) for index, reason in zip(lost_sites.tolist(), site_reasons, strict=True)
    )
    return customers, sites


def _in_room(room: str | None, reason: str) -> str:
    return reason if room is None else f"its room {room} cannot be reached: {reason}"


def _piece_ends(noded: NodedRoutes, owners: IntArray, cut_junctions: IntArray) -> IntArray:
    """Give the junctions at both ends of every piece: a route's own ends outside, cuts between."""
    ends = np.stack([noded.tails[owners], noded.heads[owners]], axis=1)
    follows = np.flatnonzero(np.diff(owners) == 0) + 1
    ends[follows, 0], ends[follows - 1, 1] = cut_junctions, cut_junctions
    return ends


def _piece_ids(area: Area, owners: IntArray) -> list[str]:
    numbers = np.arange(len(owners)) - np.searchsorted(owners, owners) + 1
    return [
        f"{area.routes[route].id}:{number}" for route, number in zip(owners.tolist(), numbers.tolist(), strict=True)
    ]


def _routes_left_out(area: Area, noded: NodedRoutes, kept: IntArray) -> tuple[tuple[str, str], ...]:
    is_kept = np.zeros(len(area.routes), bool)
    is_kept[kept] = True
    short = f"both ends lie within the snap tolerance of {area.rules.snap_tolerance_m:g} m"
    return tuple(
        (area.routes[index].id, short if noded.is_collapsed[index] else "not connected to the offices' routes")
        for index in np.flatnonzero(~is_kept).tolist()
    )


def _refuse_hopeless(area: Area) -> None:
    faults = []
    if not area.routes:
        faults.append(Fault(file=area.name, problem="the area has no routes", remedy="add streets, ducts or poles"))
    if not any(office.allowed for office in area.offices):
        faults.append(
            Fault(file=area.name, problem="the area has no allowed central office", remedy="add an [[office]]")
        )
    faults.extend(unknown_rooms(area))
    if faults:
        raise AreaError(faults)


def _refuse_far_offices(area: Area, snaps: Snaps) -> None:
    faults = [
        Fault(
            file=area.name,
            row=office.id,
            field="office",
            problem="the central office is too far from the connected routes",
            limit=f"{area.rules.max_drop_m:g} m (rules.max_drop_m)",
            remedy="move it, draw a route to it, or set allowed = false",
        )
        for office, route in zip(area.offices, snaps.routes.tolist(), strict=False)
        if office.allowed and route < 0
    ]
    if faults:
        raise AreaError(faults)
