"""How much counted work a design may take: the same effort gives the same design on every machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a metre of fibre counts, as a multiple of its share of a cable, and for how many customers a cabinet."""

    fibre: float
    customers_per_place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to look for the least digging, how many plans to make, and how many of them to improve."""

    steiner_work_per_edge: int
    portfolio: tuple[Weights, ...]
    num_regrouped: int


_USUAL = (
    Weights(fibre=1.0, customers_per_place=96),
    Weights(fibre=1.5, customers_per_place=96),
    Weights(fibre=2.0, customers_per_place=96),
    Weights(fibre=3.0, customers_per_place=48),
)
_MORE = tuple(Weights(fibre=fibre, customers_per_place=size) for fibre in (1.0, 1.5, 2.0, 3.0, 4.0) for size in (48, 96))

EFFORTS = {
    "quick": Effort(steiner_work_per_edge=2_000, portfolio=_USUAL[1:3], num_regrouped=0),
    "normal": Effort(steiner_work_per_edge=8_000, portfolio=_USUAL, num_regrouped=2),
    "best": Effort(steiner_work_per_edge=32_000, portfolio=_MORE, num_regrouped=len(_MORE)),
}
