"""Packing cables into ducts."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ponplan.catalogue import read_catalogue
from ponplan.topology.ducts import bores_needed, fill_share

DUCT = replace(read_catalogue().duct_types["duct-110"], inner_mm=100.0, max_fill=0.4, max_cables=10)


def test_fill_is_the_share_of_the_cross_section() -> None:
    """Four cables of 10 mm take 4 % of a duct of 100 mm."""
    assert math.isclose(fill_share([10.0] * 4, DUCT, bores=1), 0.04)
    assert fill_share([10.0], DUCT, bores=0) == math.inf


def test_number_of_cables_needs_more_ducts() -> None:
    """Eleven thin cables need a second duct of ten."""
    assert bores_needed([5.0] * 10, DUCT) == 1
    assert bores_needed([5.0] * 11, DUCT) == 2


def test_three_cables_of_six_tenths_need_three_ducts() -> None:
    """Cables that fill 0.6 of what a duct may take each need a duct of their own, although 1.8 is below 2."""
    diameter = 100.0 * math.sqrt(0.4 * 0.6)
    assert fill_share([diameter] * 3, DUCT, bores=2) < 0.4
    assert bores_needed([diameter] * 3, DUCT) == 3


def test_cable_too_thick_for_any_duct() -> None:
    """A cable thicker than the duct may take fits into no number of them."""
    assert bores_needed([70.0], DUCT) is None


@given(st.lists(st.floats(1.0, 60.0), max_size=30))
def test_needed_ducts_are_never_below_the_bounds(diameters_mm: list[float]) -> None:
    """No packing can do with fewer than total section and number of cables ask for, nor needs one per cable more."""
    needed = bores_needed(diameters_mm, DUCT)
    assert needed is not None
    section = sum(d * d for d in diameters_mm) / (0.4 * 100.0**2)
    assert max(section - 1e-6, len(diameters_mm) / 10) <= needed <= len(diameters_mm)
