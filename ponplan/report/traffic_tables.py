"""Tables of a simulation as Parquet: one row for each point, direction and group."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ponplan.errors import Fault, OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ponplan.simulate.result import TrafficResult

COLUMNS = {
    "value": "DOUBLE",  # of the swept field; empty without a sweep
    "direction": "VARCHAR",
    "scope": "VARCHAR",  # port, onu, class
    "onu": "INTEGER",
    "tcont": "INTEGER",
    "priority": "INTEGER",
    "offered": "DOUBLE",
    "carried": "DOUBLE",
    "lost": "DOUBLE",
    "packets": "BIGINT",
    "mean_delay_us": "DOUBLE",
    "ci95_us": "DOUBLE",
    "p50_delay_us": "DOUBLE",
    "p99_delay_us": "DOUBLE",
    "p999_delay_us": "DOUBLE",
    "max_delay_us": "DOUBLE",
    "mean_queueing_us": "DOUBLE",
    "jitter_us": "DOUBLE",
    "mean_cycle_us": "DOUBLE",
    "max_queue_bytes": "BIGINT",
}


def write_traffic_parquet(results: Sequence[tuple[float | None, TrafficResult]], path: Path) -> None:
    """Write results with the swept value each belongs to.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    import duckdb

    rows = [row for value, result in results for row in _rows(value, result)]
    with duckdb.connect(config={"threads": "1"}) as database:
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        database.execute(f"CREATE TABLE traffic ({columns})")
        insert = "INSERT INTO traffic VALUES (" + ", ".join("?" * len(COLUMNS)) + ")"  # noqa: S608 - only marks
        database.executemany(insert, [[row.get(name) for name in COLUMNS] for row in rows])
        try:
            database.table("traffic").write_parquet(str(path), compression="zstd")
        except (duckdb.Error, OSError) as error:
            raise OutputError([Fault(file=str(path), problem=f"cannot be written: {error}")]) from error


def _rows(value: float | None, result: TrafficResult) -> list[Mapping[str, object]]:
    rows: list[Mapping[str, object]] = []
    for direction in ("upstream", "downstream"):
        one = getattr(result, direction)
        if one is None:
            continue
        base = {"value": value, "direction": direction}
        rows.append(
            base
            | {
                "scope": "port",
                "offered": one.offered,
                "carried": one.carried,
                "lost": one.lost,
                "packets": one.packets,
                "mean_delay_us": one.delay_us.mean,
                "ci95_us": one.delay_us.ci95,
                "p50_delay_us": one.delay_us.p50,
                "p99_delay_us": one.delay_us.p99,
                "p999_delay_us": one.delay_us.p999,
                "max_delay_us": one.delay_us.max,
                "mean_queueing_us": one.queueing_delay_us.mean,
                "jitter_us": one.jitter_us,
                "mean_cycle_us": None if one.cycle_us is None else one.cycle_us["mean"],
                "max_queue_bytes": one.max_queue_bytes,
            }
        )
        rows += [base | {"scope": "onu"} | asdict(group) for group in one.onus]
        rows += [base | {"scope": "class"} | asdict(group) for group in one.classes]
    return rows
