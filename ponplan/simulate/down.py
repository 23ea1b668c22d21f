# mypy: disable-error-code="no-any-return, arg-type, return-value, assignment"
# elements of an array are Any to numpy's types; numba checks them
"""Downstream: one line shared in time, Ethernet frames among GATEs or fragments in 125 us frames.

Both kernels share `DownState`; packet edges are computed from the start of a busy period (Ethernet) or of the
frame (GPON, XG(S)-PON) in bytes and rounded once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numba import njit

from ponplan.simulate.arrivals import NEVER, SIZE_BITS, SIZE_MASK, Sources, lent_sources
from ponplan.simulate.borrow import lent
from ponplan.simulate.etherline import (
    MESSAGE_BYTES,
    PREAMBLE_BYTES,
    byte_at,
    ended_bytes,
    frame_bytes,
    length_ns,
    with_parity,
)
from ponplan.simulate.etherline import PARITY_BYTES as CODE_PARITY_BYTES
from ponplan.simulate.queues import (
    HEAD,
    HEAD_SENT_BYTES,
    HEAD_START_NS,
    Queues,
    drop_head,
    lent_queues,
)
from ponplan.simulate.recorder import Recorder, lent_recorder, record_break, record_delivery
from ponplan.simulate.scheduler import QUEUE_ONU, Scheduler, admit, charge, lent_scheduler, pick_queue, retire
from ponplan.simulate.ways import is_packet_lost, note_heard, way_ns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# DownState.line, 125 us frames; for Ethernet it has the columns of `etherline`
(
    FRAME_NS,
    FRAME_BYTES,
    UNCODED_BYTES,
    HEADER_BYTES,
    ENTRY_BYTES,
    TRAILER_BYTES,
    FRAGMENT_HEADER_BYTES,
    ALIGN_BYTES,
    FRAGMENT_MAX_BYTES,
    WORD_BYTES,
    PARITY_BYTES,
    FRAME_DATA_BYTES,
) = range(12)
LINE_INTS = 12
# DownState.clock
BUSY_FROM_NS, BUSY_BYTES, CONTROL_DONE, CONTROL_KNOWN, FRAME, OFFSET, RESUME_QUEUE = range(7)
# DownState.totals: nanoseconds (Ethernet) or bytes (frames) of the line by use
PAYLOAD, HEADERS, FEC, CONTROL, TOTAL = range(5)


class DownState(NamedTuple):
    """The live state of one PON's downstream; everything in it is an array and changes in place."""

    line: NDArray[np.int64]
    clock: NDArray[np.int64]
    ways: NDArray[np.int64]
    totals: NDArray[np.int64]
    control: NDArray[np.int64]  # GATE times, or map entries of each frame
    queues: Queues
    sources: Sources
    recorder: Recorder
    scheduler: Scheduler


@njit(cache=True, error_model="numpy", forceinline=True)
def _lent_state(given: DownState) -> DownState:
    """Give the same arrays, lent for the length of a kernel."""
    return DownState(
        lent(given.line),
        lent(given.clock),
        lent(given.ways),
        lent(given.totals),
        lent(given.control),
        lent_queues(given.queues),
        lent_sources(given.sources),
        lent_recorder(given.recorder),
        lent_scheduler(given.scheduler),
    )


