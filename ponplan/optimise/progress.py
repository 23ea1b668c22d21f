"""Where a search stands at this moment, told to whoever watches it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, TypeVar

S_contra = TypeVar("S_contra", contravariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counted work so far, cost of the best solution (inf while there is none) and best bound.

    Every solver minimises: `bound` is a lower bound on the cost of any solution (-inf while there is none).
    """

    work: int
    cost: float
    bound: float

    @property
    def gap_percent(self) -> float:
        """Give 100 (cost - bound) / cost; inf while either is missing, 0 when they meet."""
        return gap_percent(self.cost, self.bound)


class Observer(Protocol[S_contra]):
    """Called at every better solution and every higher bound, with the best solution known then."""

    def __call__(self, progress: Progress, solution: S_contra | None, /) -> None:
        """Take note; the search goes on when this returns."""


def gap_percent(cost: float, bound: float) -> float:
    """Give 100 (cost - bound) / cost; inf while either is missing, 0 when they meet."""
    if not (math.isfinite(cost) and math.isfinite(bound)):
        return math.inf
    if cost <= bound:
        return 0.0
    return math.inf if cost <= 0 else 100.0 * (cost - bound) / cost
