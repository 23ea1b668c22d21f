"""`ponplan import`: areas made from maps and tables."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.area import degrees, lonlat, tell_area
from ponplan.cli.options import Force, Json
from ponplan.cli.say import print_json, talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.area import Area
    from ponplan.area.tables.understand import Understanding


class Wanted(StrEnum):
    """Who becomes a customer."""

    ALL = "all"
    BUSINESS = "business"


AreaOut = Annotated[Path, typer.Option("--output", "-o", metavar="AREA", help="Area folder to write.")]
OfficePlace = Annotated[
    str | None,
    typer.Option(
        "--central-office", metavar="LON,LAT", help="Where OLTs stand; else a known exchange or the best crossing."
    ),
]


def import_osm_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .osm, .osm.gz, .osm.bz2 or .osm.pbf file.")],
    output: AreaOut,
    place: Annotated[
        str | None, typer.Option("--place", metavar="NAME", help="Only within the boundary of this name.")
    ] = None,
    bbox: Annotated[
        str | None, typer.Option("--bbox", metavar="W,S,E,N", help="Only within this box, in degrees.")
    ] = None,
    customers: Annotated[
        Wanted,
        typer.Option(
            "--customers", help="all: addresses, and businesses without one; business: offices, shops, public bodies."
        ),
    ] = Wanted.ALL,
    central_office: OfficePlace = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="M.toml", help="What tags mean, instead of ponplan's own mapping."),
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Make an area from an OpenStreetMap file: streets, customers, building rooms, cabinets, central office.

    Example: ponplan import osm town.osm.pbf -o town --place Vaduz
    """
    from ponplan.area import import_osm, write_area
    from ponplan.area.folder import refuse_target

    if place is not None and bbox is not None:
        raise typer.BadParameter("give --place or --bbox, not both")
    box = degrees(bbox, 4, "--bbox")
    office = lonlat(central_office, "--central-office")
    refuse_target(output, force=force)
    area = import_osm(
        file,
        place=place,
        bbox=(box[0], box[1], box[2], box[3]) if box else None,
        customers=customers.value,
        central_office=office,
        mapping=mapping,
    )
    write_area(area, output, force=force)
    _answer(area, output, (), as_json=as_json)


def import_csv_command(
    customers: Annotated[
        Path,
        typer.Argument(
            metavar="CUSTOMERS", help="CSV, spreadsheet, GeoPackage, GeoJSON, Shapefile, KML; or a folder of them."
        ),
    ],
    output: AreaOut,
    routes: Annotated[
        Path | None, typer.Option("--routes", metavar="ROUTES", help="Streets, ducts, pole lines; or an OSM file.")
    ] = None,
    sites: Annotated[
        Path | None,
        typer.Option(
            "--sites", metavar="SITES", help="Cabinets, rooms, central offices; else cabinets are proposed."
        ),
    ] = None,
    circuits: Annotated[
        Path | None,
        typer.Option("--circuits", metavar="CIRCUITS", help="Table of services from customer to customer."),
    ] = None,
    plant: Annotated[
        Path | None,
        typer.Option(
            "--plant",
            metavar="PLANT",
            help="Existing plant: a folder, workbook or map file with lists named cables, ducts, cabinets ...",
        ),
    ] = None,
    plant_cables: Annotated[
        Path | None,
        typer.Option(
            "--plant-cables",
            metavar="CABLES",
            help="Existing cables: route or ends, fibres; used, free and faulty ones as 1-4,7.",
        ),
    ] = None,
    plant_ducts: Annotated[
        Path | None,
        typer.Option("--plant-ducts", metavar="DUCTS", help="Existing ducts: where, and how many bores are free."),
    ] = None,
    plant_cabinets: Annotated[
        Path | None,
        typer.Option(
            "--plant-cabinets",
            metavar="CABINETS",
            help="Existing cabinets and building boxes: where, size, free ports.",
        ),
    ] = None,
    plant_closures: Annotated[
        Path | None,
        typer.Option("--plant-closures", metavar="CLOSURES", help="Existing splice closures: where, size."),
    ] = None,
    plant_splitters: Annotated[
        Path | None,
        typer.Option(
            "--plant-splitters",
            metavar="SPLITTERS",
            help="Existing splitters: cabinet, ratio, used legs, PON port that feeds them.",
        ),
    ] = None,
    plant_ports: Annotated[
        Path | None,
        typer.Option("--plant-ports", metavar="PORTS", help="Existing PON ports: technology, terminals, load."),
    ] = None,
    crs: Annotated[
        str | None,
        typer.Option(
            "--crs", metavar="EPSG:N", help="Coordinate system of places that do not say theirs; also gcj02, bd09."
        ),
    ] = None,
    central_office: OfficePlace = None,
    mapping: Annotated[
        str | None,
        typer.Option("--mapping", metavar="M", help="table, ofds, comsof, gracethd, gisnb, or a TOML file."),
    ] = None,
    crossings: Annotated[
        bool, typer.Option("--join-crossings", help="Split routes wherever two of them cross, bridges apart.")
    ] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Make an area from tables and map layers, and report what was understood in them.

    Lists of existing plant may be files of any of these kinds; `ponplan design` then uses what is free in them first.

    Example: ponplan import csv customers.xlsx --routes streets.gpkg -o town
    """
    from ponplan.area import import_tables, write_area
    from ponplan.area.folder import refuse_target

    office = lonlat(central_office, "--central-office")
    refuse_target(output, force=force)
    lists = {
        "plant_cables": plant_cables,
        "plant_ducts": plant_ducts,
        "plant_cabinets": plant_cabinets,
        "plant_closures": plant_closures,
        "plant_splitters": plant_splitters,
        "plant_ports": plant_ports,
    }
    area, reports = import_tables(
        customers,
        routes=routes,
        sites=sites,
        circuits=circuits,
        plant=plant,
        plant_lists={kind: path for kind, path in lists.items() if path is not None},
        crs=crs,
        central_office=office,
        mapping=mapping,
        crossings=crossings,
        name=output.name,
    )
    write_area(area, output, force=force)
    _answer(area, output, reports, as_json=as_json)


def _answer(area: Area, output: Path, reports: Sequence[Understanding], *, as_json: bool) -> None:
    from ponplan.area.summary import summarise_area

    summary = summarise_area(area)
    if as_json:
        understood = [dataclasses.asdict(report) for report in reports]
        print_json({**summary, "understood": understood} if understood else summary)
        return
    for report in reports:
        _tell_understood(report)
    tell_area(area, summary, say=talk)
    talk(f"written to {output}")


def _tell_understood(report: Understanding) -> None:
    columns = ", ".join(f"{column!r} as {field}" for field, column in report.columns) or "none"
    kind = report.kind.replace("plant_", "existing ")
    talk(f"{report.file}: {report.rows} {kind}; columns: {columns}")
    if report.kept:
        talk(f"{report.file}: kept as they are: {', '.join(report.kept)}")
    for note in report.notes:
        talk(f"{report.file}: {note}")
