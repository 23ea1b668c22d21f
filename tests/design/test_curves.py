"""Concave curves under the price of cable: below it for every number of fibres, in one cable or several."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from ponplan.design.curves import best_curve, curves_below


def _cables(seed: int) -> SimpleNamespace:
    rng = np.random.default_rng([seed, 37])
    usable = np.unique(rng.integers(1, 60, int(rng.integers(2, 8))))
    costs = rng.uniform(0.5, 2.0, len(usable)) * usable ** rng.uniform(0.1, 1.1)
    return SimpleNamespace(usable=usable, cost_per_m=costs)


def _least_costs(cables: SimpleNamespace, most: int) -> np.ndarray:
    """Give what 1, 2, ... fibres cost in any cables side by side, by trying the last of them."""
    best = np.full(most + 1, np.inf)
    best[0] = 0.0
    for fibres in range(1, most + 1):
        options = zip(cables.usable.tolist(), cables.cost_per_m.tolist(), strict=True)
        best[fibres] = min(best[max(0, fibres - size)] + cost for size, cost in options)
    return best[1:]


@pytest.mark.parametrize("seed", range(40))
def test_curves_are_nowhere_above_any_cables(seed: int):
    """For 1 to 200 fibres, also where they need several cables; and each fibre adds no more than the one before."""
    cables = _cables(seed)
    prices, fibres = _least_costs(cables, 200), np.arange(1, 201)
    for curve in curves_below(cables):
        assert (curve.at(fibres) <= prices * (1.0 + 1e-8)).all()
        more = curve.more()
        assert (np.diff(more) <= 1e-9).all()
        assert (more >= 0.0).all()
        values = curve.tail.fixed + np.cumsum(curve.tail.slope + np.append(more, np.zeros(200)))[:200]
        np.testing.assert_allclose(values, curve.at(fibres))


def test_curve_that_promises_most_by_hand():
    """Streets full of cables of 4 and 12 want the curve through both ends, though one line holds 4 and 100 fibres."""
    cables = SimpleNamespace(usable=np.array([4, 12, 100]), cost_per_m=np.array([2.0, 4.0, 15.0]))
    curve = best_curve(cables, np.array([4, 12]), np.array([100.0, 100.0]), further_m=0.0)
    assert curve is not None
    np.testing.assert_allclose(curve.at(np.array([4, 12, 100])), [2.0, 4.0, 15.0])
    assert best_curve(cables, np.array([4]), np.array([100.0]), further_m=1e9) is not None
    nothing = SimpleNamespace(usable=np.array([4]), cost_per_m=np.array([2.0]))
    assert best_curve(nothing, np.array([4]), np.array([100.0]), further_m=0.0) is None
