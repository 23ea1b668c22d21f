"""The text of one sheet of a workbook: its rows read, filled and moved, everything else left as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from ponplan.report.bom.references import copied, moved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ROW = re.compile(r"<(?P<ns>\w+:)?row\b(?P<attributes>[^>]*?)(?:/>|>(?P<cells>.*?)</(?:\w+:)?row>)", re.DOTALL)
_CELL = re.compile(r"<(?:\w+:)?c\b(?P<attributes>[^>]*?)(?:/>|>(?P<content>.*?)</(?:\w+:)?c>)", re.DOTALL)
_DATA = re.compile(r"<(?:\w+:)?sheetData\b[^>]*?(?:/>|>.*?</(?:\w+:)?sheetData>)", re.DOTALL)
_FORMULA = re.compile(r"<(?:\w+:)?f\b[^>]*?(?:/>|>(?P<text>.*?)</(?:\w+:)?f>)", re.DOTALL)
_VALUE = re.compile(r"<(?:\w+:)?(?:v|t)\b[^>]*?>(.*?)</(?:\w+:)?(?:v|t)>", re.DOTALL)
_RESULT = re.compile(r"<(?:\w+:)?v>.*?</(?:\w+:)?v>", re.DOTALL)
_RANGES = re.compile(
    r"(<(?:\w+:)?(?:mergeCell|conditionalFormatting|dataValidation|autoFilter|hyperlink|dimension)\b[^>]*?"
    r'\b(?:ref|sqref)=")([^"]*)(")'
)
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # letters that XML has no place for


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it stands: column letters, style, type, text of value and formula."""

    column: str
    style: str
    kind: str
    value: str
    formula: str
    shared: str  # number of the shared formula that it has part in
    raw: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands."""

    number: int
    attributes: str
    cells: tuple[Cell, ...]
    raw: str

    @property
    def is_blank(self) -> bool:
        """Whether no cell has a value or a formula."""
        return not any(cell.value or cell.formula for cell in self.cells)

    def goes_on(self, sample: Row) -> bool:
        """Whether it has nothing but the formulas of a row above, copied down."""
        above = {cell.column: cell for cell in sample.cells}
        for cell in self.cells:
            if not (cell.value or cell.formula or cell.shared):
                continue
            first = above.get(cell.column)
            is_copy = (
                first is not None
                and bool(first.formula)
                and (
                    cell.formula == copied(first.formula, self.number - sample.number)
                    or (bool(cell.shared) and cell.shared == first.shared)
                )
            )
            if not is_copy:
                return False
        return True


def read_rows(text: str, shared: Sequence[str]) -> list[Row]:
    """Give the rows of a sheet, texts looked up among the shared ones."""
    match = _DATA.search(text)
    rows: list[Row] = []
    for place, row in enumerate(_ROW.finditer(match[0]) if match else (), start=1):
        number = int(_attribute(row["attributes"], "r") or place)
        cells = [_cell(cell, shared) for cell in _CELL.finditer(row["cells"] or "")]
        rows.append(Row(number, row["attributes"], tuple(cells), row[0]))
    return rows


def _cell(match: re.Match[str], shared: Sequence[str]) -> Cell:
    content, attributes = match["content"] or "", match["attributes"]
    kind = _attribute(attributes, "t")
    formula = _FORMULA.search(content)
    value = unescape("".join(_VALUE.findall(_FORMULA.sub("", content))))
    if kind == "s" and value.isdigit():
        value = shared[int(value)]
    said = unescape((formula["text"] or "") if formula else "")
    column = re.sub(r"\d+", "", _attribute(attributes, "r"))
    group = _attribute(formula[0].split(">", 1)[0], "si") if formula else ""
    return Cell(column, _attribute(attributes, "s"), kind, value, said, group, match[0])


def _attribute(attributes: str, name: str) -> str:
    match = re.search(rf'(?<![\w:]){name}="([^"]*)"', attributes)
    return match[1] if match else ""


@dataclass(frozen=True, slots=True)
class Forced:
    """A value that stands even where the sample row calculates."""

    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """Rows to put into a sheet: from `first` on, over the sample row there; what stands below moves by `shift`."""

    sheet: str
    first: int
    count: int
    room: int  # empty rows there are
    shift: int

    def row(self, number: int) -> int:
        """Give the new place of a row."""
        return number + self.shift if number >= self.first + self.room else number

    def grown(self, begin: int, end: int) -> int:
        """Give the new last row of a range: one over the rows that are filled takes all of them in."""
        if begin <= self.first <= end < self.first + self.room:
            return max(end, self.first + self.count - 1)
        return self.row(end)

    def moved(self, formula: str, own_sheet: str) -> str:
        """Give a formula after the filling."""
        return moved(formula, own_sheet=own_sheet, sheet=self.sheet, row=self.row, grown=self.grown)


def filled(text: str, rows: Sequence[Row], filling: Filling, values: Sequence[Mapping[str, object]]) -> str:
    """Give a sheet's text with values by column letter written into rows styled as the first of them was."""
    sample = next((row for row in rows if row.number == filling.first), Row(filling.first, "", (), ""))
    new = [_written(sample, filling.first + place, place, one) for place, one in enumerate(values)]
    above = [row.raw for row in rows if row.number < filling.first]
    last, footer = filling.first + filling.count, filling.first + filling.room
    between = [
        _written(row if row.cells else sample, row.number, row.number - filling.first, {}, formulas=sample)
        for row in rows
        if last <= row.number < footer
    ]
    below = [renumbered(row, filling.row(row.number)) for row in rows if row.number >= footer]
    parts = [*above, *new, *between, *below]
    match = _DATA.search(text)
    assert match is not None  # noqa: S101 - its rows have been read
    name = match[0].split(">", 1)[0].split()[0].rstrip("/")[1:]
    return f"{text[: match.start()]}<{name}>{''.join(parts)}</{name}>{text[match.end() :]}"


