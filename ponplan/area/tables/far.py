"""Places so far from the routes that they cannot be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.area.table import Table
    from ponplan.errors import Fault

    ObjectArray = NDArray[np.object_]

FARTHEST_M = 100_000.0  # no access network is longer
CHINA = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north of where its web maps shift degrees
EARTH_M = 40_000_000.0  # once around; whoever is farther has no place on it


def beyond_china(table: Table, geometry: ObjectArray, system: str) -> list[Fault]:
    """Find places in the shifted degrees of Chinese web maps where those maps shift nothing."""
    west, south, east, north = CHINA
    bounds = shapely.bounds(geometry)
    with np.errstate(invalid="ignore"):
        outside = (bounds[:, 0] < west) | (bounds[:, 1] < south) | (bounds[:, 2] > east) | (bounds[:, 3] > north)
    return [
        table.fault(
            index,
            f"{system} is a system of maps of China, and the place lies elsewhere",
            field="geometry",
            limit=f"{west:.0f} to {east:.0f} degrees east, {south:.0f} to {north:.0f} north",
            remedy="leave --crs out: the place is in WGS 84",
        )
        for index in np.flatnonzero(outside).tolist()
    ]


def far_from_routes(tables: dict[str, Table]) -> list[Fault]:
    """Find customers and sites farther than `FARTHEST_M` from the box around all routes: swapped or foreign axes."""
    routes = tables.get("routes")
    if routes is None or routes.geometry is None:
        return []
    bounds = shapely.bounds(routes.geometry)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return []
    # the middle half of the routes says where the area is, even if one of them lies wrong
    west, south = np.quantile(bounds[:, :2], 0.25, axis=0).tolist()
    east, north = np.quantile(bounds[:, 2:], 0.75, axis=0).tolist()
    area = shapely.box(min(west, east), min(south, north), max(west, east), max(south, north))
    return [fault for kind, table in tables.items() if kind != "routes" for fault in _far(table, area)]


def _kilometres(distance_m: float) -> str:
    return f"{distance_m / 1000:.0f}" if distance_m < EARTH_M else f"more than {EARTH_M / 1000:.0f}"


def _far(table: Table, area: object) -> list[Fault]:
    assert table.geometry is not None  # noqa: S101  # only located tables come here
    with np.errstate(all="ignore"):
        # coordinates may be absurd, and are then far away; what is no number is told of elsewhere
        distances = np.nan_to_num(shapely.distance(table.geometry, area), nan=0.0, posinf=np.inf)
        distances[~np.isfinite(shapely.bounds(table.geometry)).all(axis=1)] = 0.0
    return [
        table.fault(
            index,
            f"the place lies {_kilometres(float(distances[index]))} km from the routes",
            field="geometry",
            limit=f"{FARTHEST_M / 1000:g} km",
            remedy="are longitude and latitude, or x and y, swapped? is the coordinate system right?",
        )
        for index in np.flatnonzero(distances > FARTHEST_M).tolist()
    ]
