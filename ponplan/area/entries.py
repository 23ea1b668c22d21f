"""Second ways into offices and buildings, from another street than the first, for protected customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.model import Customer, Site
from ponplan.area.snapping import Snaps
from ponplan.area.stubs import ON_ROUTE_M, SecondWays

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from ponplan.area.model import Area, Office
    from ponplan.area.noding import NodedRoutes

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

APART_M = 10.0  # both ways leave their streets at least so far from each other
TOUCH_M = 0.5  # a way ends this much before its street when it is asked whether it crosses another


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondEntries:
    """Who looks for a second way: rows in the area's offices, sites (building rooms) and customers, in this order."""

    offices: IntArray
    sites: IntArray
    customers: IntArray
    indoor: IntArray  # customers who are reached through their room, beside those above
    snaps: Snaps  # of all but these, one after the other

    def with_first(self, first: Snaps) -> Snaps:
        """Give the first ways with these behind them."""
        return Snaps(
            routes=np.concatenate([first.routes, self.snaps.routes]),
            positions_m=np.concatenate([first.positions_m, self.snaps.positions_m]),
            distances_m=np.concatenate([first.distances_m, self.snaps.distances_m]),
        )

    def begun_at(self, junctions: IntArray) -> SecondWays:
        """Give everybody's row with the junction where the second way begins."""
        rows = (self.offices, self.sites, self.customers)
        ends = np.cumsum([len(part) for part in rows])
        offices, sites, customers = (
            tuple(zip(part.tolist(), junctions[end - len(part) : end].tolist(), strict=True))
            for part, end in zip(rows, ends.tolist(), strict=True)
        )
        return SecondWays(offices=offices, sites=sites, customers=customers, indoor=tuple(self.indoor.tolist()))


def second_entries(
    area: Area, noded: NodedRoutes, routes: IntArray, first: Snaps, *, twice: Collection[str]
) -> SecondEntries:
    """Look for a second way into every office, and to the customers (by id) who are to be reached twice.

    Customers with a room get it to their room. The way is straight, no longer than `rules.max_second_entry_m`, goes
    to the nearest place on another route than the first way's, and crosses no route and no first way of its own.
    Where a route ends at the door, that is the first way, and the second may be as long as `rules.max_drop_m`.

    Parameters
    ----------
    routes
        Those that may be joined.
    first
        The first way of offices, sites, and customers without a room, in this order.
    """
    num_offices, num_sites = len(area.offices), len(area.sites)
    roomless = [row for row, customer in enumerate(area.customers) if customer.room is None]
    place = {row: num_offices + num_sites + index for index, row in enumerate(roomless)}
    wanted = [row for row, customer in enumerate(area.customers) if customer.id in twice]
    rooms = {area.customers[row].room for row in wanted}
    customers = np.array([row for row in wanted if row in place], np.int64)
    sites = np.array(
        [row for row, site in enumerate(area.sites) if site.kind == "room" and site.id in rooms], np.int64
    )
    offices = np.array([row for row, office in enumerate(area.offices) if office.allowed], np.int64)
    rows = np.array([*offices, *(num_offices + sites), *(place[row] for row in customers.tolist())], np.int64)
    records = [
        *(area.offices[row] for row in offices.tolist()),
        *(area.sites[row] for row in sites.tolist()),
        *(area.customers[row] for row in customers.tolist()),
    ]
    xy_m = np.array([(record.x_m, record.y_m) for record in records], np.float64).reshape(-1, 2)
    rules, ways = area.rules, first.routes[rows].tolist()
    on_street = first.distances_m[rows] <= ON_ROUTE_M
    # a route that ends at the door is a way in of its own, and the usual one is the second
    at_door = on_street & noded.is_tip(first.routes[rows], first.positions_m[rows], ON_ROUTE_M)
    at_door &= np.array(
        [_may_be_doubled(area, record, route) for record, route in zip(records, ways, strict=True)], bool
    )
    farthest_m = max(rules.max_drop_m, rules.max_second_entry_m) if rules.max_second_entry_m > 0.0 else 0.0
    limits_m = np.where(at_door, farthest_m, rules.max_second_entry_m)
    snaps = _elsewhere(noded, routes, xy_m, first, rows, limits_m=limits_m)
    on_street &= ~at_door
    on_street[len(offices) + len(sites) :] = False  # every customer has a drop
    return SecondEntries(
        offices=offices,
        sites=sites,
        customers=customers,
        indoor=np.array([row for row in wanted if row not in place], np.int64),
        snaps=Snaps(
            routes=np.where(on_street, -1, snaps.routes),
            positions_m=snaps.positions_m,
            distances_m=snaps.distances_m,
        ),
    )


