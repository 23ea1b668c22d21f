"""The sheets of a bill that calculate: its lines, the items they add up to, and the prices both look up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name

from ponplan.design.breakdown import ROUNDING, SPARE, rounding_part
from ponplan.design.takeoff import NEW
from ponplan.report.bom.table import COLUMNS, PLACE, bill_rows, item_numbers
from ponplan.report.language import mark
from ponplan.report.workbook import SheetColumn, write_heading, write_value

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue
    from ponplan.design.breakdown import BillPart, Breakdown
    from ponplan.report.language import Words
    from ponplan.report.workbook import Book, Sheet
    from ponplan.topology.network import BillLine

PRICES = (
    SheetColumn(key="item_number", title=mark("Item no."), kind="integer", width=8),
    SheetColumn(key="item", title=mark("Item code"), width=24),
    SheetColumn(key="description", title=mark("Description"), width=48),
    SheetColumn(key="unit", title=mark("Unit"), width=8),
    SheetColumn(key="material_cost", title=mark("Material/unit"), kind="price", width=14),
    SheetColumn(key="labour_cost", title=mark("Labour/unit"), kind="price", width=14),
    SheetColumn(key="currency", title=mark("Currency"), width=10),
    SheetColumn(key="source", title=mark("Source"), width=44),
    SheetColumn(key="trust", title=mark("Trust"), width=14),
)
ITEMS = (
    SheetColumn(key="item_number", title=mark("Item no."), kind="integer", width=8),
    SheetColumn(key="section", title=mark("Section"), width=12),
    SheetColumn(key="item", title=mark("Item code"), width=24),
    SheetColumn(key="description", title=mark("Description"), width=48),
    SheetColumn(key="unit", title=mark("Unit"), width=8),
    SheetColumn(key="quantity", title=mark("Quantity"), kind="amount", width=14),
    SheetColumn(key="material_cost", title=mark("Material/unit"), kind="money", width=14),
    SheetColumn(key="labour_cost", title=mark("Labour/unit"), kind="money", width=14),
    SheetColumn(key="total_cost", title=mark("Total"), kind="money", width=16),
)
SHEET_NAMES = (mark("Bill"), mark("Items"), mark("Prices"), mark("Summary"), mark("Assumptions"), mark("Difference"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BillPlace:
    """Where the parts of the bill stand: rows of the sheet, counted from 1; its name quoted for formulas."""

    sheet: str
    first: int
    last: int  # of the design's own parts, the line of rounding included
    last_spare: int
    design_total: str  # cell
    purchase_total: str

    def column(self, key: str, *, spares: bool = False) -> str:
        """Give the range of a column."""
        letter = xl_col_to_name(PLACE[key])
        return f"{self.sheet}!${letter}${self.first}:${letter}${self.last_spare if spares else self.last}"


def quoted(name: str) -> str:
    """Give a sheet's name as formulas want it."""
    return "'" + name.replace("'", "''") + "'"


def text_in_formula(text: str) -> str:
    """Give a text as formulas want it."""
    return '"' + text.replace('"', '""') + '"'


def write_bill(book: Book, breakdown: Breakdown, say: Words) -> BillPlace:
    """Add the sheet of all parts, with prices looked up and totals calculated."""
    parts = breakdown.parts
    sheet = book.sheet(say("Bill"))
    write_heading(book, sheet, COLUMNS, say)
    design = [part for part in parts if part.part != SPARE]
    num_priced = len([part for part in design if part.part != ROUNDING])
    rows = list(bill_rows(breakdown, say))
    num_items = len(item_numbers(breakdown))
    for place, row in enumerate(rows[:num_priced]):
        _write_part(book, sheet, place + 1, row, parts[place], num_items, say)
    rounding_row = num_priced + 1
    _write_rounding(book, sheet, rounding_row, breakdown, say, num_items)
    spare_rows = [row for row, part in zip(rows, parts, strict=True) if part.part == SPARE]
    spares = [part for part in parts if part.part == SPARE]
    for place, (row, part) in enumerate(zip(spare_rows, spares, strict=True)):
        _write_part(book, sheet, rounding_row + 1 + place, row, part, num_items, say)
    last = rounding_row + len(spares)
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    total = xl_col_to_name(PLACE["total_cost"])
    cells = _write_totals(book, sheet, last, rounding_row, breakdown, say)
    return BillPlace(
        sheet=quoted(say("Bill")),
        first=2,
        last=rounding_row + 1,
        last_spare=last + 1,
        design_total=f"{quoted(say('Bill'))}!${total}${cells[0]}",
        purchase_total=f"{quoted(say('Bill'))}!${total}${cells[1]}",
    )


