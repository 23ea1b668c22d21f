"""The cheapest set of units that together hold what is needed: cards for ports, chassis for cards."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def cheapest_cover(sizes: Sequence[int], costs: Sequence[float], need: int) -> tuple[float, list[int]]:
    """Give the least cost of units whose sizes add up to at least `need`, and those units (indexes, largest first).

    An unbounded knapsack by dynamic programming over the need; exact for any sizes and costs.

    Raises
    ------
    ValueError
        When no unit has a positive size and something is needed.
    """
    best, last = _cheapest_covers(sizes, costs, need)
    chosen, left = [], need
    while left > 0:
        chosen.append(last[left])
        left -= sizes[last[left]]
    return best[need], sorted(chosen, key=lambda index: (-sizes[index], index))


def least_costs(sizes: Sequence[int], costs: Sequence[float], most: int) -> list[float]:
    """Give the least cost of units whose sizes add up to at least 0, 1, ..., `most`."""
    return _cheapest_covers(sizes, costs, most)[0]


def _cheapest_covers(sizes: Sequence[int], costs: Sequence[float], most: int) -> tuple[list[float], list[int]]:
    """Give the least cost for each need up to `most`, and one unit of a cheapest set (-1 of none)."""
    units = [(size, cost, index) for index, (size, cost) in enumerate(zip(sizes, costs, strict=True)) if size > 0]
    if most > 0 and not units:
        raise ValueError(f"nothing to cover {most} with")
    best, last = [0.0], [-1]
    for need in range(1, most + 1):
        cost, unit = min((best[max(0, need - size)] + cost, index) for size, cost, index in units)
        best.append(cost)
        last.append(unit)
    return best, last


def cover_of_many(sizes: Sequence[int], costs: Sequence[float], need: int, *, at_least: int) -> float:
    """Give a bound on the cost of at least so many units whose positive sizes add up to at least `need`.

    The linear relaxation: its best mix has one or two kinds of units, so that its dual price of a unit is zero or
    makes two kinds equally dear for their size.
    """
    units = list(zip(sizes, costs, strict=True))
    prices = [0.0, min(costs)]
    for (size, cost), (other, dearer) in combinations(units, 2):
        if size != other:
            prices.append((cost * other - dearer * size) / (other - size))
    return max(
        need * min((cost - price) / size for size, cost in units) + price * at_least
        for price in prices
        if 0.0 <= price <= min(costs)
    )