def _written(
    sample: Row, number: int, down: int, values: Mapping[str, object], *, formulas: Row | None = None
) -> str:
    """Give a row in the style of another; where that one calculates and no value is forced, it does too."""
    by_column = {cell.column: cell for cell in sample.cells}
    above = {cell.column: cell.formula for cell in (formulas or sample).cells if cell.formula}
    cells = []
    for column in sorted(by_column.keys() | values.keys() | above.keys(), key=lambda name: (len(name), name)):
        old = by_column.get(column)
        style = f' s="{old.style}"' if old and old.style else ""
        place = f'r="{column}{number}"{style}'
        value = values.get(column)
        if column in above and not isinstance(value, Forced):
            cells.append(f"<c {place}><f>{escape(copied(above[column], down))}</f></c>")
            continue
        value = value.value if isinstance(value, Forced) else value
        if isinstance(value, int | float) and not isinstance(value, bool):
            cells.append(f"<c {place}><v>{value!r}</v></c>")
        elif value not in (None, ""):
            said = escape(_BAD.sub("", str(value)))
            cells.append(f'<c {place} t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>')
        else:
            cells.append(f"<c {place}/>")
    kept = re.sub(r'\s(?:r|spans)="[^"]*"', "", sample.attributes)
    return f'<row r="{number}"{kept}>{"".join(cells)}</row>'


def renumbered(row: Row, number: int) -> str:
    """Give a row's text at another place."""
    if number == row.number:
        return row.raw
    text = re.sub(r'(<(?:\w+:)?row\b[^>]*?\br=")\d+(")', rf"\g<1>{number}\g<2>", row.raw, count=1)
    return re.sub(r'(<(?:\w+:)?c\b[^>]*?\br="[A-Z]+)\d+(")', rf"\g<1>{number}\g<2>", text)


def recalculating(text: str, filling: Filling, own_sheet: str) -> str:
    """Give a sheet's text with formulas and ranges moved, and no results kept, so that all are calculated anew."""

    def cell(match: re.Match[str]) -> str:
        content = match["content"] or ""
        formula = _FORMULA.search(content)
        if formula is None:
            return match[0]
        said = formula["text"]
        if said is not None:
            new = escape(filling.moved(unescape(said), own_sheet))
            content = content.replace(formula[0], formula[0].replace(f">{said}<", f">{new}<"), 1)
        kept = match[0].replace(
            match["content"], re.sub(r"<(?:\w+:)?v>.*?</(?:\w+:)?v>", "", content, flags=re.DOTALL)
        )
        return re.sub(r'(<(?:\w+:)?c\b[^>]*?) t="(?:str|e|b|n)"', r"\1", kept, count=1)

    text = _CELL.sub(cell, text)
    if own_sheet != filling.sheet:
        return text
    return _RANGES.sub(lambda match: f"{match[1]}{filling.moved(match[2], own_sheet)}{match[3]}", text)
