"""The tables that make an SQLite file a GeoPackage (OGC 12-128r15, version 1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyproj import CRS
from pyproj.enums import WktVersion
from pyproj.exceptions import CRSError

from ponplan.errors import DesignFileError, Fault
from ponplan.topology.file.schema import GEOPACKAGE_VERSION, SCHEMA_VERSION, SQL_TYPES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from ponplan.topology.file.schema import FileColumn, FileTable

APPLICATION_ID = int.from_bytes(b"GPKG", "big")
_BLANKS = {"TEXT": "''", "INTEGER": "0", "REAL": "0.0", "BOOLEAN": "0"}
CUSTOM_SRS_ID = 100_000  # for a coordinate system that no authority numbers
NO_CLOCK = "2000-01-01T00:00:00.000Z"  # the same network gives the same bytes, so no time of writing is kept

_CORE = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {GEOPACKAGE_VERSION + SCHEMA_VERSION};
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
"""

_SCHEMA_EXTENSION = """
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
INSERT INTO gpkg_extensions VALUES
  ('gpkg_data_columns', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec120/#extension_schema', 'read-write'),
  ('gpkg_data_column_constraints', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec120/#extension_schema',
   'read-write');
"""


def create_core(connection: sqlite3.Connection, crs: str) -> int:
    """Create the core tables and give the `srs_id` of the project's coordinate system.

    Raises
    ------
    DesignFileError
        The coordinate system is not known.
    """
    srs_id, rows = _spatial_reference_rows(crs)
    for statement in _CORE.split(";\n"):  # not executescript, which would commit
        connection.execute(statement)
    connection.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", rows)
    return srs_id


def create_table(connection: sqlite3.Connection, table: FileTable, *, srs_id: int) -> None:
    """Create a table and enter it into the contents; its bounds are entered later."""
    columns = "".join(f", {_column_sql(column)}" for column in table.columns)
    connection.execute(f'CREATE TABLE "{table.name}" (fid INTEGER PRIMARY KEY NOT NULL{columns})')
    kind = "features" if table.geometry else "attributes"
    register(connection, table.name, kind=kind, meaning=table.meaning, srs_id=srs_id if table.geometry else None)
    if table.geometry:
        row = (table.name, "geom", table.geometry, srs_id)
        connection.execute("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", row)


def register(connection: sqlite3.Connection, name: str, *, kind: str, meaning: str, srs_id: int | None) -> None:
    """Enter a table into the contents."""
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (name, kind, name, meaning, NO_CLOCK, srs_id),
    )


def document_columns(connection: sqlite3.Connection, tables: Iterable[FileTable]) -> None:
    """Say what each column means in the way of the GeoPackage schema extension (OGC 12-128r15, annex F.9)."""
    for statement in _SCHEMA_EXTENSION.split(";\n"):
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description) VALUES (?, ?, ?, ?, ?)",
        [
            (table.name, column.name, column.name, column.name, column.meaning)
            for table in tables
            for column in table.columns
        ],
    )


def enter_bounds(connection: sqlite3.Connection, name: str, bounds: Iterable[float]) -> None:
    """Enter the bounds of a layer: least x, least y, largest x, largest y."""
    connection.execute(
        "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?", (*bounds, name)
    )


def _column_sql(column: FileColumn) -> str:
    text = f'"{column.name}" {SQL_TYPES[column.type]}'
    if column.optional:
        return text
    # a feature drawn in a GIS with no more than its geometry can be saved, and is told of by `check`
    blank = {"state": "'new'", "attributes": "'{}'"}.get(column.name, _BLANKS.get(SQL_TYPES[column.type]))
    return f"{text} NOT NULL" if blank is None else f"{text} NOT NULL DEFAULT {blank}"


def _spatial_reference_rows(crs: str) -> tuple[int, list[tuple[object, ...]]]:
    try:
        project = CRS.from_user_input(crs)
        authority = project.to_authority(min_confidence=100)
        text = project.to_wkt(WktVersion.WKT1_GDAL)
    except CRSError as error:
        fault = Fault(file="network", field="crs", problem="coordinate system is not known", value=crs)
        raise DesignFileError([fault]) from error
    rows: list[tuple[object, ...]] = [
        ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", "undefined cartesian coordinates"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinates"),
        (
            "WGS 84 geodetic",
            4326,
            "EPSG",
            4326,
            CRS.from_epsg(4326).to_wkt(WktVersion.WKT1_GDAL),
            "longitude, latitude",
        ),
    ]
    if authority is not None and authority[0] == "EPSG" and authority[1].isdigit():
        srs_id, organization = int(authority[1]), "EPSG"
    else:
        srs_id, organization = CUSTOM_SRS_ID, "ponplan"
    if srs_id != 4326:
        rows.append((project.name, srs_id, organization, srs_id, text, None))
    return srs_id, rows
