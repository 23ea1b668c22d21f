"""The cut-over plan as a CSV table, one row for each thing to do."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from ponplan.report.output import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ponplan.design.cutover import Cutover

COLUMNS = ("step", "action", "customer", "port", "splitter", "leg", "link", "frees", "reused", "note")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_cutover(plan: Cutover, path: Path, *, overwrite: bool = False) -> None:
    """Write the steps; fibres are told as cable:fibre, separated by spaces.

    Raises
    ------
    OutputError
        The file exists and may not be replaced, or its folder does not.
    """
    with whole_file(path, overwrite=overwrite) as beside, beside.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for step in plan.steps:
            writer.writerow(
                [
                    step.step,
                    step.action,
                    *map(_plain, (step.customer, step.port, step.splitter)),
                    "" if step.leg is None else step.leg,
                    *map(_plain, (step.link, _fibres(step.frees), _fibres(step.reused), step.note)),
                ]
            )


def _fibres(strands: Iterable[tuple[str, int]]) -> str:
    return " ".join(f"{cable}:{fibre}" for cable, fibre in strands)


def _plain(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
