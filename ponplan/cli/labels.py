"""`ponplan labels`: label sheets with codes, and what a scanned code stands for."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ponplan.cli.options import DesignPath, Force, Json, Lang, Language
from ponplan.cli.say import print_json, talk


class Symbol(StrEnum):
    """Bar codes that labels can carry."""

    QR = "qr"
    DATAMATRIX = "datamatrix"
    CODE128 = "code128"


def labels_command(
    design: DesignPath,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="LABELS.pdf", help="PDF to write, a register beside it."),
    ] = None,
    scan: Annotated[str | None, typer.Option("--scan", metavar="CODE", help="Say what a code stands for.")] = None,
    kinds: Annotated[
        str,
        typer.Option("--kinds", metavar="LIST", help="Only these, by comma: olt,cable,closure,..."),
    ] = "",
    sheet: Annotated[
        str, typer.Option("--format", metavar="NAME", help="Sheet of labels: a4-63x34, a4-38x21, letter-67x25, ...")
    ] = "",
    symbol: Annotated[Symbol, typer.Option("--symbol", help="Bar code.")] = Symbol.QR,
    font: Annotated[
        Path | None, typer.Option("--font", metavar="FILE", help="Font to embed (TTF, OTF, TTC).")
    ] = None,
    scheme: Annotated[
        Path | None,
        typer.Option("--scheme", metavar="FILE.toml", help="Patterns of numbers, and a sheet of your own."),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="LABELS.csv", help="Earlier register: its numbers are kept.")
    ] = None,
    language: Lang = Language.EN,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Print labels with bar codes for everything that people must find again, and answer what a code is.

    Example: ponplan labels plan.gpkg -o labels.pdf --format a4-38x21 --symbol datamatrix
    """
    from ponplan.report.labels import LabelOptions, scan_code, write_labels
    from ponplan.report.labels.scheme import read_scheme
    from ponplan.report.labels.write import PRINTED, USUAL_FORMAT, read_register
    from ponplan.topology import read_network

    if (output is None) == (scan is None):
        raise typer.BadParameter("say either where to write labels (-o LABELS.pdf) or a code (--scan CODE)")
    network = read_network(design)
    own = read_scheme(scheme)
    kept = read_register(keep) if keep else {}
    if scan is not None:
        answer = scan_code(network, scan, scheme=own.numbers, kept=kept, language=language.value)
        if as_json:
            print_json({"schema": "ponplan.scan/1", **asdict(answer)})
            return
        typer.echo(f"{answer.code}: {answer.kind_said} {answer.record} at {answer.node}")
        for line in answer.lines:
            typer.echo(f"  {line}")
        return
    assert output is not None  # noqa: S101 - one of both is given
    options = LabelOptions(
        kinds=tuple(kind.strip() for kind in kinds.split(",")) if kinds else PRINTED,
        format=sheet or own.format or USUAL_FORMAT,
        symbol=symbol.value,
        font=font,
        scheme=own.numbers,
        kept=kept,
        language=language.value,
    )
    count = write_labels(network, output, options=options, overwrite=force)
    if as_json:
        print_json({"schema": "ponplan.labels/1", "output": str(output), **asdict(count)})
        return
    talk(
        f"{count.labels:,} labels on {count.pages:,} pages in {output}, {count.resources:,} numbers in "
        f"{output.with_suffix('.csv')}"
    )
