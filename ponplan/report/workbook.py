"""Workbooks: text stays text, the same content is the same file, and every sheet looks alike."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ponplan.report.output import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ponplan.report.language import Words

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # a fixed date, so that the same bill is the same file
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FORMATS = {
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 13},
    "integer": {"num_format": "0"},
    "amount": {"num_format": "#,##0.###"},
    "metres": {"num_format": "#,##0.0"},
    "decibels": {"num_format": "0.00"},
    "percent": {"num_format": "0.0"},
    "money": {"num_format": "#,##0.00"},
    "price": {"num_format": "#,##0.00##", "bg_color": "#FFF7D6", "locked": False},
    "sum": {"num_format": "#,##0.00", "bold": True, "top": 1},
    "total": {"bold": True, "top": 1},
    "text": {},
}


Sheet = Any  # a worksheet; xlsxwriter has no types


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetColumn:
    """A column of a table for people: its key in files for machines, its title, what kind of value it has."""

    key: str
    title: str  # marked for translation
    kind: str = "text"  # a key of the formats
    width: float = 12.0


@dataclass(frozen=True, slots=True)
class Book:
    """An open workbook with its formats."""

    book: Any
    formats: dict[str, Any]

    def sheet(self, name: str) -> Sheet:
        """Add a sheet."""
        return self.book.add_worksheet(name)


@contextmanager
def workbook(path: Path, *, title: str, overwrite: bool = False, lean: bool = False) -> Iterator[Book]:
    """Give a new workbook that becomes a file when all went well; a lean one is written row by row to save memory.

    Raises
    ------
    OutputError
        The file exists and may not be replaced, or its folder does not.
    """
    import xlsxwriter

    with whole_file(path, overwrite=overwrite) as beside:
        book = xlsxwriter.Workbook(beside, {**_OPTIONS, "constant_memory": lean})
        book.set_properties({"created": _EPOCH, "title": title})
        yield Book(book, {name: book.add_format(style) for name, style in _FORMATS.items()})
        book.close()


def write_table(
    book: Book, name: str, columns: Sequence[SheetColumn], rows: Iterable[Sequence[object]], say: Words
) -> int:
    """Add a sheet with a heading that stays in view and filters; give the number of rows."""
    sheet = book.sheet(name)
    write_heading(book, sheet, columns, say)
    kinds = [book.formats[column.kind] for column in columns]
    last = 0
    for last, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            write_value(sheet, last, place, value, kinds[place])
    if last:
        sheet.autofilter(0, 0, last, len(columns) - 1)
    return last


def write_heading(book: Book, sheet: Sheet, columns: Sequence[SheetColumn], say: Words) -> None:
    """Write the titles into the first row and keep them in view."""
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, say(column.title), book.formats["head"])
    sheet.freeze_panes(1, 0)


def write_value(sheet: Sheet, row: int, column: int, value: object, style: Any) -> None:  # noqa: ANN401 - untyped library
    """Write text as text and numbers as numbers, whatever they look like; nothing for None."""
    if isinstance(value, bool | str):
        sheet.write_string(row, column, str(value), style)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