def _may_be_doubled(area: Area, record: Office | Site | Customer, route: int) -> bool:
    """Say whether a route to a door adds a way in: not where what stands hangs on it, such as the way in itself."""
    is_kept = area.routes[route].id.startswith(("lead-in/", "drop/"))
    return isinstance(record, Customer | Site) and not (is_kept or (isinstance(record, Site) and record.existing))


def _elsewhere(
    noded: NodedRoutes, routes: IntArray, xy_m: FloatArray, first: Snaps, rows: IntArray, *, limits_m: FloatArray
) -> Snaps:
    """Give each point's nearest allowed place on another route than its first, no farther than its limit."""
    found = np.full(len(rows), -1, np.int64)
    positions_m, distances_m = np.zeros(len(rows)), np.full(len(rows), np.inf)
    if not len(rows) or not len(routes) or limits_m.max() <= 0.0:
        return Snaps(routes=found, positions_m=positions_m, distances_m=distances_m)
    lines = noded.polylines.geometries()
    tree, mine = shapely.STRtree(lines[routes]), shapely.STRtree(lines)
    points = shapely.points(xy_m)
    pairs = tree.query(points, predicate="dwithin", distance=limits_m)
    near: dict[int, list[int]] = {}
    for point, route in pairs.T.tolist():
        near.setdefault(point, []).append(int(routes[route]))
    for index, row in enumerate(rows.tolist()):
        own = int(first.routes[row])
        if own < 0:
            continue
        joint = shapely.line_interpolate_point(lines[own], first.positions_m[row])
        ways = [(*_way(lines[route], points[index], joint), route) for route in near.get(index, []) if route != own]
        for at_m, length_m, route in sorted(ways, key=lambda way: way[1:]):
            if length_m > limits_m[index]:
                break
            end = shapely.line_interpolate_point(lines[route], at_m)
            if not _crosses(mine, points[index], end, joint):
                found[index], positions_m[index], distances_m[index] = route, at_m, length_m
                break
    return Snaps(routes=found, positions_m=positions_m, distances_m=distances_m)


def _way(line: shapely.LineString, point: shapely.Point, joint: shapely.Point) -> tuple[float, float]:
    """Give where along a line the way of a point ends, far enough from its first joint, and how long it is."""
    at_m = float(shapely.line_locate_point(line, point))
    end = shapely.line_interpolate_point(line, at_m)
    if shapely.distance(end, joint) < APART_M:
        places = (at_m - APART_M, at_m + APART_M)
        inside = [place for place in places if 0.0 <= place <= line.length]
        far = [p for p in inside if shapely.distance(shapely.line_interpolate_point(line, p), joint) >= APART_M * 0.9]
        if not far:
            return at_m, np.inf
        at_m = min(far, key=lambda p: float(shapely.distance(shapely.line_interpolate_point(line, p), point)))
        end = shapely.line_interpolate_point(line, at_m)
    return at_m, float(shapely.distance(end, point))


def _crosses(routes: shapely.STRtree, point: shapely.Point, end: shapely.Point, joint: shapely.Point) -> bool:
    """Say whether a straight way, but for its last piece, crosses any route or the first way."""
    length_m = float(shapely.distance(point, end))
    if length_m <= TOUCH_M:
        return True
    way = shapely.LineString([point, end])
    ending = shapely.line_interpolate_point(way, length_m - TOUCH_M)
    begun = shapely.line_interpolate_point(way, min(TOUCH_M, length_m / 2.0))
    inner = shapely.LineString([begun, ending])
    return bool(len(routes.query(inner, predicate="intersects"))) or bool(
        shapely.intersects(inner, shapely.LineString([point, joint]))
    )
