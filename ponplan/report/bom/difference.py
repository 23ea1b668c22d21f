"""The difference of two bills as a sheet that calculates, and as rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ponplan.report.language import mark
from ponplan.report.workbook import SheetColumn, write_heading, write_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.design.comparison import Difference
    from ponplan.report.language import Words
    from ponplan.report.workbook import Book

COLUMNS = (
    SheetColumn(key="section", title=mark("Section"), width=12),
    SheetColumn(key="item", title=mark("Item code"), width=24),
    SheetColumn(key="description", title=mark("Description"), width=48),
    SheetColumn(key="unit", title=mark("Unit"), width=8),
    SheetColumn(key="quantity", title=mark("Quantity"), kind="amount", width=14),
    SheetColumn(key="quantity_against", title=mark("Quantity in the other"), kind="amount", width=14),
    SheetColumn(key="quantity_more", title=mark("Quantity more"), kind="amount", width=14),
    SheetColumn(key="total_cost", title=mark("Total"), kind="money", width=16),
    SheetColumn(key="total_cost_against", title=mark("Total of the other"), kind="money", width=16),
    SheetColumn(key="cost_more", title=mark("Cost more"), kind="money", width=16),
)
KEYS = tuple(column.key for column in COLUMNS)


def difference_rows(differences: Sequence[Difference], say: Words) -> Iterator[tuple[object, ...]]:
    """Give one row for each item of either design."""
    for row in differences:
        yield tuple(
            say(getattr(row, key)) if key in ("section", "description", "unit") else getattr(row, key) for key in KEYS
        )


def write_difference(book: Book, differences: Sequence[Difference], say: Words) -> None:
    """Add the sheet of differences, this design less the other one."""
    sheet = book.sheet(say("Difference"))
    write_heading(book, sheet, COLUMNS, say)
    for row, values in enumerate(difference_rows(differences, say), start=1):
        formulas = {6: f"=ROUND(E{row + 1}-F{row + 1},3)", 9: f"=ROUND(H{row + 1}-I{row + 1},2)"}
        for place, value in enumerate(values):
            style = book.formats[COLUMNS[place].kind]
            if place in formulas:
                sheet.write_formula(row, place, formulas[place], style, value)
            else:
                write_value(sheet, row, place, value, style)
    last = len(differences) + 1
    sheet.write_string(last, 2, say("Total"), book.formats["total"])
    for place, key in ((7, "total_cost"), (8, "total_cost_against"), (9, "cost_more")):
        letter = "HIJ"[place - 7]
        value = round(math.fsum(getattr(row, key) for row in differences), 2)
        sheet.write_formula(last, place, f"=SUM({letter}2:{letter}{max(last, 2)})", book.formats["sum"], value)
