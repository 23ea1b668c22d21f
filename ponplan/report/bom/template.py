"""A client's own workbook filled with the bill: rows under the heading that names our columns, in its style."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from ponplan.design.breakdown import ROUNDING
from ponplan.errors import Fault, TemplateError
from ponplan.report.bom.sheetxml import Filling, Forced, filled, read_rows, recalculating
from ponplan.report.bom.table import COLUMNS, KEYS, bill_rows
from ponplan.report.language import LANGUAGES, words
from ponplan.report.output import whole_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ponplan.design.breakdown import BillPart, Breakdown
    from ponplan.report.bom.sheetxml import Row
    from ponplan.report.language import Words

LEAST_COLUMNS = 2  # that a heading must name, one of them the quantity
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "line": ("#", "pos", "position", "line"),
    "item": ("code", "item", "article", "material no", "material number"),
    "description": ("designation", "text", "item description"),
    "manufacturer": ("maker", "brand"),
    "part_number": ("part no", "manufacturer part no", "mpn", "model"),
    "unit": ("uom", "units"),
    "quantity": ("qty", "amount"),
    "material_cost": ("material unit price", "material price"),
    "labour_cost": ("labour unit price", "labor/unit", "labor", "labour price"),
    "total_cost": ("total price", "total cost", "sum"),
    "section": ("category", "chapter"),
    "area": ("cabinet", "zone"),
    "state": ("status", "new/reused"),
    "per": ("hp/ha",),
    "part": ("net or slack",),
}
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_SHARED = re.compile(r"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", re.DOTALL)
_PHONETIC = re.compile(r"<(?:\w+:)?rPh\b.*?</(?:\w+:)?rPh>", re.DOTALL)
_TEXT = re.compile(r"<(?:\w+:)?t\b[^>]*?>(.*?)</(?:\w+:)?t>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Where the bill goes: the sheet, the row of its titles, and which column holds what."""

    part: str  # of the file
    sheet: str
    row: int
    columns: Mapping[str, str]  # key by column letter


def fill_template(
    template: Path, target: Path, breakdown: Breakdown, say: Words, *, overwrite: bool = False
) -> Heading:
    """Fill a workbook's sheet and write the whole as a new file; all that is not filled stays as it is.

    Rows go below the heading, in the style of the row under it, whose formulas are copied along. What stands further
    down moves, with the formulas that point at it; a sum over the first row takes in all.

    Raises
    ------
    TemplateError
        The template is no workbook, or no row of it names the quantity and another column of the bill.
    OutputError
        The target exists and may not be replaced, or its folder does not.
    """
    parts = _parts(template)
    sheets, shared = _sheets(parts), _shared_texts(parts)
    heading, rows = _heading(template, parts, sheets, shared)
    values = [
        _values(heading, part, row) for part, row in zip(breakdown.parts, bill_rows(breakdown, say), strict=True)
    ]
    filling = _filling(heading, rows, len(values))
    for name, part in sheets.items():
        parts[part] = recalculating(parts[part].decode(), filling, name).encode()
    text = parts[heading.part].decode()
    parts[heading.part] = filled(text, read_rows(text, shared), filling, values).encode()
    _grow_tables(parts, heading.part, filling)
    _tidy(parts, filling)
    with (
        whole_file(target, overwrite=overwrite) as beside,
        zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as book,
    ):
        for name, data in parts.items():
            book.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return heading


def _values(heading: Heading, part: BillPart, row: Sequence[object]) -> dict[str, object]:
    """Give a line's values by column letter; cents of rounding are no product of a quantity and a price."""
    known = dict(zip(KEYS, row, strict=True))
    values = {letters: known[key] for letters, key in heading.columns.items()}
    return {letters: Forced(value) for letters, value in values.items()} if part.part == ROUNDING else values


