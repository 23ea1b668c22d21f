"""Reads a design file back into a network.

What a later program added to tables and columns is filled in where an older file lacks it: records and their fields
with their defaults, the catalogue with what is shipped. Every filling is logged as a warning, so that it is seen on
the terminal and a program may listen for it.
"""

from __future__ import annotations

import gc
import logging
import sqlite3
from collections import deque
from contextlib import closing, contextmanager
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import shapely

from ponplan.catalogue.older import catalogue_of_older
from ponplan.errors import CatalogueError, DesignFileError, Fault
from ponplan.topology.file.codecs import STORED_TYPES, WORDS, decoded
from ponplan.topology.file.geometry import blobs, geometries
from ponplan.topology.file.opening import open_design
from ponplan.topology.file.schema import (
    CATALOGUE,
    FACTS,
    PLAN,
    RECORD_TABLES,
    RULES,
)
from ponplan.topology.network import Network

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ponplan.catalogue import Catalogue
    from ponplan.topology.file.schema import FileColumn, FileTable
    from ponplan.topology.file.stored import Columns

# rows that every light budget is computed with
NEEDED_ROWS = {
    "losses": ("splice", "connector", "onu-switch"),
    "terminations": ("olt", "splitter-input", "splitter-output", "onu"),
}
_LEAST_SHOWN = 20  # faults of one column that are listed one by one
_NEVER_MISSING = ("relaxed", "bill", "facts")  # without them a design would seem to be what it is not
_LOG = logging.getLogger(__name__)


def read_network(path: Path) -> Network:
    """Give the network that a design file holds.

    Raises
    ------
    DesignFileError
        The file is missing, broken, of another kind or newer than this program, or holds values of the wrong kind;
        every fault is listed.
    """
    try:
        with closing(open_design(path)) as connection, _no_collection():
            return _network(_Reader(_DesignFile(connection), str(path)))
    except (sqlite3.Error, UnicodeDecodeError) as error:  # SQLite's own messages may quote broken bytes
        raise DesignFileError([Fault(file=str(path), problem=f"the file is broken: {error}")]) from error


def network_from_tables(tables: Mapping[str, Columns], *, source: str) -> Network:
    """Give the network whose tables were read from another format; rows count from 1.

    Parameters
    ----------
    tables
        Columns of stored values by table, as `stored_tables` gives them; derived columns may be missing.
    source
        What to call the input in faults.

    Raises
    ------
    DesignFileError
        Tables, columns or values are missing or of the wrong kind; every fault is listed.
    """
    with _no_collection():
        return _network(_Reader(_Given(tables), source))


class _Store(Protocol):
    """Where stored tables are read from."""

    def names(self, table: FileTable) -> set[str]:
        """Give the columns that are there; none if the table is missing."""

    def values(self, table: FileTable, names: Sequence[str]) -> tuple[Sequence[int], list[Sequence[Any]]]:
        """Give the row numbers and the values of columns."""


class _DesignFile:
    """Tables of an open design file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def names(self, table: FileTable) -> set[str]:
        return {row[1] for row in self.connection.execute(f'PRAGMA table_info("{table.name}")')}

    def values(self, table: FileTable, names: Sequence[str]) -> tuple[Sequence[int], list[Sequence[Any]]]:
        quoted = ", ".join(f'"{name}"' for name in names)
        rows = self.connection.execute(f'SELECT fid, {quoted} FROM "{table.name}" ORDER BY fid').fetchall()  # noqa: S608
        stored = list(zip(*rows, strict=True))
        return (stored[0], [*stored[1:]]) if rows else ((), [() for _ in names])


class _Given:
    """Tables that another reader has read, geometries as shapely's."""

    def __init__(self, tables: Mapping[str, Columns]) -> None:
        self.tables = tables

    def names(self, table: FileTable) -> set[str]:
        return set(self.tables.get(table.name, ()))

    def values(self, table: FileTable, names: Sequence[str]) -> tuple[Sequence[int], list[Sequence[Any]]]:
        shapes = {column.name for column in table.columns if column.type in ("point", "line")}
        columns = self.tables[table.name]
        stored = [
            blobs(np.asarray(columns[name], dtype=object), srs_id=0) if name in shapes else columns[name]
            for name in names
        ]
        return range(1, len(stored[0]) + 1), stored


def _optional_tables() -> set[str]:
    """Give the tables that a network may do without."""
    return {
        field.name
        for field in fields(Network)
        if (field.default is not MISSING or field.default_factory is not MISSING) and field.name not in _NEVER_MISSING
    }


