"""Random draws inside compiled loops: a small generator whose one-word state is seeded from numpy's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    WordArray = NDArray[np.uint64]


def seed_word(rng: np.random.Generator) -> WordArray:
    """Draw the state of one compiled search from `rng`."""
    return rng.integers(1, 2**63, size=1).astype(np.uint64)


@njit(cache=True)
def draw_word(state: WordArray) -> int:
    """Advance the state and give 64 random bits (splitmix64; Steele, Lea and Flood, OOPSLA 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    word = state[0]
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))  # type: ignore[no-any-return]


@njit(cache=True)
def draw_unit(state: WordArray) -> float:
    """Draw a number from 0 up to, but not, 1."""
    return float(draw_word(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True)
def draw_below(state: WordArray, limit: int) -> int:
    """Draw a whole number from 0 up to, but not, `limit`."""
    return min(limit - 1, int(draw_unit(state) * limit))


@njit(cache=True)
def shuffle(state: WordArray, values: NDArray[np.int64]) -> None:
    """Put the values in random order (Fisher and Yates)."""
    for k in range(len(values) - 1, 0, -1):
        other = draw_below(state, k + 1)
        values[k], values[other] = values[other], values[k]
