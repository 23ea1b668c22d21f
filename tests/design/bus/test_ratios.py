"""Ratios of taps: what light allows along a chain, against every combination of taps."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from ponplan.catalogue import read_catalogue
from ponplan.design.bus.ratios import Choice, Label, Loss, Window, extended, loss_of

CATALOGUE = read_catalogue()
TAPS = [row for row in CATALOGUE.splitters.values() if row.kind == "tap"]
NOTHING = Loss(0.0, 0.0)


def _choices(costs: list[float]) -> list[Choice]:
    return [
        Choice(row, cost, loss_of(CATALOGUE, row, 1), loss_of(CATALOGUE, row, 2))
        for row, cost in zip(TAPS, costs, strict=True)
    ]


def test_a_tap_takes_its_leg_and_two_splices():
    """A tap without connectors loses its leg's loss and a splice at each end."""
    tap, splice = TAPS[0], CATALOGUE.losses["splice"].max_loss_db
    assert loss_of(CATALOGUE, tap, 2).max_db == pytest.approx(tap.max_loss_db + 2 * splice)
    assert loss_of(CATALOGUE, tap, 1).max_db == pytest.approx(tap.through_max_loss_db + 2 * splice)


@pytest.mark.parametrize("seed", range(12))
def test_no_combination_of_taps_lets_more_light_through(seed: int):
    """After four stations, no other taps within the windows lose less of the light that goes on."""
    rng = np.random.default_rng(seed)
    choices = _choices([18.0] * len(TAPS))
    windows = [Window(float(rng.uniform(12.0, 20.0)), float(rng.uniform(0.0, 5.0))) for _ in range(4)]
    labels = [Label(0.0, NOTHING, ())]
    for window in windows:
        labels = extended(labels, choices, window, NOTHING)
    least = np.inf
    for some in product(choices, repeat=4):
        lost_db, lost_typical_db, fits = 0.0, 0.0, True
        for choice, window in zip(some, windows, strict=True):
            here, typical = lost_db + choice.dropped.max_db, lost_typical_db + choice.dropped.typical_db
            fits &= here <= window.max_db and typical >= window.min_typical_db
            lost_db, lost_typical_db = lost_db + choice.through.max_db, lost_typical_db + choice.through.typical_db
        if fits:
            least = min(least, lost_db)
    assert min((label.lost.max_db for label in labels), default=np.inf) == pytest.approx(least)


def test_cheaper_taps_are_taken_where_light_allows():
    """Where any tap will do, the cheapest is on the cheapest label."""
    costs = [float(cost) for cost in range(30, 30 - len(TAPS), -1)]
    (cheapest, *_) = extended([Label(0.0, NOTHING, ())], _choices(costs), Window(40.0, 0.0), NOTHING)
    assert cheapest.cost == min(costs)
