"""How long a design may take: counted work, which gives the same design on every machine, or until it is halted."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ponplan.optimise.progress import Progress
from ponplan.optimise.stop import AnyOf, MaxSeconds

if TYPE_CHECKING:
    from ponplan.optimise.stop import Asked, Stop

NOTHING_YET = Progress(work=0, cost=float("inf"), bound=float("-inf"))
DIGGING_SHARE = 0.3  # of the seconds given, for the routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a metre of fibre counts, as a multiple of its share of a cable, and for how many customers a cabinet.

    `ring` is the share of what closing a ring to a place costs that each customer with a protected trunk is charged.
    """

    fibre: float
    customers_per_place: int
    ring: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to look for the least digging, how many plans to make, and how many of them to improve.

    In areas of more than `many_customers`, weights that suit one part and not another even out: there the plans of
    `portfolio_of_many` do, of which one is improved.
    """

    steiner_work_per_edge: int
    portfolio: tuple[Weights, ...]
    num_regrouped: int
    many_customers: float = math.inf
    portfolio_of_many: tuple[Weights, ...] = ()

    def for_customers(self, count: int) -> Effort:
        """Give the effort for an area with so many customers."""
        if count <= self.many_customers:
            return self
        return replace(self, portfolio=self.portfolio_of_many, num_regrouped=min(1, self.num_regrouped))


_USUAL = (
    Weights(fibre=1.0, customers_per_place=96),
    Weights(fibre=1.5, customers_per_place=96),
    Weights(fibre=2.0, customers_per_place=96),
    Weights(fibre=3.0, customers_per_place=48),
)
_MORE = tuple(
    Weights(fibre=fibre, customers_per_place=size) for fibre in (1.0, 1.5, 2.0, 3.0, 4.0) for size in (48, 96)
)

# beside the usual ones where trunks are protected: rings are closed for some customers each, or hardly any
RING_WEIGHTS = (
    Weights(fibre=1.0, customers_per_place=96, ring=0.1),
    Weights(fibre=1.0, customers_per_place=96, ring=1.0),
)

EFFORTS = {
    "quick": Effort(steiner_work_per_edge=2_000, portfolio=_USUAL[1:3], num_regrouped=0),
    "normal": Effort(
        steiner_work_per_edge=8_000,
        portfolio=_USUAL,
        num_regrouped=2,
        many_customers=30_000,
        portfolio_of_many=_USUAL[1:3],
    ),
    "best": Effort(steiner_work_per_edge=32_000, portfolio=_MORE, num_regrouped=len(_MORE)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """When a run must end before its counted work is done: by the clock, or because somebody asks.

    A run that was halted cannot be repeated.
    """

    seconds: MaxSeconds | None = None
    asked: Asked | None = None

    @property
    def reason(self) -> str:
        """Say what ends the run so far: seconds, asked, or effort when nothing does."""
        if self.asked is not None and self.asked.asked:
            return "asked"
        return "seconds" if self.seconds is not None and self.seconds.share(NOTHING_YET) >= 1.0 else "effort"

    def is_over(self) -> bool:
        """Say whether the run must end."""
        return self.reason != "effort"

    def digging(self, work: Stop) -> Stop:
        """Give the stop rule of the search for routes, which may take its share of the seconds."""
        rules = [work]
        if self.seconds is not None:
            rules.append(MaxSeconds(self.seconds.seconds * DIGGING_SHARE, self.seconds.clock))
        if self.asked is not None:
            rules.append(self.asked)
        return AnyOf(tuple(rules))