def _write_part(
    book: Book,
    sheet: Sheet,
    row: int,
    values: tuple[object, ...],
    part: BillPart,
    num_items: int,
    say: Words,
) -> None:
    prices = quoted(say("Prices"))
    quantity, material, labour, material_total, total = (
        f"{xl_col_to_name(PLACE[key])}{row + 1}"
        for key in ("quantity", "material_cost", "labour_cost", "material_total", "total_cost")
    )
    number = f"${xl_col_to_name(PLACE['item_number'])}{row + 1}"
    found = f"MATCH({number},{prices}!$A$2:$A${num_items + 1},0)"
    formulas = {
        "material_total": f"=ROUND({quantity}*{material},2)",
        "labour_total": f"=ROUND({total}-{material_total},2)",
        "total_cost": f"=ROUND({quantity}*({material}+{labour}),2)",
    }
    if part.state == NEW:
        formulas["material_cost"] = f"=INDEX({prices}!$E$2:$E${num_items + 1},{found})"
        if part.part != SPARE:
            formulas["labour_cost"] = f"=INDEX({prices}!$F$2:$F${num_items + 1},{found})"
    for place, (column, value) in enumerate(zip(COLUMNS, values, strict=True)):
        style = book.formats[column.kind]
        if column.key in formulas:
            sheet.write_formula(row, place, formulas[column.key], style, value)
        elif column.key == "line":
            sheet.write_number(row, place, row, style)
        else:
            write_value(sheet, row, place, value, style)


def _write_rounding(book: Book, sheet: Sheet, row: int, breakdown: Breakdown, say: Words, num_items: int) -> None:
    """Write the line by which rounded parts miss the rounded items, calculated, so that both totals always agree."""
    part = next((part for part in breakdown.parts if part.part == ROUNDING), rounding_part(0.0))
    letter = xl_col_to_name(PLACE["total_cost"])
    items = quoted(say("Items"))
    sheet.write_number(row, PLACE["line"], row, book.formats["integer"])
    for key in ("section", "description", "part", "state", "per"):
        sheet.write_string(row, PLACE[key], say(getattr(part, key)))
    formula = f"=ROUND(SUM({items}!$I$2:$I${num_items + 1})-SUM({letter}2:{letter}{row}),2)"
    sheet.write_formula(row, PLACE["total_cost"], formula, book.formats["money"], part.total_cost)


def _write_totals(
    book: Book,
    sheet: Sheet,
    last: int,
    rounding_row: int,
    breakdown: Breakdown,
    say: Words,
) -> tuple[int, int]:
    """Write what design, spare parts and both cost; give the rows, from 1, of the first and the last."""
    place = PLACE["total_cost"]
    letter = xl_col_to_name(place)
    row = last + 1
    lines = [(mark("Cost of the design"), f"=SUM({letter}2:{letter}{rounding_row + 1})", breakdown.design_cost)]
    if last > rounding_row:
        formula = f"=SUM({letter}{rounding_row + 2}:{letter}{last + 1})"
        lines.append((mark("Spare parts"), formula, breakdown.spares_cost))
        lines.append(
            (mark("Cost with spare parts"), f"={letter}{row + 1}+{letter}{row + 2}", breakdown.purchase_cost)
        )
    for step, (title, formula, value) in enumerate(lines):
        sheet.write_string(row + step, PLACE["description"], say(title), book.formats["total"])
        sheet.write_formula(row + step, place, formula, book.formats["sum"], value)
    return row + 1, row + len(lines)


def write_items(book: Book, bill: tuple[BillLine, ...], breakdown: Breakdown, place: BillPlace, say: Words) -> None:
    """Add the sheet of one line for each item: quantities added up from the bill, totals to the cent."""
    sheet = book.sheet(say("Items"))
    write_heading(book, sheet, ITEMS, say)
    billed = {line.item: line for line in bill}
    sample = {part.item: part for part in breakdown.parts}
    numbers, prices = item_numbers(breakdown), quoted(say("Prices"))
    for item, number in numbers.items():
        line, part, row = billed.get(item), sample[item], number + 1
        for column, text in enumerate((number, say(part.section), item, say(part.description), say(part.unit))):
            write_value(sheet, number, column, text, book.formats["integer" if column == 0 else "text"])
        found = f"MATCH($A{row},{prices}!$A$2:$A${len(numbers) + 1},0)"
        quantity = (
            f"=ROUND(SUMIFS({place.column('quantity')},{place.column('item_number')},$A{row},"
            f"{place.column('state')},{text_in_formula(say(NEW))}),3)"
        )
        material = f"=INDEX({prices}!$E$2:$E${len(numbers) + 1},{found})"
        labour = f"=INDEX({prices}!$F$2:$F${len(numbers) + 1},{found})"
        total = f"=ROUND(F{row}*(G{row}+H{row}),2)"
        price = (line.material_cost, line.labour_cost) if line else (0.0, 0.0)
        values = (line.quantity if line else 0.0, *price, line.total_cost if line else 0.0)
        for column, (formula, value) in enumerate(zip((quantity, material, labour, total), values, strict=True), 5):
            sheet.write_formula(number, column, formula, book.formats[ITEMS[column].kind], value)
    last = len(numbers) + 1
    sheet.write_string(last, 3, say("Cost of the design"), book.formats["total"])
    sheet.write_formula(last, 8, f"=SUM(I2:I{max(last, 2)})", book.formats["sum"], breakdown.design_cost)


def write_prices(book: Book, catalogue: Catalogue, breakdown: Breakdown, say: Words) -> None:
    """Add the sheet of prices: what is changed here changes every total."""
    sheet = book.sheet(say("Prices"))
    write_heading(book, sheet, PRICES, say)
    for item, number in item_numbers(breakdown).items():
        row = catalogue.price(item)
        values = (
            number, item, say(row.description), say(row.unit), row.material_cost, row.labour_cost, row.currency,
            say(row.source), row.trust,
        )  # fmt: skip
        for column, value in enumerate(values):
            write_value(sheet, number, column, value, book.formats[PRICES[column].kind])
