# mypy: disable-error-code="no-any-return, assignment, return-value"
# elements of an array are Any to numpy's types; numba checks them
"""Packets arrive at queues: sources as rows of arrays, one next packet each, moved on by compiled code.

A source is a row of `Sources`; several may feed one queue. Arrival times are drawn per source from its own
stream, in nanoseconds as float64 (exact to a thousandth of a nanosecond for three hours) and rounded once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.simulate.borrow import lent
from ponplan.simulate.draws import minus_log, pareto, stepped, uniform, unit_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

CBR, POISSON, PARETO, TRACE = range(4)
NEVER = np.int64(2**62)
SIZE_BITS, SIZE_MASK = 16, 65535  # a packet in one word: its arrival time and, in its last bits, its size
BLOCK = 16  # Poisson packets of a source that are drawn together
_SHORT_TABLE = 8
LONGEST_NS = 1e17  # three years: longer periods are cut

# columns of Sources.ints
KIND, STREAMS, CURSOR, TRACE_END, SIZES_FROM, SIZES_TO, NEXT_BYTES, NEXT_STREAM, LOOP_FROM = range(9)
SOURCE_INTS = 9
# columns of Sources.reals
CLOCK_NS, PACKET_GAP_NS, BYTE_NS, SHAPE, ON_NS, OFF_NS, LOOP_NS = range(7)
SOURCE_REALS = 7


class Sources(NamedTuple):
    """All sources of one direction; sources `first[q]` to `first[q + 1]` feed queue q."""

    first: NDArray[np.int64]
    next_ns: NDArray[np.int64]
    ints: NDArray[np.int64]
    reals: NDArray[np.float64]
    draws: NDArray[np.uint64]
    size_bytes: NDArray[np.int64]
    size_cumulative: NDArray[np.float64]
    stream_ns: NDArray[np.float64]  # of on-off streams: when the next packet is complete
    stream_on_ns: NDArray[np.float64]  # how much of the on period is left
    stream_bytes: NDArray[np.int64]
    trace_ns: NDArray[np.int64]
    trace_bytes: NDArray[np.int64]
    ahead: NDArray[np.int64]  # of Poisson sources: packets already drawn, from CURSOR on
    gaps: NDArray[np.float64]  # room to draw in


@njit(cache=True, error_model="numpy", forceinline=True)
def lent_sources(given: Sources) -> Sources:
    """Give the same arrays, lent for the length of a kernel."""
    return Sources(
        lent(given.first),
        lent(given.next_ns),
        lent(given.ints),
        lent(given.reals),
        lent(given.draws),
        lent(given.size_bytes),
        lent(given.size_cumulative),
        lent(given.stream_ns),
        lent(given.stream_on_ns),
        lent(given.stream_bytes),
        lent(given.trace_ns),
        lent(given.trace_bytes),
        lent(given.ahead),
        lent(given.gaps),
    )


@njit(cache=True, error_model="numpy", forceinline=True)
def draw_bytes(sources: Sources, s: int) -> int:
    """Draw a packet size from the source's table."""
    row = sources.ints[s, SIZES_FROM]
    last = sources.ints[s, SIZES_TO] - 1
    if row < last:
        u = uniform(sources.draws, s)
        while row < last and u >= sources.size_cumulative[row]:
            row += 1
    return sources.size_bytes[row]


@njit(cache=True, error_model="numpy")
def move_stream(sources: Sources, s: int, k: int) -> None:
    """Move one on-off stream to its next packet: on time is spent at the peak rate, off time is skipped."""
    size = draw_bytes(sources, s)
    need_ns = size * sources.reals[s, BYTE_NS]
    now_ns = sources.stream_ns[s, k]
    left_ns = sources.stream_on_ns[s, k]
    while need_ns > left_ns:
        need_ns -= left_ns
        now_ns += left_ns + sources.reals[s, OFF_NS] * pareto(sources.draws, s, sources.reals[s, SHAPE])
        left_ns = sources.reals[s, ON_NS] * pareto(sources.draws, s, sources.reals[s, SHAPE])
    sources.stream_ns[s, k] = now_ns + need_ns
    sources.stream_on_ns[s, k] = left_ns - need_ns
    sources.stream_bytes[s, k] = size


@njit(cache=True, error_model="numpy")
def _earliest_stream(sources: Sources, s: int) -> None:
    best = 0
    for k in range(1, sources.ints[s, STREAMS]):
        if sources.stream_ns[s, k] < sources.stream_ns[s, best]:
            best = k
    sources.ints[s, NEXT_STREAM] = best
    sources.next_ns[s] = np.int64(sources.stream_ns[s, best])
    sources.ints[s, NEXT_BYTES] = sources.stream_bytes[s, best]


@njit(cache=True, error_model="numpy")
def _next_trace(sources: Sources, s: int) -> None:
    cursor = sources.ints[s, CURSOR]
    if cursor == sources.ints[s, TRACE_END] and sources.reals[s, LOOP_NS] > 0.0:
        cursor = sources.ints[s, LOOP_FROM]
        sources.reals[s, CLOCK_NS] += sources.reals[s, LOOP_NS]
    if cursor == sources.ints[s, TRACE_END]:
        sources.next_ns[s] = NEVER
        return
    sources.next_ns[s] = sources.trace_ns[cursor] + np.int64(sources.reals[s, CLOCK_NS])
    sources.ints[s, NEXT_BYTES] = sources.trace_bytes[cursor]
    sources.ints[s, CURSOR] = cursor + 1


