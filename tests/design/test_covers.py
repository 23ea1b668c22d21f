"""The cheapest set of units agrees with enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from ponplan.design.covers import cheapest_cover, cheapest_two, cover_of_cascades, cover_of_many


@pytest.mark.parametrize("seed", range(60))
def test_cover_is_the_cheapest_of_all(seed: int):
    """No multiset of units holds as much for less, whatever the prices; the units named cost what is said."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 7, int(rng.integers(1, 4))).tolist()
    costs = (rng.integers(0, 30, len(sizes)) * rng.choice([0.1, 1.0])).tolist()
    need = int(rng.integers(0, 13))
    cost, chosen = cheapest_cover(sizes, costs, need)
    counts = product(*(range(-(-need // size) + 1) for size in sizes))
    enough = [c for c in counts if np.dot(c, sizes) >= need]
    assert cost == pytest.approx(min(np.dot(c, costs) for c in enough))
    assert sum(sizes[unit] for unit in chosen) >= need
    assert sum(costs[unit] for unit in chosen) == pytest.approx(cost)


@pytest.mark.parametrize("seed", range(30))
def test_two_at_least_are_the_cheapest_two_or_more(seed: int):
    """No multiset of two units or more holds as much for less."""
    rng = np.random.default_rng([seed, 2])
    sizes = rng.integers(1, 7, int(rng.integers(1, 4))).tolist()
    costs = rng.integers(0, 30, len(sizes)).astype(float).tolist()
    need = int(rng.integers(0, 13))
    counts = product(*(range(max(2, -(-need // size)) + 1) for size in sizes))
    enough = [c for c in counts if np.dot(c, sizes) >= need and sum(c) >= 2]
    assert cheapest_two(sizes, costs, need) == pytest.approx(min(np.dot(c, costs) for c in enough))


def test_nothing_to_cover_with():
    """A need without any unit is an error; no need is none."""
    assert cheapest_cover([], [], 0) == (0.0, [])
    with pytest.raises(ValueError, match="nothing to cover"):
        cheapest_cover([0], [1.0], 1)


@pytest.mark.parametrize("seed", range(60))
def test_cover_of_many_bounds_every_cover_of_so_many(seed: int):
    """No multiset of at least so many units that holds enough costs less; without that number the bound is lower."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 7, int(rng.integers(1, 4))).tolist()
    costs = (rng.integers(0, 30, len(sizes)) * rng.choice([0.1, 1.0])).tolist()
    need, at_least = int(rng.integers(0, 13)), int(rng.integers(0, 6))
    most = max(at_least, *(-(-need // size) for size in sizes))
    counts = product(*(range(most + 1) for _ in sizes))
    enough = [c for c in counts if np.dot(c, sizes) >= need and sum(c) >= at_least]
    bound = cover_of_many(sizes, costs, need, at_least=at_least)
    assert bound <= min(np.dot(c, costs) for c in enough) + 1e-9
    assert bound >= need * min(cost / size for size, cost in zip(sizes, costs, strict=True)) - 1e-9


@pytest.mark.parametrize("seed", range(60))
def test_cascades_cost_at_least_their_linear_program(seed: int):
    """The bound on units that hang on each other is the optimum of the linear program that it stands for."""
    rng = np.random.default_rng(seed)
    legs = rng.integers(2, 17, int(rng.integers(1, 5))).tolist()
    costs = rng.uniform(0.0, 10.0, len(legs)).tolist()
    need, root_cost = int(rng.integers(1, 60)), float(rng.uniform(0.0, 8.0))
    roots = int(rng.integers(1, max(2, need // 3 + 1)))
    rows = np.array([[size - 1 for size in legs] + [1], [1] * len(legs) + [-1]])
    program = linprog(
        np.array([*costs, root_cost]), A_ub=-rows, b_ub=[-need, 0], bounds=[*[(0, None)] * len(legs), (roots, None)]
    )
    bound = cover_of_cascades(legs, costs, need, roots=roots, root_cost=root_cost)
    assert bound == pytest.approx(program.fun - root_cost * roots, abs=1e-6)
