"""Whole numbers shared out exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponplan.area.generate import KINDS
from ponplan.area.generate.buildings import draw_stock, share_out


@given(st.integers(0, 10**6), st.lists(st.floats(0.001, 1.0), min_size=1, max_size=8))
def test_shares_add_up(total: int, shares: list[float]) -> None:
    """The parts add up to the whole, and each is within one of its exact share."""
    parts = share_out(total, shares)
    exact = np.array(shares) / sum(shares) * total
    assert sum(parts) == total
    assert np.all(np.abs(np.array(parts) - exact) < 1.0 + 1e-6)


@pytest.mark.parametrize("kind", KINDS)
@given(customers=st.integers(16, 5000), seed=st.integers(0, 1000))
def test_buildings_hold_everybody(kind: str, customers: int, seed: int) -> None:
    """All buildings together hold exactly the customers, and none holds fewer than its type's least."""
    stock = draw_stock(KINDS[kind], customers, np.random.default_rng(seed))
    least = np.array([building.tenants[0] for building, _ in KINDS[kind].buildings])[stock.types]
    assert stock.tenants.sum() == customers
    assert (stock.tenants >= least).all()