def _parts(template: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(template) as book:
            parts = {name: book.read(name) for name in book.namelist()}
    except (OSError, zipfile.BadZipFile) as error:
        raise TemplateError([Fault(file=str(template), problem=f"no XLSX workbook: {error}")]) from error
    if "xl/workbook.xml" not in parts:
        raise TemplateError([Fault(file=str(template), problem="no XLSX workbook", remedy="save it as .xlsx")])
    return parts


def _sheets(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Give the part of each sheet by its name, in their order."""
    relations = parts.get("xl/_rels/workbook.xml.rels", b"").decode()
    targets = {_named(tag, "Id"): _named(tag, "Target") for tag in _RELATION.findall(relations)}
    found = {}
    for tag in _SHEET.findall(parts["xl/workbook.xml"].decode()):
        target = targets.get(_named(tag, r"\w+:id"), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if part in parts:
            found[unescape(_named(tag, "name"))] = part
    return found


def _named(tag: str, name: str) -> str:
    match = re.search(rf'\s{name}="([^"]*)"', tag)
    return match[1] if match else ""


def _shared_texts(parts: Mapping[str, bytes]) -> list[str]:
    text = parts.get("xl/sharedStrings.xml", b"").decode()
    bare = (_PHONETIC.sub("", match[1] or "") for match in _SHARED.finditer(text))
    return [unescape("".join(_TEXT.findall(entry))) for entry in bare]


def _heading(
    template: Path, parts: Mapping[str, bytes], sheets: Mapping[str, str], shared: Sequence[str]
) -> tuple[Heading, list[Row]]:
    """Give the row, on any sheet, that names most columns of the bill, and the rows of its sheet."""
    names = _names()
    best: tuple[Heading, list[Row]] | None = None
    for sheet, part in sheets.items():
        rows = read_rows(parts[part].decode(), shared)
        for row in rows:
            columns: dict[str, str] = {}
            for cell in row.cells:
                key = names.get(_plain(cell.value)) if not cell.formula else None
                if key is not None and key not in columns.values():
                    columns[cell.column] = key
            if "quantity" not in columns.values() or len(columns) < LEAST_COLUMNS:
                continue
            if best is None or len(columns) > len(best[0].columns):
                best = Heading(part=part, sheet=sheet, row=row.number, columns=columns), rows
    if best is None:
        known = ", ".join(column.title for column in COLUMNS)
        problem = "no row names the quantity and another column of the bill"
        raise TemplateError([Fault(file=str(template), problem=problem, limit=known)])
    return best


def _names() -> dict[str, str]:
    """Give the key of every title that a column may have: ours in all languages, keys, usual synonyms."""
    names: dict[str, str] = {}
    for column in COLUMNS:
        titles = [column.key, *(words(language)(column.title) for language in LANGUAGES)]
        for title in (*titles, *SYNONYMS.get(column.key, ())):
            names.setdefault(_plain(title), column.key)
    return names


def _plain(title: str) -> str:
    """Give a title without what people write differently: case, dots, underscores, spaces, units in brackets."""
    bare = re.sub(r"[(\[（].*?[)\]）]", "", title)
    return re.sub(r"[\s._:*-]+", "", bare).casefold()


def _filling(heading: Heading, rows: Sequence[Row], count: int) -> Filling:
    """Give where rows go: into the empty ones under the heading, with what follows moved down as far as needed.

    A row right under the heading that has formulas but no values is a sample too.
    """
    first = heading.row + 1
    sample = next((row for row in rows if row.number == first), None)
    is_sample = sample is None or all(not cell.value or cell.formula for cell in sample.cells)
    taken = [
        row.number
        for row in rows
        if row.number >= first + is_sample and not row.is_blank and not (sample and is_sample and row.goes_on(sample))
    ]
    room = min(taken) - first if taken else count
    return Filling(sheet=heading.sheet, first=first, count=count, room=room, shift=max(count - room, 0))


def _grow_tables(parts: dict[str, bytes], sheet_part: str, filling: Filling) -> None:
    """Make tables of the sheet as long as what is in them."""
    folder, name = sheet_part.rsplit("/", 1)
    relations = parts.get(f"{folder}/_rels/{name}.rels", b"").decode()
    for tag in _RELATION.findall(relations):
        part = posixpath.normpath(posixpath.join(folder, _named(tag, "Target")))
        if "/tables/" in part and part in parts:
            text = re.sub(
                r'(<(?:\w+:)?(?:table|autoFilter)\b[^>]*?\sref=")([^"]*)(")',
                lambda match: f"{match[1]}{filling.moved(match[2], filling.sheet)}{match[3]}",
                parts[part].decode(),
            )
            parts[part] = text.encode()


def _tidy(parts: dict[str, bytes], filling: Filling) -> None:
    """Drop the order of calculation, which has changed, ask for a new one, and move named ranges."""
    if parts.pop("xl/calcChain.xml", None) is not None:
        for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
            text = re.sub(r"<(?:\w+:)?(?:Override|Relationship)\b[^>]*calcChain[^>]*/>", "", parts[name].decode())
            parts[name] = text.encode()
    text = parts["xl/workbook.xml"].decode()
    text = re.sub(
        r"(<(?:\w+:)?definedName\b[^>]*>)(.*?)(</)",
        lambda match: f"{match[1]}{filling.moved(match[2], '')}{match[3]}",
        text,
        flags=re.DOTALL,
    )
    if re.search(r"<(?:\w+:)?calcPr\b", text):
        text = re.sub(r'\sfullCalcOnLoad="[^"]*"', "", text)
        text = re.sub(r"(<(?:\w+:)?calcPr\b)", r'\1 fullCalcOnLoad="1"', text, count=1)
    else:
        last = "definedNames" if "definedNames>" in text else "sheets"
        text = re.sub(rf"(</(?:\w+:)?{last}>)", r'\1<calcPr fullCalcOnLoad="1"/>', text, count=1)
    parts["xl/workbook.xml"] = text.encode()
