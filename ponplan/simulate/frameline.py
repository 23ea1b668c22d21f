# mypy: disable-error-code="no-any-return, arg-type, return-value, assignment"
# elements of an array are Any to numpy's types; numba checks them
"""A line of 125 us frames as integers: where bytes lie among parity, when they pass, and how reports say them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

from ponplan.simulate.division import divided

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

# a line
(
    FRAME_NS,
    FRAME_BYTES,
    UNIT_BYTES,
    UNCODED_BYTES,
    HEADER_BYTES,
    TRAILER_BYTES,
    REPORT_BYTES,
    REPORT_UNIT_BYTES,
    FRAGMENT_HEADER_BYTES,
    ALIGN_BYTES,
    FRAGMENT_MAX_BYTES,
    WORD_BYTES,
    PARITY_BYTES,
    EQUALISED_NS,
    LOOP_FRAMES,
    POLL_FRAMES,
    NONLINEAR,
    POLL_IDLE,
    FIRST_BYTE,
    END_BYTE,
) = range(20)
# its inverses, for divisions on the way of every packet
TWICE_FRAME, DATA_WORD = range(2)


@njit(cache=True, error_model="numpy", forceinline=True)
def coded_bytes(line: Ints, data_bytes: int) -> int:
    """Give data with the parity of its code words."""
    words = -(-data_bytes // (line[WORD_BYTES] - line[PARITY_BYTES]))
    return data_bytes + words * line[PARITY_BYTES]


@njit(cache=True, error_model="numpy", forceinline=True)
def data_bytes(line: Ints, line_bytes: int) -> int:
    """Give what is left of bytes on the line after parity."""
    full = line_bytes // line[WORD_BYTES]
    rest = line_bytes - full * line[WORD_BYTES]
    return full * (line[WORD_BYTES] - line[PARITY_BYTES]) + max(rest - line[PARITY_BYTES], 0)


@njit(cache=True, error_model="numpy", forceinline=True)
def line_byte_ns(line: Ints, inverse: Ints, line_byte: int) -> int:
    """Give when a byte of a frame begins, from the frame's start, to the nearest nanosecond."""
    numerator = 2 * line_byte * line[FRAME_NS] + line[FRAME_BYTES]
    return divided(numerator, inverse[TWICE_FRAME])


@njit(cache=True, error_model="numpy", forceinline=True)
def data_begin_ns(line: Ints, inverse: Ints, first_byte: int, offset: int) -> int:
    """Give when a data byte of a burst begins; `first_byte` is the frame's byte with data offset 0."""
    words = divided(offset, inverse[DATA_WORD])
    return line_byte_ns(line, inverse, first_byte + offset + words * line[PARITY_BYTES])


@njit(cache=True, error_model="numpy", forceinline=True)
def data_end_ns(line: Ints, inverse: Ints, first_byte: int, offset: int) -> int:
    """Give when the data byte before an offset ends; parity that follows it is not waited for."""
    words = divided(offset - 1, inverse[DATA_WORD])
    return line_byte_ns(line, inverse, first_byte + offset + words * line[PARITY_BYTES])


@njit(cache=True, error_model="numpy", forceinline=True)
def data_offset_at(line: Ints, first_byte: int, after_ns: int) -> int:
    """Give the first data offset of a burst that begins at or after a time from the frame's start."""
    line_byte = -(-(after_ns * line[FRAME_BYTES]) // line[FRAME_NS]) - first_byte
    if line[PARITY_BYTES] == 0:
        return line_byte
    data_word = line[WORD_BYTES] - line[PARITY_BYTES]
    full = line_byte // line[WORD_BYTES]
    return full * data_word + min(line_byte - full * line[WORD_BYTES], data_word)


@njit(cache=True, error_model="numpy")
def report_bytes(line: Ints, waiting_bytes: int) -> int:
    """Give what the OLT decodes from a report: whole units, and GPON's non-linear code (G.984.3 Table 8-1)."""
    units = -(-waiting_bytes // line[REPORT_UNIT_BYTES])
    if line[NONLINEAR] == 0:
        return min(units, 2**24 - 1) * line[REPORT_UNIT_BYTES]
    low, step = 128, 2
    while units >= 2 * low and low < 4096:
        low *= 2
        step *= 4
    if units >= 8192:
        units = 8191
    elif units >= 128:
        units = units // step * step + step - 1
    return units * line[REPORT_UNIT_BYTES]
