"""Boundaries of which the file holds only a part, closed by a straight line where little is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import shapely
from pyproj import Geod

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MOST_MISSING = 0.25  # of the drawn length of a ring


def closed_boundary(path: Path, relation: int) -> tuple[Any, float] | None:
    """Join the outer ways of a boundary relation that the file holds, and close every ring that stays open.

    Returns
    -------
    The polygon in degrees and the metres closed by straight lines, or None where too much is missing.
    """
    lines = _lines(path, set(_members(path, relation)))
    if not lines:
        return None
    geod = Geod(ellps="WGS84")
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines)))
    rings, closed_m = [], 0.0
    for line in merged.tolist():
        first, last = line.coords[0], line.coords[-1]
        gap_m = geod.inv(*first, *last)[2]
        if len(line.coords) < 3 or gap_m > MOST_MISSING * geod.geometry_length(line):
            return None
        rings.append(shapely.Polygon(line.coords))
        closed_m += gap_m
    shape = shapely.make_valid(shapely.union_all(np.array(rings, object)))
    return (shape, closed_m) if shape.area > 0 else None


def _members(path: Path, relation: int) -> list[int]:
    """List the outer ways of a relation."""
    ways: list[int] = []
    relations: Iterable[Any] = osmium.FileProcessor(str(path), osmium.osm.RELATION)
    for thing in relations:
        if thing.id == relation:
            ways.extend(m.ref for m in thing.members if m.type == "w" and m.role in ("outer", ""))
    return ways


def _lines(path: Path, ways: set[int]) -> list[Any]:
    """Draw the ways that the file holds."""
    lines = []
    located = osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.IdFilter(ways))
    wanted: Iterable[Any] = located.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    for thing in wanted:
        lonlat = [(node.lon, node.lat) for node in thing.nodes if node.location.valid()]
        if len(lonlat) > 1:
            lines.append(shapely.LineString(lonlat))
    return lines
