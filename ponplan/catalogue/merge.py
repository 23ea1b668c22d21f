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
    from collections.abc import Iterable

    from ponplan.catalogue.sheet import Sheet

Rows = dict[str, Record]  # one table, by id, in the order of the file


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
    overlay, id_faults = _rows_by_id(sheet)
    new = next((record for key, record in overlay.items() if key not in base), None)
    if new is not None and not id_faults:
        faults += _missing_columns(table, sheet, new=new)
    return _laid(base, overlay), [*faults, *id_faults, *_changed_units(base, overlay)]


def lay_prices(base: Rows, text: str, *, file: str) -> tuple[Rows, list[Fault]]:
    """Give the prices with those of a price book: `item` (or `id`) plus changed columns, known items only."""
    sheet, faults = _sheet("prices", text, file=file, key="item")
    if sheet is None:
        return base, faults
    book, id_faults = _rows_by_id(sheet, key="item")
    unknown = [
        unknown_name(record, "item", key, base, what="item: the price book can only change what has a price")
        for key, record in book.items()
        if key not in base
    ]
    known = {key: record for key, record in book.items() if key in base}
    return _laid(base, known), [*faults, *id_faults, *unknown, *_changed_units(base, known)]


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


def _sheet(table: str, text: str, *, file: str, key: str = "id") -> tuple[Sheet | None, list[Fault]]:
    """Read a sheet, call its key `id`, report and drop unknown columns, turn decimal commas into points."""
    try:
        sheet = read_sheet(text, file=file)
    except CatalogueError as error:
        return None, list(error.faults)
    known = {column.name: column for column in columns_of(table)}
    is_key_renamed = key in sheet.columns and "id" not in sheet.columns
    new_name = {name: "id" if is_key_renamed and name == key else name for name in sheet.columns}
    kept = [name for name in sheet.columns if new_name[name] in known]
    header = Record(file=file, row=sheet.header_row, cells={})
    faults = [
        unknown_name(header, name, name, known, what=f"column of {table}")
        for name in sheet.columns
        if name not in kept
    ]
    records = tuple(
        replace(record, cells={new_name[name]: record.cells.get(name, "") for name in kept})
        for record in sheet.records
    )
    if sheet.decimal_comma:
        numbers = {name for name, column in known.items() if column.type == "number"}
        records, comma_faults = _with_points(records, numbers)
        faults += comma_faults
    return replace(sheet, columns=tuple(new_name[name] for name in kept), records=records), faults


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


def _rows_by_id(sheet: Sheet, *, key: str = "id") -> tuple[Rows, list[Fault]]:
    """Give the rows by id, and the faults of ids that are missing or stand there twice."""
    if "id" not in sheet.columns:
        return {}, [Fault(file=sheet.file, row=sheet.header_row, field=key, problem="column is missing")]
    rows: Rows = {}
    faults = []
    for record in sheet.records:
        name = record.cells["id"]
        if name and name not in rows:
            rows[name] = record
            continue
        problem = f"stands in row {rows[name].row} already" if name else "value is missing"
        faults.append(Fault(file=record.file, row=record.row, field=key, problem=problem, value=name or None))
    return rows, faults


def _changed_units(base: Rows, overlay: Rows) -> list[Fault]:
    """Give the faults of rows in another unit than those they replace: a bill counts in the old one."""
    return [
        Fault(
            file=record.file,
            row=record.row,
            field="unit",
            problem="unit is another than that of the row it replaces",
            value=record.cells["unit"],
            limit=base[name].cells["unit"],
            remedy="give the figures for that unit",
        )
        for name, record in overlay.items()
        if name in base and record.cells.get("unit", base[name].cells.get("unit")) != base[name].cells.get("unit")
    ]


def _missing_columns(table: str, sheet: Sheet, *, new: Record | None = None) -> list[Fault]:
    """Give the faults of columns that a whole table, or an overlay with a new row, cannot do without."""
    told_elsewhere = ("id", "source", "trust") if new else ("id",)
    return [
        Fault(
            file=sheet.file,
            row=new.row if new else sheet.header_row,
            field=column.name,
            problem="column is missing, and this row is a new one" if new else "column is missing",
            remedy=f"add the column: {column.meaning}",
        )
        for column in columns_of(table)
        if column.name not in (*sheet.columns, *told_elsewhere) and not column.default
    ]


def _laid(base: Rows, overlay: Rows) -> Rows:
    merged = dict(base)
    for name, record in overlay.items():
        merged[name] = _merged(base.get(name), record)
    return merged


def _merged(old: Record | None, new: Record) -> Record:
    """Give the new row over the old one; without a source of its own a changed row is the planner's."""
    cells = {**old.cells, **new.cells} if old else dict(new.cells)
    if not old or any(old.cells.get(name) != cell for name, cell in new.cells.items()):
        if "source" not in new.cells:
            cells["source"] = new.file
        if "trust" not in new.cells:
            cells["trust"] = "given"
    return replace(new, cells=cells)
