"""The visual language: colours that everybody tells apart."""

from itertools import combinations

import numpy as np
import pytest

from ponplan.report.look import SERIES, STROKES

# what a dichromat sees, on linear RGB: cones and what is left of them (Vienot, Brettel and Mollon 1999)
CONES = np.array([[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]])
NO_RED = np.array([[0.0, 2.02344, -2.52581], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
NO_GREEN = np.array([[1.0, 0.0, 0.0], [0.494207, 0.0, 1.24827], [0.0, 0.0, 1.0]])
PROTAN, DEUTAN = (np.linalg.inv(CONES) @ left @ CONES for left in (NO_RED, NO_GREEN))
LEAST_DIFFERENCE = 9.0  # of CIE 1976 colours: clearly apart side by side, where about 2 can just be seen


def _linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255.0
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    """Give CIE 1976 L*a*b* under D65 (IEC 61966-2-1, CIE 15)."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(linear, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", [np.eye(3), PROTAN, DEUTAN], ids=["all", "protan", "deutan"])
def test_series_are_told_apart(sight: np.ndarray):
    """Any two colours of charts differ clearly, for readers without red or green cones too."""
    for one, other in combinations(SERIES, 2):
        difference = np.linalg.norm(_lab(sight @ _linear(one)) - _lab(sight @ _linear(other)))
        assert difference > LEAST_DIFFERENCE, (one, other)


def test_kinds_of_lines_differ_without_colour():
    """Where two kinds of lines have nearly the same grey, width or dashes tell them apart."""
    for (name, one), (other_name, other) in combinations(STROKES.items(), 2):
        same_grey = abs(_lab(_linear(one.colour))[0] - _lab(_linear(other.colour))[0]) < 10
        assert not same_grey or one.dash != other.dash or abs(one.width - other.width) > 0.3, (name, other_name)
