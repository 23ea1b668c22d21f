"""Geometry from columns: longitude and latitude, x and y, both in one cell, well-known text, or two end points."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.cells import text_of
from ponplan.area.coordinates import WGS84
from ponplan.area.tables.numbers import coordinate_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.area.table import Table
    from ponplan.errors import Fault

    FloatArray = NDArray[np.float64]
    ObjectArray = NDArray[np.object_]

ENDS = ("x1", "y1", "x2", "y2")
DEGREES = {"lon": 180.0, "lat": 90.0}


def geometry_of(
    table: Table, fields: Sequence[str], crs: str | None, faults: list[Fault], *, placeless: bool = False
) -> tuple[ObjectArray, str | None]:
    """Build one geometry per row from the columns that are there, and say in which CRS.

    Longitude and latitude are WGS 84; `crs` is that of x and y. Without it x and y within 180 and 90 are taken for
    degrees, and otherwise the CRS is not known. Where `placeless`, rows may give neither text nor end points.
    """
    if {"lon", "lat"} <= set(fields):
        return _points(table, "lon", "lat", faults), WGS84
    if {"x", "y"} <= set(fields):
        points = _points(table, "x", "y", faults)
        return points, crs or _guessed(points)
    if "lonlat" in fields:
        points = _pairs(table, crs, faults)
        return points, crs or _guessed(points)
    if "wkt" in fields:
        shapes = _texts(table, faults, placeless=placeless)
        return shapes, crs or _guessed(shapes)
    if set(ENDS) <= set(fields):
        given = _with_ends(table) if placeless else np.ones(len(table), bool)
        some = table.take(np.flatnonzero(given).tolist())
        ends = np.full((len(table), 4), np.nan)
        ends[given] = np.stack([_column(some, name, faults) for name in ENDS], axis=1)
        lines = np.full(len(table), None, object)
        good = np.isfinite(ends).all(axis=1)
        lines[good] = shapely.linestrings(ends[good].reshape(-1, 2, 2))
        return lines, crs or _guessed(lines)
    return np.full(len(table), None, object), None


def _points(table: Table, x: str, y: str, faults: list[Fault]) -> ObjectArray:
    xy = np.stack([_column(table, x, faults), _column(table, y, faults)], axis=1)
    if x == "lon":
        _check_degrees(table, xy, faults)
    nowhere = (xy == 0).all(axis=1)
    faults.extend(
        table.fault(index, "the place is 0, 0, which is nobody's", field=f"{x}, {y}", remedy="give the true place")
        for index in np.flatnonzero(nowhere).tolist()
    )
    points = np.full(len(table), None, object)
    good = np.isfinite(xy).all(axis=1) & ~nowhere
    points[good] = shapely.points(xy[good])
    return points


def _column(table: Table, name: str, faults: list[Fault]) -> FloatArray:
    """Read a column of coordinates; NaN where there was a fault."""
    cells = table.column(name)
    plain = _plain_numbers(cells)
    if plain is not None:
        return plain
    numbers = np.full(len(table), np.nan)
    for index, value in enumerate(cells):
        try:
            numbers[index] = coordinate_of(value)
        except ValueError as error:
            missing = not text_of(value)
            problem = "the coordinate is missing" if missing else "the coordinate is no number"
            faults.append(table.fault(index, problem, field=name, value=None if missing else value, limit=str(error)))
            continue
        if not np.isfinite(numbers[index]):
            faults.append(table.fault(index, "the coordinate is no finite number", field=name, value=value))
    return numbers


def _plain_numbers(cells: Sequence[object]) -> FloatArray | None:
    """Read a column in which nothing but plain finite numbers stand, as in most tables; else None."""
    if not set(map(type, cells)) <= {int, float, str}:
        return None
    try:
        numbers = np.array(cells, object).astype(np.float64)
    except (ValueError, OverflowError):
        return None
    return numbers if np.isfinite(numbers).all() else None


def _check_degrees(table: Table, lonlat: FloatArray, faults: list[Fault]) -> None:
    for column, (name, limit) in enumerate(DEGREES.items()):
        for index in np.flatnonzero(np.abs(lonlat[:, column]) > limit).tolist():
            lon, lat = lonlat[index].tolist()
            swapped = abs(lon) <= DEGREES["lat"] and abs(lat) <= DEGREES["lon"]
            remedy = (
                "longitude and latitude look swapped" if swapped else "these are no degrees: name the columns x and y"
            )
            faults.append(
                table.fault(
                    index,
                    "outside the globe",
                    field=name,
                    value=lonlat[index, column].item(),
                    limit=f"-{limit:g} to {limit:g} degrees",
                    remedy=remedy,
                )
            )
        lonlat[np.abs(lonlat[:, column]) > limit] = np.nan


def _pairs(table: Table, crs: str | None, faults: list[Fault]) -> ObjectArray:
    """Read "116.39, 39.9" in one cell; latitude first is recognised where only that is possible."""
    points = np.full(len(table), None, object)
    for index, value in enumerate(table.column("lonlat")):
        parts = [part for part in re.split(r"[,;，；\s]+", text_of(value)) if part]
        try:
            x, y = (coordinate_of(part) for part in parts)
        except ValueError:
            limit = "two numbers, e.g. 116.39, 39.90"
            faults.append(
                table.fault(index, "this is no pair of coordinates", field="lonlat", value=value, limit=limit)
            )
            continue
        if crs is None and abs(y) > DEGREES["lat"] >= abs(x):
            x, y = y, x
        points[index] = shapely.Point(x, y)
    return points


def _with_ends(table: Table) -> NDArray[np.bool_]:
    """Say which rows give any end point at all."""
    return np.array([any(map(text_of, row)) for row in zip(*map(table.column, ENDS), strict=True)], bool)


def _texts(table: Table, faults: list[Fault], *, placeless: bool) -> ObjectArray:
    texts = [re.sub(r"^SRID=\d+;", "", text_of(value), flags=re.IGNORECASE) for value in table.column("wkt")]
    shapes = np.asarray(shapely.from_wkt(np.array(texts, object), on_invalid="ignore"), object)
    faults.extend(
        table.fault(
            index,
            "the geometry is missing" if not texts[index] else "the geometry cannot be read",
            field="wkt",
            value=texts[index] or None,
            limit="well-known text, e.g. POINT (9.52 47.14)",
        )
        for index in np.flatnonzero(shapely.is_missing(shapes)).tolist()
        if texts[index] or not placeless
    )
    return shapes


def _guessed(shapes: ObjectArray) -> str | None:
    """Take coordinates for degrees if all of them could be."""
    present = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(present):
        return WGS84
    west, south, east, north = shapely.total_bounds(present).tolist()
    in_degrees = max(-west, east) <= DEGREES["lon"] and max(-south, north) <= DEGREES["lat"]
    return WGS84 if in_degrees else None
