"""`ponplan bom`: the bill of a design as a workbook or CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ponplan.cli.options import DesignPath, Force, Json, Lang, Language
from ponplan.cli.say import print_json, talk


def bom_command(
    design: DesignPath,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="BOM.xlsx", help="Workbook (.xlsx) or .csv to write.")
    ],
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="OTHER.gpkg", help="Another design: show the difference to its bill."),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            metavar="CLIENT.xlsx",
            help="Workbook to fill: rows under the heading that names our columns.",
        ),
    ] = None,
    spares: Annotated[
        float,
        typer.Option("--spares", min=0.0, max=1.0, help="Share of active and splitter parts kept on the shelf."),
    ] = 0.0,
    waste: Annotated[
        float, typer.Option("--waste", min=0.0, max=1.0, help="Share of cable lost in cutting, within the slack.")
    ] = 0.02,
    language: Lang = Language.EN,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write what must be bought, dug and spliced, with prices that can be changed and totals that follow.

    Example: ponplan bom plan.gpkg -o bom.xlsx --spares 0.05
    """
    from dataclasses import asdict

    from ponplan.design.comparison import compare_bills
    from ponplan.design.percustomer import per_customer
    from ponplan.report.bom import BillOptions, write_bom
    from ponplan.topology import read_network

    if template and (against or output.suffix.lower() == ".csv"):
        raise typer.BadParameter("a template is filled as .xlsx and has no place for --against")
    network = read_network(design)
    other = read_network(against) if against else None
    options = BillOptions(language=language.value, waste=waste, spares=spares, against=other, template=template)
    breakdown = write_bom(network, output, options=options, overwrite=force)
    customers = per_customer(network, breakdown)
    if not as_json:
        talk(
            f"{len(network.bill)} items, {breakdown.design_cost:,.2f} {network.catalogue.currency}; "
            f"{customers.cost_per_passed:,.2f} per customer passed, {customers.cost_per_connected:,.2f} more per "
            f"customer connected; written to {output}"
        )
        return
    print_json(
        {
            "schema": "ponplan.bom/1",
            "cost_total": breakdown.design_cost,
            "cost_spares": breakdown.spares_cost,
            "currency": network.catalogue.currency,
            "customers_passed": customers.passed,
            "customers_connected": customers.connected,
            "cost_per_passed": round(customers.cost_per_passed, 2),
            "cost_per_connected": round(customers.cost_per_connected, 2),
            "items": [asdict(line) for line in network.bill],
            "lines": [asdict(part) for part in breakdown.parts],
        }
        | ({"differences": [asdict(row) for row in compare_bills(network, other)]} if other else {})
    )
