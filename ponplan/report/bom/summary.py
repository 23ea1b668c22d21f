"""What a bill adds up to: by section, area, phase and kind, and for each customer passed and connected."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ponplan.design.breakdown import CONNECTED, SPARE
from ponplan.report.bom.lines import text_in_formula
from ponplan.report.bom.table import SAID
from ponplan.report.language import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ponplan.design.breakdown import Breakdown
    from ponplan.design.percustomer import PerCustomer
    from ponplan.report.bom.lines import BillPlace
    from ponplan.report.language import Words
    from ponplan.report.workbook import Book, Sheet

GROUPS = (
    ("section", mark("Section")),
    ("part", mark("Part")),
    ("state", mark("New or reused")),
    ("phase", mark("Phase")),
    ("area", mark("Area")),
)
NOTHING = mark("(none)")
SPARE_WORDS: Mapping[str, str] = {
    "trunk_fibres": mark("Spare fibres in trunk cables"),
    "trunk_fibre_km": mark("Spare fibre in trunk cables, km"),
    "splitter_legs": mark("Free splitter legs"),
    "pon_ports": mark("Free PON ports on cards"),
    "card_slots": mark("Free card slots"),
}


def write_summary(
    book: Book,
    breakdown: Breakdown,
    customers: PerCustomer,
    spare: Mapping[str, float],
    place: BillPlace,
    currency: str,
    say: Words,
) -> None:
    """Add the summary; every figure of money is calculated from the bill's lines."""
    sheet = book.sheet(say("Summary"))
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 18)
    sheet.write_string(0, 0, say("Summary"), book.formats["title"])
    sheet.write_string(0, 1, currency, book.formats["head"])
    row = 2
    write = _writer(book, sheet, say)
    write(row, mark("Cost of the design"), f"={place.design_total}", breakdown.design_cost, "sum")
    write(row + 1, mark("Cost with spare parts"), f"={place.purchase_total}", breakdown.purchase_cost, "sum")
    row = _write_customers(sheet, row + 3, breakdown, customers, place, write, book, say)
    sheet.write_string(row, 0, say("Room for growth, already in the cost of the design"), book.formats["head"])
    for step, (key, title) in enumerate(SPARE_WORDS.items(), start=1):
        sheet.write_string(row + step, 0, say(title))
        sheet.write_number(row + step, 1, spare[key], book.formats["amount"])
    row += len(SPARE_WORDS) + 2
    for key, title in GROUPS:
        row = _write_group(book, sheet, row, key, say(title), breakdown, place, say)


def _writer(book: Book, sheet: Sheet, say: Words) -> Callable[..., None]:
    def write(row: int, title: str, formula: str, value: float, style: str = "money") -> None:
        sheet.write_string(row, 0, say(title))
        sheet.write_formula(row, 1, formula, book.formats[style], value)

    return write


def _write_customers(
    sheet: Sheet,
    row: int,
    breakdown: Breakdown,
    customers: PerCustomer,
    place: BillPlace,
    write: Callable[..., None],
    book: Book,
    say: Words,
) -> int:
    """Write counts and costs of passing and connecting; give the next free row."""
    counts = (
        (mark("Customers"), customers.customers),
        (mark("Customers passed"), customers.passed),
        (mark("Customers connected"), customers.connected),
    )
    for step, (title, count) in enumerate(counts):
        sheet.write_string(row + step, 0, say(title))
        sheet.write_number(row + step, 1, count, book.formats["integer"])
    passed, connected = f"B{row + 2}", f"B{row + 3}"
    row += len(counts)
    connecting = f"=SUMIFS({place.column('total_cost')},{place.column('per')},{text_in_formula(say(CONNECTED))})"
    write(row, mark("Cost of passing"), f"=ROUND({place.design_total}-B{row + 2},2)", customers.passing_cost)
    write(row + 1, mark("Cost of connecting"), connecting, customers.connecting_cost)
    each = customers.cost_per_passed, customers.cost_per_connected
    whole = breakdown.design_cost / customers.connected if customers.connected else 0.0
    write(row + 2, mark("Cost per customer passed"), f"=IF({passed}=0,0,B{row + 1}/{passed})", each[0])
    write(
        row + 3, mark("Further cost per customer connected"), f"=IF({connected}=0,0,B{row + 2}/{connected})", each[1]
    )
    formula = f"=IF({connected}=0,0,{place.design_total}/{connected})"
    write(row + 4, mark("Whole cost per customer connected"), formula, whole)
    return row + 6


def _write_group(
    book: Book,
    sheet: Sheet,
    row: int,
    key: str,
    title: str,
    breakdown: Breakdown,
    place: BillPlace,
    say: Words,
) -> int:
    """Write the sum of each value of a column, exactly matched, and give the next free row."""
    spares = key == "part"
    chosen = [part for part in breakdown.parts if spares or part.part != SPARE]
    sums: dict[str, list[float]] = {}
    for part in chosen:
        sums.setdefault(getattr(part, key), []).append(part.total_cost)
    sheet.write_string(row, 0, title, book.formats["head"])
    sheet.write_string(row, 1, say("Total"), book.formats["head"])
    for step, (name, costs) in enumerate(sums.items(), start=1):
        said = say(name) if key in SAID else name
        sheet.write_string(row + step, 0, said or say(NOTHING))
        match = f"EXACT({place.column(key, spares=spares)},{f'$A{row + step + 1}' if said else text_in_formula('')})"
        formula = f"=SUMPRODUCT({match}*{place.column('total_cost', spares=spares)})"
        sheet.write_formula(row + step, 1, formula, book.formats["money"], round(math.fsum(costs), 2))
    return row + len(sums) + 2
