"""`ponplan compare`: two designs side by side: figures, bill, customers connected otherwise, a map of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.options import DesignPath, Force, Json
from ponplan.cli.say import figure, print_json, talk

if TYPE_CHECKING:
    from ponplan.design.differences import Differences

SCHEMA = "ponplan.compare/1"


def compare_command(
    design: DesignPath,
    against: Annotated[Path, typer.Argument(metavar="OTHER.gpkg", help="The design to compare it with.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="MAP", help="Map of the differences: .gpkg or .geojson."),
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Compare two designs of the same place: key figures, bill, who is connected otherwise, what only one builds.

    Example: ponplan compare plan.gpkg other.gpkg -o differences.gpkg
    """
    from ponplan.design.differences import compare_designs
    from ponplan.report.difference_map import write_difference_map
    from ponplan.report.output import refuse
    from ponplan.topology import read_network

    if output is not None:
        refuse(output, overwrite=force)
    here, there = read_network(design), read_network(against)
    differences = compare_designs(here, there)
    if output is not None:
        write_difference_map(here, there, differences, output, overwrite=force)
    if as_json:
        print_json(_as_json(differences))
    else:
        _tell(differences, design.name, against.name)


def _as_json(differences: Differences) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "here": dict(differences.measures),
        "there": dict(differences.measures_against),
        "bill": [
            {**asdict(line), "quantity_more": line.quantity_more, "cost_more": line.cost_more}
            for line in differences.bill
        ],
        "customers": {
            name: {"here": asdict(here) if here else None, "there": asdict(there) if there else None}
            for name, (here, there) in differences.changed.items()
        },
        "routes": dict(differences.routes),
        "sites": dict(differences.sites),
    }


def _tell(differences: Differences, here: str, there: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("", here, there)
    for name in dict.fromkeys((*differences.measures, *differences.measures_against)):
        table.add_row(name, figure(differences.measures.get(name)), figure(differences.measures_against.get(name)))
    Console().print(table)
    bill = Table("item", "unit", f"more in {here}", "cost more")
    for line in differences.bill:
        if line.quantity_more or line.cost_more:
            bill.add_row(line.item, line.unit, f"{line.quantity_more:,.10g}", f"{line.cost_more:,.2f}")
    Console().print(bill)
    talk(
        f"{len(differences.changed)} customers connected otherwise; {len(differences.routes)} routes and "
        f"{len(differences.sites)} splitter places in one design only"
    )
