"""`ponplan cutover`: from a fibre per customer to the new network, step by step."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ponplan.cli.options import DesignPath, Force, Json
from ponplan.cli.say import print_json, talk

SCHEMA = "ponplan.cutover/1"


def cutover_command(
    design: DesignPath,
    existing: Annotated[
        Path,
        typer.Option(
            "--existing", metavar="P2P.csv", help="Today's connections: a table of customer, cable, fibres."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="CUTOVER.csv", help="Table of steps to write.")],
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Say which customer moves when from point-to-point fibres to a design, and which fibres come free.

    Example: ponplan cutover plan.gpkg --existing today.csv -o cutover.csv
    """
    from ponplan.design.cutover import plan_cutover
    from ponplan.design.existing import read_existing
    from ponplan.report.cutover import write_cutover
    from ponplan.report.output import refuse
    from ponplan.topology import read_network

    refuse(output, overwrite=force)
    network = read_network(design)
    today = read_existing(existing, network)
    plan = plan_cutover(network, today)
    write_cutover(plan, output, overwrite=force)
    unlisted = [one.id for one in network.customers if not one.unserved and one.id not in today]
    moved = [step for step in plan.steps if step.action == "move"]
    freed = sum(len(set(step.frees) - set(step.reused)) for step in plan.steps)
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "customers_moved": len(moved),
                "customers_interrupted": list(plan.interrupted),
                "customers_unlisted": unlisted,
                "customers_staying": [{"id": customer, "reason": reason} for customer, reason in plan.staying],
                "fibres_freed": freed,
                "steps": [asdict(step) for step in plan.steps],
            }
        )
    for customer, reason in plan.staying:
        talk(f"stays on its fibre: {customer}: {reason}")
    for customer in plan.interrupted:
        talk(f"without service for a while: {customer}")
    if unlisted:
        some = ", ".join(unlisted[:5]) + (" ..." if len(unlisted) > 5 else "")
        talk(f"{len(unlisted)} customers of the design have no fibre in the list and are connected anew: {some}")
    nights = max((step.step for step in plan.steps), default=0)
    talk(f"{len(moved)} customers move in {nights} steps, {freed} fibres come free; written to {output}")
