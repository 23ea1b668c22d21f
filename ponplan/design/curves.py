"""What the 1st, 2nd, ... fibre in a street adds to its cable at least: concave curves under the price's steps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.prices import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.prices import CablePrices

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

MOST_CORNERS = 4
HOPED = 0.7  # of what a curve has above its tail: not every fibre is the first in its street
_ROUNDING = 1.0 + 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A concave function under the price per metre: the least of some lines, each rising less than the one before.

    Parameters
    ----------
    lines
        The first is the lowest at 0, the last from its crossing with the one before on.
    """

    lines: tuple[Line, ...]

    @property
    def tail(self) -> Line:
        """Give the line that lies under the curve: what any street pays, and every further fibre."""
        return Line(fixed=self.lines[0].fixed, slope=self.lines[-1].slope)

    def at(self, fibres: IntArray) -> FloatArray:
        """Give the curve's values."""
        return np.asarray(np.min([line.fixed + line.slope * fibres for line in self.lines], axis=0))

    def more(self) -> FloatArray:
        """Give by how much the 1st, 2nd, ... fibre adds more than a further one, as far as any does."""
        last, first = self.lines[-1], self.lines[:-1]
        bends = [(last.fixed - line.fixed) / (line.slope - last.slope) for line in first]
        most = int(np.ceil(max(bends, default=0.0)))
        return np.maximum(np.diff(self.at(np.arange(most + 1))) - last.slope, 0.0)


def curves_below(cables: CablePrices) -> list[Curve]:
    """Give concave curves through two to `MOST_CORNERS` ends of steps that are nowhere above the price.

    A curve rises and the price does not within a step, so that they are compared at the steps' ends. Several cables
    side by side cost no less: a concave curve that is not negative at 0 is nowhere above a sum of its own values.
    """
    cheapest = np.minimum.accumulate(cables.cost_per_m[::-1])[::-1]
    ends, first = np.unique(cables.usable, return_index=True)  # of sizes that hold the same the first is the cheapest
    costs = cheapest[first]
    is_end = np.append(np.diff(costs) > 0.0, True)
    corners = list(zip(ends[is_end].tolist(), costs[is_end].tolist(), strict=True))
    found = []
    for number in range(2, MOST_CORNERS + 1):
        for chosen in combinations(corners, number):
            curve = _through(chosen)
            if curve is not None and (curve.at(ends) <= costs * _ROUNDING).all():
                found.append(curve)
    return found


def _through(corners: Sequence[tuple[float, float]]) -> Curve | None:
    """Give the curve through these corners; None where it would be negative at 0, or is not concave."""
    lines = []
    for (x0, y0), (x1, y1) in pairwise(corners):
        slope = (y1 - y0) / (x1 - x0)
        lines.append(Line(fixed=y0 - slope * x0, slope=slope))
    slopes = [line.slope for line in lines]
    is_concave = all(one > other for one, other in pairwise(slopes))
    return Curve(lines=tuple(lines)) if is_concave and lines[0].fixed >= 0.0 else None


def best_curve(cables: CablePrices, fibres: IntArray, lengths_m: FloatArray, *, further_m: float) -> Curve | None:
    """Give the curve that promises most on streets with so many customers' fibres; None where there is none.

    Parameters
    ----------
    fibres, lengths_m
        (streets,) of each street with a cable.
    further_m
        Metres of all other fibres.
    """
    counts, at = np.unique(fibres, return_inverse=True)
    metres = np.bincount(at, weights=lengths_m, minlength=len(counts))

    def promise(curve: Curve) -> float:
        tail = curve.tail.fixed + curve.tail.slope * counts
        return float((tail + HOPED * (curve.at(counts) - tail)) @ metres) + curve.tail.slope * further_m

    return max(curves_below(cables), key=promise, default=None)
