"""Bores by closed formulae."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ponplan.catalogue import read_catalogue
from ponplan.topology.ducts import bores_needed

DUCTS = read_catalogue().duct_types


def test_no_cable_needs_no_bore():
    """Nothing drawn in takes no duct."""
    assert bores_needed([], DUCTS["duct-110"]) == 0


@pytest.mark.parametrize("duct", ["duct-110", "duct-50", "duct-40", "subduct-32"])
@pytest.mark.parametrize("count", [1, 2, 5, 24, 25, 60])
@pytest.mark.parametrize("diameter_mm", [5.2, 8.2, 12.8])
def test_equal_cables_fill_bore_after_bore(duct: str, count: int, diameter_mm: float):
    """With equal cables a bore takes the smaller of the count and the area allowed."""
    row = DUCTS[duct]
    by_area = math.floor(row.max_fill * (row.inner_mm / diameter_mm) ** 2 + 1e-12)
    assert bores_needed([diameter_mm] * count, row) == math.ceil(count / min(row.max_cables, by_area))


@pytest.mark.parametrize("seed", range(30))
def test_never_fewer_than_area_and_count_ask(seed: int):
    """Neither rule can be met with fewer bores; first fit takes at most 1.7 times as many, and one."""
    rng = np.random.default_rng(seed)
    row = DUCTS["duct-40"]
    diameters = rng.choice([5.2, 6.4, 9.6, 12.8], int(rng.integers(1, 20))).tolist()
    needed = bores_needed(diameters, row)
    by_area = sum(d**2 for d in diameters) / (row.max_fill * row.inner_mm**2)
    least = max(math.ceil(by_area - 1e-12), math.ceil(len(diameters) / row.max_cables))
    assert needed >= least
    assert needed <= by_area * 1.7 + len(diameters) / row.max_cables + 1


def test_order_does_not_matter():
    """The same cables in another order take as many bores."""
    diameters = [12.8, 5.2, 9.6, 5.2, 6.4]
    assert bores_needed(diameters, DUCTS["duct-50"]) == bores_needed(diameters[::-1], DUCTS["duct-50"])
