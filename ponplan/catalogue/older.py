"""The catalogue of a design file that an older program wrote: what came later is filled in from the shipped one.

A table that the file lacks is the shipped one, without rows that name something the file does not have. A column that
it lacks is filled row by row: from the shipped row of the same id, else by the column's default, else by what most
shipped rows say. Nothing is filled in silently: each filling is one note.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.catalogue.catalogue import ROW_TYPES, Catalogue, catalogue_from_rows
from ponplan.catalogue.columns import columns_of
from ponplan.catalogue.merge import rows_of_table
from ponplan.catalogue.read import shipped_rows
from ponplan.catalogue.rules import PRICED
from ponplan.catalogue.sheet import Record, read_sheet
from ponplan.errors import CatalogueError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.catalogue.columns import Column
    from ponplan.catalogue.merge import Rows

NAMED = 5  # rows that a note names
UNPRICED = "no price in this currency"


def catalogue_of_older(tables: Mapping[str, str]) -> tuple[Catalogue, tuple[str, ...]]:
    """Give the catalogue of tables that may lack what later programs added, and what was filled in.

    Parameters
    ----------
    tables
        CSV text by table name.

    Raises
    ------
    CatalogueError
        A table is unknown, or a value is missing or not allowed; every fault is listed.
    """
    shipped, _ = shipped_rows()
    notes: list[str] = []
    faults = [
        Fault(file=name, problem="no such table", limit=", ".join(ROW_TYPES))
        for name in tables
        if name not in ROW_TYPES
    ]
    layers: dict[str, Rows] = {}
    for name in ROW_TYPES:
        if name not in tables:
            continue
        text, note = _with_columns(name, tables[name], shipped[name])
        notes += note
        layers[name], found = rows_of_table(name, text, file=f"{name}.csv")
        faults += found
    missing = [name for name in ROW_TYPES if name not in tables]
    for name in missing:
        layers[name] = dict(shipped[name])
    for name in missing:
        layers[name], left_out = _known(name, layers)
        notes.append(f"table {name} is the shipped one" + (f", without {_named(left_out)}" if left_out else ""))
        notes += _priced(name, layers, shipped["prices"])
    return catalogue_from_rows({name: layers[name] for name in ROW_TYPES}, faults), tuple(notes)


def _with_columns(table: str, text: str, shipped: Rows) -> tuple[str, list[str]]:
    """Give a table's text with the columns that it lacks, and a note of each."""
    try:
        sheet = read_sheet(text, file=f"{table}.csv")
    except CatalogueError:
        return text, []  # told when the table is read
    lacking = [column for column in columns_of(table) if column.name not in sheet.columns and column.name != "id"]
    if not lacking:
        return text, []
    notes, records = [], [dict(record.cells) for record in sheet.records]
    for column in lacking:
        usual = _usual(column, shipped)
        strange = [cells["id"] for cells in records if cells.get("id") not in shipped]
        for cells in records:
            own = shipped.get(cells.get("id", ""))
            cells[column.name] = usual if own is None else own.cells.get(column.name, usual)
        note = f"column {column.name} of {table} is the shipped one"
        notes.append(note + (f"; {_named(strange)} got {usual or 'nothing'}" if strange else ""))
    return _text([*sheet.columns, *(column.name for column in lacking)], records), notes


def _usual(column: Column, shipped: Rows) -> str:
    """Give what a row that is not shipped gets: the column's default, else what most shipped rows say."""
    if column.default:
        return ""  # an empty cell takes the default
    counts = Counter(record.cells.get(column.name, "") for record in shipped.values())
    return max(sorted(counts), key=lambda value: counts[value])


def _text(names: list[str], records: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([cells.get(name, "") for name in names] for cells in records)
    return out.getvalue()


def _known(table: str, layers: Mapping[str, Rows]) -> tuple[Rows, list[str]]:
    """Give a table's rows that name only what the other tables have, and the ids of the others."""
    references = [column for column in columns_of(table) if column.refers_to]
    kept: Rows = {}
    for key, record in layers[table].items():
        names = [(column.refers_to, name) for column in references for name in record.cells[column.name].split()]
        if all(name in layers[other] for other, name in names):
            kept[key] = record
    return kept, [key for key in layers[table] if key not in kept]


def _priced(table: str, layers: dict[str, Rows], shipped: Rows) -> list[str]:
    """Add the shipped prices of a filled table's items that have none; in another currency they cost nothing."""
    lacking = [key for key in layers[table] if key not in layers["prices"]] if table in PRICED else []
    if not lacking:
        return []
    currencies = Counter(record.cells["currency"] for record in layers["prices"].values())
    currency = currencies.most_common(1)[0][0] if currencies else shipped[lacking[0]].cells["currency"]
    for key in lacking:
        layers["prices"][key] = _in_currency(shipped[key], currency)
    foreign = [key for key in lacking if shipped[key].cells["currency"] != currency]
    return [f"{_named(foreign)} have no price in {currency} and are counted as 0"] if foreign else []


def _in_currency(record: Record, currency: str) -> Record:
    if record.cells["currency"] == currency:
        return record
    free = {"currency": currency, "material_cost": "0", "labour_cost": "0", "source": UNPRICED}
    return replace(record, cells={**record.cells, **free})


def _named(ids: list[str]) -> str:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return ", ".join(ids[:NAMED]) + more