@njit(cache=True, error_model="numpy", forceinline=True)
def _row_of(cumulative: NDArray[np.float64], row: int, last: int, u: float) -> int:
    """Give the row of a table of sizes that a number in [0, 1) falls into."""
    if last - row <= _SHORT_TABLE:
        # counting needs no guess of a branch
        chosen = row
        for k in range(row, last):
            chosen += np.int64(u >= cumulative[k])
        return chosen
    while row < last and u >= cumulative[row]:
        row += 1
    return row


@njit(cache=True, error_model="numpy")
def _draw_ahead(sources: Sources, s: int) -> None:
    """Draw a Poisson source's next packets, a gap and then a size each."""
    ahead, gaps = sources.ahead[s], sources.gaps
    row, last = sources.ints[s, SIZES_FROM], sources.ints[s, SIZES_TO] - 1
    state = sources.draws[s]
    s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
    for k in range(BLOCK):
        word, s0, s1, s2, s3 = stepped(s0, s1, s2, s3)
        gaps[k] = 1.0 - unit_of(word)
        chosen = row
        if row < last:
            word, s0, s1, s2, s3 = stepped(s0, s1, s2, s3)
            chosen = _row_of(sources.size_cumulative, row, last, unit_of(word))
        ahead[k] = sources.size_bytes[chosen]
    state[0], state[1], state[2], state[3] = s0, s1, s2, s3
    for k in range(BLOCK):
        gaps[k] = minus_log(gaps[k])
    clock, mean_ns = sources.reals[s, CLOCK_NS], sources.reals[s, PACKET_GAP_NS]
    for k in range(BLOCK):
        clock += mean_ns * gaps[k]
        ahead[k] |= np.int64(clock) << SIZE_BITS
    sources.reals[s, CLOCK_NS] = clock


@njit(cache=True, error_model="numpy", forceinline=True)
def move_source(sources: Sources, s: int) -> None:
    """Set the source's next packet."""
    kind = sources.ints[s, KIND]
    if kind == POISSON:
        cursor = sources.ints[s, CURSOR] + 1
        if cursor == BLOCK:
            _draw_ahead(sources, s)
            cursor = 0
        sources.ints[s, CURSOR] = cursor
        packet = sources.ahead[s, cursor]
        sources.next_ns[s] = packet >> SIZE_BITS
        sources.ints[s, NEXT_BYTES] = packet & SIZE_MASK
    elif kind == CBR:
        size = draw_bytes(sources, s)
        clock = sources.reals[s, CLOCK_NS] + size * sources.reals[s, BYTE_NS]
        sources.reals[s, CLOCK_NS] = clock
        sources.next_ns[s] = np.int64(clock)
        sources.ints[s, NEXT_BYTES] = size
    elif kind == PARETO:
        move_stream(sources, s, sources.ints[s, NEXT_STREAM])
        _earliest_stream(sources, s)
    else:
        _next_trace(sources, s)


@njit(cache=True, error_model="numpy")
def start_sources(sources: Sources) -> None:
    """Set every source's first packet; a constant-rate source starts at a random phase."""
    for s in range(sources.next_ns.size):
        kind = sources.ints[s, KIND]
        if kind == CBR:
            mean_ns = sources.reals[s, PACKET_GAP_NS]
            sources.reals[s, CLOCK_NS] = -mean_ns * uniform(sources.draws, s)
            move_source(sources, s)
            while sources.next_ns[s] < 0:
                move_source(sources, s)
        elif kind == PARETO:
            _start_streams(sources, s)
        else:
            if kind == POISSON:
                sources.ints[s, CURSOR] = BLOCK - 1
            move_source(sources, s)


@njit(cache=True, error_model="numpy")
def _rest_of_period(sources: Sources, s: int, shape: float) -> float:
    """Draw what is left of a Pareto period (least value one) that is under way at a time chosen at random.

    The residual life has density P(period > x) / mean: uniform below one with probability (shape - 1) / shape, else
    with tail x ** (1 - shape). A source started so sends its mean rate from the first nanosecond.
    """
    u = uniform(sources.draws, s)
    if u < (shape - 1.0) / shape:
        return uniform(sources.draws, s)
    tail = 1.0 - uniform(sources.draws, s)
    return float(tail ** (-1.0 / (shape - 1.0)))


@njit(cache=True, error_model="numpy")
def _start_streams(sources: Sources, s: int) -> None:
    on_ns, off_ns, shape = sources.reals[s, ON_NS], sources.reals[s, OFF_NS], sources.reals[s, SHAPE]
    for k in range(sources.ints[s, STREAMS]):
        left_ns, wait_ns = 0.0, 0.0
        if uniform(sources.draws, s) < on_ns / (on_ns + off_ns):
            left_ns = min(on_ns * _rest_of_period(sources, s, shape), LONGEST_NS)
        else:
            wait_ns = min(off_ns * _rest_of_period(sources, s, shape), LONGEST_NS)
            left_ns = on_ns * pareto(sources.draws, s, shape)
        sources.stream_ns[s, k] = wait_ns
        sources.stream_on_ns[s, k] = left_ns
        move_stream(sources, s, k)
    _earliest_stream(sources, s)
