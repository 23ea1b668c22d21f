"""Rows and cells as they stand in a file, before anybody knows which row is the header."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Span = tuple[tuple[int, int], tuple[int, int]]  # first and last (row, column), 0-based


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table as drawn: `None` or an empty text is an empty cell.

    `numbers` are the rows' numbers as the user's program shows them, `merged` the merged cells, `notes` what had to
    be guessed to get this far.
    """

    file: str
    rows: Sequence[Sequence[object]]
    numbers: Sequence[int]
    merged: Sequence[Span] = ()
    notes: tuple[str, ...] = field(default=())


def is_empty(cell: object) -> bool:
    """Tell whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_empty_row(row: Sequence[object]) -> bool:
    """Tell whether nothing stands in a row."""
    return all(is_empty(cell) for cell in row)