def _defaults(table: FileTable) -> dict[str, object]:
    """Give the defaults of a table's records by field."""
    if table.record is None:
        return {}
    plain = {field.name: field.default for field in fields(table.record) if field.default is not MISSING}
    made = {
        field.name: field.default_factory() for field in fields(table.record) if field.default_factory is not MISSING
    }
    return plain | made


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hold the garbage collector: a million records without cycles would make it search in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Reader:
    """Reads tables column by column and keeps every fault."""

    def __init__(self, store: _Store, source: str) -> None:
        self.store = store
        self.source = source
        self.faults: list[Fault] = []
        self.notes: list[str] = []  # what was filled in

    def columns(self, table: FileTable) -> dict[str, Sequence[Any]] | None:
        """Give the stored columns by name in the order of `fid`; None if there are faults."""
        wanted = [column for column in table.columns if not column.derived]
        present = self.store.names(table)
        if not present and table.name in _optional_tables():
            self.notes.append(f"table {table.name} is missing: taken as empty")
            return {column.name: () for column in wanted}
        defaults = _defaults(table) if present else {}
        lacking = [column.name for column in wanted if column.name not in present]
        missing = [name for name in lacking if name not in defaults]
        if missing:
            problem = "table is missing" if not present else f"columns are missing: {', '.join(missing)}"
            self.fault(table, problem=problem)
            return None
        told = [column for column in wanted if column.name in present]
        fids, stored = self.store.values(table, [column.name for column in told])
        before = len(self.faults)
        found = {
            column.name: self._decoded(table, column, values, fids=fids)
            for column, values in zip(told, stored, strict=True)
        }
        for name in lacking:
            self.notes.append(f"column {name} of {table.name} is missing: taken as {defaults[name]!r}")
            found[name] = [defaults[name]] * len(fids)
        return found if len(self.faults) == before else None

    def _decoded(
        self, table: FileTable, column: FileColumn, values: Sequence[Any], *, fids: Sequence[int]
    ) -> Sequence[Any]:
        if column.type in ("point", "line"):
            kind = "Point" if column.type == "point" else "LineString"
            shapes, wrong = geometries(values, kind=kind)
            good: Sequence[Any] = list(shapes)
        else:
            good, wrong = decoded(values, column)
        for place in wrong[:_LEAST_SHOWN]:
            self._wrong_value(table, column, values[place], fid=fids[place])
        if len(wrong) > _LEAST_SHOWN:
            self.fault(table, problem=f"{len(wrong) - _LEAST_SHOWN} more values are wrong", field=column.name)
        return good

    def _wrong_value(self, table: FileTable, column: FileColumn, value: object, *, fid: int) -> None:
        shape = column.type in ("point", "line")
        problem = "geometry cannot be used" if shape else "value is of the wrong kind"
        if value is None:
            problem = "value is missing"
        shown = None if shape or value is None else value
        if column.type in STORED_TYPES:
            self.fault(table, problem=problem, row=fid, field=column.name, value=shown, limit=WORDS[column.type])

    def fault(
        self,
        table: FileTable,
        *,
        problem: str,
        row: int | None = None,
        field: str | None = None,
        value: object = None,
        limit: str | None = None,
    ) -> None:
        """Keep a fault of a table."""
        self.faults.append(
            Fault(
                file=f"{self.source} ({table.name})", problem=problem, row=row, field=field, value=value, limit=limit
            )
        )


def _network(reader: _Reader) -> Network:
    tables = {table.name: reader.columns(table) for table in (*RECORD_TABLES, RULES, PLAN, FACTS, CATALOGUE)}
    for table in (RULES, PLAN):
        columns = tables[table.name]
        if columns is not None and len(next(iter(columns.values()))) != 1:
            reader.fault(table, problem="must have exactly one row")
    catalogue = _catalogue(reader, tables["catalogue"])
    _check_attributes(reader, tables["customers"])
    if reader.faults or catalogue is None:
        raise DesignFileError(reader.faults)
    for note in reader.notes:
        _LOG.warning("%s: older than this program: %s", reader.source, note)
    known = {name: columns for name, columns in tables.items() if columns is not None}
    records = {table.name: _records(table, known[table.name]) for table in RECORD_TABLES}
    return Network(
        name=known["plan"]["name"][0],
        crs=known["plan"]["crs"][0],
        catalogue=catalogue,
        rules=_records(RULES, known["rules"])[0],
        route_lines=np.asarray(known["routes"]["geom"], dtype=object),
        facts=dict(zip(known["facts"]["name"], known["facts"]["value"], strict=True)),
        **records,
    )


def _records(table: FileTable, columns: Mapping[str, Sequence[Any]]) -> tuple[Any, ...]:
    """Give the records of a table; a point becomes the record's coordinates, a line stays beside the records."""
    given = {name: values for name, values in columns.items() if name != "geom"}
    if table.geometry == "POINT":
        given["x_m"] = shapely.get_x(columns["geom"]).tolist()
        given["y_m"] = shapely.get_y(columns["geom"]).tolist()
    if table.record is None or {column.name for column in fields(table.record)} != set(given):
        raise TypeError(f"{table.name}: the schema and the record name different fields")
    rows: list[object] = list(map(object.__new__, [table.record] * len(next(iter(given.values())))))
    # a million calls of frozen constructors take twice as long as all the rest of reading; slots fill by the column
    for name, values in given.items():
        deque(map(table.record.__dict__[name].__set__, rows, values), maxlen=0)
    return tuple(rows)


def _catalogue(reader: _Reader, columns: Mapping[str, Sequence[Any]] | None) -> Catalogue | None:
    if columns is None:
        return None
    try:
        catalogue, notes = catalogue_of_older(dict(zip(columns["name"], columns["csv"], strict=True)))
    except CatalogueError as error:
        reader.faults += error.faults or [Fault(file=f"{reader.source} (catalogue)", problem=str(error))]
        return None
    reader.notes += [f"catalogue: {note}" for note in notes]
    for table, ids in NEEDED_ROWS.items():
        missing = [name for name in ids if name not in getattr(catalogue, table)]
        for name in missing:
            reader.fault(CATALOGUE, problem=f"table {table} has no row {name}")
    if not catalogue.margins:
        reader.fault(CATALOGUE, problem="table margins is empty")
    return catalogue


def _check_attributes(reader: _Reader, columns: Mapping[str, Sequence[Any]] | None) -> None:
    for place, value in enumerate(() if columns is None else columns["attributes"]):
        if not isinstance(value, dict):
            table = next(table for table in RECORD_TABLES if table.name == "customers")
            reader.fault(table, problem="not a JSON object", row=place + 1, field="attributes", value=value)
