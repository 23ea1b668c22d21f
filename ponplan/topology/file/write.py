"""Writes a network as one design file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ponplan.errors import Fault, OutputError
from ponplan.topology.file.geometry import blobs
from ponplan.topology.file.geopackage import create_core, create_table, document_columns, enter_bounds
from ponplan.topology.file.qml import write_styles
from ponplan.topology.file.schema import TABLES
from ponplan.topology.file.stored import stored_tables
from ponplan.topology.file.styles import layer_styles
from ponplan.topology.file.views import VIEWS, write_views

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ponplan.topology.file.schema import FileTable
    from ponplan.topology.file.stored import Columns
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
    for table, columns in stored_tables(network):
        _insert(connection, table, columns, srs_id=srs_id)
    write_views(connection, srs_id=srs_id)
    names = {table.name: [column.name for column in table.columns if column.name != "geom"] for table in TABLES}
    styles = layer_styles(customer.technology for customer in network.customers)
    write_styles(connection, styles, {**names, **{view.name: view.columns for view in VIEWS}})
    document_columns(connection, TABLES)


def _insert(connection: sqlite3.Connection, table: FileTable, columns: Columns, *, srs_id: int) -> None:
    values: list[Sequence[Any]] = []
    for column in table.columns:
        if column.type in ("point", "line"):
            shapes = np.asarray(columns[column.name], dtype=object)
            if (~shapely.is_missing(shapes)).any():
                enter_bounds(connection, table.name, map(float, shapely.total_bounds(shapes)))
            values.append(blobs(shapes, srs_id=srs_id))
        else:
            values.append(columns[column.name])
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    marks = ", ".join("?" for _ in table.columns)
    sql = f'INSERT INTO "{table.name}" (fid, {names}) VALUES (?, {marks})'  # noqa: S608 - names of our own schema
    connection.executemany(sql, zip(range(1, len(values[0]) + 1), *values, strict=True))
