"""`ponplan protection`: what protecting nobody, everybody or single classes costs, side by side."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.options import AreaPath, CatalogueDir, Force, Jobs, Json, PricesFile, Seed
from ponplan.cli.say import print_json, progress_bar, talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.failover.protection_prices import ProtectionPrice

SCHEMA = "ponplan.protection/1"


def protection_command(
    area: AreaPath,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="TABLE.csv", help="Table to write, a row for each plan.")
    ] = None,
    by_class: Annotated[
        bool, typer.Option("--by-class", help="Also plan with each customer class alone protected, either way.")
    ] = False,
    seed: Seed = 0,
    jobs: Jobs = 1,
    catalogue: CatalogueDir = None,
    prices: PricesFile = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Plan an area with nobody, everybody's trunk and everybody's whole way protected, and compare.

    Example: ponplan protection AREA -o protection.csv --by-class
    """
    from ponplan.area import read_area
    from ponplan.catalogue import read_catalogue
    from ponplan.failover.protection_prices import price_protection
    from ponplan.report.output import refuse
    from ponplan.report.protection import write_protection_prices

    if output is not None:
        refuse(output, overwrite=force)
    rows = read_catalogue(directory=catalogue, prices=prices)
    with progress_bar() as progress:
        task = progress.add_task("reading the area", total=None)
        found = price_protection(
            read_area(area),
            catalogue=rows,
            by_class=by_class,
            seed=seed,
            jobs=jobs,
            watch=lambda text: progress.update(task, description=text),
        )
    if output is not None:
        write_protection_prices(found, output, overwrite=force)
        talk(f"written to {output}")
    if as_json:
        print_json({"schema": SCHEMA, "currency": rows.currency, "plans": [asdict(row) for row in found]})
    else:
        _show(found, rows.currency)


def _show(found: Sequence[ProtectionPrice], currency: str) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, highlight=False)
    console = console if console.is_terminal else Console(width=160, markup=False, highlight=False)
    table = Table(title=f"price of protection, {currency}", title_justify="left")
    names = ("plan", "protected", "fibre km", "trench km", "ports", "cost", "more", "shared m", "min a year", "class")
    for name in names:
        table.add_column(name, justify="left" if name in ("plan", "class") else "right")
    for row in found:
        table.add_row(
            row.variant,
            f"{row.customers:,}",
            f"{row.fibre_km:,.1f}",
            f"{row.trench_km:,.1f}",
            f"{row.ports:,}",
            f"{row.cost:,.0f}",
            f"{row.cost_more:,.0f}",
            f"{row.shared_m:,.0f}",
            f"{row.downtime_mean_min:,.1f}",
            row.downtime_class,
        )
    console.print(table)
