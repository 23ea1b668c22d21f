"""Label sheets as PDF: symbols as crisp modules on the dots of the printer, names in an embedded font."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from ponplan.errors import Fault, LabelError
from ponplan.report.labels.symbols import QUIET, symbol_modules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from ponplan.report.labels.fonts import Face
    from ponplan.report.labels.formats import LabelFormat
    from ponplan.report.labels.texts import Label

DOT_MM = 25.4 / 300.0  # modules are whole dots of a 300 dpi printer
LEAST_DOTS = {"qr": 3, "datamatrix": 3, "code128": 2}  # of a module, so that a common scanner reads it
BORDER_MM = 1.5  # kept white on every side of a label
POINT_MM = 25.4 / 72.0
LARGEST_PT, SMALLEST_PT = 10.0, 4.0
LINE_HEIGHT = 1.25
Pdf = Any  # a document of fpdf2, which has no types
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def write_sheet(
    labels: Iterable[Label], path: Path, *, style: LabelFormat, symbol: str, face: Face, title: str
) -> int:
    """Write labels, row by row and page by page, the same bytes for the same labels; give the number of pages.

    Raises
    ------
    LabelError
        A code does not fit its label in modules that a scanner can read.
    """
    from fpdf import FPDF

    pdf = FPDF(unit="mm", format=(style.page_width_mm, style.page_height_mm))
    pdf.set_creation_date(_EPOCH)
    pdf.set_title(title)
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(0)
    pdf.add_font("label", fname=str(face.path), collection_font_number=face.number)
    pdf.set_font("label", size=LARGEST_PT)
    for place, label in enumerate(labels):
        if place % style.per_page == 0:
            pdf.add_page()
        _draw(pdf, label, style, symbol, *style.corner_mm(place))
    pdf.output(str(path))
    return int(pdf.page)


def _draw(pdf: Pdf, label: Label, style: LabelFormat, symbol: str, left_mm: float, top_mm: float) -> None:
    """Draw one label: a square code left of its lines, or bars above them."""
    modules = symbol_modules(label.code, symbol)
    if symbol == "code128":
        width_mm = style.width_mm - 2 * BORDER_MM
        dots = _dots(label, modules.shape[1] + 2 * QUIET[symbol], width_mm, symbol, style)
        tall_mm = 0.42 * (style.height_mm - 2 * BORDER_MM)
        start_mm = left_mm + BORDER_MM + (width_mm - modules.shape[1] * dots * DOT_MM) / 2
        _stamp(pdf, modules, start_mm, top_mm + BORDER_MM, dots * DOT_MM, tall_mm)
        box = (left_mm + BORDER_MM, top_mm + BORDER_MM + tall_mm + 0.8, width_mm)
        _write(pdf, label.lines, *box, style.height_mm - 2 * BORDER_MM - tall_mm - 0.8)
        return
    quiet, room_mm = QUIET[symbol], min(style.height_mm, style.width_mm / 2) - 2 * BORDER_MM
    # the white border of the label is part of the quiet zone
    most = max(modules.shape)
    dots = _dots(label, most, room_mm, symbol, style)
    across_mm, tall_mm = modules.shape[1] * dots * DOT_MM, modules.shape[0] * dots * DOT_MM
    quiet_mm = max(quiet * dots * DOT_MM, BORDER_MM)
    while across_mm + 2 * quiet_mm > style.width_mm * 0.6 or tall_mm + 2 * quiet_mm > style.height_mm + 1e-9:
        if dots <= LEAST_DOTS[symbol]:
            raise _too_small(label, symbol, style)
        dots -= 1
        across_mm, tall_mm = modules.shape[1] * dots * DOT_MM, modules.shape[0] * dots * DOT_MM
        quiet_mm = max(quiet * dots * DOT_MM, BORDER_MM)
    _stamp(pdf, modules, left_mm + quiet_mm, top_mm + (style.height_mm - tall_mm) / 2, dots * DOT_MM, tall_mm)
    start_mm = left_mm + across_mm + 2 * quiet_mm
    width_mm = left_mm + style.width_mm - BORDER_MM - start_mm
    _write(pdf, label.lines, start_mm, top_mm + BORDER_MM, width_mm, style.height_mm - 2 * BORDER_MM)


def _dots(label: Label, modules: int, room_mm: float, symbol: str, style: LabelFormat) -> int:
    dots = int(room_mm / (modules * DOT_MM) + 1e-9)
    if dots < LEAST_DOTS[symbol]:
        raise _too_small(label, symbol, style)
    return dots


def _too_small(label: Label, symbol: str, style: LabelFormat) -> LabelError:
    problem = f"a {symbol} of this code is too fine on labels of {style.width_mm:g} x {style.height_mm:g} mm"
    remedy = "choose larger labels (--format), --symbol qr, or shorter numbers (--scheme)"
    return LabelError([Fault(file="labels", problem=problem, value=label.code, remedy=remedy)])


def _stamp(pdf: Pdf, modules: NDArray[np.bool_], x_mm: float, y_mm: float, module_mm: float, tall_mm: float) -> None:
    """Put black modules on the page as an inline mask, its corner on a dot of the printer."""
    rows, columns = modules.shape
    x_mm, y_mm = (round(value / DOT_MM) * DOT_MM for value in (x_mm, y_mm))
    data = np.packbits(~modules, axis=1).tobytes().hex()
    scale = 1.0 / POINT_MM
    width, height = columns * module_mm * scale, tall_mm * scale
    left, bottom = x_mm * scale, (pdf.h - y_mm) * scale - height
    # fpdf2 draws images only as objects of their own, one for each label; an inline one is a tenth of the size
    pdf._out(  # noqa: SLF001
        f"q {width:.4f} 0 0 {height:.4f} {left:.4f} {bottom:.4f} cm "
        f"BI /W {columns} /H {rows} /BPC 1 /IM true /F /AHx ID {data}> EI Q"
    )


def _write(pdf: Pdf, lines: tuple[str, ...], x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> None:
    """Write lines into a box, as large as they fit by height; what is too wide is made smaller, then cut."""
    shown = [line for line in lines if line]
    size = min(LARGEST_PT, height_mm / (len(shown) * LINE_HEIGHT * POINT_MM))
    at_mm = y_mm
    for line in shown:
        fitted, points = _fit(pdf, line, width_mm, size)
        pdf.set_font_size(points)
        at_mm += size * LINE_HEIGHT * POINT_MM
        pdf.text(x_mm, at_mm - 0.3 * size * POINT_MM, fitted)


def _fit(pdf: Pdf, text: str, width_mm: float, size: float) -> tuple[str, float]:
    """Give the text and the size at which it is no wider than its place."""
    pdf.set_font_size(size)
    wide_mm = pdf.get_string_width(text)
    if wide_mm <= width_mm:
        return text, size
    points = max(SMALLEST_PT, size * width_mm / wide_mm)
    pdf.set_font_size(points)
    while len(text) > 1 and pdf.get_string_width(text) > width_mm + 1e-6:
        text = text.removesuffix("…")[:-1] + "…"
    return text, points
