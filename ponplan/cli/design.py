"""`ponplan design`: an area in, a design file out, with its cost, its bound and who is not served."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ponplan.cli.cluster import ClusterAddress, workers
from ponplan.cli.interrupt import ask_on_interrupt
from ponplan.cli.options import AreaPath, CatalogueDir, EffortName, EffortOption, Force, Jobs, Json, PricesFile, Seed
from ponplan.cli.say import figure, print_json, progress_bar, talk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.area.model import Area
    from ponplan.design import Design
    from ponplan.design.variants import Variant
    from ponplan.simulate.verify import Verified

INTERRUPTED = 130
COMPARED = ("cost_total", "gap_percent", "trench_km", "fibre_km", "splitters", "olt_ports", "customers_served")
PLANT = "plant.gpkg"  # in an area's folder: a design file of what stands there already
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
    cluster: ClusterAddress = None,
    effort: EffortOption = EffortName.NORMAL,
    seconds_given: Annotated[
        float | None,
        typer.Option("--seconds", metavar="S", min=0.0, help="End the search after about so long; not repeatable."),
    ] = None,
    max_split: Annotated[
        int | None,
        typer.Option("--max-split", metavar="N", min=2, help="No splitter has more legs; else the area's."),
    ] = None,
    stages: Annotated[
        int | None,
        typer.Option(
            "--stages", metavar="1|2", min=1, max=2, help="Splitter stages permitted; else as the area's rules say."
        ),
    ] = None,
    taps: Annotated[
        bool | None,
        typer.Option("--taps/--no-taps", help="May taps in closures feed customers along a road; else the area's."),
    ] = None,
    variants: Annotated[
        bool,
        typer.Option("--variants", help="Also plan with other aims, each to a file beside: least digging ..."),
    ] = False,
    rule_of_thumb: Annotated[
        bool,
        typer.Option(
            "--rule-of-thumb",
            help="Not the least cost: cabinets on a grid, nearest cabinet, shortest ways; to compare.",
        ),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Play the busy hour of the horizon, and plan again with smaller splits if promises break.",
        ),
    ] = False,
    catalogue: CatalogueDir = None,
    prices: PricesFile = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Find the least-cost network for an area, with a proof of how far from the optimum it can be.

    With --from, customers may have come, moved or gone, and the earlier design may have been edited in a GIS; what is
    locked there is kept, and only what changes is charged. A file plant.gpkg in the area's folder, a design of what
    stands there, is used likewise, as built. Ctrl-C ends the search and writes the best plan so far.

    Example: ponplan design AREA -o plan.gpkg
    """
    from ponplan.catalogue import read_catalogue
    from ponplan.design import design_network, redesign_network
    from ponplan.design.answer import design_answer
    from ponplan.design.effort import Halt
    from ponplan.design.thumb.plan import design_by_thumb
    from ponplan.design.variants import MEANINGS, design_variants
    from ponplan.optimise.stop import MaxSeconds
    from ponplan.report.output import refuse
    from ponplan.topology import read_network, write_network
    from ponplan.topology.drawing import redrawn_cables

    started = time.perf_counter()
    refuse(output, overwrite=force)
    files = {name: output.with_suffix(f".{name}{output.suffix}") for name in MEANINGS} if variants else {}
    for file in files.values():
        refuse(file, overwrite=force)
    if built and earlier is None:
        raise typer.BadParameter("goes with --from", param_hint="--built")
    if earlier is None and (area / PLANT).is_file():
        earlier, built = area / PLANT, True
    if variants and earlier is not None:
        raise typer.BadParameter("does not go with --from or an area with plant.gpkg", param_hint="--variants")
    if verify and (variants or earlier is not None):
        problem = "goes neither with --variants nor with --from or an area with plant.gpkg"
        raise typer.BadParameter(problem, param_hint="--verify")
    if rule_of_thumb and (variants or verify or earlier is not None):
        problem = "goes with neither --variants nor --verify nor --from nor an area with plant.gpkg"
        raise typer.BadParameter(problem, param_hint="--rule-of-thumb")
    rows = read_catalogue(directory=catalogue, prices=prices)
    verified = None
    with progress_bar() as progress, ask_on_interrupt() as asked, workers(cluster, jobs) as tasks:
        halt = Halt(seconds=None if seconds_given is None else MaxSeconds(seconds_given), asked=asked)
        task = progress.add_task("reading the area", total=None)

        def watch(text: str) -> None:
            progress.update(task, description=text)

        wanted = _read(area, max_split, stages=stages, taps=taps)

        def plan(headroom: Mapping[str, float]) -> Design:
            if rule_of_thumb:
                return design_by_thumb(wanted, catalogue=rows, seed=seed, watch=watch, halt=halt)
            return design_network(
                wanted,
                catalogue=rows,
                seed=seed,
                jobs=tasks,
                watch=watch,
                effort=effort,
                halt=halt,
                headroom=headroom,
            )

        if verify:
            from ponplan.simulate.verify import design_verified

            verified = design_verified(plan, jobs=tasks)
            design = verified.design
        elif earlier is None:
            design = plan({})
        else:
            own_book = rows if catalogue or prices else None
            network = read_network(earlier)
            design = redesign_network(
                wanted,
                network,
                built=built,
                drawn=redrawn_cables(earlier, network),
                catalogue=own_book,
                seed=seed,
                jobs=tasks,
                watch=watch,
                effort=effort,
                halt=halt,
            ).design
        watch("writing the design file")
        write_network(design.network, output, overwrite=force)
        others = (
            design_variants(wanted, design, seed=seed, jobs=tasks, effort=effort, halt=halt, watch=watch)
            if variants
            else ()
        )
        for variant in others:
            if variant.network is not None:
                write_network(variant.network, files[variant.name], overwrite=force)
    seconds = time.perf_counter() - started
    if as_json:
        answer = design_answer(design, seconds=seconds) | _verification(verified)
        told = {"variants": [_variant(variant, files[variant.name]) for variant in others]} if variants else {}
        print_json({**answer, **told})
    else:
        _tell(design, output, seconds)
        _tell_verification(verified)
        if variants:
            _tell_variants(design, output, others, files)
    if asked.asked:
        raise typer.Exit(INTERRUPTED)


