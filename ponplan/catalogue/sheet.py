"""CSV bytes as people's programs write them, turned into numbered records of text."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.errors import CatalogueError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

DELIMITERS = (",", ";", "\t")
_EXCEL_HINT = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row of a file: its number as a spreadsheet shows it, and its cells by column name."""

    file: str
    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One CSV file: its column names, its rows, and whether its numbers have decimal commas."""

    file: str
    header_row: int
    columns: tuple[str, ...]
    records: tuple[Record, ...]
    decimal_comma: bool


def decode(content: bytes, *, file: str) -> str:
    """Give the text of a CSV file in UTF-8, with or without byte order mark.

    Raises
    ------
    CatalogueError
        The bytes are a workbook, UTF-16 or another code page than UTF-8.
    """
    if content.startswith(b"PK\x03\x04"):
        raise _refused(file, "is a workbook (XLSX), not CSV text", "export the sheet as 'CSV UTF-8'")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(file, "is UTF-16 text", "save it as 'CSV UTF-8'")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        looks = "GBK" if _is_gbk(content) else "a Windows code page"
        fault = Fault(
            file=file,
            row=row,
            problem=f"is not UTF-8 text (it looks like {looks})",
            value=content[error.start : error.start + 4],
            limit="UTF-8, with or without byte order mark",
            remedy="save it as 'CSV UTF-8'",
        )
        raise CatalogueError([fault]) from None


def read_sheet(text: str, *, file: str) -> Sheet:
    """Give the rows of CSV text; comma, semicolon or tab between cells.

    Rows without any text are left out but counted, so that row numbers match what a spreadsheet shows.

    Raises
    ------
    CatalogueError
        No header, a column named twice, a row longer than the header, or broken quotes.
    """
    hint = _EXCEL_HINT.match(text)  # Excel's own first line, not a row of the table
    delimiter = hint.group(1) if hint else _delimiter(text)
    first = 2 if hint else 1
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))[first - 1 :]
    except csv.Error as error:
        raise _refused(file, f"is not readable as CSV: {error}", "check quotes and line ends") from None
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise _refused(file, f"has no header in row {first}", "name the columns in the first row")
    columns = tuple(cell.strip() for cell in lines[0])
    faults = _header_faults(columns, lines, file=file, first=first)
    if faults:
        raise CatalogueError(faults)
    records = tuple(
        Record(
            file=file,
            row=row,
            cells={name: cell.strip() for name, cell in zip(columns, line, strict=False) if name},
        )
        for row, line in enumerate(lines[1:], start=first + 1)
        if any(cell.strip() for cell in line)
    )
    return Sheet(
        file=file,
        header_row=first,
        columns=tuple(name for name in columns if name),
        records=records,
        decimal_comma=delimiter != ",",
    )


def _header_faults(columns: tuple[str, ...], lines: list[list[str]], *, file: str, first: int) -> list[Fault]:
    twice = [name for position, name in enumerate(columns) if name and name in columns[:position]]
    faults = [
        Fault(file=file, row=first, field=name, problem="column is named twice", remedy="keep one of them")
        for name in twice
    ]
    for row, line in enumerate(lines[1:], start=first + 1):
        stray = next(
            (
                cell
                for position, cell in enumerate(line)
                if cell.strip() and (position >= len(columns) or not columns[position])
            ),
            None,
        )
        if stray is not None:
            faults.append(
                Fault(
                    file=file,
                    row=row,
                    problem="cell stands under no column name",
                    value=stray,
                    limit=f"{len([name for name in columns if name])} named columns",
                    remedy="name the column, or quote cells that contain the delimiter",
                )
            )
    return faults


def _delimiter(text: str) -> str:
    header = text.lstrip().partition("\n")[0]
    return max(DELIMITERS, key=header.count)


def _is_gbk(content: bytes) -> bool:
    try:
        content.decode("gbk")
    except UnicodeDecodeError:
        return False
    return True


def _refused(file: str, problem: str, remedy: str) -> CatalogueError:
    return CatalogueError([Fault(file=file, problem=problem, remedy=remedy)])
