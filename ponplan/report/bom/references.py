"""Cell references in the text of formulas and ranges, moved when rows are put in between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_TEXT = re.compile(r'("(?:[^"]|"")*")')  # texts within a formula are left alone
_REFERENCE = re.compile(
    r"(?P<sheet>(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!)?"
    r"(?<![\w.$])(?P<first>\$?[A-Z]{1,3}\$?[1-9]\d{0,6})(?::(?P<last>\$?[A-Z]{1,3}\$?[1-9]\d{0,6}))?(?![\w(.!])"
)
_CELL = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d+)")


def moved(
    formula: str, *, own_sheet: str, sheet: str, row: Callable[[int], int], grown: Callable[[int, int], int]
) -> str:
    """Give a formula after rows of a sheet have moved.

    Parameters
    ----------
    own_sheet
        Name of the sheet that the formula stands in, which references without a sheet mean.
    sheet
        Name of the sheet whose rows have moved.
    row
        New place of a row.
    grown
        New last row of a range, of its first and last row before.
    """

    def change(match: re.Match[str]) -> str:
        named = match["sheet"]
        if (named[:-1].strip("'").replace("''", "'") if named else own_sheet) != sheet:
            return match[0]
        first = _with_row(match["first"], row)
        if match["last"] is None:
            return f"{named or ''}{first}"
        begin, end = (int(_parts(match[part])[3]) for part in ("first", "last"))
        last = _with_row(match["last"], lambda _: grown(begin, end))
        return f"{named or ''}{first}:{last}"

    parts = _TEXT.split(formula)
    return "".join(part if place % 2 else _REFERENCE.sub(change, part) for place, part in enumerate(parts))


def copied(formula: str, down: int) -> str:
    """Give a formula as it reads when copied some rows down: rows without a dollar sign go along."""

    def change(match: re.Match[str]) -> str:
        cells = [match["first"], *([match["last"]] if match["last"] else [])]
        said = ":".join(cell if _parts(cell)[2] else _with_row(cell, lambda number: number + down) for cell in cells)
        return f"{match['sheet'] or ''}{said}"

    parts = _TEXT.split(formula)
    return "".join(part if place % 2 else _REFERENCE.sub(change, part) for place, part in enumerate(parts))


def _parts(cell: str) -> tuple[str, str, str, str]:
    match = _CELL.fullmatch(cell)
    assert match is not None  # noqa: S101 - found by the pattern above
    return match[1], match[2], match[3], match[4]


def _with_row(cell: str, row: Callable[[int], int]) -> str:
    fixed_column, column, fixed_row, number = _parts(cell)
    return f"{fixed_column}{column}{fixed_row}{row(int(number))}"
