"""`ponplan design`: an area in, a design file out, with its cost, its bound and who is not served."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.cluster import ClusterAddress, workers
from ponplan.cli.designed import tell_design, tell_variants, tell_verification, variant_answer, verification_answer
from ponplan.cli.interrupt import ask_on_interrupt
from ponplan.cli.options import AreaPath, CatalogueDir, EffortName, EffortOption, Force, Jobs, Json, PricesFile, Seed
from ponplan.cli.say import print_json, progress_bar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.area.model import Area
    from ponplan.design import Design

INTERRUPTED = 130
PLANT = "plant.gpkg"  # in an area's folder: a design file of what stands there already


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
    if earlier is None and (area / PLANT).is_file() and not built:
        earlier, built = area / PLANT, True
    _refuse_conflicts(
        {
            "--built": built,
            "--from (or plant.gpkg in the area)": earlier is not None,
            "--variants": variants,
            "--verify": verify,
            "--rule-of-thumb": rule_of_thumb,
        }
    )
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
                source=str(earlier),
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
        answer = design_answer(design, seconds=seconds) | verification_answer(verified)
        told = {"variants": [variant_answer(variant, files[variant.name]) for variant in others]} if variants else {}
        print_json({**answer, **told})
    else:
        tell_design(design, output, seconds)
        tell_verification(verified)
        if variants:
            tell_variants(design, output, others, files)
    if asked.asked:
        raise typer.Exit(INTERRUPTED)


def _refuse_conflicts(given: Mapping[str, bool]) -> None:
    """Raise `typer.BadParameter` if --built stands alone, or if two ways to plan are wanted at once."""
    built, *ways = given
    if given[built] and not given[ways[0]]:
        raise typer.BadParameter("goes with --from", param_hint=built)
    wanted = [way for way in ways if given[way]]
    if len(wanted) > 1:
        raise typer.BadParameter(f"does not go with {wanted[0]}", param_hint=wanted[1])


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
