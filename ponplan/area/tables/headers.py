"""Which row is the header, and which of its columns is which field."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.area.tables.sheet import is_empty, is_empty_row
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.area.tables.mapping import LayerMapping
    from ponplan.area.tables.sheet import Sheet

SEARCHED = 40  # rows from the top among which the header is looked for
SHAPEFILE_WIDTH = 10  # characters that a shapefile leaves of a column's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header's last row (0-based), the name of every column, and the column of every known field."""

    row: int
    names: tuple[str, ...]
    fields: Mapping[str, int]


@functools.lru_cache(maxsize=65536)
def normalised(name: str) -> str:
    """Leave out case, width, brackets with what is in them, spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    without_brackets = re.sub(r"[(\[{【<].*?[)\]}】>]", "", folded) or folded
    return re.sub(r"[\W_]+", "", without_brackets)


def match_fields(names: Sequence[str], mapping: LayerMapping) -> dict[str, int]:
    """Find the column of every field: a field's first synonym that is there wins, and no column serves two fields.

    A header of several lines counts by its whole, then by its last, then by its first line; a name cut to ten
    characters, as shapefiles do, counts if only one field's synonyms begin with it.
    """
    columns: dict[str, int] = {}
    for index, name in reversed(list(enumerate(names))):
        for part in _readings(name):
            columns[part] = index
    found: dict[str, int] = {}
    ranked = sorted(
        (rank, field, normalised(word)) for field, words in mapping.columns.items() for rank, word in enumerate(words)
    )
    for _, field, word in ranked:
        if field not in found and word in columns and columns[word] not in found.values():
            found[field] = columns[word]
    return {**found, **_cut_names(names, mapping, found)}


def find_header(sheet: Sheet, mapping: LayerMapping) -> Header:
    """Choose the row, alone or with the one above it, in which the most fields are known.

    Raises
    ------
    AreaError
        No row names a single known field.
    """
    best: Header | None = None
    for row in range(min(SEARCHED, len(sheet.rows))):
        if is_empty_row(sheet.rows[row]):
            continue
        for depth in (1, 2, 3):
            if depth <= row + 1:
                names = _joined_names(sheet, row, depth)
                header = Header(row=row, names=names, fields=match_fields(names, mapping))
                if len(header.fields) > (len(best.fields) if best else 0):
                    best = header
    if best is None:
        raise AreaError([_no_header(sheet, mapping)])
    return best


def _readings(name: str) -> list[str]:
    lines = [line for line in name.split("\n") if line.strip()]
    parts = [name, *([lines[-1], lines[0]] if len(lines) > 1 else [])]
    return [word for word in dict.fromkeys(normalised(part) for part in parts) if word]


def _joined_names(sheet: Sheet, row: int, depth: int) -> tuple[str, ...]:
    """Join the header's lines per column; a merged cell's text stands for all the cells it covers."""
    width = max(len(line) for line in sheet.rows[row - depth + 1 : row + 1])
    names = []
    for column in range(width):
        lines = [_header_cell(sheet, line, column) for line in range(row - depth + 1, row + 1)]
        names.append("\n".join(dict.fromkeys(line for line in lines if line)))
    return tuple(names)


def _header_cell(sheet: Sheet, row: int, column: int) -> str:
    for (top, left), (bottom, right) in sheet.merged:
        if top <= row <= bottom and left <= column <= right:
            row, column = top, left
            break
    cells = sheet.rows[row]
    return "" if column >= len(cells) or is_empty(cells[column]) else str(cells[column]).strip()


def _cut_names(names: Sequence[str], mapping: LayerMapping, found: Mapping[str, int]) -> dict[str, int]:
    cut: dict[str, int] = {}
    for index, name in enumerate(names):
        if len(name) != SHAPEFILE_WIDTH or index in found.values():
            continue
        start = normalised(name)
        fields = {
            field
            for field, words in mapping.columns.items()
            if any(normalised(word).startswith(start) for word in words)
        }
        if len(fields) == 1 and not fields & (set(found) | set(cut)):
            cut[fields.pop()] = index
    return cut


def _no_header(sheet: Sheet, mapping: LayerMapping) -> Fault:
    first = next((row for row in sheet.rows if not is_empty_row(row)), [])
    wanted = ", ".join(f"{field} ({words[0]}, ...)" for field, words in list(mapping.columns.items())[:6])
    return Fault(
        file=sheet.file,
        row=sheet.numbers[0] if len(sheet.numbers) else None,
        problem="no row names a known column" if first else "the table is empty",
        value=[cell for cell in first if not is_empty(cell)][:8] if first else None,
        limit=wanted,
        remedy="put names above the columns, or give --mapping",
    )
