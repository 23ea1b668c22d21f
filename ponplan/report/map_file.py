"""Layers of rows with shapes as a file that a GIS opens: a GeoPackage in the plan's coordinates, or GeoJSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from ponplan.area.geopackage import write_layers
from ponplan.area.table import Table
from ponplan.errors import Fault, OutputError
from ponplan.report.exchange.lonlat import lonlat_lists
from ponplan.report.output import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Shapes = NDArray[np.object_]
DECIMALS = 7  # of a degree: a centimetre


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLayer:
    """Rows with the same columns, and the point or line of each."""

    name: str
    rows: Sequence[dict[str, object]]
    shapes: Shapes


def write_map(layers: Sequence[MapLayer], crs: str, path: Path, *, overwrite: bool = False) -> None:
    """Write layers as GeoPackage, or as one GeoJSON collection (RFC 7946) whose features name their layer.

    Raises
    ------
    OutputError
        The ending is neither `.gpkg` nor `.geojson`, or the file cannot be written.
    """
    with whole_file(path, overwrite=overwrite) as beside:
        if path.suffix.lower() == ".gpkg":
            tables = [_table(layer, crs) for layer in layers]
            write_layers(beside, tables, [_geometry_type(layer.shapes) for layer in layers])
        elif path.suffix.lower() in {".geojson", ".json"}:
            beside.write_text(_geojson(layers, crs), encoding="utf-8")
        else:
            raise OutputError([Fault(file=str(path), problem="a map ends in .gpkg or .geojson")])


def _table(layer: MapLayer, crs: str) -> Table:
    names = list(layer.rows[0]) if layer.rows else []
    return Table(
        file=layer.name,
        rows=list(range(1, len(layer.rows) + 1)),
        columns={column: [row[column] for row in layer.rows] for column in names},
        geometry=layer.shapes,
        crs=crs,
    )


def _geometry_type(shapes: Shapes) -> str:
    return "LineString" if len(shapes) and shapely.get_type_id(shapes[0]) == 1 else "Point"


def _geojson(layers: Sequence[MapLayer], crs: str) -> str:
    features = []
    for layer in layers:
        for row, positions in zip(layer.rows, lonlat_lists(layer.shapes, crs, decimals=DECIMALS), strict=True):
            if positions is not None:
                is_point = len(positions) == 1
                geometry = {
                    "type": "Point" if is_point else "LineString",
                    "coordinates": positions[0] if is_point else positions,
                }
                properties = {"layer": layer.name, **row}
                features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, allow_nan=False) + "\n"