def _verification(verified: Verified | None) -> dict[str, object]:
    """Give every round that was planned and played, and the services that remain broken."""
    if verified is None:
        return {}
    from ponplan.report.played_tables import flow_rows

    broken = [row for row in flow_rows(verified.result) if not row["kept"]]
    rounds = [asdict(one) for one in verified.rounds]
    return {"verified": {"clean": verified.is_clean, "rounds": rounds, "broken": broken}}


def _tell_verification(verified: Verified | None) -> None:
    if verified is None:
        return
    for number, one in enumerate(verified.rounds, start=1):
        room = f"headroom for {one.headroom} customers"
        talk(f"round {number}, {room}: cost {one.cost:,.2f}, {one.broken} promises broken on {len(one.ports)} ports")
    if verified.is_clean:
        talk("played: every promise is kept at the horizon")
    else:
        talk("not all can be kept: ponplan simulate DESIGN says which are broken, why, and what cures them")


def _read(area: Path, max_split: int | None, *, stages: int | None, taps: bool | None) -> Area:
    """Read an area, with a smaller split limit, other stages or taps if they are wanted."""
    from ponplan.area import read_area

    read = read_area(area)
    rules = read.rules
    if max_split is not None:
        rules = replace(rules, max_split=min(max_split, rules.max_split or max_split))
    if stages is not None:
        rules = replace(rules, stages=stages)
    if taps is not None:
        rules = replace(rules, taps=taps)
    return replace(read, rules=rules)


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


def _variant(variant: Variant, file: Path) -> dict[str, object]:
    from ponplan.design.variants import MEANINGS

    told: dict[str, object] = {"name": variant.name, "meaning": MEANINGS[variant.name], "refused": variant.refused}
    if variant.network is None:
        return {**told, "file": None}
    return {**told, "file": str(file), **{name: variant.network.facts[name] for name in COMPARED}}


def _tell_variants(design: Design, output: Path, variants: Sequence[Variant], files: Mapping[str, Path]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("variant", *COMPARED, "file", title="variants")
    table.add_row("cheapest", *(figure(design.network.facts[name]) for name in COMPARED), output.name)
    for variant in variants:
        if variant.network is None:
            talk(f"no {variant.name}: {variant.refused}")
        else:
            facts = variant.network.facts
            table.add_row(variant.name, *(figure(facts[name]) for name in COMPARED), files[variant.name].name)
    Console().print(table)


def _tell_change(facts: Mapping[str, Any]) -> None:
    """Tell what has changed against the earlier design, if there is one."""
    change = facts.get("from")
    if change is None:
        return
    typer.echo(f"the change costs {change['cost_change']:,.2f} {facts['currency']}")
    kept = ", ".join(f"{count} {name}" for name, count in change["kept"].items() if count)
    typer.echo(f"kept: {kept or 'nothing'}")
    for words in change["adopted"]:
        talk(f"taken over: {words}")
    for word in ("added", "removed", "idle"):
        parts = ", ".join(f"{len(ids)} {name}" for name, ids in change[word].items())
        if parts:
            typer.echo(f"{word}: {parts}")
    for word in ("connected", "rerouted", "disconnected"):
        names = change[f"customers_{word}"]
        if names:
            shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
            talk(f"{word}: {shown}")
