"""What a run is doing at the moment, with the cheapest plan so far, what no plan can undercut, and the gap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ponplan.optimise.progress import gap_percent

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_COST = 1e12  # what costs more breaks a rule, and is not told


class Telling:
    """Tells a watcher in a few words; costs and bounds are those of one problem."""

    def __init__(self, watch: Callable[[str], None]) -> None:
        self._watch = watch
        self._doing = ""
        self.begin()

    def begin(self) -> None:
        """Forget cost and bound: another problem is begun."""
        self._cost, self._bound = math.inf, -math.inf

    def __call__(self, doing: str) -> None:
        """Tell what is being done now."""
        self._doing = doing
        self._tell()

    def found(self, cost: float) -> None:
        """Tell of a plan, if it is the cheapest so far."""
        if cost < min(self._cost, MOST_COST):
            self._cost = cost
            self._tell()

    def proved(self, bound: float) -> None:
        """Tell what no plan can undercut, as far as that is known."""
        self._bound = max(bound, self._bound)
        self._tell()

    def _tell(self) -> None:
        known = [self._doing]
        if math.isfinite(self._cost):
            known.append(f"cost {self._cost:,.0f}")
        if math.isfinite(self._bound):
            known.append(f"bound {self._bound:,.0f}")
        if math.isfinite(self._cost) and math.isfinite(self._bound):
            known.append(f"gap {gap_percent(self._cost, self._bound):.1f} %")
        self._watch("; ".join(known))
