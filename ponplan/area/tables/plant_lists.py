"""Lists of existing plant read into an area: found by name, made into records, held against each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ponplan.area.coordinates import table_in
from ponplan.area.plant.consistency import plant_faults
from ponplan.area.plant.ducts import Duct, with_ducts
from ponplan.area.plant.model import AreaPlant
from ponplan.area.plant.naming import with_plant_ids
from ponplan.area.plant.records import boxes_from, cables_from, ports_from, splitters_from
from ponplan.area.table import lines_of
from ponplan.area.tables.plant import KINDS, understand_plant
from ponplan.area.tables.sources import BOOKS, MAPS, TEXTS, open_source, parts_of
from ponplan.catalogue import read_catalogue
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.area.model import Area
    from ponplan.area.table import Table
    from ponplan.area.tables.mapping import TableMapping
    from ponplan.area.tables.understand import Understanding

Place = tuple[Path, str | None]  # a file, and the sheet or layer in it


def find_lists(path: Path, mapping: TableMapping) -> dict[str, Place]:
    """Find the lists of plant by their names: files of a folder, sheets of a workbook or layers of a map file.

    Raises
    ------
    AreaError
        There is no such file, or nothing in it bears the name of a list.
    """
    if path.is_dir() and path.suffix.casefold() not in MAPS:
        files = sorted(file for file in path.iterdir() if file.suffix.casefold() in (*TEXTS, *BOOKS, *MAPS))
        named: list[tuple[str, Place]] = [(file.stem, (file, None)) for file in files]
    elif path.exists():
        named = [(part, (path, part)) for part in parts_of(path)] or [(path.stem, (path, None))]
    else:
        raise AreaError([Fault(file=str(path), problem="there is no such file")])
    found: dict[str, Place] = {}
    taken: set[Place] = set()
    for kind in KINDS:
        patterns = [kind, *getattr(mapping, kind).file]
        for pattern in patterns:
            places = [
                place for name, place in named if place not in taken and fnmatch(name.casefold(), pattern.casefold())
            ]
            if places:
                found[kind] = places[0]
                taken.add(places[0])
                break
    if not found:
        limit = ", ".join(kind.removeprefix("plant_") for kind in KINDS)
        remedy = "name files, sheets or layers so, or give each list with its own option, such as --plant-cables"
        raise AreaError([Fault(file=str(path), problem="no list of plant was found", limit=limit, remedy=remedy)])
    return found


def with_plant(
    area: Area, lists: Mapping[str, Place], mapping: TableMapping, *, crs: str | None, faults: list[Fault]
) -> tuple[Area, list[Understanding]]:
    """Give the area with the plant of these lists, by kind, and what was understood; faults are added to `faults`."""
    catalogue = read_catalogue()
    tables: dict[str, Table] = {}
    reports: dict[str, Understanding] = {}
    before = len(faults)
    for kind, (path, part) in lists.items():
        layer = getattr(mapping, kind)
        try:
            source = open_source(path, layer, kind=kind, part=part)
            table, reports[kind] = understand_plant(
                source, layer, kind=kind, crs=crs, catalogue=catalogue, faults=faults
            )
            has_place = table.geometry is not None and any(shape is not None for shape in table.geometry)
            tables[kind] = table_in(table, area.crs) if has_place else replace(table, geometry=None)
        except AreaError as error:
            faults.extend(error.faults)
    plant = _records(tables, faults)
    ducts = _ducts(tables["plant_ducts"], area, faults) if "plant_ducts" in tables else []
    area = replace(area, plant=plant)
    if len(faults) == before:
        area = replace(area, plant=with_plant_ids(area))
        files = {"plant_boxes": " and ".join(t.file for k, t in tables.items() if k in BOX_LISTS)}
        files |= {kind: table.file for kind, table in tables.items() if kind not in BOX_LISTS}
        faults.extend(plant_faults(area, catalogue, files=files))
    if ducts:
        routes, words = with_ducts(area.routes, ducts)
        area = replace(area, routes=routes)
        reports["plant_ducts"] = replace(reports["plant_ducts"], notes=(*reports["plant_ducts"].notes, *words))
    return area, list(reports.values())


BOX_LISTS = ("plant_cabinets", "plant_closures")


def _records(tables: Mapping[str, Table], faults: list[Fault]) -> AreaPlant:
    boxes = [box for kind in BOX_LISTS if kind in tables for box in boxes_from(tables[kind], faults)]
    for name, count in Counter(box.id for box in boxes).items():
        if count > 1:
            problem, remedy = "a cabinet and a closure have the same id", "give each an id of its own"
            file = tables["plant_closures"].file
            faults.append(Fault(file=file, row=name, field="id", value=name, problem=problem, remedy=remedy))
    return AreaPlant(
        cables=cables_from(tables["plant_cables"], faults) if "plant_cables" in tables else (),
        boxes=tuple(boxes),
        splitters=splitters_from(tables["plant_splitters"], faults) if "plant_splitters" in tables else (),
        ports=ports_from(tables["plant_ports"], faults) if "plant_ports" in tables else (),
    )


def _ducts(table: Table, area: Area, faults: list[Fault]) -> list[Duct]:
    """Read ducts: each drawn, or in a route that it names."""
    known = {route.id for route in area.routes}
    routes = [str(name or "") for name in table.column("route")]
    is_drawn = np.array(
        [table.geometry is not None and table.geometry[row] is not None for row in range(len(table))], bool
    )
    for row in np.flatnonzero(~is_drawn).tolist():
        if routes[row] not in known:
            problem = "the duct is not drawn, and names no route of the area"
            remedy = "draw it, or name the route that it lies in"
            faults.append(
                table.fault(
                    row, problem, field="route", value=routes[row] or None, limit="a route's id", remedy=remedy
                )
            )
    bores = [count if isinstance(count, int) else 0 for count in table.column("free_bores")]
    ids = [str(name) for name in table.column("id")]
    ducts = [
        Duct(id=ids[row], free_bores=bores[row], route=routes[row])
        for row in np.flatnonzero(~is_drawn).tolist()
        if routes[row] in known
    ]
    drawn = table.take(np.flatnonzero(is_drawn).tolist())
    if len(drawn):
        lines, rows = lines_of(drawn, faults)
        owners = np.flatnonzero(is_drawn)[rows].tolist()
        ducts += [
            Duct(id=ids[row] if owners.count(row) == 1 else f"{ids[row]}-{number}", free_bores=bores[row], line=line)
            for number, (row, line) in enumerate(zip(owners, lines.tolist(), strict=True), start=1)
        ]
    return ducts
