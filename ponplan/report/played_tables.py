"""A played design as files: Parquet, GeoPackage or GeoJSON by the target's ending; ports and services as rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.errors import Fault, OutputError
from ponplan.report.output import whole_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ponplan.simulate.network import NetworkResult, PlayedPort
    from ponplan.topology.network import Network

Row = dict[str, object]
ENDINGS = (".parquet", ".gpkg", ".geojson")
PORT_COLUMNS: Mapping[str, type] = {
    "port": str, "technology": str, "onus": int, "direction": str, "offered_bps": float, "offered_ci95_bps": float,
    "reckoned_bps": float, "agrees": bool, "carried_bps": float, "usable_bps": float, "is_full": bool,
    "lost_share": float, "packets": int, "delay_mean_ms": float, "delay_p999_ms": float, "payload_share": float,
    "broken": int, "cure": str,
}  # fmt: skip
FLOW_COLUMNS: Mapping[str, type] = {
    "customer": str, "service": str, "port": str, "onu": str, "direction": str, "kept": bool, "broken": str,
    "reason": str, "cure": str, "offered_bps": float, "carried_bps": float, "promised_bps": float,
    "lost_share": float, "promised_loss": float, "packets": int, "delay_mean_ms": float, "delay_p999_ms": float,
    "delay_max_ms": float, "jitter_buffer_ms": float, "circuit_delay_ms": float, "bearer_ms": float,
    "end_to_end_ms": float, "promised_delay_ms": float, "wander_us": float, "wander_interval_s": float,
    "wander_share": float,
}  # fmt: skip
CIRCUIT_COLUMNS: Mapping[str, type] = {
    "circuit": str, "service": str, "from_customer": str, "to_customer": str, "from_port": str, "to_port": str,
    "bearer_ms": float, "delay_ms": float, "promised_delay_ms": float, "lost_share": float, "wander_share": float,
    "kept": bool, "broken": str,
}  # fmt: skip
BEARER_COLUMNS: Mapping[str, type] = {
    "of": str, "links": int, "rate_bps": float, "rate_with_one_lost_bps": float, "mean_up_bps": float,
    "mean_down_bps": float, "peak_up_bps": float, "peak_down_bps": float, "fits": bool, "fits_with_one_lost": bool,
    "wait_up_ms": float, "wait_down_ms": float, "circuit_wait_up_ms": float, "circuit_wait_down_ms": float,
    "wait_with_one_lost_ms": float,
}  # fmt: skip
_DUCKDB = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}


def port_rows(result: NetworkResult) -> list[Row]:
    """Give one row for each port and direction."""
    rows = []
    for played in result.ports:
        one = played.result
        for direction, way in (("up", one.up), ("down", one.down)):
            row: Row = {"port": one.port, "technology": one.technology, "onus": one.onus, "direction": direction}
            row |= {name: _number(getattr(way, name)) for name in PORT_COLUMNS if hasattr(way, name)}
            row |= {
                "broken": sum(bool(flow.broken) for flow in one.flows if flow.direction == direction),
                "cure": _cure(played),
            }
            rows.append(row)
    return rows


def flow_rows(result: NetworkResult) -> list[Row]:
    """Give one row for each service of each customer and direction."""
    rows = []
    for played in result.ports:
        for flow in played.result.flows:
            row: Row = {name: _number(getattr(flow, name)) for name in FLOW_COLUMNS if hasattr(flow, name)}
            cure = _cure(played) if flow.broken else ""
            if flow.reason == "bearer":
                cure = result.bearer_cure or ""
            rows.append(row | {"kept": not flow.broken, "broken": " ".join(flow.broken), "cure": cure})
    return rows


def circuit_rows(result: NetworkResult) -> list[Row]:
    """Give one row for each direction of a circuit between customers."""
    return [
        {name: getattr(one, name) for name in CIRCUIT_COLUMNS} | {"broken": " ".join(one.broken)}
        for one in result.circuits
    ]


def bearer_rows(result: NetworkResult) -> list[Row]:
    """Give one row for each chassis or element with links onwards."""
    return [{name: getattr(one, name) for name in BEARER_COLUMNS} for one in result.bearer]


def _cure(played: PlayedPort) -> str:
    if played.cure is None:
        return ""
    return played.cure.change or "none of those tried"


def _number(value: object) -> object:
    """Give a value as files take it: what is not finite is missing."""
    return None if isinstance(value, float) and not np.isfinite(value) else value


def write_played(result: NetworkResult, network: Network, path: Path, *, overwrite: bool = False) -> None:
    """Write services, on the map where the format has one; ports, circuits and bearer as tables, in Parquet as files.

    Raises
    ------
    OutputError
        If the ending is none of `ENDINGS`, the target exists and may not be replaced, or it cannot be written.
    """
    if path.suffix.lower() not in ENDINGS:
        problem, limit = "no such kind of result file", ", ".join(ENDINGS)
        raise OutputError([Fault(file=str(path), problem=problem, value=path.suffix, limit=limit)])
    flows = flow_rows(result)
    tables: dict[str, tuple[list[Row], Mapping[str, type]]] = {
        "ports": (port_rows(result), PORT_COLUMNS),
        "circuits": (circuit_rows(result), CIRCUIT_COLUMNS),
        "bearer": (bearer_rows(result), BEARER_COLUMNS),
    }
    try:
        with whole_file(path, overwrite=overwrite) as target:
            if path.suffix.lower() == ".parquet":
                _write_parquet(flows, FLOW_COLUMNS, target)
            elif path.suffix.lower() == ".gpkg":
                _write_geopackage(flows, tables, network, target)
            else:
                _write_geojson(flows, network, target)
        if path.suffix.lower() == ".parquet":
            for name, (rows, columns) in tables.items():
                with whole_file(path.with_stem(f"{path.stem}-{name}"), overwrite=overwrite) as target:
                    _write_parquet(rows, columns, target)
    except OSError as error:
        raise OutputError([Fault(file=str(path), problem=f"cannot be written: {error}")]) from error


def _write_parquet(rows: Sequence[Row], columns: Mapping[str, type], path: Path) -> None:
    import duckdb

    with duckdb.connect(config={"threads": "1"}) as database:
        described = ", ".join(f"{name} {_DUCKDB[kind]}" for name, kind in columns.items())
        database.execute(f"CREATE TABLE played ({described})")
        marks = "(" + ", ".join("?" * len(columns)) + ")"
        for begin in range(0, len(rows), 500):
            some = rows[begin : begin + 500]
            values = [row.get(name) for row in some for name in columns]
            database.execute(f"INSERT INTO played VALUES {', '.join([marks] * len(some))}", values)  # noqa: S608 - marks
        database.table("played").write_parquet(str(path), compression="zstd")


def _write_geopackage(
    flows: Sequence[Row],
    tables: Mapping[str, tuple[list[Row], Mapping[str, type]]],
    network: Network,
    path: Path,
) -> None:
    from ponplan.area.geopackage import write_layers
    from ponplan.area.table import Table

    places = {customer.id: (customer.x_m, customer.y_m) for customer in network.customers}
    points = shapely.points(np.array([places[str(row["customer"])] for row in flows]).reshape(-1, 2))
    layers = [
        Table(
            file="played_services",
            rows=range(len(flows)),
            columns={name: [row.get(name) for row in flows] for name in FLOW_COLUMNS},
            geometry=np.asarray(points, object),
            crs=network.crs,
        ),
        *(
            Table(
                file=f"played_{name}",
                rows=range(len(rows)),
                columns={column: [row.get(column) for row in rows] for column in columns},
            )
            for name, (rows, columns) in tables.items()
        ),
    ]
    types = {**PORT_COLUMNS, **CIRCUIT_COLUMNS, **BEARER_COLUMNS, **FLOW_COLUMNS}
    # a count of services in one table, words in another
    types.pop("broken")
    write_layers(path, layers, ["Point", None, None, None], types=types)


def _write_geojson(flows: Sequence[Row], network: Network, path: Path) -> None:
    from ponplan.report.exchange.lonlat import lonlat_lists

    customers = network.customers
    shapes = np.asarray(shapely.points([[one.x_m, one.y_m] for one in customers]), object)
    places = dict(zip((one.id for one in customers), lonlat_lists(shapes, network.crs), strict=True))
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [\n')
        for number, row in enumerate(flows):
            place = places[str(row["customer"])]
            geometry = {"type": "Point", "coordinates": place[0]} if place else None
            feature = {"type": "Feature", "geometry": geometry, "properties": {k: row.get(k) for k in FLOW_COLUMNS}}
            file.write(("," if number else "") + json.dumps(feature, ensure_ascii=False, allow_nan=False) + "\n")
        file.write("]}\n")
