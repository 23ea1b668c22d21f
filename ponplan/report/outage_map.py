"""Outages on the map: customers as points, broken spans, trenches and nodes as lines and points."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.ops

from ponplan.failover.groups import Groups
from ponplan.failover.subjects import Subjects
from ponplan.failover.sweep import SweepResult
from ponplan.report.map_file import MapLayer, write_map
from ponplan.topology.file.geometry import cable_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ponplan.failover.result import OutageResult
    from ponplan.topology.network import Network


def write_outage_map(
    network: Network, result: OutageResult | SweepResult, path: Path, *, overwrite: bool = False
) -> None:
    """Write customers with their outages, and of a sweep the things that were broken; GeoPackage or GeoJSON.

    Raises
    ------
    OutputError
        The ending is neither `.gpkg` nor `.geojson`, or the file cannot be written.
    """
    layers = [_customers(network, result)]
    if isinstance(result, SweepResult):
        layers.append(_faults(network, result))
    write_map(layers, network.crs, path, overwrite=overwrite)


def _customers(network: Network, result: OutageResult | SweepResult) -> MapLayer:
    places = {one.id: (one.x_m, one.y_m) for one in network.customers}
    rows = [_flat(asdict(one)) for one in result.customers if one.id in places]
    shapes = np.array([shapely.Point(places[str(row["id"])]) for row in rows], object)
    return MapLayer(name="customers", rows=rows, shapes=shapes)


def _faults(network: Network, result: SweepResult) -> MapLayer:
    shapes = _shapes(network, result.what)
    rows = [
        {name: value for name, value in asdict(row).items() if name not in {"lost", "late"}}
        for row in result.rows
        if shapes.get(row.subject) is not None
    ]
    found = np.array([shapes[str(row["subject"])] for row in rows], object)
    return MapLayer(name=f"every_{result.what}", rows=rows, shapes=found)


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
