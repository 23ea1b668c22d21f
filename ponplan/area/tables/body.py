"""What stands below a sheet's header: rows of one thing each, without empty lines and totals."""

from __future__ import annotations

from itertools import compress, zip_longest
from typing import TYPE_CHECKING

from ponplan.area.table import Table
from ponplan.area.tables.headers import normalised
from ponplan.area.tables.sheet import is_empty
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.area.tables.sheet import Sheet

LONGEST_TOTAL = 20  # letters
TOTALS = frozenset(
    normalised(word) for word in ("total", "sum", "subtotal", "合计", "总计", "小计", "summe", "gesamt")
)


def body_of(sheet: Sheet, start: int, names: Sequence[str]) -> tuple[Table, list[int], list[int]]:
    """Take the rows below the header, and the numbers of those of totals and of headers repeated, which are left out.

    Cells merged downwards count for every row they cover.

    Raises
    ------
    AreaError
        Rows have cells beyond the header's; all of them are named.
    """
    rows, width = _with_merged(sheet, start), len(names)
    columns = [
        [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells]
        for cells in zip_longest(*(row[:width] for row in rows))
    ]
    columns += [[None] * len(rows)] * (width - len(columns))
    is_kept: list[bool] = []
    faults, totals, again = [], [], []
    for number, row, cells in zip(sheet.numbers[start:], rows, zip(*columns, strict=True), strict=True):
        beyond = [cell for cell in row[width:] if not is_empty(cell)] if len(row) > width else []
        filled = [cell for cell in cells if cell is not None] + beyond
        is_total = _is_total(filled, len(row))
        is_header = len(filled) > 1 and cells[0] == names[0] and set(filled) <= set(names)
        is_kept.append(bool(filled) and not is_total and not is_header)
        if is_header:
            again.append(number)
        elif is_total:
            totals.append(number)
        elif beyond:
            faults.append(_too_wide(sheet, number, len(row), width))
    if faults:
        raise AreaError(faults)
    used = {
        name: list(compress(cells, is_kept))
        for name, cells in zip(names, columns, strict=True)
        if not name.startswith("column ") or any(cell is not None for cell in compress(cells, is_kept))
    }
    return Table(file=sheet.file, rows=list(compress(sheet.numbers[start:], is_kept)), columns=used), totals, again


def _with_merged(sheet: Sheet, start: int) -> Sequence[Sequence[object]]:
    """Give the rows from the start on, merged cells filled into every row and column that they cover."""
    if not sheet.merged:
        return sheet.rows[start:]
    rows = [list(row) for row in sheet.rows]
    for (top, left), (bottom, right) in sheet.merged:
        for line in range(max(top, start), min(bottom, len(rows) - 1) + 1):
            for column in range(left, min(right, len(rows[line]) - 1) + 1):
                rows[line][column] = sheet.rows[top][left] if left < len(sheet.rows[top]) else None
    return rows[start:]


def _is_total(filled: Sequence[object], width: int) -> bool:
    """Tell a line of totals by its filled cells: such a word first, and hardly anything else."""
    first = filled[0] if filled else None
    if not isinstance(first, str) or len(first) > LONGEST_TOTAL:
        return False
    # the word may be merged over many cells; hardly any row goes on to the slow comparison of words
    others = len(filled) - filled.count(first)
    return 2 * (others + 1) <= width + 1 and normalised(first) in TOTALS


def _too_wide(sheet: Sheet, number: int, found: int, wanted: int) -> Fault:
    return Fault(
        file=sheet.file,
        row=number,
        problem=f"the row has {found} cells, the header only {wanted}",
        remedy="put a cell that contains the delimiter in quotation marks, or name the column",
    )
