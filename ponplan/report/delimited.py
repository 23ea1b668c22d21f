"""CSV that spreadsheets open as it is meant: UTF-8 with its mark, and no text that becomes a formula."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from ponplan.report.output import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_rows(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], *, overwrite: bool = False
) -> None:
    """Write a heading and rows; None becomes an empty cell.

    Raises
    ------
    OutputError
        The file exists and may not be replaced, or its folder does not.
    """
    with whole_file(path, overwrite=overwrite) as beside, beside.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([harmless(value) for value in row] for row in rows)


def harmless(value: object) -> object:
    """Keep text that looks like a formula from being run as one."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
