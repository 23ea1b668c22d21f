"""Arguments and options that commands share, so that one word means one thing everywhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

AreaPath = Annotated[Path, typer.Argument(metavar="AREA", help="Folder with area.toml and its layers.")]
DesignPath = Annotated[Path, typer.Argument(metavar="DESIGN.gpkg", help="A design file.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, for machines.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the output if it exists.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of every random choice.")]
Jobs = Annotated[int, typer.Option("--jobs", metavar="N", min=1, help="Processes to use; the result is the same.")]
CatalogueDir = Annotated[
    Path | None,
    typer.Option(
        "--catalogue", metavar="DIR", help="Folder of CSV files whose rows replace or add to the catalogue."
    ),
]
DatabaseSchema = Annotated[
    str, typer.Option("--schema", metavar="NAME", help="Schema of the PostGIS database that holds the design.")
]
PricesFile = Annotated[
    Path | None,
    typer.Option("--prices", metavar="FILE", help="CSV of items and prices that overlay the price book."),
]


class EffortName(StrEnum):
    """How much counted work a design may take."""

    QUICK = "quick"
    NORMAL = "normal"
    BEST = "best"


EffortOption = Annotated[EffortName, typer.Option("--effort", help="How much counted work to spend.")]


class Language(StrEnum):
    """Languages for people; keys, ids and layer names stay as they are."""

    EN = "en"
    ZH = "zh"


Lang = Annotated[Language, typer.Option("--lang", help="Language of texts for people.")]
