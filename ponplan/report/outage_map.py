"""Outages on the map: customers as points, broken spans, trenches and nodes as lines and points."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray

from ponplan.area.geopackage import write_layers
from ponplan.area.table import Table
from ponplan.errors import Fault, OutputError
from ponplan.failover.groups import Groups
from ponplan.failover.subjects import Subjects
from ponplan.failover.sweep import SweepResult
from ponplan.report.exchange.lonlat import lonlat_lists
from ponplan.report.output import whole_file
from ponplan.topology.file.geometry import cable_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ponplan.failover.result import OutageResult
    from ponplan.topology.network import Network

Rows = list[dict[str, object]]
Shapes = NDArray[np.object_]
DECIMALS = 7  # of a degree: a centimetre


def write_outage_map(
    network: Network, result: OutageResult | SweepResult, path: Path, *, overwrite: bool = False
) -> None:
    """Write customers with their outages, and of a sweep the things that were broken; GeoPackage or GeoJSON.

    Raises
    ------
    OutputError
        The ending is neither `.gpkg` nor `.geojson`, or the file cannot be written.
    """
    layers = [("customers", *_customers(network, result))]
    if isinstance(result, SweepResult):
        layers.append((f"every_{result.what}", *_faults(network, result)))
    with whole_file(path, overwrite=overwrite) as beside:
        if path.suffix.lower() == ".gpkg":
            tables = [_table(name, rows, shapes, network.crs) for name, rows, shapes in layers]
            kinds = [_geometry_type(shapes) for _, _, shapes in layers]
            write_layers(beside, tables, kinds)
        elif path.suffix.lower() in {".geojson", ".json"}:
            beside.write_text(_geojson(layers, network.crs), encoding="utf-8")
        else:
            raise OutputError([Fault(file=str(path), problem="a map ends in .gpkg or .geojson")])


def _customers(network: Network, result: OutageResult | SweepResult) -> tuple[Rows, Shapes]:
    places = {one.id: (one.x_m, one.y_m) for one in network.customers}
    rows = [_flat(asdict(one)) for one in result.customers if one.id in places]
    shapes = np.array([shapely.Point(places[str(row["id"])]) for row in rows], object)
    return rows, shapes


def _faults(network: Network, result: SweepResult) -> tuple[Rows, Shapes]:
    shapes = _shapes(network, result.what)
    rows = [
        {name: value for name, value in asdict(row).items() if name not in {"lost", "late"}}
        for row in result.rows
        if shapes.get(row.subject) is not None
    ]
    return rows, np.array([shapes[str(row["subject"])] for row in rows], object)


def _shapes(network: Network, what: str) -> Mapping[str, object]:
    if what == "node":
        return {node.id: shapely.Point(node.x_m, node.y_m) for node in network.nodes}
    if what == "trench":
        return {route.id: line for route, line in zip(network.routes, network.route_lines, strict=True)}
    junctions = {node.id: node.junction for node in network.nodes}
    starts = [junctions.get(cable.from_node) for cable in network.cables]
    lines = cable_lines(network.cables, network.routes, network.route_lines, starts)
    by_cable = {cable.id: (cable, line) for cable, line in zip(network.cables, lines, strict=True)}
    found: dict[str, object] = {}
    for name, (begin_m, end_m) in Subjects(Groups(network)).span_places_m.items():
        cable, line = by_cable[name if name in by_cable else name.rsplit("/", 1)[0]]
        if line is not None:
            scale = line.length / cable.length_m if cable.length_m else 1.0
            found[name] = shapely.ops.substring(line, begin_m * scale, end_m * scale) if end_m > begin_m else line
    return found


def _flat(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if not isinstance(value, list | tuple | dict)}


def _table(name: str, rows: Rows, shapes: Shapes, crs: str) -> Table:
    names = list(rows[0]) if rows else []
    return Table(
        file=name,
        rows=list(range(1, len(rows) + 1)),
        columns={column: [row[column] for row in rows] for column in names},
        geometry=shapes,
        crs=crs,
    )


def _geometry_type(shapes: Shapes) -> str:
    return "LineString" if len(shapes) and shapely.get_type_id(shapes[0]) == 1 else "Point"


def _geojson(layers: Sequence[tuple[str, Rows, Shapes]], crs: str) -> str:
    features = []
    for name, rows, shapes in layers:
        for row, positions in zip(rows, lonlat_lists(shapes, crs, decimals=DECIMALS), strict=True):
            if positions is not None:
                is_point = len(positions) == 1
                geometry = {
                    "type": "Point" if is_point else "LineString",
                    "coordinates": positions[0] if is_point else positions,
                }
                features.append({"type": "Feature", "properties": {"layer": name, **row}, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, allow_nan=False) + "\n"
