"""A sheet as SVG in millimetres; text stays text."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never
from xml.sax.saxutils import escape, quoteattr

from ponplan.report.drawing.sheet import HALO, Area, Dot, Line, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.report.drawing.sheet import Point, Shape, Sheet

_FONTS = "Noto Sans, DejaVu Sans, Noto Sans CJK SC, Microsoft YaHei, PingFang SC, Arial, sans-serif"


def sheet_svg(sheet: Sheet) -> str:
    """Give a sheet as one SVG document."""
    width, height = _number(sheet.width_mm), _number(sheet.height_mm)
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm"'
            f' viewBox="0 0 {width} {height}" font-family={quoteattr(_FONTS)}'
            ' stroke-linejoin="round" stroke-linecap="round">',
            f"<title>{escape(sheet.subject)}</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *map(_shape, sheet.shapes),
            "</svg>\n",
        )
    )


def _shape(shape: Shape) -> str:
    match shape:
        case Line():
            dash = f' stroke-dasharray="{" ".join(map(_number, shape.dash_mm))}"' if shape.dash_mm else ""
            pen = f'stroke="{shape.colour}" stroke-width="{_number(shape.width_mm)}"{dash}'
            return f'<polyline points="{_points(shape.points)}" fill="none" {pen}/>'
        case Area():
            return f'<polygon points="{_points(shape.points)}" {_filled(shape)}/>'
        case Dot():
            place = f'cx="{_number(shape.x)}" cy="{_number(shape.y)}" r="{_number(shape.radius_mm)}"'
            return f"<circle {place} {_filled(shape)}/>"
        case Text():
            return f"<text {' '.join(_text(shape))}>{escape(shape.text)}</text>"
        case _ as never:
            assert_never(never)


def _text(shape: Text) -> Iterator[str]:
    yield f'x="{_number(shape.x)}" y="{_number(shape.y)}" font-size="{_number(shape.size_mm)}" fill="{shape.colour}"'
    if shape.anchor != "start":
        yield f'text-anchor="{shape.anchor}"'
    if shape.bold:
        yield 'font-weight="700"'
    if shape.halo:
        yield f'paint-order="stroke" stroke="#ffffff" stroke-width="{_number(HALO * shape.size_mm)}"'


def _filled(shape: Area | Dot) -> str:
    outline = f' stroke="{shape.outline}" stroke-width="{_number(shape.width_mm)}"' if shape.outline else ""
    return f'fill="{shape.fill or "none"}"{outline}'


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
