"""Any file or folder that a planner brings, opened as one table with its fields recognised."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from ponplan.area.geopackage import layer_kinds
from ponplan.area.tables.body import body_of
from ponplan.area.tables.delimited import read_delimited
from ponplan.area.tables.headers import find_header, match_fields
from ponplan.area.tables.maps import read_map
from ponplan.area.tables.ofds import read_ofds
from ponplan.area.tables.workbook import read_workbook
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ponplan.area.table import Table
    from ponplan.area.tables.headers import Header
    from ponplan.area.tables.mapping import LayerMapping
    from ponplan.area.tables.sheet import Sheet

TEXTS = (".csv", ".tsv", ".txt")
BOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MAPS = (
    ".gpkg",
    ".geojson",
    ".json",
    ".shp",
    ".kml",
    ".kmz",
    ".gml",
    ".fgb",
    ".zip",
    ".tab",
    ".mif",
    ".gdb",
    ".sqlite",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A table under the file's own column names, the column of every known field, and what was guessed."""

    table: Table
    fields: Mapping[str, str]
    notes: tuple[str, ...] = field(default=())


def open_source(path: Path, mapping: LayerMapping, *, kind: str, part: str | None = None) -> Source:
    """Open a table or map layer; in a folder, the first file that the mapping names.

    `part` is the sheet or layer to read; None takes the one that fits best.

    Raises
    ------
    AreaError
        There is no such file, it is of an unknown kind, cannot be read, or names no known column.
    """
    if path.is_dir() and path.suffix.casefold() not in MAPS:
        path = _file_in(path, mapping, kind=kind)
    if not path.exists():
        raise AreaError([Fault(file=str(path), problem="there is no such file")])
    ending = path.suffix.casefold()
    if ending in TEXTS:
        return _from_sheets((read_delimited(path),), mapping)
    if ending in BOOKS:
        sheets = read_workbook(path)
        chosen = [sheet for sheet in sheets if sheet.file == f"{path.name} ({part})"]
        return _from_sheets(chosen or sheets, mapping)
    if ending in MAPS:
        return _from_map(path, mapping, kind=kind, part=part)
    limit = ", ".join((*TEXTS, *BOOKS, *MAPS))
    raise AreaError([Fault(file=path.name, problem="unknown kind of file", value=ending, limit=limit)])


def tables_in(folder: Path) -> list[Path]:
    """Give the files of a folder that can be read."""
    return sorted(file for file in folder.iterdir() if file.suffix.casefold() in (*MAPS, *TEXTS, *BOOKS))


def _named_in(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """Give the files of a folder that bear one of these names, those of the first name first."""
    files = tables_in(folder)
    return [file for pattern in patterns for file in files if fnmatch(file.stem.casefold(), pattern.casefold())]


def holds(folder: Path, mapping: LayerMapping) -> bool:
    """Tell whether a folder has a file that the mapping names."""
    return bool(_named_in(folder, mapping.file))


def files_also(folder: Path, mapping: LayerMapping) -> list[Path]:
    """Give the files that are to be read beside the mapping's own one."""
    return list(dict.fromkeys(_named_in(folder, list(mapping.also))))


def _file_in(folder: Path, mapping: LayerMapping, *, kind: str) -> Path:
    named = _named_in(folder, mapping.file)
    if named:
        return named[0]
    wanted = ", ".join(mapping.file) if mapping.file else "a file; this mapping is not for folders"
    remedy = "name the file itself, or give a --mapping made for such folders"
    raise AreaError([Fault(file=str(folder), problem=f"no {kind} in the folder", limit=wanted, remedy=remedy)])


def _from_sheets(sheets: Sequence[Sheet], mapping: LayerMapping) -> Source:
    """Take the sheet in which the most fields are known."""
    found: list[tuple[Sheet, Header]] = []
    faults: list[Fault] = []
    for sheet in sheets:
        try:
            found.append((sheet, find_header(sheet, mapping)))
        except AreaError as error:
            faults.extend(error.faults)
    if not found:
        raise AreaError(faults)
    sheet, header = max(found, key=lambda pair: len(pair[1].fields))
    others = [other.file for other in sheets if other is not sheet]
    names = _distinct([name.replace("\n", " ") for name in header.names])
    notes = [*sheet.notes, f"the header is row {sheet.numbers[header.row]}"]
    notes += [f"other sheets were not read: {', '.join(others)}"] if others else []
    table, totals, again = body_of(sheet, header.row + 1, names)
    notes += [f"the header stands again and was passed over: {', '.join(map(str, again))}"] if again else []
    notes += [f"rows of totals were passed over: {', '.join(map(str, totals))}"] if totals else []
    fields = {name: names[column] for name, column in header.fields.items()}
    return Source(table=table, fields=fields, notes=tuple(notes))


def parts_of(path: Path) -> tuple[str, ...]:
    """Give the names of a workbook's filled sheets or of a map file's layers; none for a text.

    Raises
    ------
    AreaError
        The file cannot be opened.
    """
    if path.suffix.casefold() in BOOKS:
        return tuple(sheet.file.removeprefix(f"{path.name} (")[:-1] for sheet in read_workbook(path))
    return tuple(layer_kinds(path)) if path.suffix.casefold() in MAPS else ()


def _from_map(path: Path, mapping: LayerMapping, *, kind: str, part: str | None) -> Source:
    network = read_ofds(path, kind=kind) if path.suffix.casefold() == ".json" else None
    table, notes = (network, []) if network is not None else read_map(path, mapping, kind=kind, part=part)
    names = list(table.columns)
    found = match_fields(names, mapping)
    return Source(table=table, fields={name: names[column] for name, column in found.items()}, notes=tuple(notes))


def _distinct(names: Sequence[str]) -> list[str]:
    """Name columns without a name by their number, and number names that repeat."""
    taken: set[str] = set()
    distinct = []
    for number, name in enumerate(names, start=1):
        free, again = name or f"column {number}", 2
        while free in taken:
            free, again = f"{name or 'column'} {again}", again + 1
        taken.add(free)
        distinct.append(free)
    return distinct
