"""Layers of raw rows laid over one another: the shipped tables, a planner's folder, a price book."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.catalogue.cells import CellError, point_from_comma
from ponplan.catalogue.columns import columns_of
from ponplan.catalogue.sheet import Record, read_sheet
from ponplan.errors import CatalogueError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ponplan.catalogue.sheet import Sheet

Rows = dict[str, Record]  # one table, by id, in the order of the file
PRICE_KEYS = ("item", "id")  # what a price book may call its first column


def rows_of_table(table: str, text: str, *, file: str) -> tuple[Rows, list[Fault]]:
    """Give the raw rows of one complete table and what is wrong with its columns and ids."""
    sheet, faults = _sheet(table, text, file=file)
    if sheet is None:
        return {}, faults
    faults += _missing_columns(table, sheet)
    rows, id_faults = _rows_by_id(sheet)
    return rows, faults + id_faults


def lay_over(table: str, base: Rows, text: str, *, file: str) -> tuple[Rows, list[Fault]]:
    """Give the table with an overlay's rows replaced by id where they stand, and new ones added at the end.

    Columns that the overlay does not have keep the replaced row's values; a row that says nothing of its source
    is marked as given by the overlay's file.
    """
    sheet, faults = _sheet(table, text, file=file)
    if sheet is None:
        return base, faults
    if "id" not in sheet.columns:
        return base, [*faults, Fault(file=file, row=1, field="id", problem="column is missing")]
    overlay, id_faults = _rows_by_id(sheet)
    faults += id_faults
    new_ids = [key for key in overlay if key not in base]
    if new_ids:
        faults += _missing_columns(table, sheet, row=overlay[new_ids[0]].row, given=("source", "trust"))
    merged = dict(base)
    for key, record in overlay.items():
        merged[key] = _merged(merged.get(key), record)
    return merged, faults


def lay_prices(base: Rows, text: str, *, file: str) -> tuple[Rows, list[Fault]]:
    """Give the prices with those of a price book: `item` plus changed columns, known items only."""
    sheet, faults = _sheet("prices", text, file=file, aliases={"item": "id"})
    if sheet is None:
        return base, faults
    if "id" not in sheet.columns:
        missing = Fault(file=file, row=1, field="item", problem="column is missing", limit=" or ".join(PRICE_KEYS))
        return base, [*faults, missing]
    book, id_faults = _rows_by_id(sheet)
    faults += id_faults
    merged = dict(base)
    for key, record in book.items():
        if key not in base:
            faults.append(unknown_name(record, "item", key, base, what="price book item"))
        else:
            merged[key] = _merged(base[key], record)
    return merged, faults


def unknown_name(record: Record, field: str, name: str, known: Iterable[str], *, what: str) -> Fault:
    """Give the fault of a name that nothing has, with the closest one that something has."""
    close = difflib.get_close_matches(name.lower(), list(known), n=1)
    return Fault(
        file=record.file,
        row=record.row,
        field=field,
        problem=f"unknown {what}",
        value=name,
        remedy=f"did you mean {close[0]}?" if close else None,
    )


def _sheet(
    table: str, text: str, *, file: str, aliases: Mapping[str, str] | None = None
) -> tuple[Sheet | None, list[Fault]]:
    """Read a sheet, rename its columns, drop and report unknown ones, turn decimal commas into points."""
    try:
        sheet = read_sheet(text, file=file)
    except CatalogueError as error:
        return None, list(error.faults)
    names = {column.name: column for column in columns_of(table)}
    renamed = {name: (aliases or {}).get(name, name) for name in sheet.columns}
    faults = [
        unknown_name(Record(file=file, row=1, cells={}), name, name, names, what=f"column of {table}")
        for name in sheet.columns
        if renamed[name] not in names
    ]
    records = tuple(
        replace(
            record,
            cells={renamed[name]: cell for name, cell in record.cells.items() if renamed[name] in names},
        )
        for record in sheet.records
    )
    if sheet.decimal_comma:
        numbers = {name for name, column in names.items() if column.type == "number"}
        records, comma_faults = _with_points(records, numbers)
        faults += comma_faults
    columns = tuple(renamed[name] for name in sheet.columns if renamed[name] in names)
    return replace(sheet, columns=columns, records=records), faults


def _with_points(records: tuple[Record, ...], numbers: set[str]) -> tuple[tuple[Record, ...], list[Fault]]:
    faults = []
    changed = []
    for record in records:
        cells = dict(record.cells)
        for name in numbers & cells.keys():
            try:
                cells[name] = point_from_comma(cells[name])
            except CellError as error:
                faults.append(cell_fault(record, name, cells[name], error))
                del cells[name]  # reported here; the parser need not complain again
        changed.append(replace(record, cells=cells))
    return tuple(changed), faults


def cell_fault(record: Record, field: str, text: str, error: CellError) -> Fault:
    """Give the fault of one cell."""
    return Fault(
        file=record.file,
        row=record.row,
        field=field,
        problem=str(error),
        value=text or None,
        limit=error.limit,
    )


def _rows_by_id(sheet: Sheet) -> tuple[Rows, list[Fault]]:
    rows: Rows = {}
    faults = []
    for record in sheet.records:
        key = record.cells.get("id", "")
        if key in rows:
            problem = f"id stands in row {rows[key].row} already"
            faults.append(Fault(file=record.file, row=record.row, field="id", problem=problem, value=key))
        else:
            rows[key] = record
    return rows, faults


def _missing_columns(table: str, sheet: Sheet, *, row: int = 1, given: tuple[str, ...] = ()) -> list[Fault]:
    return [
        Fault(
            file=sheet.file,
            row=row,
            field=column.name,
            problem="column is missing" if row == 1 else "column is missing, and this row is a new one",
            remedy=f"add the column: {column.meaning}",
        )
        for column in columns_of(table)
        if column.name not in sheet.columns and not column.default and column.name not in given
    ]


def _merged(old: Record | None, new: Record) -> Record:
    cells = {**old.cells, **new.cells} if old else dict(new.cells)
    if not old or any(old.cells.get(name) != cell for name, cell in new.cells.items()):
        if "source" not in new.cells:
            cells["source"] = new.file
        if "trust" not in new.cells:
            cells["trust"] = "given"
    return replace(new, cells=cells)
