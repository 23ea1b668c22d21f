"""What the searches of this folder share: cutoffs, safe bounds, the time left, refusals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import Fault, Infeasible
from ponplan.optimise.stop import AnyOf, MaxSeconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ponplan.optimise.location.candidates import CandidateLists
    from ponplan.optimise.stop import Stop


def is_whole(values: NDArray[np.float64]) -> bool:
    """Say whether all values are whole numbers small enough to add up exactly."""
    return bool((values == np.floor(values)).all() and values.max(initial=0.0) < 1e9)


def cutoff_below(cost: float, *, is_whole: bool) -> float:
    """Give the cost from which a plan is no improvement on `cost`."""
    return cost - 1.0 + 1e-6 if is_whole else cost - 1e-9 * abs(cost)


def safe_bound(bound: float, *, is_whole: bool) -> float:
    """Take the rounding errors off a bound, or round it up where only whole costs exist."""
    if not math.isfinite(bound):
        return bound
    return math.ceil(bound - 1e-6) if is_whole else bound - 1e-9 * abs(bound)


def seconds_left(stop: Stop) -> float:
    """Give the wall time a rule still allows; inf when it does not look at the clock."""
    if isinstance(stop, MaxSeconds):
        return stop.seconds - (stop.clock() - stop.started)
    if isinstance(stop, AnyOf):
        return min((seconds_left(rule) for rule in stop.rules), default=math.inf)
    return math.inf


def refuse(problems: Iterable[tuple[int | None, str]], *, remedy: str) -> Infeasible:
    """Make the refusal that names each client (or None) and what is wrong with it."""
    return Infeasible(
        Fault(file="location problem", row=row, field=None if row is None else "candidates", problem=problem,
              remedy=remedy)
        for row, problem in problems
    )  # fmt: skip


def check_listed(lists: CandidateLists) -> None:
    """Refuse a problem in which a client has no listed site."""
    empty = np.flatnonzero(np.diff(lists.first) == 0)
    if len(empty):
        raise refuse(((int(i), "client has no listed site") for i in empty), remedy="give it at least one site")
