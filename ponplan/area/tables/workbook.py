"""Spreadsheets: every sheet with its merged cells."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import python_calamine

from ponplan.area.tables.sheet import Sheet
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from pathlib import Path

OLD_FILE = b"\xd0\xcf\x11\xe0"  # how old office files begin, and new ones under a password
PLAIN = frozenset({str, float, int, bool})  # nearly all cells


def read_workbook(path: Path) -> tuple[Sheet, ...]:
    """Read all sheets of an .xlsx, .xlsm, .xlsb, .xls or .ods file that have cells.

    Raises
    ------
    AreaError
        The file cannot be opened, is protected by a password, or has no filled sheet.
    """
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            sheets = tuple(_sheet(path, book, name) for name in book.sheet_names)
    except python_calamine.PasswordError as error:
        remedy = "save it without a password"
        raise AreaError(
            [Fault(file=path.name, problem="the file is protected by a password", remedy=remedy)]
        ) from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        remedy = "open it in a spreadsheet program and save it again"
        if path.suffix.casefold() != ".xls" and path.is_file() and path.read_bytes()[:4] == OLD_FILE:
            remedy = f"it is protected by a password or an old .xls: {remedy}, as .xlsx without a password"
        fault = Fault(
            file=path.name, problem="the file cannot be read as a spreadsheet", value=str(error), remedy=remedy
        )
        raise AreaError([fault]) from error
    filled = tuple(sheet for sheet in sheets if sheet.rows)
    if not filled:
        raise AreaError([Fault(file=path.name, problem="no sheet has any cells")])
    return filled


def _sheet(path: Path, book: python_calamine.CalamineWorkbook, name: str) -> Sheet:
    sheet = book.get_sheet_by_name(name)
    rows = sheet.to_python(skip_empty_area=False)
    return Sheet(
        file=f"{path.name} ({name})",
        rows=[[cell if type(cell) in PLAIN else _plain(cell) for cell in row] for row in rows],
        numbers=range(1, len(rows) + 1),
        merged=tuple(sheet.merged_cell_ranges or ()),
    )


def _plain(cell: object) -> object:
    """Turn dates and times into texts."""
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, dt.timedelta) else cell
