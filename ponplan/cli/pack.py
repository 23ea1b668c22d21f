"""`ponplan pack`: the sheets a network is built from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ponplan.cli.options import DesignPath, Force, Json, Lang, Language
from ponplan.cli.say import print_json, progress_bar, talk


def pack_command(
    design: DesignPath,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write into.")],
    existing: Annotated[
        Path | None,
        typer.Option("--existing", metavar="P2P.csv", help="Today's connections: adds the cut-over sheet."),
    ] = None,
    colours: Annotated[
        str, typer.Option("--colours", metavar="NAME", help="Order of fibre colours: tia-598, gb, din or your own.")
    ] = "tia-598",
    tray: Annotated[int, typer.Option("--tray", min=1, help="Splices on one tray.")] = 12,
    revision: Annotated[str, typer.Option("--revision", help="Revision to print on the cover.")] = "0",
    language: Lang = Language.EN,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write cable schedule, ducts, splices, ports, optical budgets, measurements: a workbook, and CSV files.

    Example: ponplan pack plan.gpkg -o pack --colours din
    """
    from ponplan.design.cutover import plan_cutover
    from ponplan.design.existing import read_existing
    from ponplan.report.pack import PackOptions, write_pack
    from ponplan.topology import read_network

    network = read_network(design)
    cutover = plan_cutover(network, read_existing(existing, network)) if existing else None
    options = PackOptions(
        language=language.value, colours=colours, splices_per_tray=tray, revision=revision, cutover=cutover
    )
    with progress_bar() as progress:
        task = progress.add_task("reading", total=None)
        counts = write_pack(
            network,
            output,
            options=options,
            overwrite=force,
            told=lambda title: progress.update(task, description=title),
        )
    if as_json:
        print_json({"schema": "ponplan.pack/1", "folder": str(output), "rows": counts})
        return
    talk(f"{len(counts)} sheets, {sum(counts.values()):,} rows; written to {output}: pack.xlsx and CSV files")