@njit(cache=True, error_model="numpy")
def advance_ethernet_down(given: DownState, until_ns: int) -> None:
    """Send everything that starts before a time; GATEs go first, no frame is interrupted.

    A stream code runs on through idle time: its bytes are then counted from time zero, not from the busy period.
    """
    state = _lent_state(given)
    line, clock, totals, queues = state.line, state.clock, state.totals, state.queues
    window = state.recorder.window_ns
    preamble = line[PREAMBLE_BYTES]
    while True:
        now_ns = clock[BUSY_FROM_NS] + length_ns(line, with_parity(line, clock[BUSY_BYTES]))
        if now_ns >= until_ns:
            return
        admit(state.scheduler, queues, state.sources, state.recorder, now_ns)
        gate_ns = NEVER
        if clock[CONTROL_DONE] < clock[CONTROL_KNOWN]:
            gate_ns = state.control[clock[CONTROL_DONE]]
        if gate_ns <= now_ns:
            clock[BUSY_BYTES] += line[MESSAGE_BYTES]
            clock[CONTROL_DONE] += 1
            if window[0] <= now_ns < window[1]:
                totals[CONTROL] += length_ns(line, line[MESSAGE_BYTES])
            continue
        q, released_ns = pick_queue(state.scheduler, queues, now_ns)
        if q < 0:
            next_ns = min(min(queues.next_ns[state.scheduler.arrivals[0]], gate_ns), released_ns)
            if next_ns >= until_ns:
                return
            if line[CODE_PARITY_BYTES] == 0:
                clock[BUSY_FROM_NS], clock[BUSY_BYTES] = next_ns, 0
            else:
                clock[BUSY_BYTES] = byte_at(line, next_ns)
            continue
        packet = queues.packets[q, queues.ints[q, HEAD]]
        size = packet & SIZE_MASK
        onu = state.scheduler.queues[q, QUEUE_ONU]
        whole = frame_bytes(line, size)
        sent_ns = clock[BUSY_FROM_NS] + length_ns(line, ended_bytes(line, clock[BUSY_BYTES] + preamble + size))
        charge(state.scheduler, queues, q, now_ns)
        admit(state.scheduler, queues, state.sources, state.recorder, sent_ns)
        drop_head(queues, q)
        retire(state.scheduler, queues, q)
        if is_packet_lost(state.ways, onu, now_ns, sent_ns):
            record_break(state.recorder, q, sent_ns, size)
        else:
            finish_ns = sent_ns + way_ns(state.ways, onu, now_ns)
            record_delivery(state.recorder, q, packet >> SIZE_BITS, now_ns, finish_ns, size)
            note_heard(state.ways, onu, now_ns, finish_ns)
        if window[0] <= now_ns < window[1]:
            totals[PAYLOAD] += length_ns(line, size)
            totals[HEADERS] += length_ns(line, whole) - length_ns(line, size)
        clock[BUSY_BYTES] += whole


@njit(cache=True, error_model="numpy", forceinline=True)
def _line_byte(line: NDArray[np.int64], data_byte: int) -> int:
    """Give the frame's byte at which a byte of the coded part begins."""
    words = data_byte // (line[WORD_BYTES] - line[PARITY_BYTES])
    return line[UNCODED_BYTES] + data_byte + words * line[PARITY_BYTES]


@njit(cache=True, error_model="numpy", forceinline=True)
def _frame_ns(line: NDArray[np.int64], frame: int, line_byte: int) -> int:
    within_ns = (2 * line_byte * line[FRAME_NS] + line[FRAME_BYTES]) // (2 * line[FRAME_BYTES])
    return frame * line[FRAME_NS] + within_ns


