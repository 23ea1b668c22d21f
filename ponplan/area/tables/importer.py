"""An area made from a planner's own tables and map layers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ponplan.area.cells import text_of
from ponplan.area.china import named_system
from ponplan.area.circuits import lost_ends
from ponplan.area.consistency import unknown_rooms
from ponplan.area.coordinates import WGS84, crs_fault, is_geographic, table_in, transform_xy
from ponplan.area.crossings import join_crossings
from ponplan.area.model import Area
from ponplan.area.osm.extract import is_osm_file
from ponplan.area.osm.streets import StreetGraph
from ponplan.area.records import customers_from, routes_from, routes_table, sites_from
from ponplan.area.siting import with_offices_and_cabinets
from ponplan.area.tables.circuits import understand_circuits
from ponplan.area.tables.demand import DemandReader
from ponplan.area.tables.far import far_from_routes
from ponplan.area.tables.homes import rooms_of_homes
from ponplan.area.tables.locating import has_place, planning_crs
from ponplan.area.tables.mapping import read_table_mapping
from ponplan.area.tables.plant_lists import find_lists, with_plant
from ponplan.area.tables.sources import files_also, holds, open_source, tables_in
from ponplan.area.tables.surroundings import streets_around
from ponplan.area.tables.understand import PLACE_FIELDS, Understanding, understand
from ponplan.catalogue import read_catalogue
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ponplan.area.model import Route
    from ponplan.area.table import Table
    from ponplan.area.tables.mapping import LayerMapping, TableMapping

Answer = TypeVar("Answer")


@dataclass(slots=True, kw_only=True)
class _Gathered:
    """What has been read so far, with every fault found."""

    mapping: TableMapping
    crs: str | None
    crossings: bool
    street_map: Path | None = None  # an OpenStreetMap file in place of a table of routes
    tables: dict[str, Table] = field(default_factory=dict)
    reports: list[Understanding] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def attempt(self, read: Callable[[], Answer]) -> Answer | None:
        try:
            return read()
        except AreaError as error:
            self.faults.extend(error.faults)
            return None

    def read(self, path: Path, layer: LayerMapping, *, kind: str, demand: DemandReader | None = None) -> None:
        source = self.attempt(lambda: open_source(path, layer, kind=kind))
        if source is not None:
            table, report = understand(source, layer, kind=kind, crs=self.crs, demand=demand, faults=self.faults)
            self.tables[kind] = table
            self.reports.append(report)

    def read_also(self, folder: Path, layer: LayerMapping, *, kind: str) -> None:
        """Read what else of a kind lies in a folder, its ids behind its file's name, and tell what is not read."""
        for path in files_also(folder, layer):
            special = layer.for_file(path.stem)
            source = self.attempt(lambda path=path, special=special: open_source(path, special, kind=kind))  # type: ignore[misc]  # bound early on purpose
            if source is None or not len(source.table):
                continue
            table, report = understand(source, special, kind=kind, crs=self.crs, demand=None, faults=self.faults)
            ids = [f"{path.stem}-{text_of(name)}" for name in table.column("id")]
            self.tables[f"{kind} of {path.stem}"] = replace(table, columns={**table.columns, "id": ids})
            self.reports.append(report)

    def tell_unread(self, folder: Path) -> None:
        """Name the tables and layers of a folder that nothing was taken from."""
        read = {report.file.partition(" (")[0] for report in self.reports}
        unread = [path.name for path in tables_in(folder) if path.name not in read]
        if unread and self.reports:
            note = f"other files of the folder were not read: {', '.join(unread)}"
            self.reports[-1] = replace(self.reports[-1], notes=(*self.reports[-1].notes, note))


