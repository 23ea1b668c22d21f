"""The cut-over plan as a CSV table, one row for each thing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.report.delimited import write_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ponplan.design.cutover import Cutover

COLUMNS = ("step", "action", "customer", "port", "splitter", "leg", "link", "frees", "reused", "note")


def write_cutover(plan: Cutover, path: Path, *, overwrite: bool = False) -> None:
    """Write the steps; fibres are told as cable:fibre, separated by spaces.

    Raises
    ------
    OutputError
        The file exists and may not be replaced, or its folder does not.
    """
    write_rows(path, COLUMNS, cutover_rows(plan), overwrite=overwrite)


def cutover_rows(plan: Cutover) -> list[tuple[object, ...]]:
    """Give the steps as rows of these columns."""
    return [
        (
            step.step,
            step.action,
            step.customer,
            step.port,
            step.splitter,
            step.leg,
            step.link,
            _fibres(step.frees),
            _fibres(step.reused),
            step.note,
        )
        for step in plan.steps
    ]


def _fibres(strands: Iterable[tuple[str, int]]) -> str:
    return " ".join(f"{cable}:{fibre}" for cable, fibre in strands)
