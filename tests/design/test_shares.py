"""Customers' prices never exceed the cheapest way to share them out over ports, and reach it for customers alike."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from ponplan.design.shares import MOST_KINDS, shared_prices


def _cheapest(loads: np.ndarray, rates: np.ndarray, legs: list[int], costs: list[float]) -> float:
    """Give the least cost of ports for all customers, by trying every set for the port of the first one left."""
    count = len(loads)

    @cache
    def rest(left: int) -> float:
        if not left:
            return 0.0
        first = (left & -left).bit_length() - 1
        others = [c for c in range(count) if left >> c & 1 and c != first]
        best = np.inf
        for chosen in range(1 << len(others)):
            group = [first, *(c for place, c in enumerate(others) if chosen >> place & 1)]
            if len(group) > len(rates) or (loads[group].sum(axis=0) > rates[len(group) - 1]).any():
                continue
            price = min((cost for n, cost in zip(legs, costs, strict=True) if n >= len(group)), default=np.inf)
            best = min(best, price + rest(left & ~sum(1 << c for c in group)))
        return best

    return rest((1 << count) - 1)


@pytest.mark.parametrize("seed", range(40))
def test_prices_stay_below_every_sharing_out(seed: int):
    """With loads of one to seven kinds and rates that fall with every customer, no sharing-out is cheaper."""
    rng = np.random.default_rng(seed)
    kinds = rng.uniform(1.0, 5.0, (int(rng.integers(1, MOST_KINDS + 5)), 2))
    loads = kinds[rng.integers(len(kinds), size=int(rng.integers(1, 8)))]
    rates = 12.0 - np.outer(np.arange(4), rng.uniform(0.0, 0.5, 2))
    legs, costs = [1, 2, 4], np.sort(rng.uniform(0.0, 9.0, 3)).tolist()
    found = shared_prices(loads, rates, legs, costs).cost
    assert found <= _cheapest(loads, rates, legs, costs) + 1e-9


def test_customers_alike_by_hand():
    """Six customers, at most three on a port by load: three legs for 5 beat two for 4, so six cost 10."""
    loads, rates = np.full((6, 1), 3.0), np.full((4, 1), 9.5)
    assert shared_prices(loads, rates, [2, 4], [4.0, 5.0]).cost == pytest.approx(10.0)
    assert shared_prices(loads, rates, [2, 4], [3.0, 5.0]).cost == pytest.approx(9.0)
