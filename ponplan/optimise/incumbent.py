"""The best solution and bound a search has at every moment, its counted work and its observers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Generic, TypeVar

from ponplan.optimise.progress import Observer, Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.optimise.stop import Stop

S = TypeVar("S")


class Incumbent(Generic[S]):
    """Guard the best solution, the best bound and the work done of one minimising search."""

    def __init__(self, stop: Stop, observers: Sequence[Observer[S]] = ()) -> None:
        self._stop = stop
        self._observers = tuple(observers)
        self.solution: S | None = None
        self.cost = math.inf
        self.bound = -math.inf
        self.work = 0

    @property
    def progress(self) -> Progress:
        """Where the search stands now."""
        return Progress(work=self.work, cost=self.cost, bound=self.bound)

    def offer(self, cost: float, solution: S) -> bool:
        """Keep `solution` if it is cheaper than the best so far, and say whether it was."""
        if cost >= self.cost:
            return False
        self.cost, self.solution = cost, solution
        self._tell()
        return True

    def raise_bound(self, bound: float) -> bool:
        """Keep `bound` if it is higher than the best so far, and say whether it was."""
        if bound <= self.bound:
            return False
        self.bound = bound
        self._tell()
        return True

    def spend(self, work: int) -> None:
        """Count work done."""
        self.work += int(work)

    def share(self) -> float:
        """Give the used share of the budget; 1 or more means stop. A closed gap uses up every budget."""
        if self.cost <= self.bound:
            return 1.0
        return self._stop.share(self.progress)

    def is_over(self) -> bool:
        """Say whether the search must end."""
        return self.share() >= 1.0

    def _tell(self) -> None:
        progress = self.progress
        for observer in self._observers:
            observer(progress, self.solution)
