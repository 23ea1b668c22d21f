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


def cheapest_two(sizes: Sequence[int], costs: Sequence[float], need: int) -> float:
    """Give the least cost of two units at least whose sizes add up to at least `need`."""
    least, units = least_costs(sizes, costs, need), list(zip(sizes, costs, strict=True))
    return min(one + two + least[max(0, need - size - more)] for size, one in units for more, two in units)


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


def cover_of_cascades(
    legs: Sequence[int], costs: Sequence[float], need: int, *, roots: int, root_cost: float
) -> float:
    """Bound the cost of units that hang on each other or on roots, so that `need` legs are left over.

    Parameters
    ----------
    legs, costs
        Of each kind of unit; a unit that hangs on a leg of another one takes that leg.
    roots
        How many there are at least, for nothing; each more costs `root_cost`. Every root has one unit on it, every
        other unit hangs on a leg.

    Notes
    -----
    Of x units and p roots, sum(legs) - (x - p) legs are left over. With y for a leg left over and z for a unit more
    than roots, any y >= 0 and z >= 0 with (legs - 1) y + z <= cost of every kind and z >= y - root_cost give a dual
    solution of that linear program, and so the bound need y + roots (z - y): the best ones lie where two of these
    inequalities hold with equality.
    """
    units = list(zip(legs, costs, strict=True))
    tried = [0.0]
    tried += [cost / (size - 1) for size, cost in units if size > 1]
    tried += [(cost + root_cost) / size for size, cost in units]
    for (size, cost), (other, dearer) in combinations(units, 2):
        if size != other:
            tried.append((dearer - cost) / (other - size))
    best = 0.0
    for leg in tried:
        unit = min(cost - (size - 1) * leg for size, cost in units)
        if leg >= 0.0 and unit >= max(0.0, leg - root_cost) - 1e-12:
            best = max(best, need * leg + roots * (unit - leg))
    return best
