"""What every column of every table is: the schema that loader, checks and documentation read.

It is data too, `data/columns.csv`; its own columns are the fields of `Column`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from ponplan.catalogue.sheet import decode, read_sheet

DATA = Path(__file__).with_name("data")
COLUMN_TYPES = ("id", "text", "name", "names", "integer", "number", "boolean")
UNITS = (
    "", "1", "bps", "m", "nm", "dB", "dBm", "dB/km", "mm", "W", "us", "us/s", "ms", "s", "h", "Hz", "U", "byte",
    "currency", "see unit",
)  # fmt: skip
NOTHING = "none"  # the default of a column whose cell may stay empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of one table.

    `type` is one of `COLUMN_TYPES`, `unit` one of `UNITS` (`1` is a plain ratio or count). `default` stands in
    for an absent column and an empty cell; without one a missing value is a fault, with `none` it is None.
    `lowest` and `highest` bound a number. `choices` is the closed list of a text, `refers_to` the table whose
    ids a name must be one of.
    """

    table: str
    name: str
    type: str
    unit: str
    default: str
    lowest: float | None
    highest: float | None
    choices: tuple[str, ...]
    refers_to: str
    meaning: str


@functools.cache
def catalogue_columns() -> tuple[Column, ...]:
    """Give every column of every table, table by table, in the order of the files."""
    path = DATA / "columns.csv"
    sheet = read_sheet(decode(path.read_bytes(), file=path.name), file=path.name)
    return tuple(
        Column(
            table=cells["table"],
            name=cells["name"],
            type=cells["type"],
            unit=cells["unit"],
            default=cells["default"],
            lowest=float(cells["lowest"]) if cells["lowest"] else None,
            highest=float(cells["highest"]) if cells["highest"] else None,
            choices=tuple(cells["choices"].split()),
            refers_to=cells["refers_to"],
            meaning=cells["meaning"],
        )
        for cells in (record.cells for record in sheet.records)
    )


@functools.cache
def columns_of(table: str) -> tuple[Column, ...]:
    """Give the columns of one table in the order of its file; none if there is no such table."""
    return tuple(column for column in catalogue_columns() if column.table == table)


@functools.cache
def table_names() -> tuple[str, ...]:
    """Give the names of all tables in the order of the schema."""
    return tuple(dict.fromkeys(column.table for column in catalogue_columns()))
