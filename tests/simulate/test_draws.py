"""Arithmetic of the kernels against exact arithmetic."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from ponplan.simulate.division import divided, inverse_of
from ponplan.simulate.draws import minus_log


@njit
def _divided(value: int, inverse: int) -> int:
    return divided(value, inverse)


@njit
def _minus_logs(values: np.ndarray) -> np.ndarray:
    logs = np.empty_like(values)
    for k in range(values.size):
        logs[k] = minus_log(values[k])
    return logs


@given(divisor=st.integers(1, 10**6), share=st.floats(0, 1))
def test_division_by_multiplying_is_exact(divisor: int, share: float) -> None:
    """Around every multiple below 2 ** 62 / divisor the quotient is that of whole numbers."""
    inverse = inverse_of(divisor)
    multiple = int((2**62 // divisor - divisor - 2) * share) // divisor * divisor
    for value in (multiple, multiple + 1, multiple + divisor - 1, max(multiple - 1, 0)):
        assert _divided(value, inverse) == value // divisor


def test_the_logarithm_is_that_of_the_library() -> None:
    """Over all that a uniform draw can give, edges included, to two units in the last place."""
    values = np.concatenate(
        [1.0 - np.random.default_rng(1).random(20_000), 2.0 ** -np.arange(54), 1.0 - 2.0**-53 * np.arange(100)]
    )
    logs = np.array([-math.log(value) for value in values])
    assert np.all(np.abs(_minus_logs(values) - logs) <= 2 * np.spacing(np.abs(logs)))
