"""Where a new customer can be joined to the routes: the nearest ones, cut where the way to the premises begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.snapping import MERGE_M

if TYPE_CHECKING:
    from ponplan.design.standing.plant import Plant
    from ponplan.topology.network import NetworkCustomer

MOST = 3  # accesses that are looked into
_NEAR = 12  # nearest routes they are chosen from


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A point on a route from which a drop leads to the premises.

    `route` is the row of the route that is cut `at_m` metres from its beginning, -1 where a junction is there.
    """

    junction: str
    x_m: float
    y_m: float
    drop_m: float
    route: int = -1
    at_m: float = 0.0


def accesses(plant: Plant, customer: NetworkCustomer, *, max_drop_m: float) -> tuple[list[Access], float]:
    """Give the nearest accesses within `max_drop_m`, and the distance to the nearest route of all.

    Routes with a risk group (bridges, tunnels) are no places to join: the design file keeps no other sign of them.
    """
    network = plant.network
    rows = np.array(
        [
            row
            for row, route in enumerate(network.routes)
            if route.kind == "route" and not route.risk_groups and route.id not in plant.risky_routes
        ],
        np.int64,
    )
    if not len(rows):
        return [], float("inf")
    point = shapely.Point(customer.x_m, customer.y_m)
    distances_m = shapely.distance(network.route_lines[rows], point)
    order = np.argsort(distances_m, kind="stable")[:_NEAR]
    found: list[Access] = []
    for row, distance_m in zip(rows[order].tolist(), distances_m[order].tolist(), strict=True):
        if distance_m > max_drop_m or len(found) == MOST:
            break
        access = _access(plant, customer, row, point)
        if all(np.hypot(access.x_m - one.x_m, access.y_m - one.y_m) >= MERGE_M for one in found):
            found.append(access)
    return found, float(distances_m[order[0]])


def _access(plant: Plant, customer: NetworkCustomer, row: int, point: shapely.Point) -> Access:
    route, line = plant.network.routes[row], plant.network.route_lines[row]
    at_m = float(line.project(point))
    place = line.interpolate(at_m)
    for junction, end, along_m in (
        (route.from_junction, line.coords[0], at_m),
        (route.to_junction, line.coords[-1], line.length - at_m),
    ):
        if along_m < MERGE_M:
            distance_m = float(np.hypot(customer.x_m - end[0], customer.y_m - end[1]))
            return Access(junction=junction, x_m=end[0], y_m=end[1], drop_m=distance_m)
    return Access(
        junction=f"access/{customer.id}",
        x_m=float(place.x),
        y_m=float(place.y),
        drop_m=float(place.distance(point)),
        route=row,
        at_m=round(at_m, 3),
    )
