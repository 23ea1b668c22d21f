"""When to end a search: after counted work (repeatable), by the clock (not so), at a gap, or when asked."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.optimise.progress import Progress


class Stop(Protocol):
    """A stop rule tells how much of its budget is used, so that a solver can plan its phases by it."""

    def share(self, progress: Progress) -> float:
        """Give the used share of the budget: 0 at the start, the search ends at 1 or more."""


@dataclass(frozen=True, slots=True)
class MaxWork:
    """End after this much counted work; each solver says what it counts. Same input and seed, same answer."""

    work: int

    def share(self, progress: Progress) -> float:
        """Give the share of the work done."""
        return progress.work / self.work if self.work > 0 else 1.0


@dataclass(frozen=True, slots=True)
class MaxSeconds:
    """End this many seconds of wall time after this rule was made. Such a run cannot be repeated."""

    seconds: float
    clock: Callable[[], float] = time.perf_counter
    started: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "started", self.clock())

    def share(self, progress: Progress) -> float:  # noqa: ARG002 - the clock alone decides
        """Give the share of the seconds gone by."""
        return (self.clock() - self.started) / self.seconds if self.seconds > 0 else 1.0


@dataclass(frozen=True, slots=True)
class MaxGap:
    """End as soon as the solution is proven to be within this many percent of the optimum."""

    percent: float

    def share(self, progress: Progress) -> float:
        """Give 1 once the gap is reached, else 0."""
        return 1.0 if progress.gap_percent <= self.percent else 0.0


@dataclass(slots=True)
class Asked:
    """End when somebody asks for it, as a handler of Ctrl-C does by setting `asked`."""

    asked: bool = False

    def share(self, progress: Progress) -> float:  # noqa: ARG002 - only the request decides
        """Give 1 once asked, else 0."""
        return 1.0 if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class AnyOf:
    """End when the first of these rules does."""

    rules: tuple[Stop, ...]

    def share(self, progress: Progress) -> float:
        """Give the largest share of all rules."""
        return max((rule.share(progress) for rule in self.rules), default=0.0)
