"""`ponplan export`: a design in the formats of other programs."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.options import DatabaseSchema, DesignPath, Force, Json, Lang, Language
from ponplan.cli.say import print_json, progress_bar, talk

if TYPE_CHECKING:
    from ponplan.report.exchange.result import Exported

SCHEMA = "ponplan.export/1"


class Format(StrEnum):
    """What `--format` takes."""

    GEOJSON = "geojson"
    SHAPEFILE = "shapefile"
    KML = "kml"
    DXF = "dxf"
    OFDS = "ofds"
    GRACETHD = "gracethd"
    GISNB = "gisnb"
    POSTGIS = "postgis"


def export_command(
    design: DesignPath,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="TARGET",
            help="Folder or file, of several formats a folder; or postgresql://...",
        ),
    ],
    formats: Annotated[
        list[Format] | None,
        typer.Option("--format", help="May be given more than once; else the target's ending says it, or GeoJSON."),
    ] = None,
    lang: Lang = Language.EN,
    crs: Annotated[
        str | None,
        typer.Option("--crs", metavar="EPSG:N", help="Coordinate system of Shapefile and DXF; else the plan's."),
    ] = None,
    schema: DatabaseSchema = "ponplan",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write a design for GIS, CAD and others, and say what each format cannot hold.

    Example: ponplan export plan.gpkg -o plan-layers --format geojson
    """
    from ponplan.report.exchange.formats import export_network
    from ponplan.topology import read_network

    with progress_bar() as progress:
        progress.add_task("reading and writing", total=None)
        network = read_network(design)
        chosen = [form.value for form in formats or ()]
        answers = export_network(
            network, output, chosen, overwrite=force, language=lang.value, schema=schema, crs=crs
        )
    if as_json:
        print_json({"schema": SCHEMA, "exports": [dataclasses.asdict(answer) for answer in answers]})
    else:
        for answer in answers:
            _tell(answer)


def _tell(answer: Exported) -> None:
    talk(
        f"{answer.format}: {sum(answer.rows.values())} rows of {len(answer.rows)} tables, written to {answer.target}"
    )
    for loss in answer.losses:
        talk(f"{answer.format}: not kept: {loss}")
    if answer.reads_back:
        talk(f"{answer.format}: `ponplan import design` reads it back")
