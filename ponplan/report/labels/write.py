"""Writes label sheets, and the register of all numbers beside them."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ponplan.errors import Fault, LabelError
from ponplan.report.delimited import write_rows
from ponplan.report.labels.fonts import find_font
from ponplan.report.labels.formats import label_formats
from ponplan.report.labels.sheet import write_sheet
from ponplan.report.labels.texts import KINDS, LabelTexts
from ponplan.report.language import words
from ponplan.report.output import refuse, whole_file
from ponplan.topology.survey import Survey
from ponplan.topology.works.numbers import Scheme, number_resources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ponplan.report.labels.formats import LabelFormat
    from ponplan.topology.network import Network

REGISTER = ("code", "kind", "record", "number", "key")
USUAL_FORMAT, USUAL_SYMBOL = "a4-63x34", "qr"
PRINTED = tuple(kind for kind in KINDS if kind != "fibre")  # fibres are too many to be printed unasked


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOptions:
    """Which labels, on what sheet, with which symbol, letters, numbers and language."""

    kinds: tuple[str, ...] = PRINTED
    format: str | LabelFormat = USUAL_FORMAT
    symbol: str = USUAL_SYMBOL
    font: Path | None = None
    scheme: Scheme = field(default_factory=Scheme)
    kept: Mapping[tuple[str, str], str] = field(default_factory=dict)
    most: int | None = None  # labels; None for all
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCount:
    """What was written."""

    resources: int
    labels: int
    pages: int
    font: str


def write_labels(
    network: Network, path: Path, *, options: LabelOptions | None = None, overwrite: bool = False
) -> LabelCount:
    """Write a PDF of labels, and `<name>.csv` beside it: the register of all numbers.

    Raises
    ------
    LabelError
        Format, kind or scheme are unknown, a code does not fit its label, or no font has the letters.
    OutputError
        A file exists and may not be replaced, or the folder does not.
    """
    options = options or LabelOptions()
    register = path.with_suffix(".csv")
    refuse(register, overwrite=overwrite)
    style = _style(options)
    survey, say = Survey(network), words(options.language)
    resources = number_resources(survey, scheme=options.scheme, kept=options.kept)
    texts = LabelTexts(survey, resources, say)
    chosen = [row for row in resources if row.kind in options.kinds]
    labels = [label for row in chosen for label in texts.labels(row)][: options.most]
    face = find_font((line for label in labels for line in (*label.lines, "…")), wanted=options.font)
    title = say("Labels: {name}").format(name=network.name)
    with whole_file(path, overwrite=overwrite) as beside:
        pages = write_sheet(labels, beside, style=style, symbol=options.symbol, face=face, title=title)
    rows = ((row.code, row.kind, row.record, row.number, row.key) for row in resources)
    write_rows(register, REGISTER, rows, overwrite=overwrite)
    return LabelCount(resources=len(resources), labels=len(labels), pages=pages, font=str(face.path))


def read_register(path: Path) -> dict[tuple[str, str], str]:
    """Give the codes of an earlier register by kind and key, so that they can be kept.

    Raises
    ------
    LabelError
        The file cannot be read or is no register.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not reader.fieldnames or not set(REGISTER) <= set(reader.fieldnames):
                problem = f"no register of labels: its columns are {reader.fieldnames}"
                raise LabelError([Fault(file=str(path), problem=problem, limit=", ".join(REGISTER))])
            return {(row["kind"], row["key"]): row["code"].removeprefix("'") for row in reader}
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError([Fault(file=str(path), problem=f"cannot be read: {error}")]) from error


def _style(options: LabelOptions) -> LabelFormat:
    faults = [
        Fault(file="labels", field="kinds", problem="no such kind", value=kind, limit=", ".join(KINDS))
        for kind in options.kinds
        if kind not in KINDS
    ]
    formats = label_formats()
    if isinstance(options.format, str) and options.format not in formats:
        limit = ", ".join(formats)
        faults.append(
            Fault(file="labels", field="format", problem="no such format", value=options.format, limit=limit)
        )
    if faults:
        raise LabelError(faults)
    return formats[options.format] if isinstance(options.format, str) else options.format
