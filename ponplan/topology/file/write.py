"""Writes a network as one design file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ponplan.errors import DesignFileError, Fault, OutputError
from ponplan.topology.file.codecs import encoded
from ponplan.topology.file.derived import derived_columns
from ponplan.topology.file.geometry import blobs
from ponplan.topology.file.geopackage import create_core, create_table, enter_bounds
from ponplan.topology.file.schema import (
    CATALOGUE,
    COLUMNS,
    FACTS,
    PLAN,
    RECORD_TABLES,
    RULES,
    TABLES,
)
from ponplan.topology.file.styles import write_styles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ponplan.topology.file.derived import Derived
    from ponplan.topology.file.schema import FileTable
    from ponplan.topology.network import Network


def write_network(network: Network, path: Path, *, overwrite: bool = False) -> None:
    """Write the network as a design file, the same bytes for the same network.

    The file is made beside its target in one transaction and then takes its place, so that no half of it is ever
    seen. Columns for people are computed here.

    Raises
    ------
    OutputError
        The file exists and may not be replaced, or cannot be written.
    DesignFileError
        A record has a number that is not finite, or the coordinate system is not known.
    """
    if path.exists() and not overwrite:
        raise OutputError(
            [Fault(file=str(path), problem="exists already", remedy="choose another name, or replace it")]
        )
    if path.is_dir():
        raise OutputError([Fault(file=str(path), problem="is a folder")])
    if not path.parent.is_dir():
        raise OutputError(
            [Fault(file=str(path), problem="its folder does not exist", remedy="create the folder first")]
        )
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _write_whole(network, beside)
        beside.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise OutputError([Fault(file=str(path), problem=f"cannot be written: {error}")]) from error
    finally:
        beside.unlink(missing_ok=True)


def _write_whole(network: Network, path: Path) -> None:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # the unfinished file is thrown away on any trouble, so it needs no journal of its own
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("BEGIN")
        _write_tables(connection, network)
        connection.execute("COMMIT")
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _write_tables(connection: sqlite3.Connection, network: Network) -> None:
    srs_id = create_core(connection, network.crs)
    for table in TABLES:
        create_table(connection, table, srs_id=srs_id)
    derived = derived_columns(network)
    for table in RECORD_TABLES:
        _write_records(connection, table, getattr(network, table.name), network, derived, srs_id=srs_id)
    _insert(connection, RULES, [_column_values(column.name, (network.rules,)) for column in RULES.columns])
    _insert(connection, PLAN, [[network.name], [network.crs]])
    facts = sorted(network.facts.items())
    _insert(connection, FACTS, [[name for name, _ in facts], [value for _, value in facts]])
    tables = network.catalogue.to_tables()
    _insert(connection, CATALOGUE, [list(tables), list(tables.values())])
    _insert(connection, COLUMNS, _documentation())
    write_styles(connection)


def _write_records(
    connection: sqlite3.Connection,
    table: FileTable,
    rows: Sequence[Any],
    network: Network,
    derived: Derived,
    *,
    srs_id: int,
) -> None:
    columns: list[Sequence[Any]] = []
    for column in table.columns:
        if column.type in ("point", "line"):
            shapes = _shapes(table, rows, network, derived)
            if (~shapely.is_missing(shapes)).any():
                enter_bounds(connection, table.name, map(float, shapely.total_bounds(shapes)))
            columns.append(blobs(shapes, srs_id=srs_id))
        elif column.derived:
            columns.append(derived[table.name, column.name])
        else:
            columns.append(_column_values(column.name, rows))
    _insert(connection, table, columns)


def _shapes(table: FileTable, rows: Sequence[Any], network: Network, derived: Derived) -> NDArray[np.object_]:
    if table.name == "routes":
        return network.route_lines
    if table.name == "cables":
        return np.asarray(derived[table.name, "geom"], dtype=object)
    places = np.array([(row.x_m, row.y_m) for row in rows], dtype=float).reshape(-1, 2)
    if not np.isfinite(places).all():
        fault = Fault(file="network", row=table.name, field="x_m, y_m", problem="coordinates are not finite numbers")
        raise DesignFileError([fault])
    return np.asarray(shapely.points(places), dtype=object).reshape(len(rows))


def _column_values(name: str, rows: Iterable[Any]) -> list[Any]:
    return [getattr(row, name) for row in rows]


def _insert(connection: sqlite3.Connection, table: FileTable, columns: Sequence[Sequence[Any]]) -> None:
    stored = []
    for column, values in zip(table.columns, columns, strict=True):
        try:
            stored.append(values if column.type in ("point", "line") else encoded(values, column))
        except (TypeError, ValueError) as error:
            fault = Fault(file="network", row=table.name, field=column.name, problem=str(error))
            raise DesignFileError([fault]) from error
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    marks = ", ".join("?" for _ in table.columns)
    sql = f'INSERT INTO "{table.name}" (fid, {names}) VALUES (?, {marks})'  # noqa: S608 - names of our own schema
    connection.executemany(sql, zip(range(1, len(stored[0]) + 1), *stored, strict=True))


def _documentation() -> list[list[Any]]:
    rows = [
        (table.name, column.name, column.type, column.unit, column.derived, column.meaning)
        for table in TABLES
        for column in table.columns
    ]
    return [list(values) for values in zip(*rows, strict=True)]
