"""Streets of an OpenStreetMap file around customers that came in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.coordinates import WGS84, table_in
from ponplan.area.osm.extract import read_extract
from ponplan.area.osm.mapping import read_mapping
from ponplan.area.osm.streets import StreetGraph, build_streets
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.area.table import Table

AROUND_DEGREES = 0.01  # about a kilometre beyond the outermost customers


def streets_around(path: Path, customers: Table, crs: str) -> StreetGraph:
    """Take the connected streets in and around the box that holds all customers.

    Raises
    ------
    AreaError
        The map cannot be read, or has no usable streets there.
    """
    mapping = read_mapping()
    extract = read_extract(path, mapping)
    bounds = shapely.bounds(table_in(customers, WGS84).geometry)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    west, south = (bounds[:, :2].min(axis=0) - AROUND_DEGREES).tolist()
    east, north = (bounds[:, 2:].max(axis=0) + AROUND_DEGREES).tolist()
    streets = build_streets(extract.ways, mapping.streets, clip=shapely.box(west, south, east, north), crs=crs)
    if not streets.routes:
        box = f"{west:.3f},{south:.3f},{east:.3f},{north:.3f}"
        problem = f"the map has no usable streets around the customers ({box})"
        raise AreaError([Fault(file=path.name, problem=problem, remedy="fetch an extract of that place")])
    return streets
