"""How each kind of place looks on a map."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ponplan.report.language import mark
from ponplan.report.look import BLACK, BLUE, GREEN, PURPLE, VERMILION

if TYPE_CHECKING:
    from ponplan.report.drawing.sheet import Point, Sheet

SYMBOLS = (
    ("office", mark("Central offices")),
    ("cabinet", mark("Cabinets and splitter places")),
    ("room", mark("Building rooms")),
    ("closure", mark("Closures")),
    ("customer", mark("Customers served")),
    ("unserved", mark("Customers not served")),
)


def draw_symbol(sheet: Sheet, kind: str, at: Point) -> None:
    """Draw a place: its shape tells its kind as its colour does."""
    x, y = at
    if kind == "office":
        corners = [(10 * (k % 2 == 0) + 4.6 * (k % 2), -math.pi / 2 + k * math.pi / 5) for k in range(10)]
        points = [(x + 0.3 * far * math.cos(angle), y + 0.3 * far * math.sin(angle)) for far, angle in corners]
        sheet.polygon(points, fill=VERMILION, outline=BLACK)
    elif kind == "cabinet":
        sheet.box(x - 1.5, y - 1.5, 3.0, 3.0, fill=BLUE, outline=BLACK, pen=0.2)
    elif kind == "room":
        sheet.polygon(((x, y - 1.9), (x + 1.9, y), (x, y + 1.9), (x - 1.9, y)), fill=PURPLE, outline=BLACK)
    elif kind == "closure":
        sheet.dot(x, y, 0.7, fill="#ffffff", outline=BLACK)
    elif kind == "unserved":
        for sign in (1, -1):
            sheet.rule(((x - 1.2, y - 1.2 * sign), (x + 1.2, y + 1.2 * sign)), width_mm=0.5, colour="#c01818")
    else:
        sheet.dot(x, y, 0.5, fill=GREEN)