@njit(cache=True, error_model="numpy", forceinline=True)
def _data_byte_at(line: NDArray[np.int64], within_ns: int) -> int:
    """Give the first byte of the coded part that begins at or after a time from the frame's start."""
    line_byte = -(-(within_ns * line[FRAME_BYTES]) // line[FRAME_NS]) - line[UNCODED_BYTES]
    if line_byte <= 0:
        return 0
    data_word = line[WORD_BYTES] - line[PARITY_BYTES]
    full = line_byte // line[WORD_BYTES]
    return full * data_word + min(line_byte - full * line[WORD_BYTES], data_word)


@njit(cache=True, error_model="numpy", forceinline=True)
def _open_frame(state: DownState, frame: int) -> None:
    """Begin a frame: its header and map go first, nothing else is sent meanwhile."""
    line, clock, totals = state.line, state.clock, state.totals
    entries = 0
    if clock[CONTROL_DONE] < clock[CONTROL_KNOWN]:
        entries = state.control[clock[CONTROL_DONE]]
        clock[CONTROL_DONE] += 1
    clock[FRAME] = frame
    clock[OFFSET] = line[HEADER_BYTES] + entries * line[ENTRY_BYTES]
    begins_ns = frame * line[FRAME_NS]
    if state.recorder.window_ns[0] <= begins_ns < state.recorder.window_ns[1]:
        totals[TOTAL] += line[FRAME_BYTES]
        totals[CONTROL] += line[UNCODED_BYTES] + clock[OFFSET] + line[TRAILER_BYTES]
        totals[FEC] += line[FRAME_BYTES] - line[UNCODED_BYTES] - line[FRAME_DATA_BYTES]


@njit(cache=True, error_model="numpy")
def advance_frames_down(given: DownState, until_ns: int) -> None:
    """Send every fragment that starts before a time; a frame cut by the frame's end goes on in the next.

    Maps must be known for every frame that begins before that time, or for none.
    """
    # one loop, because every packet passes here
    state = _lent_state(given)
    line, clock, totals, queues = state.line, state.clock, state.totals, state.queues
    window = state.recorder.window_ns
    header, align = line[FRAGMENT_HEADER_BYTES], line[ALIGN_BYTES]
    end = line[FRAME_DATA_BYTES] - line[TRAILER_BYTES]
    while True:
        if clock[OFFSET] + header >= end:
            if (clock[FRAME] + 1) * line[FRAME_NS] >= until_ns:
                return
            _open_frame(state, clock[FRAME] + 1)
        offset = clock[OFFSET]
        now_ns = _frame_ns(line, clock[FRAME], _line_byte(line, offset))
        if now_ns >= until_ns:
            return
        admit(state.scheduler, queues, state.sources, state.recorder, now_ns)
        q, released_ns = clock[RESUME_QUEUE], NEVER
        if q < 0:
            q, released_ns = pick_queue(state.scheduler, queues, now_ns)
        if q < 0:
            next_ns = min(queues.next_ns[state.scheduler.arrivals[0]], released_ns)
            frame_end_ns = (clock[FRAME] + 1) * line[FRAME_NS]
            if min(next_ns, frame_end_ns) >= until_ns:
                return
            if next_ns >= frame_end_ns:
                clock[OFFSET] = end
            else:
                within_ns = next_ns - clock[FRAME] * line[FRAME_NS]
                next_byte = max(_data_byte_at(line, within_ns), offset + 1)
                # a byte that begins less than half a nanosecond too early counts as in time, as it is rounded
                while next_byte - 1 > offset and (
                    _frame_ns(line, clock[FRAME], _line_byte(line, next_byte - 1)) >= next_ns
                ):
                    next_byte -= 1
                clock[OFFSET] = next_byte
            continue
        packet = queues.packets[q, queues.ints[q, HEAD]]
        size = packet & SIZE_MASK
        left = size - queues.ints[q, HEAD_SENT_BYTES]
        padded = -(-left // align) * align
        room = min(end - offset - header, line[FRAGMENT_MAX_BYTES])
        if padded > room and room < align:
            clock[OFFSET] = end
            continue
        if queues.ints[q, HEAD_SENT_BYTES] == 0:
            queues.ints[q, HEAD_START_NS] = now_ns
            charge(state.scheduler, queues, q, now_ns)
        counts = window[0] <= clock[FRAME] * line[FRAME_NS] < window[1]
        if padded > room:
            part = room // align * align
            queues.ints[q, HEAD_SENT_BYTES] += part
            clock[RESUME_QUEUE] = q
            clock[OFFSET] = offset + header + part
            if counts:
                totals[PAYLOAD] += part
                totals[HEADERS] += header
            continue
        last = _line_byte(line, offset + header + left - 1) + 1
        sent_ns = _frame_ns(line, clock[FRAME], last)
        admit(state.scheduler, queues, state.sources, state.recorder, sent_ns)
        start_ns = queues.ints[q, HEAD_START_NS]
        drop_head(queues, q)
        retire(state.scheduler, queues, q)
        onu = state.scheduler.queues[q, QUEUE_ONU]
        if is_packet_lost(state.ways, onu, start_ns, sent_ns):
            record_break(state.recorder, q, sent_ns, size)
        else:
            finish_ns = sent_ns + way_ns(state.ways, onu, start_ns)
            record_delivery(state.recorder, q, packet >> SIZE_BITS, start_ns, finish_ns, size)
            note_heard(state.ways, onu, start_ns, finish_ns)
        clock[RESUME_QUEUE] = -1
        clock[OFFSET] = offset + header + padded
        if counts:
            totals[PAYLOAD] += left
            totals[HEADERS] += header + padded - left
