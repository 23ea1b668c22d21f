"""PostGIS: the tables of the design file in one schema of a database, loaded in one transaction and read back."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS

from ponplan.errors import DesignFileError, Fault, OutputError
from ponplan.report.exchange.result import Exported, Loss
from ponplan.topology.file import SCHEMA_VERSION
from ponplan.topology.file.read import network_from_tables
from ponplan.topology.file.schema import TABLES
from ponplan.topology.file.stored import stored_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.file.schema import FileColumn, FileTable
    from ponplan.topology.file.stored import Columns
    from ponplan.topology.network import Network

FORMAT = "postgis"
MARK = "ponplan design"  # comment of a schema that is ours, with the version after it
_TYPES = {"integer": "bigint", "real": "double precision", "boolean": "boolean"}  # all others are text
_INDEXED = ("id", "customer", "node", "from_node", "to_node", "olt", "card", "from_device", "to_device")


def write_postgis(network: Network, target: str, *, schema: str, overwrite: bool = False) -> Exported:
    """Load a network into a schema of a PostGIS database, all of it or nothing.

    Loading the same network twice gives the same tables. With `overwrite` a schema that an earlier export made is
    replaced, and no other.

    Parameters
    ----------
    target
        Address of the database, `postgresql://user@host/name`.

    Raises
    ------
    OutputError
        The database cannot be reached or refuses, the schema exists, or psycopg is not installed.
    """
    srid = _srid(network.crs)
    rows: dict[str, int] = {}
    with _connection(target, OutputError) as connection:
        _make_schema(connection, schema, overwrite=overwrite)
        for table, columns in stored_tables(network):
            rows[table.name] = _load(connection, schema, table, columns, srid=srid)
    losses = () if srid else (Loss(what="SRID", reason=f"{network.crs} has no EPSG code; geometries have SRID 0"),)
    return Exported(format=FORMAT, target=f"schema {schema}", reads_back=True, rows=rows, losses=losses)


def read_postgis(source: str, *, schema: str) -> Network:
    """Give the network that `write_postgis` loaded into a schema.

    Raises
    ------
    DesignFileError
        The database cannot be reached, or tables, columns or values are missing or wrong.
    """
    with _connection(source, DesignFileError) as connection:
        _require_ours(connection, schema)
        tables = {
            table.name: columns for table in TABLES if (columns := _read(connection, schema, table)) is not None
        }
    return network_from_tables(tables, source=f"schema {schema}")


@contextmanager
def _connection(target: str, error_type: type[OutputError | DesignFileError]) -> Iterator[Any]:
    """Give a connection in one transaction; the address, which may hold a password, is never repeated."""
    try:
        psycopg: Any = import_module("psycopg")
    except ModuleNotFoundError as error:
        remedy = "pip install 'ponplan[postgis]'"
        raise error_type(
            [Fault(file="--format postgis", problem="psycopg is not installed", remedy=remedy)]
        ) from error
    try:
        with psycopg.connect(target) as connection:
            found = connection.execute("SELECT to_regtype('geometry') IS NOT NULL").fetchone()
            if not found[0]:
                remedy = "CREATE EXTENSION postgis"
                raise error_type([Fault(file="database", problem="it has no PostGIS", remedy=remedy)])
            yield connection
    except psycopg.Error as error:
        message = " ".join(str(error).split())
        raise error_type([Fault(file="database", problem=f"it refuses: {message}")]) from error


def _srid(crs: str) -> int:
    code = CRS.from_user_input(crs).to_epsg(min_confidence=100)
    return code or 0


def _name(schema: str, table: str = "") -> Any:  # noqa: ANN401 - untyped library
    sql = import_module("psycopg.sql")
    return sql.Identifier(schema, table) if table else sql.Identifier(schema)


def _sql(query: str, /, **parts: Any) -> Any:  # noqa: ANN401 - untyped library
    return import_module("psycopg.sql").SQL(query).format(**parts)


def _version(connection: Any, schema: str) -> str | None:  # noqa: ANN401
    """Give the comment of a schema; None if there is no such schema."""
    row = connection.execute(
        "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = %s", (schema,)
    ).fetchone()
    return None if row is None else str(row[0])


def _make_schema(connection: Any, schema: str, *, overwrite: bool) -> None:  # noqa: ANN401
    comment = _version(connection, schema)
    if comment is not None and not comment.startswith(MARK):
        remedy = "name another with --schema"
        raise OutputError(
            [Fault(file=f"schema {schema}", problem="exists and was not made by ponplan", remedy=remedy)]
        )
    if comment is not None and not overwrite:
        remedy = "name another with --schema or say --force"
        raise OutputError([Fault(file=f"schema {schema}", problem="exists already", remedy=remedy)])
    connection.execute(_sql("DROP SCHEMA IF EXISTS {schema} CASCADE", schema=_name(schema)))
    connection.execute(_sql("CREATE SCHEMA {schema}", schema=_name(schema)))
    literal = import_module("psycopg.sql").Literal(f"{MARK}, schema version {SCHEMA_VERSION}")
    connection.execute(_sql("COMMENT ON SCHEMA {schema} IS {text}", schema=_name(schema), text=literal))


def _require_ours(connection: Any, schema: str) -> None:  # noqa: ANN401
    comment = _version(connection, schema)
    if comment != f"{MARK}, schema version {SCHEMA_VERSION}":
        problem = "there is no such schema" if comment is None else "holds no design of this ponplan's schema version"
        remedy = "name the schema that `ponplan export --format postgis` wrote"
        raise DesignFileError([Fault(file=f"schema {schema}", problem=problem, value=comment or None, remedy=remedy)])


def _column_type(column: FileColumn, srid: int) -> str:
    if column.type in ("point", "line"):
        return f"geometry({'Point' if column.type == 'point' else 'LineString'}, {srid})"
    return _TYPES.get(column.type, "text")


def _load(connection: Any, schema: str, table: FileTable, columns: Columns, *, srid: int) -> int:  # noqa: ANN401
    sql = import_module("psycopg.sql")
    place = _name(schema, table.name)
    parts = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(column.name),
            sql.SQL(_column_type(column, srid)),
            sql.SQL("" if column.optional else " NOT NULL"),
        )
        for column in table.columns
    ]
    body = sql.SQL(", ").join([sql.SQL("fid bigint PRIMARY KEY"), *parts])
    connection.execute(_sql("CREATE TABLE {place} ({body})", place=place, body=body))
    values = [_outgoing(column, columns[column.name], srid) for column in table.columns]
    with connection.cursor().copy(_sql("COPY {place} FROM STDIN", place=place)) as copy:
        for row in zip(range(1, len(values[0]) + 1), *values, strict=True):
            copy.write_row(row)
    for column in table.columns:
        if column.type in ("point", "line"):
            connection.execute(_sql("CREATE INDEX ON {place} USING gist (geom)", place=place))
        elif column.name in _INDEXED:
            name = sql.Identifier(column.name)
            connection.execute(_sql("CREATE INDEX ON {place} ({name})", place=place, name=name))
        where = sql.Identifier(schema, table.name, column.name)
        connection.execute(_sql("COMMENT ON COLUMN {w} IS {t}", w=where, t=sql.Literal(_meaning(column))))
    connection.execute(_sql("COMMENT ON TABLE {place} IS {text}", place=place, text=sql.Literal(table.meaning)))
    return len(values[0])


def _meaning(column: FileColumn) -> str:
    return f"{column.meaning} ({column.unit})" if column.unit not in ("", "1") else column.meaning


def _outgoing(column: FileColumn, values: Any, srid: int) -> list[Any]:  # noqa: ANN401 - any column
    if column.type in ("point", "line"):
        shapes = shapely.set_srid(np.asarray(values, dtype=object), srid)
        return list(shapely.to_wkb(shapes, hex=True, include_srid=True))
    if column.type == "boolean":
        return [None if value is None else bool(value) for value in values]
    return list(values)


def _read(connection: Any, schema: str, table: FileTable) -> Columns | None:  # noqa: ANN401
    sql = import_module("psycopg.sql")
    there = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s",
        (schema, table.name),
    ).fetchall()
    wanted = [column for column in table.columns if (column.name,) in there]
    if not wanted:
        return None
    picked = [
        sql.SQL("ST_AsBinary({})" if column.type in ("point", "line") else "{}").format(sql.Identifier(column.name))
        for column in wanted
    ]
    query = _sql(
        "SELECT {names} FROM {place} ORDER BY fid", names=sql.SQL(", ").join(picked), place=_name(schema, table.name)
    )
    rows = connection.execute(query).fetchall()
    stored = list(zip(*rows, strict=True)) if rows else [()] * len(wanted)
    return {column.name: _incoming(column, values) for column, values in zip(wanted, stored, strict=True)}


def _incoming(column: FileColumn, values: Any) -> list[Any]:  # noqa: ANN401 - any column
    if column.type in ("point", "line"):
        return list(shapely.from_wkb([None if value is None else bytes(value) for value in values]))
    if column.type == "boolean":
        return [None if value is None else int(value) for value in values]
    return list(values)
