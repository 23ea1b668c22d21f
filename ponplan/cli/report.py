"""`ponplan report`: one page about a design, to read, print and hand over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ponplan.cli.options import DesignPath, Force, Json, Lang, Language
from ponplan.cli.say import print_json, progress_bar, talk

SCHEMA = "ponplan.report/1"


def report_command(
    design: DesignPath,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="REPORT.html", help="Page to write.")],
    results: Annotated[
        list[Path] | None,
        typer.Option("--results", metavar="FILE.json", help="What another command said with --json; repeatable."),
    ] = None,
    variants: Annotated[
        list[Path] | None,
        typer.Option("--variant", metavar="OTHER.gpkg", help="Another design to compare with; repeatable."),
    ] = None,
    language: Lang = Language.EN,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write one page that opens offline: map, light paths, cost, gap, budgets, ports, results of other commands.

    Example: ponplan report plan.gpkg --results simulate.json -o report.html
    """
    from ponplan.report.output import refuse
    from ponplan.report.page.results import read_results
    from ponplan.report.page.write import write_report
    from ponplan.topology import read_network

    refuse(output, overwrite=force)
    answers = read_results(results or [])
    with progress_bar() as progress:
        progress.add_task("writing the page", total=None)
        network = read_network(design)
        others = [(path.name, read_network(path)) for path in variants or []]
        write_report(
            network,
            output,
            source=design,
            results=answers,
            variants=others,
            language=language.value,
            overwrite=force,
        )
    unserved = sum(bool(customer.unserved) for customer in network.customers)
    size = output.stat().st_size
    if as_json:
        told = {"customers_total": len(network.customers), "unserved": unserved, "relaxed": len(network.relaxed)}
        print_json({"schema": SCHEMA, "file": str(output), "bytes": size, **told})
    else:
        talk(f"{len(network.customers)} customers, {unserved} not served; {size / 1e6:.1f} MB written to {output}")
