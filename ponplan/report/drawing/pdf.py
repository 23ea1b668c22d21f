"""Sheets as one PDF with embedded letters, the same bytes every time."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from ponplan.errors import Fault, LabelError, OutputError
from ponplan.report.drawing.sheet import HALO, MM_PER_POINT, Area, Dot, Line, Text
from ponplan.report.labels.fonts import find_font

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ponplan.report.drawing.sheet import Shape, Sheet

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # a fixed date, so that the same sheets are the same file
_FAMILY, _CHINESE = "letters", "chinese"


def write_pdf(sheets: Sequence[Sheet], target: Path, *, title: str) -> None:
    """Write sheets as pages of one file.

    Raises
    ------
    OutputError
        A text needs Chinese letters and the machine has no font with them.
    """
    from fpdf import FPDF

    logging.getLogger("fpdf").setLevel(logging.ERROR)  # it tells of every letter that a font lacks
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    book = FPDF(unit="mm")
    book.set_creation_date(_EPOCH)
    book.set_title(title)
    book.set_auto_page_break(auto=False)
    book.c_margin = 0
    _add_fonts(book, _letters(sheets), target)
    for sheet in sheets:
        book.add_page(format=(sheet.width_mm, sheet.height_mm))
        for shape in sheet.shapes:
            _draw(book, shape)
    book.output(str(target))


def _letters(sheets: Iterable[Sheet]) -> set[str]:
    return {letter for sheet in sheets for shape in sheet.shapes if isinstance(shape, Text) for letter in shape.text}


def _add_fonts(book: Any, letters: set[str], target: Path) -> None:  # noqa: ANN401 - untyped library
    """Embed the letters that come with matplotlib, and a Chinese font of the machine where it is needed."""
    import matplotlib as mpl

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    book.add_font(_FAMILY, "", folder / "DejaVuSans.ttf")
    book.add_font(_FAMILY, "B", folder / "DejaVuSans-Bold.ttf")
    chinese = {letter for letter in letters if "\u2e80" <= letter <= "\ud7af" or "\uf900" <= letter <= "\uffef"}
    if not chinese:
        return
    try:
        face = find_font(chinese)
    except LabelError as error:
        problem = "the drawing has Chinese texts, and this machine has no font with all their letters"
        remedy = "install one (Debian: fonts-noto-cjk), or write SVG"
        raise OutputError([Fault(file=target.name, problem=problem, remedy=remedy)]) from error
    for style in ("", "B"):
        book.add_font(_CHINESE, style, face.path, collection_font_number=face.number)
    book.set_fallback_fonts([_CHINESE], exact_match=False)


def _draw(book: Any, shape: Shape) -> None:  # noqa: ANN401
    match shape:
        case Line():
            book.set_draw_color(shape.colour)
            book.set_line_width(shape.width_mm)
            dash = shape.dash_mm
            book.set_dash_pattern(dash=dash[0] if dash else 0, gap=dash[1] if len(dash) > 1 else 0)
            book.polyline(list(shape.points))
            if dash:
                book.set_dash_pattern()
        case Area():
            book.polygon(list(shape.points), style=_style(book, shape))
        case Dot():
            radius = shape.radius_mm
            book.ellipse(shape.x - radius, shape.y - radius, 2 * radius, 2 * radius, style=_style(book, shape))
        case Text():
            _write(book, shape)
        case _ as never:
            assert_never(never)


def _style(book: Any, shape: Area | Dot) -> str:  # noqa: ANN401
    if shape.fill:
        book.set_fill_color(shape.fill)
    if shape.outline:
        book.set_draw_color(shape.outline)
        book.set_line_width(shape.width_mm)
    return ("D" if shape.outline else "") + ("F" if shape.fill else "")


def _write(book: Any, shape: Text) -> None:  # noqa: ANN401
    if shape.halo:
        with book.local_context(text_mode="STROKE", draw_color="#ffffff", line_width=HALO * shape.size_mm):
            _cell(book, shape)
    if shape.text.isascii():
        _cell(book, shape)
        return
    with book.local_context():  # else the letters of a fallback font would stay chosen for the next text
        _cell(book, shape)


def _cell(book: Any, shape: Text) -> None:  # noqa: ANN401
    book.set_font(_FAMILY, "B" if shape.bold else "", shape.size_mm / MM_PER_POINT)
    book.set_text_color(shape.colour)
    width = book.get_string_width(shape.text)
    left = shape.x - {"start": 0.0, "middle": width / 2, "end": width}[shape.anchor]
    book.set_xy(left, shape.y - 0.8 * shape.size_mm)
    book.cell(width, shape.size_mm, shape.text)