def import_tables(
    customers: str | Path,
    *,
    routes: str | Path | None = None,
    sites: str | Path | None = None,
    circuits: str | Path | None = None,
    plant: str | Path | None = None,
    plant_lists: Mapping[str, str | Path] | None = None,
    crs: str | None = None,
    central_office: tuple[float, float] | None = None,
    mapping: str | Path | None = None,
    crossings: bool = False,
    name: str | None = None,
) -> tuple[Area, tuple[Understanding, ...]]:
    """Make an area from tables (CSV, spreadsheets) and map layers (GeoPackage, GeoJSON, Shapefile, KML and others).

    Parameters
    ----------
    customers, routes, sites
        A file each; or `customers` a folder in which the mapping finds the files. `routes` may be an OpenStreetMap
        file, whose streets around the customers are then taken.
    circuits
        A table of services from customer to customer, or to internet or bearer.
    plant
        A folder, workbook or map file with lists of existing plant, found by their names.
    plant_lists
        Files by kind of list: `plant_cables`, `plant_ducts`, `plant_cabinets`, `plant_closures`, `plant_splitters`
        and `plant_ports`; they come before those that `plant` holds.
    crs
        The coordinate system of x and y in tables, and of layers that do not say theirs; `gcj02` and `bd09` are
        the shifted degrees of Chinese web maps.
    central_office
        Longitude and latitude; else sites of kind office, else the best crossing.
    mapping
        A mapping file, or `table`, `ofds`, `comsof`, `gracethd` or `gisnb`, which ponplan ships.
    crossings
        Split routes wherever two of them cross, bridges and tunnels apart.

    Returns
    -------
    The area, in the routes' coordinate system if that is metric, else in the local UTM zone; and a report of what
    was understood in every file.

    Raises
    ------
    AreaError
        With every fault of all files.
    """
    gathered = _Gathered(mapping=read_table_mapping(mapping), crs=crs, crossings=crossings)
    fault = None if crs is None or named_system(crs) or is_geographic(crs) else crs_fault(crs, file="--crs")
    if fault is not None:
        raise AreaError([fault])
    _read_all(gathered, Path(customers), routes, sites)
    area = _assemble(gathered, name or _stem(Path(customers)), central_office)
    if circuits is not None and area is not None:
        area = _with_circuits(gathered, area, Path(circuits))
    if (plant is not None or plant_lists) and area is not None:
        area = _with_plant(gathered, area, plant, plant_lists or {})
    if gathered.faults or area is None:
        raise AreaError(_told_once(gathered.faults))
    return area, tuple(gathered.reports)


def _told_once(faults: Sequence[Fault]) -> list[Fault]:
    """Leave out that a row has no geometry where it is said already what is wrong with its place."""
    placed = {(fault.file, fault.row) for fault in faults if fault.field in PLACE_FIELDS}
    return [fault for fault in faults if fault.field != "geometry" or (fault.file, fault.row) not in placed]


def _read_all(gathered: _Gathered, customers: Path, routes: str | Path | None, sites: str | Path | None) -> None:
    mapping = gathered.mapping
    demand = DemandReader(mapping.services, read_catalogue().services)
    is_folder = customers.is_dir()
    if not is_folder and routes is None:
        remedy = "give --routes with streets or ducts, as a map layer or a table of end points"
        gathered.faults.append(Fault(file=str(customers), problem="customers alone make no area", remedy=remedy))
    gathered.read(customers, mapping.customers, kind="customers", demand=demand)
    if routes is not None and is_osm_file(Path(routes)):
        gathered.street_map = Path(routes)
    elif routes is not None or is_folder:
        gathered.read(Path(routes or customers), mapping.routes, kind="routes")
    if is_folder and routes is None:
        gathered.read_also(customers, mapping.routes, kind="routes")
    if sites is not None or (is_folder and holds(customers, mapping.sites)):
        gathered.read(Path(sites or customers), mapping.sites, kind="sites")
    if is_folder:
        gathered.tell_unread(customers)


def _assemble(gathered: _Gathered, name: str, central_office: tuple[float, float] | None) -> Area | None:
    """Bring all tables into one metric system and build the records; None where that is impossible."""
    located = {kind: table for kind, table in gathered.tables.items() if has_place(table, gathered.faults)}
    crs = planning_crs(located, gathered.faults)
    if crs is None:
        return None
    moved = {kind: gathered.attempt(lambda table=table: table_in(table, crs)) for kind, table in located.items()}  # type: ignore[misc]  # bound early on purpose
    tables = {kind: table for kind, table in moved.items() if table is not None}
    streets = _streets(gathered, tables.get("customers"), crs)
    sites, offices = _split_offices(tables.get("sites"), gathered.faults)
    customers = customers_from(tables["customers"], gathered.faults) if "customers" in tables else ()
    places = sites_from(sites, gathered.faults) if sites is not None else ()
    area = Area(
        name=name,
        crs=crs,
        offices=(),
        customers=customers,
        sites=(*places, *rooms_of_homes(customers, {site.id for site in places})),
        routes=_routes(tables, gathered.faults) or streets.routes,
        omissions=streets.omissions,
    )
    if streets.routes:
        tables["routes"] = routes_table(streets.routes, crs)
    gathered.faults.extend(unknown_rooms(area))
    gathered.faults.extend(_empty_parts(gathered, tables))
    gathered.faults.extend(far_from_routes(tables))
    if gathered.faults:
        return area
    if gathered.crossings:
        area = _with_crossings(area, gathered)
    return gathered.attempt(lambda: _sited(area, offices, central_office))


