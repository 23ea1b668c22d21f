"""Plant in ponplan's own columns: the layers `plant_...` of an area, read and written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.cells import count_of, text_of
from ponplan.area.columns import choices_in, demand_all, extras_in, ids_in, parsed_in, texts_in
from ponplan.area.plant.model import AreaPlant, PlantBox, PlantCable, PlantPort, PlantSplitter, Strand
from ponplan.area.plant.ranges import numbers_of, ranges_text, strands_of, strands_text
from ponplan.area.table import Table, points_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely import LineString

    from ponplan.errors import Fault

    Record = PlantCable | PlantBox | PlantSplitter | PlantPort

Numbers = tuple[int, ...]

LAYERS: Mapping[str, str | None] = {  # with the geometry of each
    "plant_cables": "LineString",
    "plant_boxes": "Point",
    "plant_splitters": None,
    "plant_ports": None,
}
COLUMNS = {
    "plant_cables": ("id", "name", "from_place", "to_place", "type", "role", "fibres", "taken", "faulty"),
    "plant_boxes": ("id", "name", "kind", "enclosure", "free_ports"),
    "plant_splitters": ("id", "place", "type", "port", "taken", "feeder"),
    "plant_ports": (
        "id", "office", "technology", "optics", "bearer", "olt", "card", "number", "onus", "down_bps", "up_bps",
    ),
}  # fmt: skip
COLUMN_TYPES: Mapping[str, type] = {
    "fibres": int, "free_ports": int, "card": int, "number": int, "onus": int, "down_bps": float, "up_bps": float,
}  # fmt: skip
BOX_KINDS = ("cabinet", "room", "closure")
CABLE_ROLES = ("feeder", "distribution")
BEARERS = ("ip", "mstp")


def plant_from(tables: Mapping[str, Table], faults: list[Fault]) -> AreaPlant:
    """Read the layers that are there; every fault is added to `faults`, and its layer is left empty."""
    return AreaPlant(
        cables=cables_from(tables["plant_cables"], faults) if "plant_cables" in tables else (),
        boxes=boxes_from(tables["plant_boxes"], faults) if "plant_boxes" in tables else (),
        splitters=splitters_from(tables["plant_splitters"], faults) if "plant_splitters" in tables else (),
        ports=ports_from(tables["plant_ports"], faults) if "plant_ports" in tables else (),
    )


def cables_from(table: Table, faults: list[Fault]) -> tuple[PlantCable, ...]:
    """Read cables; with any fault there are none."""
    before = len(faults)
    ids = ids_in(table, faults)
    lines = _lines(table, faults)
    fibres = parsed_in(table, "fibres", count_of, missing=None, faults=faults)
    taken: list[Numbers] = parsed_in(table, "taken", numbers_of, missing=(), faults=faults)
    faulty: list[Numbers] = parsed_in(table, "faulty", numbers_of, missing=(), faults=faults)
    roles = choices_in(table, "role", CABLE_ROLES, faults)
    texts = {name: texts_in(table, name) for name in ("name", "from_place", "to_place", "type")}
    extras = extras_in(table, COLUMNS["plant_cables"])
    for index, count in enumerate(fibres):
        if not count and not texts["type"][index]:
            problem, remedy = "neither fibres nor type of the cable are known", "give how many fibres it has"
            faults.append(table.fault(index, problem, field="fibres", value=count, remedy=remedy))
    if len(faults) > before:
        return ()
    return tuple(
        PlantCable(
            id=ids[row],
            fibres=fibres[row] or 0,
            taken=taken[row],
            faulty=faulty[row],
            role=roles[row],
            line=lines[row],
            attributes=extras[row],
            **{name: values[row] for name, values in texts.items()},
        )
        for row in range(len(table))
    )


def boxes_from(table: Table, faults: list[Fault]) -> tuple[PlantBox, ...]:
    """Read cabinets, rooms and closures; with any fault there are none."""
    before = len(faults)
    points = points_of(table, faults)
    ids = ids_in(table, faults)
    kinds = choices_in(table, "kind", BOX_KINDS, faults)
    free = parsed_in(table, "free_ports", count_of, missing=None, faults=faults)
    names, enclosures = texts_in(table, "name"), texts_in(table, "enclosure")
    extras = extras_in(table, COLUMNS["plant_boxes"])
    if len(faults) > before:
        return ()
    return tuple(
        PlantBox(
            id=ids[row],
            name=names[row],
            kind=kinds[row] or "cabinet",
            x_m=x_m,
            y_m=y_m,
            enclosure=enclosures[row],
            free_ports=free[row],
            attributes=extras[row],
        )
        for row, (x_m, y_m) in enumerate(shapely.get_coordinates(points).tolist())
    )


def splitters_from(table: Table, faults: list[Fault]) -> tuple[PlantSplitter, ...]:
    """Read splitters; with any fault there are none."""
    before = len(faults)
    ids = ids_in(table, faults)
    texts = {name: texts_in(table, name) for name in ("place", "type", "port")}
    for name, remedy in _SPLITTER_REMEDIES.items():
        demand_all(table, name, texts[name], faults, remedy=remedy)
    taken: list[Numbers] = parsed_in(table, "taken", numbers_of, missing=(), faults=faults)
    feeders: list[tuple[Strand, ...]] = parsed_in(table, "feeder", strands_of, missing=(), faults=faults)
    extras = extras_in(table, COLUMNS["plant_splitters"])
    if len(faults) > before:
        return ()
    return tuple(
        PlantSplitter(
            id=ids[row],
            taken=taken[row],
            feeder=feeders[row],
            attributes=extras[row],
            **{name: values[row] for name, values in texts.items()},
        )
        for row in range(len(table))
    )


def ports_from(table: Table, faults: list[Fault]) -> tuple[PlantPort, ...]:
    """Read PON ports; with any fault there are none."""
    before = len(faults)
    ids = ids_in(table, faults)
    texts = {name: texts_in(table, name) for name in ("technology", "office", "optics", "olt")}
    demand_all(
        table, "technology", texts["technology"], faults, remedy="name a technology of the catalogue, e.g. gpon"
    )
    bearers = choices_in(table, "bearer", BEARERS, faults)
    counts = {
        name: parsed_in(table, name, count_of, missing=None, faults=faults) for name in ("card", "number", "onus")
    }
    loads = {name: parsed_in(table, name, _rate_of, missing=0.0, faults=faults) for name in ("down_bps", "up_bps")}
    extras = extras_in(table, COLUMNS["plant_ports"])
    if len(faults) > before:
        return ()
    return tuple(
        PlantPort(
            id=ids[row],
            bearer=bearers[row] or "ip",
            card=counts["card"][row],
            number=counts["number"][row],
            onus=counts["onus"][row] or 0,
            attributes=extras[row],
            down_bps=loads["down_bps"][row],
            up_bps=loads["up_bps"][row],
            **{name: values[row] for name, values in texts.items()},
        )
        for row in range(len(table))
    )


def plant_tables(plant: AreaPlant, crs: str) -> dict[str, Table]:
    """Write the layers that are not empty as they are read."""
    lines = np.empty(len(plant.cables), object)
    lines[:] = [cable.line for cable in plant.cables]
    points = shapely.points(np.array([(box.x_m, box.y_m) for box in plant.boxes], np.float64).reshape(-1, 2))
    layers: dict[str, tuple[Sequence[Record], object]] = {
        "plant_cables": (plant.cables, lines),
        "plant_boxes": (plant.boxes, np.asarray(points, object)),
        "plant_splitters": (plant.splitters, None),
        "plant_ports": (plant.ports, None),
    }
    return {name: _table(name, records, geometry, crs) for name, (records, geometry) in layers.items() if records}


def _table(name: str, records: Sequence[Record], geometry: object, crs: str) -> Table:
    columns: dict[str, Sequence[object]] = {
        column: [_cell(getattr(record, column)) for record in records] for column in COLUMNS[name]
    }
    for key in dict.fromkeys(key for record in records for key in record.attributes):
        columns[key] = [record.attributes.get(key) for record in records]
    return Table(
        file=name,
        rows=range(1, len(records) + 1),
        columns=columns,
        geometry=geometry,  # type: ignore[arg-type]  # an array of shapes, or None
        crs=None if geometry is None else crs,
    )


def _cell(value: object) -> object:
    """Write a value as it is read; nothing for an empty one."""
    if not isinstance(value, tuple):
        return None if value == "" else value
    if value and isinstance(value[0], tuple):
        return strands_text(value)
    return ranges_text(value) or None


def _rate_of(value: object) -> float:
    """Read a rate in bit/s; nothing is no load."""
    text = text_of(value)
    number = float(text) if text else 0.0
    if not 0.0 <= number < np.inf:
        raise ValueError("bit/s from 0")
    return number


def _lines(table: Table, faults: list[Fault]) -> list[LineString | None]:
    """Give each row's line where it has one; parts that join become one line."""
    if table.geometry is None:
        return [None] * len(table)
    lines: list[LineString | None] = []
    for index, shape in enumerate(table.geometry):
        if shape is None or shape.is_empty:
            lines.append(None)
            continue
        line = shapely.force_2d(shape)
        line = shapely.line_merge(line) if line.geom_type == "MultiLineString" else line
        is_good = line.geom_type == "LineString" and line.length > 0 and np.isfinite(line.bounds).all()
        if not is_good:
            problem, remedy = "a cable must be one line", "draw it in one piece, or leave it out and name both ends"
            faults.append(table.fault(index, problem, field="geometry", value=shape.geom_type, remedy=remedy))
        lines.append(line if is_good else None)
    return lines


_SPLITTER_REMEDIES = {
    "place": "name the cabinet, room or closure that it is in",
    "type": "give its ratio, e.g. 1:32",
    "port": "name the PON port that feeds it, or leave the splitter out",
}
