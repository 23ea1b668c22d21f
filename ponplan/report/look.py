"""One visual language for page, drawings and pictures: colours that colour-blind readers tell apart, and strokes.

The colours are those of Okabe and Ito, "Color Universal Design" (2008). Nothing is told by colour alone: width,
dashes, shapes and words say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ORANGE = "#e69f00"
SKY = "#56b4e9"
GREEN = "#009e73"
YELLOW = "#f0e442"
BLUE = "#0072b2"
VERMILION = "#d55e00"
PURPLE = "#cc79a7"
BLACK = "#1b1f24"
GREY = "#9aa3ad"

SERIES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)  # of charts, in the order of use


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """How a kind of line is drawn; `width` is in points, `dash` alternates drawn and empty points."""

    colour: str
    width: float
    dash: tuple[float, ...] = ()


STROKES: Mapping[str, Stroke] = {
    "unused": Stroke(colour="#c3c9d0", width=0.6),
    "new": Stroke(colour=ORANGE, width=2.6),
    "existing": Stroke(colour="#8a6d3b", width=2.0, dash=(5, 3)),
    "feeder": Stroke(colour=VERMILION, width=2.2),
    "distribution": Stroke(colour=BLUE, width=1.4),
    "drop": Stroke(colour=GREEN, width=0.8),
    "protecting": Stroke(colour=PURPLE, width=2.2, dash=(4, 3)),
}
