# mypy: disable-error-code="no-any-return, assignment, return-value"
# elements of an array are Any to numpy's types; numba checks them
"""Random draws inside kernels: one xoshiro256++ stream per source, so that no draw depends on the order of events.

The method is Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021). The streams' states
are drawn from the `numpy.random.Generator` of the run.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from llvmlite import ir
from numba import njit, types, uint64
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

STATE_WORDS = 4
_UNIT = 1.0 / 9007199254740992.0  # 2 ** -53
_ROOT_HALF_BITS = int(np.float64(math.sqrt(0.5)).view(np.int64))
_LOG_TWO = math.log(2.0)


def stream_states(rng: np.random.Generator, num_streams: int) -> NDArray[np.uint64]:
    """Give the start of so many independent streams, one row each."""
    return rng.integers(0, 2**64, size=(num_streams, STATE_WORDS), dtype=np.uint64)


@njit(cache=True, error_model="numpy", forceinline=True)
def stepped(s0: int, s1: int, s2: int, s3: int) -> tuple[int, int, int, int, int]:
    """Give 64 random bits and the stream's next state."""
    total = s0 + s3
    word = ((total << uint64(23)) | (total >> uint64(41))) + s0
    shifted = s1 << uint64(17)
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << uint64(45)) | (s3 >> uint64(19))
    return word, s0, s1, s2, s3


@njit(cache=True, error_model="numpy", forceinline=True)
def next_word(state: NDArray[np.uint64], stream: int) -> int:
    """Give 64 random bits and move the stream on."""
    word, s0, s1, s2, s3 = stepped(state[stream, 0], state[stream, 1], state[stream, 2], state[stream, 3])
    state[stream, 0], state[stream, 1], state[stream, 2], state[stream, 3] = s0, s1, s2, s3
    return word


@njit(cache=True, error_model="numpy", forceinline=True)
def unit_of(word: int) -> float:
    """Give the number in [0, 1) that the first 53 bits of a word make."""
    return np.float64(np.int64(word >> uint64(11))) * _UNIT


@njit(cache=True, error_model="numpy", forceinline=True)
def uniform(state: NDArray[np.uint64], stream: int) -> float:
    """Give a number in [0, 1) with 53 random bits."""
    return unit_of(next_word(state, stream))


@njit(cache=True, error_model="numpy", forceinline=True)
def minus_log(value: float) -> float:
    """Give the negative natural logarithm of a positive number, to two units in the last place.

    An exponential draw of mean one, if the number is uniform in (0, 1]. The mantissa m between sqrt(1/2) and sqrt(2)
    has log m = 2 atanh((m - 1) / (m + 1)), summed to its eleventh term. Without branch or call, so a loop over it
    is done many at a time, and with the same bits on every machine.
    """
    bits = np.float64(value).view(np.int64)
    exponent = (bits - _ROOT_HALF_BITS) >> 52
    mantissa = np.int64(bits - (exponent << 52)).view(np.float64)
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    z = ratio * ratio
    series = 2 / 17 + z * (2 / 19 + z * (2 / 21))
    series = 2 / 11 + z * (2 / 13 + z * (2 / 15 + z * series))
    series = 2 / 5 + z * (2 / 7 + z * (2 / 9 + z * series))
    tail = ratio * (z * (2 / 3 + z * series))
    return -(exponent * _LOG_TWO + (2.0 * ratio + tail))


@njit(cache=True, error_model="numpy")
def pareto(state: NDArray[np.uint64], stream: int, shape: float) -> float:
    """Give a Pareto draw that is at least one."""
    return float((1.0 - uniform(state, stream)) ** (-1.0 / shape))


@intrinsic
def _leading_zeros(_typing: Any, value: Any) -> Any:  # noqa: ANN401 - numba hands its own objects over
    """Count the zero bits before the first one bit of an int64; one machine instruction."""

    def emit(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return builder.ctlz(args[0], ir.Constant(ir.IntType(1), 0))

    if isinstance(value, types.Integer):
        return types.int64(types.int64), emit
    return None


leading_zeros = cast("Callable[[int], int]", _leading_zeros)
