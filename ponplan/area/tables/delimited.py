"""CSV files of any encoding and delimiter."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

from ponplan.area.tables.sheet import Sheet
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from pathlib import Path

DELIMITERS = (";", ",", "\t", "|")
LOOKED_AT = 60  # lines by which the delimiter is told
LONELY = 0.6  # of bytes beyond ASCII: fewer than this stand in pairs in Western text, more in Chinese


UTF16_ZEROS = 0.5  # of the bytes in every second place: letters of two bytes each


def read_delimited(path: Path) -> Sheet:
    """Read a CSV; encoding and delimiter are found out and noted.

    Raises
    ------
    AreaError
        The file cannot be read, is no text, or a quotation mark is not closed.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AreaError([Fault(file=path.name, problem="the file cannot be read", value=error.strerror)]) from error
    text, encoding = decode(data, file=path.name)
    delimiter = find_delimiter(text)
    rows, numbers = _parse(text, delimiter, file=path.name)
    shown = {"\t": "tab"}.get(delimiter, delimiter)
    return Sheet(file=path.name, rows=rows, numbers=numbers, notes=(f"read as {encoding}, separated by {shown}",))


def decode(data: bytes, *, file: str) -> tuple[str, str]:
    """Turn bytes into text; give the name of the encoding too.

    A byte order mark decides; then UTF-8 if the bytes are; else GB 18030 if bytes beyond ASCII mostly stand in pairs,
    as Chinese does, and Windows 1252 if they stand alone, as accents do.
    """
    if data[:4].count(0) or b"\x00" in data[:1024]:
        for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
            if data.startswith(mark):
                return _decoded(data, name, file), name
        if data[1:400:2].count(0) > UTF16_ZEROS * len(data[1:400:2]):
            return _decoded(data, "utf-16-le", file), "utf-16-le"
        packed = "it looks like a workbook or an archive: give it its own ending, such as .xlsx"
        remedy = packed if data.startswith(b"PK") else "save it as CSV (UTF-8)"
        raise AreaError([Fault(file=file, problem="the file is no text", remedy=remedy)])
    for name in ("utf-8-sig", "gb18030" if _in_pairs(data) else "cp1252"):
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    raise AreaError([Fault(file=file, problem="the encoding is unknown", remedy="save it as CSV (UTF-8)")])


def find_delimiter(text: str) -> str:
    """Choose the delimiter that gives the most columns on the most lines."""
    lines = [line for line in text.splitlines()[: 4 * LOOKED_AT] if line.strip()][:LOOKED_AT]
    return max(DELIMITERS, key=lambda delimiter: _regularity(lines, delimiter))


def _regularity(lines: list[str], delimiter: str) -> float:
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0.0
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (width - 1) * count / sum(widths.values())


def _parse(text: str, delimiter: str, *, file: str) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            rows.append(row)
            numbers.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        problem = "a quotation mark is not closed, or stands in the wrong place"
        remedy = "double quotation marks inside a cell, and put the cell in quotation marks"
        raise AreaError([Fault(file=file, row=line, problem=problem, value=str(error), remedy=remedy)]) from error
    return rows, numbers


def _in_pairs(data: bytes) -> bool:
    """Tell whether most bytes beyond ASCII have a neighbour beyond ASCII."""
    high = bytes(1 if byte >= 0x80 else 0 for byte in data[:200_000])
    total = sum(high)
    paired = sum(1 for index in range(1, len(high)) if high[index] and high[index - 1])
    return total > 0 and 2 * paired >= LONELY * total


def _decoded(data: bytes, name: str, file: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise AreaError([Fault(file=file, problem="the file is no text", value=str(error))]) from error
