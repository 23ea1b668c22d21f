"""Opens a design file for reading, or says why it is none."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from ponplan.errors import DesignFileError, Fault
from ponplan.topology.file.geopackage import APPLICATION_ID
from ponplan.topology.file.migrations import MIGRATIONS, migrate
from ponplan.topology.file.schema import GEOPACKAGE_VERSION, SCHEMA_VERSION

if TYPE_CHECKING:
    from pathlib import Path

_FIRST_BYTES = b"SQLite format 3\x00"


def open_design(path: Path) -> sqlite3.Connection:
    """Give a read-only connection to a design file of the current schema; of an older one to a migrated copy.

    Raises
    ------
    DesignFileError
        The file is missing, cut short, of another kind, or newer than this program.
    sqlite3.Error
        The file is broken inside.
    """
    _refuse_foreign(path)
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        version = _schema_version(connection, path)
        if version < SCHEMA_VERSION:
            copy = sqlite3.connect(":memory:")
            connection.backup(copy)
            connection.close()
            connection = copy
            migrate(connection, version)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_foreign(path: Path) -> None:
    problem = ""
    try:
        with path.open("rb") as file:
            head = file.read(100)
        size = path.stat().st_size
    except OSError as error:
        raise DesignFileError([Fault(file=str(path), problem=f"cannot be read: {error.strerror}")]) from error
    if head[:16] != _FIRST_BYTES or len(head) < 100:
        problem = "is no design file: not a GeoPackage"
    elif int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        problem = "is no design file: an SQLite file, but not a GeoPackage"
    else:
        page = int.from_bytes(head[16:18], "big")
        pages = int.from_bytes(head[28:32], "big")
        if size < (65536 if page == 1 else page) * pages:
            problem = "is cut short: the end of the file is missing"
    if problem:
        raise DesignFileError(
            [Fault(file=str(path), problem=problem, remedy="name a file that ponplan design wrote")]
        )


def _schema_version(connection: sqlite3.Connection, path: Path) -> int:
    stored = int(connection.execute("PRAGMA user_version").fetchone()[0])
    version = stored - GEOPACKAGE_VERSION
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"links", "plan", "catalogue"} <= names:
        problem = "is a GeoPackage, but no design file"
        remedy = "name a file that ponplan design wrote"
    elif version > SCHEMA_VERSION:
        problem = f"was written by a newer ponplan (schema {version}; this program knows {SCHEMA_VERSION})"
        remedy = "update ponplan"
    elif version != SCHEMA_VERSION and version not in MIGRATIONS:
        problem = f"has a schema version that this program does not know ({stored})"
        remedy = "update ponplan, or write the design again"
    else:
        return version
    raise DesignFileError([Fault(file=str(path), problem=problem, remedy=remedy)])
