"""Splitters of a place are as few as can be and, among so few, the cheapest: against all ways to fill them."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from ponplan.design.filling import fillings, splitter_costs


def _plane(sizes: dict[int, float]) -> SimpleNamespace:
    """Give as much of a plane as filling asks for."""
    return SimpleNamespace(
        splitters=[SimpleNamespace(outputs=outputs) for outputs in sizes],
        splitter_costs=list(sizes.values()),
        port_cost=3.0,
        optics_costs=(2.0,),
    )


def _best(sizes: dict[int, float], most: list[int]) -> tuple[int, float]:
    """Give the fewest splitters for customers in this order, and the least price of so many, by trial."""

    @cache
    def rest(start: int) -> tuple[int, float]:
        if start == len(most):
            return 0, 0.0
        ways = []
        for taken in range(1, most[start] + 1):
            prices = [price for outputs, price in sizes.items() if outputs >= taken]
            if prices and start + taken <= len(most):
                number, price = rest(start + taken)
                ways.append((number + 1, price + min(prices)))
        return min(ways)

    return rest(0)


@pytest.mark.parametrize("seed", range(40))
def test_fillings_are_the_cheapest_of_the_fewest(seed: int):
    """Whatever splitters cost, and however many customers a port may serve from each one on."""
    rng = np.random.default_rng(seed)
    sizes = {int(size): float(rng.integers(1, 30)) for size in np.sort(rng.choice([2, 3, 4, 6, 8], 3, replace=False))}
    count = int(rng.integers(1, 15))
    most = [int(min(count - start, rng.integers(2, 8))) for start in range(count)]
    # a port that carries so many from here on carries all but the first of them, too
    for start in range(1, count):
        most[start] = max(most[start], most[start - 1] - 1)
    taken, start, number, price = fillings(_plane(sizes), most), 0, 0, 0.0
    while start < count:
        assert 1 <= taken[start] <= most[start]
        price += min(cost for outputs, cost in sizes.items() if outputs >= taken[start])
        start, number = start + taken[start], number + 1
    fewest, least = _best(sizes, most)
    assert number == fewest
    assert price == pytest.approx(least)


def test_usual_customers_by_hand():
    """Forty at nineteen a port: three splitters, of which two have sixteen legs, with three ports."""
    plane = _plane({8: 50.0, 16: 100.0, 32: 155.0})
    assert splitter_costs(plane, 1.0, 40, usual=19) == pytest.approx(100.0 + 100.0 + 50.0 + 3 * 6.0)
    assert splitter_costs(plane, 1.0, 50, usual=19) == pytest.approx(155.0 + 100.0 + 100.0 + 3 * 6.0)
    assert splitter_costs(plane, 1.0, 0, usual=19) == 0.0
