"""Lines under stepwise prices stay under them, also where several units stand side by side."""

from __future__ import annotations

import numpy as np
import pytest

from ponplan.design.covers import cheapest_cover
from ponplan.design.prices import CablePrices, supporting_lines, usable_fibres


def _random_steps(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Give ends, some of them equal, and prices in any order, some of them zero."""
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(1, 12, int(rng.integers(1, 6))))
    return ends, rng.uniform(0.0, 10.0, len(ends)) * rng.choice([0.0, 1.0], len(ends), p=[0.15, 0.85])


@pytest.mark.parametrize("seed", range(100))
def test_lines_stay_below_any_cables_side_by_side(seed: int):
    """For every number of fibres, no set of cables that may light them costs less than a line says."""
    ends, costs = _random_steps(seed)
    prices = CablePrices(
        types=(), usable=ends, cost_per_m=costs, longest_m=np.full(len(ends), np.inf), splice_cost=0.0
    )
    for fibres in range(1, 40):
        least, _ = cheapest_cover(ends.tolist(), costs.tolist(), fibres)
        for line in prices.lines():
            assert line.fixed + line.slope * fibres <= least + 1e-9


@pytest.mark.parametrize("seed", range(100))
def test_every_line_touches_the_price(seed: int):
    """No line could be raised: each meets the price of one cable somewhere; none falls."""
    ends, costs = _random_steps(seed)
    cheapest = np.minimum.accumulate(costs[::-1])[::-1]
    for line in supporting_lines(ends.astype(float), cheapest):
        assert line.slope >= 0.0
        assert line.fixed >= 0.0
        assert np.min(cheapest - line.fixed - line.slope * ends) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("spare", [0.0, 0.2, 0.25, 1.0 / 3.0, 0.5, 1.0, 7.0])
def test_usable_fibres_leave_the_spare(spare: float):
    """The most fibres that with their spare still fit the cable."""
    for fibres in range(1, 300):
        usable = usable_fibres(fibres, spare)
        assert usable * (1.0 + spare) <= fibres + 1e-9
        assert (usable + 1) * (1.0 + spare) > fibres
