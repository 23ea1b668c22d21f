"""Outages, sweeps and availability as Parquet: one row for each customer, fault or pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.errors import Fault, OutputError
from ponplan.report.output import whole_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

KINDS = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR"}


def write_rows_parquet(rows: Sequence[Mapping[str, object]], path: Path, *, overwrite: bool = False) -> None:
    """Write rows of one kind; lists become their members parted by commas, tables in a cell are left out.

    Raises
    ------
    OutputError
        There are no rows, or the file cannot be written.
    """
    import duckdb

    if not rows:
        raise OutputError([Fault(file=str(path), problem="there are no rows to write")])
    plain = [{name: _plain(value) for name, value in row.items() if not _is_table(value)} for row in rows]
    kinds = {name: _kind([row[name] for row in plain]) for name in plain[0]}
    with duckdb.connect(config={"threads": "1"}) as database, whole_file(path, overwrite=overwrite) as beside:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
        database.execute(f"CREATE TABLE outages ({columns})")
        insert = "INSERT INTO outages VALUES (" + ", ".join("?" * len(kinds)) + ")"  # noqa: S608 - only marks
        database.executemany(insert, [[row[name] for name in kinds] for row in plain])
        try:
            database.table("outages").write_parquet(str(beside), compression="zstd")
        except (duckdb.Error, OSError) as error:
            raise OutputError([Fault(file=str(path), problem=f"cannot be written: {error}")]) from error


def _is_table(value: object) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(item, dict) for item in value)


def _plain(value: object) -> object:
    return ", ".join(str(item) for item in value) if isinstance(value, list | tuple) else value


def _kind(values: Sequence[object]) -> str:
    types = {type(value) for value in values if value is not None}
    if types == {int, float}:
        return "DOUBLE"
    return KINDS.get(next(iter(types)), "VARCHAR") if len(types) == 1 else "VARCHAR"
