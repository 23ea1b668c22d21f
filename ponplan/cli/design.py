"""`ponplan design`: an area in, a design file out, with its cost, its bound and who is not served."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ponplan.cli.interrupt import ask_on_interrupt
from ponplan.cli.options import AreaPath, CatalogueDir, EffortName, EffortOption, Force, Jobs, Json, PricesFile, Seed
from ponplan.cli.say import print_json, progress_bar, talk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.area.model import Area
    from ponplan.design import Design

INTERRUPTED = 130
SHOWN = 20  # customers of each kind that are named; --json names all


def design_command(
    area: AreaPath,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DESIGN.gpkg", help="Design file to write.")],
    earlier: Annotated[
        Path | None,
        typer.Option("--from", metavar="DESIGN.gpkg", help="Earlier design: what is locked or existing in it stays."),
    ] = None,
    built: Annotated[
        bool, typer.Option("--built", help="With --from: all of the earlier design is built and stays, for nothing.")
    ] = False,
    seed: Seed = 0,
    jobs: Jobs = 1,
    effort: EffortOption = EffortName.NORMAL,
    seconds_given: Annotated[
        float | None,
        typer.Option("--seconds", metavar="S", min=0.0, help="End the search after about so long; not repeatable."),
    ] = None,
    max_split: Annotated[
        int | None,
        typer.Option("--max-split", metavar="N", min=2, help="No splitter has more legs; else the area's."),
    ] = None,
    catalogue: CatalogueDir = None,
    prices: PricesFile = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Find the least-cost network for an area, with a proof of how far from the optimum it can be.

    With --from, customers may have come, moved or gone, and the earlier design may have been edited in a GIS; what is
    locked there is kept, and only what changes is charged. Ctrl-C ends the search and writes the best plan so far.

    Example: ponplan design AREA -o plan.gpkg
    """
    from ponplan.catalogue import read_catalogue
    from ponplan.design import design_network, redesign_network
    from ponplan.design.answer import design_answer
    from ponplan.design.effort import Halt
    from ponplan.optimise.stop import MaxSeconds
    from ponplan.report.output import refuse
    from ponplan.topology import read_network, write_network

    started = time.perf_counter()
    refuse(output, overwrite=force)
    if built and earlier is None:
        raise typer.BadParameter("goes with --from", param_hint="--built")
    rows = read_catalogue(directory=catalogue, prices=prices)
    with progress_bar() as progress, ask_on_interrupt() as asked:
        halt = Halt(seconds=None if seconds_given is None else MaxSeconds(seconds_given), asked=asked)
        task = progress.add_task("reading the area", total=None)

        def watch(text: str) -> None:
            progress.update(task, description=text)

        if earlier is None:
            design = design_network(
                _read(area, max_split), catalogue=rows, seed=seed, jobs=jobs, watch=watch, effort=effort, halt=halt
            )
        else:
            own_book = rows if catalogue or prices else None
            design = redesign_network(
                _read(area, max_split),
                read_network(earlier),
                built=built,
                catalogue=own_book,
                seed=seed,
                jobs=jobs,
                watch=watch,
                effort=effort,
                halt=halt,
            ).design
        watch("writing the design file")
        write_network(design.network, output, overwrite=force)
    seconds = time.perf_counter() - started
    if as_json:
        print_json(design_answer(design, seconds=seconds))
    else:
        _tell(design, output, seconds)
    if asked.asked:
        raise typer.Exit(INTERRUPTED)


def _read(area: Path, max_split: int | None) -> Area:
    """Read an area, with a smaller split limit if one is wanted."""
    from ponplan.area import read_area

    read = read_area(area)
    if max_split is None:
        return read
    limit = min(max_split, read.rules.max_split or max_split)
    return replace(read, rules=replace(read.rules, max_split=limit))


def _tell(design: Design, output: Path, seconds: float) -> None:
    from rich.console import Console
    from rich.table import Table

    facts, proof = design.network.facts, design.proof
    table = Table("part", "cost", "bound", title=f"{design.network.name}: {facts['currency']}")
    for name, part in proof.parts.items():
        table.add_row(name, f"{part.cost:,.2f}", f"{part.bound:,.2f}")
    table.add_row("total", f"{proof.cost:,.2f}", f"{proof.bound:,.2f}")
    Console().print(table)
    gap = facts["gap_percent"]
    talk(f"{facts['customers_served']} of {facts['customers_total']} customers served; written to {output}")
    talk(
        f"gap {gap} %, avoidable {facts['gap_avoidable_percent']} %; {seconds:.1f} s"
        if gap is not None
        else f"no gap can be claimed, because rules were relaxed; {seconds:.1f} s"
    )
    _tell_change(facts)
    for rule in design.network.relaxed:
        talk(f"relaxed: {rule.rule} of {rule.subject} is {rule.value:g}, allowed {rule.limit:g}")
    for customer in design.network.customers:
        if customer.unserved:
            talk(f"not served: {customer.id}: {customer.unserved}")


def _tell_change(facts: Mapping[str, Any]) -> None:
    """Tell what has changed against the earlier design, if there is one."""
    change = facts.get("from")
    if change is None:
        return
    typer.echo(f"the change costs {change['cost_change']:,.2f} {facts['currency']}")
    kept = ", ".join(f"{count} {name}" for name, count in change["kept"].items() if count)
    typer.echo(f"kept: {kept or 'nothing'}")
    for word in ("added", "removed", "idle"):
        parts = ", ".join(f"{len(ids)} {name}" for name, ids in change[word].items())
        if parts:
            typer.echo(f"{word}: {parts}")
    for word in ("connected", "rerouted", "disconnected"):
        names = change[f"customers_{word}"]
        if names:
            shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
            talk(f"{word}: {shown}")
