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
    units = [(size, cost, index) for index, (size, cost) in enumerate(zip(sizes, costs, strict=True)) if size > 0]
    if need > 0 and not units:
        raise ValueError(f"nothing to cover {need} with")
    best, last = [0.0], [-1]
    for amount in range(1, need + 1):
        cost, unit = min((best[max(0, amount - size)] + cost, index) for size, cost, index in units)
        best.append(cost)
        last.append(unit)
    chosen, left = [], need
    while left > 0:
        chosen.append(last[left])
        left -= sizes[last[left]]
    return best[need], sorted(chosen, key=lambda index: (-sizes[index], index))


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
