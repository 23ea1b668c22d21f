"""Phases and years of a staged design as a workbook, or as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.report.delimited import write_rows
from ponplan.report.language import mark, words
from ponplan.report.workbook import SheetColumn, workbook, write_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ponplan.design.stages.plan import Stages
    from ponplan.report.language import Words

PHASES = (
    SheetColumn(key="phase", title=mark("Phase"), width=12),
    SheetColumn(key="year", title=mark("Year"), kind="integer", width=8),
    SheetColumn(key="customers", title=mark("Customers"), kind="integer", width=12),
    SheetColumn(key="passing_cost", title=mark("Passing"), kind="money", width=16),
    SheetColumn(key="connecting_cost", title=mark("Connecting"), kind="money", width=16),
    SheetColumn(key="cost", title=mark("Total"), kind="money", width=16),
    SheetColumn(key="trench_m", title=mark("Trench, m"), kind="metres", width=14),
)
YEARS = (
    SheetColumn(key="year", title=mark("Year"), kind="integer", width=8),
    SheetColumn(key="connected", title=mark("Customers connected"), kind="amount", width=14),
    SheetColumn(key="capital_cost", title=mark("Capital"), kind="money", width=16),
    SheetColumn(key="connection_cost", title=mark("Connections"), kind="money", width=16),
    SheetColumn(key="running_cost", title=mark("Running"), kind="money", width=16),
    SheetColumn(key="replacement_cost", title=mark("Replacement"), kind="money", width=16),
    SheetColumn(key="revenue", title=mark("Revenue"), kind="money", width=16),
    SheetColumn(key="cash", title=mark("Cash"), kind="money", width=16),
    SheetColumn(key="cumulative", title=mark("Cumulative"), kind="money", width=16),
    SheetColumn(key="cumulative_discounted", title=mark("Cumulative, discounted"), kind="money", width=18),
)
BILL = (
    SheetColumn(key="phase", title=mark("Phase"), width=12),
    SheetColumn(key="section", title=mark("Section"), width=12),
    SheetColumn(key="item", title=mark("Item code"), width=24),
    SheetColumn(key="description", title=mark("Description"), width=48),
    SheetColumn(key="unit", title=mark("Unit"), width=8),
    SheetColumn(key="per", title=mark("Per"), width=12),
    SheetColumn(key="quantity", title=mark("Quantity"), kind="amount", width=14),
    SheetColumn(key="total_cost", title=mark("Total"), kind="money", width=16),
)


def write_stages(found: Stages, path: Path, *, currency: str, language: str = "en", overwrite: bool = False) -> None:
    """Write phases, years and the bill by phase; a .csv holds the bill by phase alone.

    Raises
    ------
    OutputError
        The file exists and may not be replaced, or its folder does not.
    """
    say = words(language)
    if path.suffix.casefold() == ".csv":
        write_rows(path, [column.key for column in BILL], _bill(found, say), overwrite=overwrite)
        return
    with workbook(path, title=say("Stages"), overwrite=overwrite) as book:
        phases = ([getattr(phase, column.key) for column in PHASES] for phase in found.phases)
        write_table(book, say("Phases"), PHASES, phases, say)
        years = ([getattr(row, column.key) for column in YEARS] for row in found.years)
        write_table(book, f"{say('Years')} ({currency})", YEARS, years, say)
        write_table(book, say("Bill by phase"), BILL, _bill(found, say), say)


def _bill(found: Stages, say: Words) -> Iterator[tuple[object, ...]]:
    """Give the parts of the bill, each in the phase that builds it."""
    for phase in found.phases:
        for part in phase.parts:
            told = {"phase": phase.phase, "description": say(part.description), "section": say(part.section)}
            yield tuple(told.get(column.key, getattr(part, column.key)) for column in BILL)
