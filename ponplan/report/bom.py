"""The bill of materials as a workbook with live formulas, or as CSV."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ponplan.report.output import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ponplan.topology.network import BillLine, Network

COLUMNS = ("section", "item", "description", "unit", "quantity", "material_cost", "labour_cost", "total_cost")
TITLES = ("Section", "Item", "Description", "Unit", "Quantity", "Material/unit", "Labour/unit", "Total")
_WIDTHS = (12, 26, 52, 9, 14, 14, 14, 16)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # a fixed date, so that the same bill is the same file
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_bom(network: Network, target: Path, *, overwrite: bool = False) -> None:
    """Write the network's bill; the ending chooses the format: .csv, else .xlsx.

    Raises
    ------
    OutputError
        When the file exists and may not be replaced, or its folder does not.
    """
    with whole_file(target, overwrite=overwrite) as beside:
        if target.suffix.lower() == ".csv":
            _write_csv(network.bill, beside)
        else:
            _write_xlsx(network, beside)


def _write_csv(bill: Sequence[BillLine], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for line in bill:
            writer.writerow([_harmless(getattr(line, name)) for name in COLUMNS])


def _harmless(value: object) -> object:
    """Keep text that looks like a formula from being run as one."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def _write_xlsx(network: Network, path: Path) -> None:
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": _EPOCH, "title": f"Bill of materials: {network.name}"})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "amount": book.add_format({"num_format": "#,##0.###"}),
            "sum": book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1}),
        }
        last_row = _write_bill(book.add_worksheet("Bill"), network.bill, formats)
        _write_summary(book.add_worksheet("Summary"), network, formats, last_row)
        _write_assumptions(book.add_worksheet("Assumptions"), network, formats)


def _write_bill(sheet: Any, bill: Sequence[BillLine], formats: dict[str, Any]) -> int:  # noqa: ANN401 - untyped library
    for column, (title, width) in enumerate(zip(TITLES, _WIDTHS, strict=True)):
        sheet.write(0, column, title, formats["head"])
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    for row, line in enumerate(bill, start=1):
        for column, name in enumerate(COLUMNS[:4]):
            sheet.write_string(row, column, getattr(line, name))
        sheet.write_number(row, 4, line.quantity, formats["amount"])
        sheet.write_number(row, 5, line.material_cost, formats["money"])
        sheet.write_number(row, 6, line.labour_cost, formats["money"])
        formula = f"=ROUND(E{row + 1}*(F{row + 1}+G{row + 1}),2)"
        sheet.write_formula(row, 7, formula, formats["money"], line.total_cost)
    total = round(sum(line.total_cost for line in bill), 2)
    row = len(bill) + 1
    sheet.write(row, 6, "Total", formats["head"])
    sheet.write_formula(row, 7, f"=SUM(H2:H{max(row, 2)})", formats["sum"], total)
    return row


def _write_summary(sheet: Any, network: Network, formats: dict[str, Any], last_row: int) -> None:  # noqa: ANN401
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 18)
    sheet.write(0, 0, f"Section ({network.catalogue.currency})", formats["head"])
    sheet.write(0, 1, "Total", formats["head"])
    sections = list(dict.fromkeys(line.section for line in network.bill))
    for row, section in enumerate(sections, start=1):
        value = round(sum(line.total_cost for line in network.bill if line.section == section), 2)
        sheet.write_string(row, 0, section)
        formula = f'=SUMIF(Bill!A2:A{last_row},"{section}",Bill!H2:H{last_row})'
        sheet.write_formula(row, 1, formula, formats["money"], value)
    total = round(sum(line.total_cost for line in network.bill), 2)
    row = len(sections) + 1
    sheet.write(row, 0, "Total", formats["head"])
    sheet.write_formula(row, 1, f"=SUM(B2:B{max(row, 2)})", formats["sum"], total)
    customers = sum(not customer.unserved for customer in network.customers)
    sheet.write_string(row + 2, 0, "Customers connected")
    sheet.write_number(row + 2, 1, customers)
    sheet.write_string(row + 3, 0, "Cost per customer connected")
    each = round(total / customers, 2) if customers else 0.0
    sheet.write_formula(row + 3, 1, f"=IF(B{row + 3}=0,0,B{row + 1}/B{row + 3})", formats["money"], each)


def _write_assumptions(sheet: Any, network: Network, formats: dict[str, Any]) -> None:  # noqa: ANN401
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 3, 22)
    sheet.write(0, 0, "What this bill rests on", formats["head"])
    facts = [(name, value) for name, value in network.facts.items() if isinstance(value, str | int | float)]
    rules = [(name, getattr(network.rules, name)) for name in network.rules.__dataclass_fields__]
    rows = [*facts, *rules, *((f"not served: {c.id}", c.unserved) for c in network.customers if c.unserved)]
    rows += [(f"relaxed: {r.rule} of {r.subject}", f"{r.value:g}, allowed {r.limit:g}") for r in network.relaxed]
    for row, (name, value) in enumerate(rows, start=1):
        sheet.write_string(row, 0, str(name))
        if isinstance(value, int | float):
            sheet.write_number(row, 1, value)
        else:
            sheet.write_string(row, 1, "" if value is None else str(value))
