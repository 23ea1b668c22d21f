"""Map files as tables: which layer holds what is looked for, and texts as they were written."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.geopackage import field_names, layer_kinds, read_layer
from ponplan.area.tables.delimited import decode
from ponplan.area.tables.headers import match_fields
from ponplan.area.tables.kml import KML_ENDINGS, KML_FIELDS, spelt_for_gdal
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ponplan.area.table import Table
    from ponplan.area.tables.mapping import LayerMapping

LINE_KINDS = ("routes", "plant_cables", "plant_ducts")
LINES, PLACES = ("line",), ("point", "polygon")
UNSAID = ("", "Unknown", "GeometryCollection", "3D Unknown", "Unknown Z")


def read_map(path: Path, mapping: LayerMapping, *, kind: str, part: str | None) -> tuple[Table, list[str]]:
    """Read the layer `part`, else the one that fits best, and say what was guessed.

    Raises
    ------
    AreaError
        The file cannot be opened, has no layers, or the layer cannot be read.
    """
    layers = layer_kinds(path)
    layer, notes = (part, []) if part in layers else _choose_layer(path, layers, mapping, kind=kind)
    table = _as_spelt(path, layer)
    if _is_mute(path):
        table, encoding = _respelled(table)
        notes = [*notes, f"the shapefile does not say its encoding; read as {encoding}"]
    notes = [*notes, *table.notes]
    if len(layers) == 1:
        table = replace(table, file=path.name)
    if path.suffix.casefold() in KML_ENDINGS:
        table = _without_kml_fields(table, mapping)
        table, others = _of_kind(table, LINES if kind in LINE_KINDS else PLACES)
        notes += [f"{others} placemarks of other geometry were left out"] if others else []
    return table, notes


def _of_kind(table: Table, wanted: tuple[str, ...]) -> tuple[Table, int]:
    """Take the placemarks of one geometry out of a folder that mixes them; all of them if none has it."""
    if table.geometry is None:
        return table, 0
    shapes = [None if shape is None else shape.geom_type.casefold() for shape in table.geometry]
    fitting = [shape is None or any(word in shape for word in wanted) for shape in shapes]
    if all(fitting) or not any(fit and shape for fit, shape in zip(fitting, shapes, strict=True)):
        return table, 0
    kept = [index for index, fit in enumerate(fitting) if fit]
    return table.take(kept), len(table) - len(kept)


def _as_spelt(path: Path, layer: str) -> Table:
    """Read a layer under the column names that its author gave."""
    if path.suffix.casefold() not in KML_ENDINGS:
        return read_layer(path, layer, encoding="ISO-8859-1" if _is_mute(path) else None)
    spelt = spelt_for_gdal(path)
    if spelt is None:
        return read_layer(path, layer)
    content, names = spelt
    table = read_layer(path, layer, content=content)
    return replace(table, columns={names.get(name, name): cells for name, cells in table.columns.items()})


def _without_kml_fields(table: Table, mapping: LayerMapping) -> Table:
    """Leave out the fields that every KML has, and the id that GDAL makes up where the planner gave one."""
    columns = {name: cells for name, cells in table.columns.items() if name not in KML_FIELDS}
    own = {name: cells for name, cells in columns.items() if name != "id"}
    return replace(table, columns=own if "id" in match_fields(list(own), mapping) else columns)


def _choose_layer(
    path: Path, layers: Mapping[str, str], mapping: LayerMapping, *, kind: str
) -> tuple[str, list[str]]:
    """Of the layers with the right geometry take the one of the kind's name, else the one with most known columns."""
    if not layers:
        raise AreaError([Fault(file=path.name, problem="the file has no layers")])
    wanted = LINES if kind in LINE_KINDS else PLACES
    shapes = {name: _shapes_in(path, name, shape) if len(layers) > 1 else shape for name, shape in layers.items()}
    named = [name for name in layers if name.casefold() == kind]
    fitting = [name for name, shape in shapes.items() if any(word in shape.casefold() for word in wanted)]
    candidates = named or fitting or list(layers)
    chosen = min(candidates, key=lambda name: _unlikeliness(path, name, mapping) if len(candidates) > 1 else 0)
    others = [name for name in layers if name != chosen]
    return chosen, [f"layer {chosen} was read, not: {', '.join(others)}"] if others else []


def _shapes_in(path: Path, layer: str, said: str) -> str:
    """Give the kind of geometry that a layer says it has, or that of most of its rows if it does not say."""
    if said not in UNSAID:
        return said
    geometry = read_layer(path, layer).geometry
    present = np.zeros(0, object) if geometry is None else geometry[~shapely.is_missing(geometry)]
    if not len(present):
        return said
    kinds, counts = np.unique([shape.geom_type for shape in present], return_counts=True)
    return str(kinds[counts.argmax()])


def _unlikeliness(path: Path, layer: str, mapping: LayerMapping) -> tuple[int, int]:
    """Rank a layer by its name among the mapping's names of files, then by how many of its columns are known."""
    names = [rank for rank, pattern in enumerate(mapping.file) if fnmatch(layer.casefold(), pattern.casefold())]
    known = match_fields(field_names(path, layer), mapping)
    return names[0] if names else len(mapping.file), -len(known)


def _is_mute(path: Path) -> bool:
    """Tell whether a shapefile says nowhere how its texts are encoded."""
    if path.suffix.casefold() != ".shp":
        return False
    if any(path.with_suffix(ending).exists() for ending in (".cpg", ".CPG")):
        return False
    table = next((path.with_suffix(e) for e in (".dbf", ".DBF") if path.with_suffix(e).exists()), None)
    head = table.read_bytes()[:32] if table else b""
    return len(head) == 32 and head[29] == 0  # byte 29 of a dBase file names the code page; 0 is none


def _respelled(table: Table) -> tuple[Table, str]:
    """Decode texts that were read as if every byte were a letter."""
    texts = [*table.columns, *(cell for cells in table.columns.values() for cell in cells if isinstance(cell, str))]
    _, encoding = decode("\n".join(texts).encode("latin-1", errors="replace"), file=table.file)

    def respell(cell: object) -> object:
        return cell.encode("latin-1", "replace").decode(encoding, "replace") if isinstance(cell, str) else cell

    columns = {str(respell(name)): [respell(cell) for cell in cells] for name, cells in table.columns.items()}
    return replace(table, columns=columns), encoding