def _routes(tables: Mapping[str, Table], faults: list[Fault]) -> tuple[Route, ...]:
    """Make routes of every table of them."""
    found = [routes_from(table, faults) for kind, table in tables.items() if kind.startswith("routes")]
    return tuple(route for routes in found for route in routes)


def _streets(gathered: _Gathered, customers: Table | None, crs: str) -> StreetGraph:
    """Take the streets around the customers from the map, if one was given."""
    if gathered.street_map is None or customers is None:
        return StreetGraph(routes=(), omissions=())
    path = gathered.street_map
    found = gathered.attempt(lambda: streets_around(path, customers, crs))
    if found is None:
        return StreetGraph(routes=(), omissions=())
    gathered.reports.append(
        Understanding(kind="routes", file=path.name, rows=len(found.routes), crs=crs, columns=(), kept=())
    )
    return found


def _with_circuits(gathered: _Gathered, area: Area, path: Path) -> Area:
    """Read the circuits and hold their ends to the customers, unless there are none because of faults."""
    layer = gathered.mapping.circuits
    source = gathered.attempt(lambda: open_source(path, layer, kind="circuits"))
    if source is None:
        return area
    demand = DemandReader(gathered.mapping.services, read_catalogue().services)
    circuits, report = understand_circuits(source, layer, area.customers, demand, gathered.faults)
    gathered.reports.append(report)
    area = replace(area, circuits=circuits)
    if area.customers:
        gathered.faults.extend(lost_ends(area, file=source.table.file))
    return area


def _with_plant(gathered: _Gathered, area: Area, plant: str | Path | None, given: Mapping[str, str | Path]) -> Area:
    """Read the lists of plant, those that are named one by one before those that a folder or workbook holds."""
    found = gathered.attempt(lambda: find_lists(Path(plant), gathered.mapping)) if plant is not None else {}
    lists = {**(found or {}), **{kind: (Path(path), None) for kind, path in given.items()}}
    area, reports = with_plant(area, lists, gathered.mapping, crs=gathered.crs, faults=gathered.faults)
    gathered.reports += reports
    return area


def _with_crossings(area: Area, gathered: _Gathered) -> Area:
    """Split routes where they cross, and say so in the routes' report."""
    routes, cuts = join_crossings(area.routes)
    gathered.reports = [
        replace(report, notes=(*report.notes, f"{cuts} cuts were made where routes cross"))
        if report.kind == "routes"
        else report
        for report in gathered.reports
    ]
    return replace(area, routes=routes)


def _sited(
    area: Area, offices: list[tuple[str, str, float, float]], central_office: tuple[float, float] | None
) -> Area:
    if central_office is not None:
        x_m, y_m = transform_xy(np.array([central_office]), WGS84, area.crs)[0].tolist()
        offices = [("co-1", "as given", x_m, y_m)]
    return with_offices_and_cabinets(
        area, office_xy_m=offices, cabinets=all(site.kind == "room" for site in area.sites)
    )


def _split_offices(
    table: Table | None, faults: list[Fault]
) -> tuple[Table | None, list[tuple[str, str, float, float]]]:
    """Set apart the sites that are central offices."""
    if table is None:
        return None, []
    is_office = [kind == "office" for kind in table.column("kind")]
    offices = table.take([index for index, office in enumerate(is_office) if office])
    offices = replace(offices, columns={**offices.columns, "kind": [None] * len(offices)})
    found = [(site.id, site.name or site.id, site.x_m, site.y_m) for site in sites_from(offices, faults)]
    return table.take([index for index, office in enumerate(is_office) if not office]), found


def _empty_parts(gathered: _Gathered, tables: dict[str, Table]) -> list[Fault]:
    return [
        Fault(file=table.file, problem=f"there are no {kind} in the file")
        for kind, table in gathered.tables.items()
        if len(table) == 0 and kind not in tables and kind != "sites"
    ]


def _stem(path: Path) -> str:
    return path.stem or path.resolve().name
