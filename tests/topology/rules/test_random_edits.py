"""Random edits of design files: whatever a user's program does to the records, check answers."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ponplan.errors import PonplanError
from ponplan.topology import check_network, read_network, trace_customer, write_network
from ponplan.topology.file.schema import RECORD_TABLES, RULES

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.topology import Network
    from ponplan.topology.file.schema import FileColumn, FileTable

STRANGE: dict[str, list[Any]] = {
    "text": ["", "nope", "working", "s1", "j-cabinet", "a b%"],
    "integer": [0, -1, 1, 2, 3, 1000, 2**40],
    "real": [0.0, -1.0, 1e-9, 1e12, 9e999],
    "boolean": [0, 1],
    "names": ["", "nope", "r-office-cabinet", "r-office-cabinet r-office-cabinet"],
    "numbers": ["", "0", "1 2 3 -4"],
    "counts": ["", "nope:1", "e1:-3", "internet-100:1000000"],
    "strands": ["", "f1:1", "d1:1 f1:1", "nope:1", "f1:1 f1:1", "f1:-5", "d1:1 d2:1 d3:1"],
    "json": ["{}"],
}


def _edit(connection: sqlite3.Connection, rng: np.random.Generator) -> None:
    tables: list[FileTable] = [*RECORD_TABLES, RULES]
    table = tables[rng.integers(len(tables))]
    if rng.random() < 0.2 and table is not RULES:
        connection.execute(f"DELETE FROM {table.name} WHERE abs(random()) % 3 = 0")  # noqa: S608
        return
    columns: list[FileColumn] = [c for c in table.columns if not c.derived and c.type in STRANGE]
    column = columns[rng.integers(len(columns))]
    if rng.random() < 0.4:
        value = f'(SELECT "{column.name}" FROM {table.name} ORDER BY fid DESC LIMIT 1)'  # noqa: S608
        connection.execute(f'UPDATE {table.name} SET "{column.name}" = {value} WHERE fid = 1')  # noqa: S608
        return
    pool = STRANGE[column.type]
    value = pool[rng.integers(len(pool))]
    where = "" if rng.random() < 0.3 else f" WHERE fid = {rng.integers(1, 6)}"
    connection.execute(f'UPDATE {table.name} SET "{column.name}" = ?{where}', (value,))  # noqa: S608


@pytest.mark.parametrize("seed", range(4))
def test_check_answers_whatever_is_edited(files: dict[str, bytes], tmp_path: Path, seed: int) -> None:
    """Check, trace and writing anew end with an answer or a fault of the input, never with a traceback."""
    rng = np.random.default_rng(seed)
    for turn in range(30):
        name = sorted(files)[rng.integers(len(files))]
        path = tmp_path / f"{name}{turn}.gpkg"
        path.write_bytes(files[name])
        with closing(sqlite3.connect(path)) as connection, connection:
            for _ in range(rng.integers(1, 5)):
                _edit(connection, rng)
        with suppress(PonplanError):
            network = read_network(path)
            check_network(network)
            for customer in network.customers:
                trace_customer(network, customer.id)
            write_network(network, tmp_path / "again.gpkg", overwrite=True)


def test_check_answers_for_an_empty_network(tiny: Network) -> None:
    """Of a network without any record only what the facts promise is missed."""
    empty = {field.name: () for field in fields(tiny) if isinstance(getattr(tiny, field.name), tuple)}
    network = replace(tiny, **empty, route_lines=tiny.route_lines[:0])
    assert {violation.rule for violation in check_network(network)} == {"customer-present", "bill-total"}
