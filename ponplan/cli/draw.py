"""`ponplan draw`: the drawings that a network is built from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ponplan.cli.options import DesignPath, Force, Json, Lang, Language
from ponplan.cli.say import print_json, progress_bar, talk

SCHEMA = "ponplan.draw/1"


class Kind(StrEnum):
    """What can be drawn."""

    SINGLE_LINE = "single-line"
    MAPS = "maps"
    SPLICES = "splices"


class Format(StrEnum):
    """File formats of drawings."""

    SVG = "svg"
    PDF = "pdf"


class Paper(StrEnum):
    """Paper of diagrams and maps."""

    A3 = "A3"
    A4 = "A4"


def draw_command(
    design: DesignPath,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write.")],
    kinds: Annotated[
        list[Kind] | None, typer.Option("--only", help="Draw only this kind; repeatable.", show_default="all")
    ] = None,
    file_format: Annotated[Format, typer.Option("--format", help="One SVG a sheet, or PDF files.")] = Format.SVG,
    paper: Annotated[Paper, typer.Option("--paper", help="Of diagrams and maps; splices stand on A4.")] = Paper.A3,
    scale: Annotated[
        int | None, typer.Option("--scale", metavar="N", min=100, help="Scale 1:N of the map sheets.")
    ] = None,
    colours: Annotated[
        str, typer.Option("--colours", metavar="ORDER", help="Order of fibre colours: tia-598, gb, or your own.")
    ] = "tia-598",
    language: Lang = Language.EN,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Draw a single-line diagram of every PON, map sheets of every service area, splices of every closure.

    Example: ponplan draw plan.gpkg -o drawings --format pdf
    """
    from ponplan.report.drawing.draw import KINDS, Drawing, draw_network
    from ponplan.report.output import refuse
    from ponplan.topology import read_network

    refuse(output, overwrite=force)
    drawing = Drawing(
        kinds=tuple(kind.value for kind in kinds) if kinds else KINDS,
        format=file_format.value,
        paper=paper.value,
        scale=scale,
        colours=colours,
        language=language.value,
    )
    with progress_bar() as progress:
        task = progress.add_task("reading the design", total=None)
        counts = draw_network(
            read_network(design),
            output,
            drawing=drawing,
            overwrite=force,
            watch=lambda text: progress.update(task, description=text),
        )
    if as_json:
        print_json({"schema": SCHEMA, "folder": str(output), "sheets": counts})
    else:
        told = ", ".join(f"{number} {kind}" for kind, number in counts.items())
        talk(f"sheets: {told}; written to {output}")
