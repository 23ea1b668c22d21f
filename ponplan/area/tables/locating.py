"""Where tables lie: whether they have places at all, and in which metric system they can be planned together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.coordinates import WGS84, crs_fault, is_geographic, table_in, utm_crs
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from ponplan.area.table import Table


def has_place(table: Table, faults: list[Fault]) -> bool:
    """Complain once about a table without any places or without a known coordinate system."""
    if len(table) == 0:
        return False
    if table.geometry is None or (shapely.is_missing(table.geometry) | shapely.is_empty(table.geometry)).all():
        limit = "longitude and latitude, x and y, both in one cell, or WKT"
        problem = "no places can be found in the file"
        if not any(fault.file == table.file for fault in faults):
            faults.append(Fault(file=table.file, problem=problem, limit=limit))
        return False
    if table.crs is None:
        problem, remedy = "the coordinate system is not known", "give --crs, e.g. --crs EPSG:32632"
        faults.append(Fault(file=table.file, field="crs", problem=problem, remedy=remedy))
        return False
    beyond = _beyond_degrees(table)
    if beyond is not None:
        problem = f"the coordinate system is in degrees ({table.crs}), and the places are not"
        remedy = "give the layer the system that its coordinates are in; a GeoJSON without crs is in degrees"
        limit = "-180 to 180, -90 to 90"
        faults.append(Fault(file=table.file, field="crs", value=beyond, problem=problem, limit=limit, remedy=remedy))
        return False
    return True


def _beyond_degrees(table: Table) -> tuple[float, float] | None:
    """Give the median place of a table in degrees if that lies outside the globe."""
    if table.crs is None or table.geometry is None or not is_geographic(table.crs):
        return None
    corners = shapely.bounds(table.geometry)[:, :2]
    corners = corners[np.isfinite(corners).all(axis=1)]
    if not len(corners):
        return None
    lon, lat = np.median(corners, axis=0).tolist()
    return (lon, lat) if abs(lon) > 180.0 or abs(lat) > 90.0 else None


def planning_crs(tables: dict[str, Table], faults: list[Fault]) -> str | None:
    """Take the routes' or the customers' system if it is metric, else the UTM zone of the middle of all."""
    for kind in ("routes", "customers", "sites"):
        table = tables.get(kind)
        if table is not None and table.crs is not None and crs_fault(table.crs, file=table.file) is None:
            return table.crs
    for table in tables.values():
        lon, lat = _middle(table, faults)
        if abs(lon) <= 180 and abs(lat) <= 84:
            return utm_crs(lon, lat)
        if np.isfinite(lon):
            problem = "the places are no degrees within reach of UTM"
            remedy = "give --crs, the system that the coordinates are in"
            faults.append(Fault(file=table.file, field="crs", problem=problem, value=(lon, lat), remedy=remedy))
    return None


def _middle(table: Table, faults: list[Fault]) -> tuple[float, float]:
    """Give the median place in degrees; infinite where none can be given, with the reason among the faults."""
    try:
        degrees = table_in(table, WGS84)
    except AreaError as error:
        faults.extend(error.faults)
        return np.inf, np.inf
    corners = shapely.bounds(degrees.geometry)[:, :2]
    corners = corners[np.isfinite(corners).all(axis=1)]
    if not len(corners):
        problem = "the places cannot be brought to degrees"
        faults.append(Fault(file=table.file, field="crs", value=table.crs, problem=problem))
        return np.inf, np.inf
    lon, lat = np.median(corners, axis=0).tolist()
    return lon, lat
