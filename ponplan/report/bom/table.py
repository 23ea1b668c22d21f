"""The columns of the bill, and its rows as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.design.bill import cost_of
from ponplan.report.language import mark
from ponplan.report.workbook import SheetColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.design.breakdown import BillPart, Breakdown
    from ponplan.report.language import Words

COLUMNS = (
    SheetColumn(key="line", title=mark("No."), kind="integer", width=6),
    SheetColumn(key="item_number", title=mark("Item no."), kind="integer", width=8),
    SheetColumn(key="section", title=mark("Section"), width=12),
    SheetColumn(key="item", title=mark("Item code"), width=24),
    SheetColumn(key="description", title=mark("Description"), width=48),
    SheetColumn(key="manufacturer", title=mark("Manufacturer"), width=16),
    SheetColumn(key="part_number", title=mark("Part number"), width=16),
    SheetColumn(key="unit", title=mark("Unit"), width=8),
    SheetColumn(key="quantity", title=mark("Quantity"), kind="amount", width=13),
    SheetColumn(key="material_cost", title=mark("Material/unit"), kind="money", width=13),
    SheetColumn(key="labour_cost", title=mark("Labour/unit"), kind="money", width=13),
    SheetColumn(key="material_total", title=mark("Material total"), kind="money", width=15),
    SheetColumn(key="labour_total", title=mark("Labour total"), kind="money", width=15),
    SheetColumn(key="total_cost", title=mark("Total"), kind="money", width=16),
    SheetColumn(key="part", title=mark("Part"), width=10),
    SheetColumn(key="state", title=mark("New or reused"), width=10),
    SheetColumn(key="area", title=mark("Area"), width=16),
    SheetColumn(key="phase", title=mark("Phase"), width=8),
    SheetColumn(key="per", title=mark("Passed or connected"), width=12),
)
KEYS = tuple(column.key for column in COLUMNS)
PLACE = {key: place for place, key in enumerate(KEYS)}
SAID = ("section", "description", "unit", "part", "state", "per")  # columns whose values are words, not names
WORDS = (
    mark("trench"), mark("duct"), mark("cable"), mark("splicing"), mark("passive"), mark("active"), mark("customer"),
    mark("piece"), mark("m"), mark("net"), mark("slack"), mark("waste"), mark("spare"), mark("rounding"), mark("new"),
    mark("reused"), mark("passed"), mark("connected"), mark("Cents between rounded items and their rounded parts"),
)  # fmt: skip


def item_numbers(breakdown: Breakdown) -> dict[str, int]:
    """Give a number from 1 to every item of a bill, in its order."""
    return {item: number for number, item in enumerate(dict.fromkeys(p.item for p in breakdown.parts if p.item), 1)}


def bill_rows(breakdown: Breakdown, say: Words) -> Iterator[tuple[object, ...]]:
    """Give the rows of a bill as values; only words are translated."""
    numbers = item_numbers(breakdown)
    for line, part in enumerate(breakdown.parts, start=1):
        yield _row(line, numbers.get(part.item), part, say)


def _row(line: int, number: int | None, part: BillPart, say: Words) -> tuple[object, ...]:
    material_total = material_of(part)
    more = {
        "line": line,
        "item_number": number,
        "material_total": material_total,
        "labour_total": round(part.total_cost - material_total, 2),
    }
    values = [more[key] if key in more else getattr(part, key) for key in KEYS]
    return tuple(say(str(value)) if key in SAID else value for key, value in zip(KEYS, values, strict=True))


def material_of(part: BillPart) -> float:
    """Give the material's share of a total to the cent; labour has the rest, so that both add up."""
    return cost_of(part.quantity, part.material_cost, 0.0)
