"""Shifted degrees against the pairs that open programs publish, and back."""

from __future__ import annotations

import numpy as np
import pytest

from ponplan.area.china import bd09_from_gcj02, gcj02_from_wgs84, named_system, wgs84_from

# the test pairs of eviltransform (github.com/googollee/eviltransform): longitude and latitude, true and shifted
PAIRS = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]


@pytest.mark.parametrize(("true", "shifted"), PAIRS)
def test_published_pairs(true: tuple[float, float], shifted: tuple[float, float]):
    """Shanghai, Shenzhen and Beijing are shifted as published, and come back."""
    assert gcj02_from_wgs84(np.array([true]))[0] == pytest.approx(shifted, abs=1e-9)
    assert wgs84_from("gcj02", np.array([shifted]))[0] == pytest.approx(true, abs=1e-9)


def test_published_pair_of_baidu():
    """Beijing railway station on Baidu's map, as the R package cst gives it to five decimals (1 m).

    Eviltransform's own pairs for Baidu are not used: they follow from pi where other programs have 3000 pi / 180.
    """
    found = bd09_from_gcj02(np.array([[116.42703, 39.90245]]))[0]
    assert found == pytest.approx((116.43351, 39.90851), abs=1e-5)


def test_there_and_back_all_over_china():
    """Both shifts are undone to better than a millimetre everywhere."""
    grid = np.stack(np.meshgrid(np.arange(75.0, 135.0, 2.5), np.arange(18.0, 53.0, 2.5)), axis=-1).reshape(-1, 2)
    gcj = gcj02_from_wgs84(grid)
    assert np.abs(wgs84_from("gcj02", gcj) - grid).max() < 1e-8
    assert np.abs(wgs84_from("bd09", bd09_from_gcj02(gcj)) - grid).max() < 1e-8


@pytest.mark.parametrize(
    ("name", "system"), [("GCJ-02", "gcj02"), ("bd09", "bd09"), ("EPSG:4326", None), (None, None)]
)
def test_names(name: str | None, system: str | None):
    """The systems are known by their usual spellings."""
    assert named_system(name) == system
