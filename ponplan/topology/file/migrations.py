"""One step per schema version: each turns an open design file of the version before into the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.topology.file.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    Migration = Callable[[sqlite3.Connection], None]

MIGRATIONS: Mapping[int, Migration] = {}  # keyed by the version a step starts from; version 1 is the first


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring an open file (a copy in memory; the file itself is never changed) up to the current version."""
    for step in range(version, SCHEMA_VERSION):
        MIGRATIONS[step](connection)
