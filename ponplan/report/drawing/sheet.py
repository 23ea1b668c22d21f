"""A sheet of paper: shapes in millimetres from its top left corner, the same for SVG and PDF."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ponplan.report.look import BLACK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.report.look import Stroke

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

PAPER_MM = {"A4": (297.0, 210.0), "A3": (420.0, 297.0)}  # landscape
MM_PER_POINT = 25.4 / 72.0
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WIDE, _CAPITAL, _SMALL, _NARROW = 1.0, 0.68, 0.58, 0.33  # of the size of the letters
_ELLIPSIS = "…"
HALO = 0.35  # width of the white around letters, of their size


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points."""

    points: Sequence[Point]
    colour: str
    width_mm: float
    dash_mm: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon; an empty colour leaves fill or outline out."""

    points: Sequence[Point]
    fill: str
    outline: str = ""
    width_mm: float = 0.2


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius_mm: float
    fill: str
    outline: str = ""
    width_mm: float = 0.2


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `y` is its baseline."""

    x: float
    y: float
    text: str
    size_mm: float
    anchor: Anchor
    colour: str
    bold: bool
    halo: bool = False  # white around the letters, so that they can be read over lines


Shape = Line | Area | Dot | Text


@dataclass(slots=True)
class Sheet:
    """One page; shapes are drawn in the order they were put on."""

    name: str  # of the file, without ending
    subject: str  # what is drawn
    width_mm: float
    height_mm: float
    shapes: list[Shape] = field(default_factory=list)

    def line(self, points: Sequence[Point], stroke: Stroke) -> None:
        """Draw a line the way its kind is drawn everywhere."""
        dash = tuple(part * MM_PER_POINT for part in stroke.dash)
        self.shapes.append(Line(points, stroke.colour, stroke.width * MM_PER_POINT, dash))

    def rule(self, points: Sequence[Point], *, width_mm: float = 0.2, colour: str = BLACK) -> None:
        """Draw a plain line."""
        self.shapes.append(Line(points, colour, width_mm))

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "",
        outline: str = BLACK,
        pen: float = 0.25,
    ) -> None:
        """Draw a rectangle from its top left corner."""
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        self.shapes.append(Area(corners, fill, outline, pen))

    def polygon(self, points: Sequence[Point], *, fill: str, outline: str = "", pen: float = 0.2) -> None:
        """Draw a filled polygon."""
        self.shapes.append(Area(points, fill, outline, pen))

    def dot(self, x: float, y: float, radius_mm: float, *, fill: str, outline: str = "") -> None:
        """Draw a filled circle."""
        self.shapes.append(Dot(x, y, radius_mm, fill, outline))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size_mm: float,
        *,
        anchor: Anchor = "start",
        bold: bool = False,
        colour: str = BLACK,
        within_mm: float | None = None,
        halo: bool = False,
    ) -> None:
        """Write a line, cut with an ellipsis where it would be longer than `within_mm`."""
        clean = printable(text)
        shown = clean if within_mm is None else fitted(clean, size_mm, within_mm)
        if shown:
            self.shapes.append(Text(x, y, shown, size_mm, anchor, colour, bold, halo))


def printable(text: str) -> str:
    """Replace what no drawing can hold: control characters and halves of characters."""
    return _UNPRINTABLE.sub("\ufffd", text)


def width_mm(text: str, size_mm: float) -> float:
    """Estimate, on the long side, how wide a text is in a sans-serif letter."""
    return size_mm * sum(map(_share, text))


def fitted(text: str, size_mm: float, most_mm: float) -> str:
    """Cut a text with an ellipsis so that it is not wider than given."""
    if width_mm(text, size_mm) <= most_mm:
        return text
    left = most_mm - width_mm(_ELLIPSIS, size_mm)
    for place, letter in enumerate(text):
        left -= size_mm * _share(letter)
        if left < 0:
            return text[:place] + _ELLIPSIS if place else ""
    return text


def _share(letter: str) -> float:
    if letter in " .,:;|il·'":
        return _NARROW
    if letter.isascii():
        return _CAPITAL if letter.isupper() or letter in "mwMW%@" else _SMALL
    if unicodedata.combining(letter):
        return 0.0
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else _CAPITAL
