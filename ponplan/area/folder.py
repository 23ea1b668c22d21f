"""An area on disk: a folder with `area.toml` and the layers customers, sites, routes and plant in `area.gpkg`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from pyogrio.errors import DataLayerError, DataSourceError

from ponplan.area.circuits import circuits_from, circuits_table, lost_ends
from ponplan.area.consistency import repeated_offices, unknown_rooms
from ponplan.area.coordinates import WGS84, crs_fault, table_in, transform_xy
from ponplan.area.geopackage import layer_kinds, read_layer, write_layers
from ponplan.area.model import Area, Office
from ponplan.area.plant.records import COLUMN_TYPES as PLANT_COLUMN_TYPES
from ponplan.area.plant.records import LAYERS as PLANT_LAYERS
from ponplan.area.plant.records import plant_from, plant_tables
from ponplan.area.records import (
    COLUMN_TYPES,
    customers_from,
    customers_table,
    routes_from,
    routes_table,
    sites_from,
    sites_table,
)
from ponplan.area.settings import read_settings
from ponplan.area.settings_text import settings_text
from ponplan.errors import AreaError, Fault, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.area.settings import OfficeTable, SettingsTable
    from ponplan.area.table import Table

Answer = TypeVar("Answer")

SETTINGS, LAYERS = "area.toml", "area.gpkg"


def read_area(path: str | Path) -> Area:
    """Read an area folder.

    Layers in another CRS are brought into the area's; columns that ponplan does not know become attributes.

    Raises
    ------
    AreaError
        With every fault of `area.toml` and of the layers.
    """
    folder = Path(path)
    if not folder.is_dir():
        remedy = "give the folder that holds area.toml; `ponplan new` and `ponplan import` make one"
        raise AreaError([Fault(file=str(path), problem="there is no such area folder", remedy=remedy)])
    faults: list[Fault] = []
    settings = _attempt(faults, lambda: _settings(folder / SETTINGS))
    tables = _attempt(faults, lambda: _tables(folder / LAYERS))
    area = _area(settings, tables, faults) if settings and tables else None
    if faults or area is None:
        raise AreaError(faults)
    return area


def write_area(area: Area, path: str | Path, *, force: bool = False) -> None:
    """Write an area folder; the same area gives the same bytes.

    Everything is written beside the target and then renamed. With `force` the two files of an area that is already
    there are replaced, and nothing else in the folder is touched.

    Raises
    ------
    OutputError
        The target exists and is not empty, or cannot be written.
    """
    target = Path(path)
    refuse_target(target, force=force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".ponplan-", dir=target.parent) as beside:
            _write_files(area, Path(beside))
            target.mkdir(exist_ok=True)
            for name in (LAYERS, SETTINGS):
                (Path(beside) / name).replace(target / name)
    except (OSError, DataSourceError, DataLayerError) as error:
        fault = Fault(file=str(target), problem="the area cannot be written", value=str(error))
        raise OutputError([fault]) from error


def refuse_target(target: Path, *, force: bool) -> None:
    """Raise `OutputError` for a folder that is in use, or a path that is no folder."""
    if target.exists() and not target.is_dir():
        fault = Fault(file=str(target), problem="a file of this name is in the way", remedy="choose another name")
        raise OutputError([fault])
    if not force and target.is_dir() and any(target.iterdir()):
        remedy = "choose another name or give --force"
        raise OutputError([Fault(file=str(target), problem="the folder is not empty", remedy=remedy)])


def _write_files(area: Area, folder: Path) -> None:
    (folder / SETTINGS).write_text(settings_text(area), encoding="utf-8", newline="\n")
    tables = [
        customers_table(area.customers, area.crs),
        sites_table(area.sites, area.crs),
        routes_table(area.routes, area.crs),
    ]
    kinds: list[str | None] = ["Point", "Point", "LineString"]
    if area.circuits:
        tables.append(circuits_table(area.circuits))
        kinds.append(None)
    for name, table in plant_tables(area.plant, area.crs).items():
        tables.append(table)
        kinds.append(PLANT_LAYERS[name])
    write_layers(folder / LAYERS, tables, kinds, types={**COLUMN_TYPES, **PLANT_COLUMN_TYPES})


def _attempt(faults: list[Fault], read: Callable[[], Answer]) -> Answer | None:
    """Read one part; keep its faults so that the other parts' are found as well."""
    try:
        return read()
    except AreaError as error:
        faults.extend(error.faults)
        return None


def _settings(path: Path) -> SettingsTable:
    settings = read_settings(path)
    fault = crs_fault(settings.crs, file=path.name)
    if fault:
        raise AreaError([fault])
    return settings


def _tables(path: Path) -> dict[str, Table]:
    names = tuple(layer_kinds(path))
    faults = [
        Fault(
            file=path.name, problem=f"layer {name} is missing", value=", ".join(names), remedy=f"name a layer {name}"
        )
        for name in ("customers", "routes")
        if name not in names
    ]
    if faults:
        raise AreaError(faults)
    known = ("customers", "sites", "routes", "circuits", *PLANT_LAYERS)
    return {name: read_layer(path, name) for name in known if name in names}


def _area(settings: SettingsTable, tables: dict[str, Table], faults: list[Fault]) -> Area | None:
    located: dict[str, Table] = {}
    for name, table in tables.items():
        if name == "circuits" or (name in PLANT_LAYERS and table.geometry is None):
            continue
        moved = _attempt(faults, lambda table=table: table_in(table, settings.crs))  # type: ignore[misc]  # bound early on purpose
        if moved is not None:
            located[name] = moved
    area = Area(
        name=settings.name,
        crs=settings.crs,
        offices=tuple(_office(office, settings.crs) for office in settings.office),
        customers=customers_from(located["customers"], faults) if "customers" in located else (),
        sites=sites_from(located["sites"], faults) if "sites" in located else (),
        routes=routes_from(located["routes"], faults) if "routes" in located else (),
        rules=settings.to_rules(),
        circuits=circuits_from(tables["circuits"], faults) if "circuits" in tables else (),
        plant=plant_from({name: located.get(name, tables[name]) for name in PLANT_LAYERS if name in tables}, faults),
        omissions=settings.to_omissions(),
    )
    faults.extend(repeated_offices(area))
    if not faults:
        faults.extend(unknown_rooms(area))
        faults.extend(lost_ends(area))
    return area


def _office(office: OfficeTable, crs: str) -> Office:
    x_m, y_m = office.x, office.y
    if office.lon is not None and office.lat is not None:
        x_m, y_m = transform_xy(np.array([[office.lon, office.lat]]), WGS84, crs)[0].tolist()
    return Office(id=office.id, name=office.name, x_m=x_m or 0.0, y_m=y_m or 0.0, allowed=office.allowed)
