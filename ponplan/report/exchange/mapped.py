"""Formats that a mapping file describes: Shapefiles for what has a place, CSV for the rest."""

from __future__ import annotations

import csv
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import shapely
from pyproj import CRS

from ponplan.area.coordinates import WGS84, geometries_in, transform_xy
from ponplan.errors import Fault, OutputError
from ponplan.report.delimited import harmless
from ponplan.report.exchange.manifest import exported_folder, files_in, write_manifest
from ponplan.report.exchange.mapping import read_format_mapping
from ponplan.report.exchange.result import Exported, Loss
from ponplan.report.exchange.shapefile import LONGEST_TEXT, shortened
from ponplan.report.exchange.sources import source_tables

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.report.exchange.mapping import ColumnMapping, FormatMapping, TableMapping
    from ponplan.report.exchange.sources import Sources
    from ponplan.topology.network import Network


def write_mapped(network: Network, target: Path, *, form: str, overwrite: bool = False) -> Exported:
    """Write a folder in a format that ponplan ships a mapping file for.

    Raises
    ------
    OutputError
        The plan lies outside the format's country, or the folder exists and may not be replaced.
    """
    mapping = read_format_mapping(form)
    _refuse_abroad(network, mapping)
    sources = source_tables(network)
    rows: dict[str, int] = {}
    losses = [Loss(what=what, reason=reason) for what, reason in mapping.not_covered.items()]
    with exported_folder(target, overwrite=overwrite) as folder:
        for table in mapping.table:
            chosen = _chosen(table, sources)
            values = {name: _values(column, table, chosen, sources) for name, column in table.columns.items()}
            rows[table.name] = len(chosen)
            losses += _cut(table, values)
            if table.geometry:
                geometry = _geometry(table, chosen, sources, network, mapping)
                _write_shapefile(table, values, geometry, folder, crs=mapping.crs)
            else:
                _write_csv(table, values, folder, separator=mapping.separator)
        write_manifest(folder, network, form)
    files = tuple(files_in(target))
    return Exported(format=form, target=str(target), reads_back=False, files=files, rows=rows, losses=tuple(losses))


_LINES = ("routes", "cables")  # sources whose rows are lines; all others with a place are points
write_gracethd = partial(write_mapped, form="gracethd")
write_gisnb = partial(write_mapped, form="gisnb")


def _refuse_abroad(network: Network, mapping: FormatMapping) -> None:
    """Refuse a place for which the format's coordinate system was not made."""
    area = CRS.from_user_input(mapping.crs).area_of_use
    west, south, east, north = shapely.total_bounds(network.route_lines).tolist()
    corners = transform_xy(np.array([(west, south), (east, north)]), network.crs, WGS84)
    inside = area is None or (
        (corners >= (area.west, area.south)).all() and (corners <= (area.east, area.north)).all()
    )
    if not inside and area is not None:
        fault = Fault(
            file=f"--format {mapping.title}",
            problem=f"the plan lies outside the area of {mapping.crs}, in which this format keeps its coordinates",
            value=", ".join(f"{degrees:.3f}" for degrees in corners[0]),
            limit=area.name,
        )
        raise OutputError([fault])


def _chosen(table: TableMapping, sources: Sources) -> list[int]:
    """Give the rows of our table that `where` keeps."""
    columns = sources[table.source]
    rows = range(len(next(iter(columns.values()), ())))
    kept = [
        [str(value) in words or (bool(value) and "*" in words) for value in columns[name]]
        for name, words in table.where.items()
    ]
    return [row for row in rows if all(column[row] for column in kept)]


def _values(column: ColumnMapping, table: TableMapping, chosen: list[int], sources: Sources) -> list[Any]:
    if column.source is None:
        return [column.value] * len(chosen)
    ours = sources[table.source]
    found = [row + 1 for row in chosen] if column.source == "#" else [ours[column.source][row] for row in chosen]
    for step in column.via:
        found = _followed(found, step, sources)
    return [_translated(value, column) for value in found]


def _followed(values: list[Any], step: str, sources: Sources) -> list[Any]:
    """Look values up: `table.key.column`; of several rows with a key the first counts; None for an unknown one."""
    name, key, wanted = step.split(".")
    columns = sources[name]
    if not columns:  # a catalogue table without rows
        return [None] * len(values)
    answers = range(1, len(columns[key]) + 1) if wanted == "#" else columns[wanted]
    table: dict[Any, Any] = {}
    for known, answer in zip(columns[key], answers, strict=True):
        table.setdefault(known, answer)
    return [table.get(value) for value in values]


def _translated(value: Any, column: ColumnMapping) -> Any:  # noqa: ANN401 - any cell
    if column.values or value in (None, ""):
        value = column.values.get(str(value), column.otherwise)
    if value is None or value == "":
        return None
    if column.type == "integer":
        return int(value)
    if column.type == "real":
        return round(float(value), column.decimals)
    return str(value)


def _cut(table: TableMapping, values: dict[str, list[Any]]) -> list[Loss]:
    """Cut texts to what a cell holds, and say how many."""
    losses = []
    for name, column in values.items():
        short = [shortened(value) if isinstance(value, str) else value for value in column]
        number = sum(a != b for a, b in zip(column, short, strict=True))
        if number:
            reason = f"a cell holds {LONGEST_TEXT} bytes; the end of longer texts is cut"
            losses.append(Loss(what=f"{table.name}.{name}", count=number, reason=reason))
        values[name] = short
    return losses


def _geometry(
    table: TableMapping, chosen: list[int], sources: Sources, network: Network, mapping: FormatMapping
) -> np.ndarray[Any, np.dtype[np.object_]]:
    shapes = np.full(len(chosen), None, dtype=object)
    shapes[:] = [sources[table.source]["geom"][row] for row in chosen]
    return geometries_in(shapes, network.crs, mapping.crs)


def _write_shapefile(
    table: TableMapping, values: dict[str, list[Any]], geometry: np.ndarray[Any, Any], folder: Path, *, crs: str
) -> None:
    fields: list[Any] = []
    masks: list[Any] = []
    kinds = {"integer": np.int64, "real": np.float64}
    for name, column in table.columns.items():
        kind = kinds.get(column.type)
        empty = np.array([value is None for value in values[name]], dtype=bool)
        if kind is None:
            fields.append(np.array(values[name], dtype=object))
            masks.append(None)
        else:
            fields.append(np.array([0 if value is None else value for value in values[name]], dtype=kind))
            masks.append(empty)
    pyogrio.raw.write(
        folder / f"{table.name}.shp",
        np.asarray(shapely.to_wkb(geometry), dtype=object),
        fields,
        list(table.columns),
        field_mask=masks,
        geometry_type="LineString" if table.source in _LINES else "Point",
        crs=crs,
        driver="ESRI Shapefile",
        encoding="UTF-8",
        layer_options={"DBF_DATE_LAST_UPDATE": "2000-01-01"},  # the same network gives the same bytes
    )


def _write_csv(table: TableMapping, values: dict[str, list[Any]], folder: Path, *, separator: str) -> None:
    with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows([harmless(value) for value in row] for row in zip(*values.values(), strict=True))
