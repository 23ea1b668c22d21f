# mypy: disable-error-code="no-any-return, return-value"
# elements of an array are Any to numpy's types; numba checks them
"""What an Ethernet frame costs on a PON's line: preamble and gap, a code around each frame, or one over the stream.

Bytes count before the stream code; on the line each full code word is followed by its parity (IEEE 802.3 clauses 65
and 76). Lengths are computed in bytes and rounded once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.framing.ethernet import EthernetLine

# a byte lasts BYTE_NUM / BYTE_DEN ns
(
    BYTE_NUM,
    BYTE_DEN,
    PREAMBLE_BYTES,
    GAP_BYTES,
    WORD_BYTES,
    PARITY_BYTES,
    FRAME_WORD_BYTES,
    FRAME_PARITY_BYTES,
    FRAME_MARKS_BYTES,
    MESSAGE_BYTES,
) = range(10)
LINE_INTS = 10


def ethernet_ints(line: EthernetLine) -> NDArray[np.int64]:
    """Give a line's integers; the messages' bytes include what a frame costs."""
    ints = np.zeros(LINE_INTS, np.int64)
    scale = np.gcd(8_000_000_000, line.mac_bps)
    ints[BYTE_NUM], ints[BYTE_DEN] = 8_000_000_000 // scale, line.mac_bps // scale
    ints[PREAMBLE_BYTES], ints[GAP_BYTES] = line.preamble_bytes, line.gap_bytes
    ints[PARITY_BYTES] = line.stream_code.parity_bytes
    ints[WORD_BYTES] = line.stream_code.codeword_bytes - line.stream_code.parity_bytes
    ints[FRAME_PARITY_BYTES] = line.frame_code.parity_bytes
    ints[FRAME_WORD_BYTES] = line.frame_code.codeword_bytes - line.frame_code.parity_bytes
    ints[FRAME_MARKS_BYTES] = line.frame_code_marks_bytes
    ints[MESSAGE_BYTES] = line.line_bytes(line.message_bytes)
    return ints


@njit(cache=True, error_model="numpy", forceinline=True)
def length_ns(line: NDArray[np.int64], num_bytes: int) -> int:
    """Give how long bytes last, to the nearest nanosecond."""
    if line[BYTE_DEN] == 1:
        return num_bytes * line[BYTE_NUM]
    return (2 * num_bytes * line[BYTE_NUM] + line[BYTE_DEN]) // (2 * line[BYTE_DEN])


@njit(cache=True, error_model="numpy", forceinline=True)
def with_parity(line: NDArray[np.int64], num_bytes: int) -> int:
    """Give the bytes on the line before the byte that follows so many: all full words have their parity."""
    if line[PARITY_BYTES] == 0:
        return num_bytes
    return num_bytes + num_bytes // line[WORD_BYTES] * line[PARITY_BYTES]


@njit(cache=True, error_model="numpy", forceinline=True)
def closed_bytes(line: NDArray[np.int64], num_bytes: int) -> int:
    """Give the bytes on the line of a stretch that ends: its last word, if shortened, has its parity too."""
    if line[PARITY_BYTES] == 0:
        return num_bytes
    return num_bytes - (-num_bytes // line[WORD_BYTES]) * line[PARITY_BYTES]


@njit(cache=True, error_model="numpy", forceinline=True)
def ended_bytes(line: NDArray[np.int64], num_bytes: int) -> int:
    """Give the bytes on the line up to the end of so many; parity that follows is not waited for."""
    if line[PARITY_BYTES] == 0:
        return num_bytes
    return num_bytes + (num_bytes - 1) // line[WORD_BYTES] * line[PARITY_BYTES]


@njit(cache=True, error_model="numpy", forceinline=True)
def frame_bytes(line: NDArray[np.int64], size: int) -> int:
    """Give the bytes one frame takes with all that goes around it."""
    total = size + line[PREAMBLE_BYTES] + line[GAP_BYTES]
    if line[FRAME_PARITY_BYTES] > 0:
        words = -(-(size + line[PREAMBLE_BYTES]) // line[FRAME_WORD_BYTES])
        total += words * line[FRAME_PARITY_BYTES] + line[FRAME_MARKS_BYTES]
    return total


@njit(cache=True, error_model="numpy", forceinline=True)
def byte_at(line: NDArray[np.int64], at_ns: int) -> int:
    """Give the first byte, before coding, of an endless coded stream that begins at or after a time."""
    on_line = -(-(at_ns * line[BYTE_DEN]) // line[BYTE_NUM])
    if line[PARITY_BYTES] == 0:
        return on_line
    full = on_line // (line[WORD_BYTES] + line[PARITY_BYTES])
    rest = on_line - full * (line[WORD_BYTES] + line[PARITY_BYTES])
    return full * line[WORD_BYTES] + min(rest, line[WORD_BYTES])
