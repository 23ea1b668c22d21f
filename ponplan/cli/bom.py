"""`ponplan bom`: the bill of a design as a workbook or CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ponplan.cli.options import DesignPath, Force, Json
from ponplan.cli.say import print_json, talk


def bom_command(
    design: DesignPath,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="BOM.xlsx", help="Workbook (.xlsx) or .csv to write.")
    ],
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write what must be bought, dug and spliced, with prices and live totals.

    Example: ponplan bom plan.gpkg -o bom.xlsx
    """
    from ponplan.report.bom import COLUMNS, write_bom
    from ponplan.topology import read_network

    network = read_network(design)
    write_bom(network, output, overwrite=force)
    total = round(sum(line.total_cost for line in network.bill), 2)
    if as_json:
        lines = [{name: getattr(line, name) for name in COLUMNS} for line in network.bill]
        print_json(
            {"schema": "ponplan.bom/1", "cost_total": total, "currency": network.catalogue.currency, "lines": lines}
        )
    else:
        talk(f"{len(network.bill)} lines, {total:,.2f} {network.catalogue.currency}; written to {output}")
