"""`ponplan import design`: a design that was exported, and perhaps edited, as a design file again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ponplan.cli.options import DatabaseSchema, Force, Json
from ponplan.cli.say import print_json, talk

SCHEMA = "ponplan.import-design/1"


def import_design_command(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Folder of a GeoJSON export, or postgresql://user@host/database.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DESIGN.gpkg", help="Design file to write.")],
    schema: DatabaseSchema = "ponplan",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Make a design file of an exported design; `ponplan check` then says whether edits broke a rule.

    Example: ponplan import design plan-layers -o plan.gpkg
    """
    from ponplan.report.exchange.formats import import_network
    from ponplan.report.output import refuse
    from ponplan.topology import write_network

    refuse(output, overwrite=force)
    network = import_network(source, schema=schema)
    write_network(network, output, overwrite=force)
    counts = {
        "customers": len(network.customers),
        "nodes": len(network.nodes),
        "cables": len(network.cables),
        "links": len(network.links),
    }
    if as_json:
        print_json({"schema": SCHEMA, "name": network.name, "crs": network.crs, "rows": counts})
    else:
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        talk(f"{network.name}: {told}; written to {output}")
