"""Coordinates and rates in every spelling."""

from __future__ import annotations

import pytest

from ponplan.area.tables.numbers import coordinate_of, rates_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (9.52, 9.52),
        ("9.52", 9.52),
        ("9,52", 9.52),
        (" 9.52 ", 9.52),
        ("+9.52", 9.52),
        ("９．５２", 9.52),
        ("538 000.5", 538000.5),
        ("538,000.5", 538000.5),
        ("538.000,5", 538000.5),
        ("538'000.5", 538000.5),
        ("1,234,567", 1234567),
        ("9°30'", 9.5),
        ("9°30'36\"", 9.51),
        ("9° 30′ 36″ E", 9.51),
        ("9.52 W", -9.52),
        ("S 33 30 0", -33.5),
        ("-9°30'", -9.5),
        ("东经116度30分", 116.5),
    ],
)
def test_coordinates(text: object, number: float):
    """A coordinate is the number that its author meant."""
    assert coordinate_of(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "x", None, True, "nan", "inf", "9.5.2", "9°61'", "1 2 3 4 N", "--1"])
def test_no_coordinates(text: object):
    """What is no number is refused."""
    with pytest.raises(ValueError, match=r"number|degrees"):
        coordinate_of(text)


@pytest.mark.parametrize(
    ("text", "rates", "rest"),
    [
        ("2M", (2e6,), ""),
        ("2 Mbit/s", (2e6,), ""),
        ("2Mbps", (2e6,), ""),
        ("2.048 Mb/s", (2.048e6,), ""),
        ("100M/100M", (100e6, 100e6), ""),
        ("100/50", (100e6, 50e6), ""),
        ("1G", (1e9,), ""),
        ("64k", (64e3,), ""),
        ("100兆宽带", (100e6,), "宽带"),
        ("100M 专线", (100e6,), "专线"),
        ("专线100M", (100e6,), "专线"),
        ("E1", (), "e1"),
    ],
)
def test_rates(text: str, rates: tuple[float, ...], rest: str):
    """A rate is found with its unit, and the words beside it are kept."""
    assert rates_of(text) == (rates, rest)
