"""Coordinate systems: is one metric, which one fits a place, and the way from one to another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.area.table import Table

WGS84 = "EPSG:4326"


def crs_fault(crs: str, *, file: str) -> Fault | None:
    """Say why lengths cannot be measured in a CRS, or None if they can."""
    remedy = "name the local UTM or national grid, e.g. EPSG:32632"
    try:
        parsed = CRS.from_user_input(crs)
    except CRSError:
        return Fault(file=file, field="crs", value=crs, problem="unknown coordinate system", remedy=remedy)
    if not parsed.is_projected or any(axis.unit_conversion_factor != 1.0 for axis in parsed.axis_info[:2]):
        return Fault(
            file=file, field="crs", value=crs, problem="the coordinate system is not in metres", remedy=remedy
        )
    if "mercator" in parsed.name.casefold() and "transverse" not in parsed.name.casefold():
        problem = "Mercator lengths are too long by a third at 40 degrees of latitude"
        return Fault(file=file, field="crs", value=crs, problem=problem, remedy=remedy)
    return None


def is_geographic(crs: str) -> bool:
    """Tell whether a CRS is known and measures degrees."""
    try:
        return bool(CRS.from_user_input(crs).is_geographic)
    except CRSError:
        return False


def utm_crs(lon: float, lat: float) -> str:
    """Give the EPSG code of the UTM zone of a place, southern Norway's and Svalbard's exceptions included."""
    zone = min(int((lon + 180.0) // 6.0) + 1, 60)
    if 56.0 <= lat < 64.0 and 3.0 <= lon < 12.0:
        zone = 32
    if 72.0 <= lat <= 84.0 and 0.0 <= lon < 42.0:
        zone = 31 + 2 * int((lon + 3.0) // 12.0)
    return f"EPSG:{32600 + zone if lat >= 0 else 32700 + zone}"


def transform_xy(xy: NDArray[np.float64], source: str, target: str) -> NDArray[np.float64]:
    """Bring coordinates (n, 2), east or longitude first, from one CRS into another; impossible ones become inf."""
    transformer = Transformer.from_crs(source, target, always_xy=True)
    return np.stack(transformer.transform(xy[:, 0], xy[:, 1]), axis=1).reshape(-1, 2)


def geometries_in(geometry: NDArray[np.object_], source: str, target: str) -> NDArray[np.object_]:
    """Bring shapely geometries, heights left out, from one CRS into another."""
    flat = shapely.force_2d(geometry)
    if CRS.from_user_input(source) == CRS.from_user_input(target):
        return np.asarray(flat, object)
    moved = shapely.transform(flat, lambda xy: transform_xy(xy, source, target))
    return np.asarray(moved, object)


def table_in(table: Table, crs: str) -> Table:
    """Bring a table's geometry into a CRS.

    Raises
    ------
    AreaError
        The table does not say its CRS, or the two cannot be joined.
    """
    if table.geometry is None or len(table) == 0:
        return replace(table, crs=crs)
    if table.crs is None:
        remedy = "assign the layer its coordinate system"
        raise AreaError(
            [Fault(file=table.file, field="crs", problem="the layer has no coordinate system", remedy=remedy)]
        )
    try:
        return replace(table, geometry=geometries_in(table.geometry, table.crs, crs), crs=crs)
    except (CRSError, ProjError) as error:
        problem = f"its coordinate system cannot be brought into {crs}"
        raise AreaError([Fault(file=table.file, field="crs", value=table.crs, problem=problem)]) from error
