# mypy: disable-error-code="no-any-return, arg-type, return-value, assignment"
# elements of an array are Any to numpy's types; numba checks them
"""GPON and XG(S)-PON upstream: 125 us frames of bursts, moved frame by frame without an event queue.

The OLT sends the map of upstream frame f at f x 125 us; equalised, the frame's byte b reaches it at
f x 125 us + Teqd + b bytes, rounded once. Reports of frame f are known when the frame has arrived in full and been
processed, so the map of frame f + `LOOP_FRAMES` is the first that can heed them. Data offsets in a burst become line
offsets by adding the parity of all full code words before them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.simulate.arrivals import SIZE_BITS, SIZE_MASK, Sources, lent_sources
from ponplan.simulate.borrow import lent
from ponplan.simulate.division import divided
from ponplan.simulate.policies import FRAME as POLICY_FRAME
from ponplan.simulate.queues import (
    HEAD,
    HEAD_BROKEN,
    HEAD_SENT_BYTES,
    HEAD_START_NS,
    TAIL,
    USED_BYTES,
    Queues,
    bring_in,
    lent_queues,
)
from ponplan.simulate.recorder import Recorder, close_tally, lent_recorder, open_tally, record_break, tallied
from ponplan.simulate.ways import fate_of_burst, note_heard, way_ns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.simulate.policies import Policy

# FrameState.line
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
) = range(18)
# FrameState.inverse
TWICE_FRAME, DATA_WORD = range(2)
# FrameState.clock
NEXT_FRAME, FIRST_ONU, MAPS_LOGGED, BURSTS_LOGGED = range(4)
# columns of FrameState.onus
FIRST_ALLOC, LAST_START_NS = range(2)
# columns of FrameState.allocs
FIRST_QUEUE, LAST_POLL, GRANTED_SUM, LINE_SUM, SDU_SUM, KNOWN = range(6)
# planes of FrameState.history
REPORTED, GRANTED_BEFORE, GIVEN, FILLED, LINE_SO_FAR, SDU_SO_FAR = range(6)
# FrameState.totals: bytes of the line by use, and cycles
PAYLOAD, HEADERS, FEC, REPORTS, GUARD, IDLE, BURSTS, CYCLES, CYCLE_NS, MAX_CYCLE_NS = range(10)


class FrameState(NamedTuple):
    """The live state of one PON's upstream; everything in it is an array and changes in place."""

    line: NDArray[np.int64]
    inverse: NDArray[np.int64]
    clock: NDArray[np.int64]
    onus: NDArray[np.int64]
    ways: NDArray[np.int64]
    allocs: NDArray[np.int64]
    history: NDArray[np.int64]  # per frame modulo its length: what was said, granted and filled
    totals: NDArray[np.int64]
    queues: Queues
    sources: Sources
    recorder: Recorder
    reported: NDArray[np.int64]
    received: NDArray[np.int64]
    granted: NDArray[np.int64]
    owner: NDArray[np.int64]
    settings: NDArray[np.float64]
    memory: NDArray[np.float64]
    policy_line: NDArray[np.int64]
    grants: NDArray[np.int64]
    map_entries: NDArray[np.int64]  # log of map sizes since the last look, for the downstream
    bursts: NDArray[np.int64]  # log of (ONU, start, end, payload bytes) for pictures and tests


@njit(cache=True, error_model="numpy", forceinline=True)
def _lent_state(given: FrameState) -> FrameState:
    """Give the same arrays, lent for the length of a kernel."""
    return FrameState(
        lent(given.line),
        lent(given.inverse),
        lent(given.clock),
        lent(given.onus),
        lent(given.ways),
        lent(given.allocs),
        lent(given.history),
        lent(given.totals),
        lent_queues(given.queues),
        lent_sources(given.sources),
        lent_recorder(given.recorder),
        lent(given.reported),
        lent(given.received),
        lent(given.granted),
        lent(given.owner),
        lent(given.settings),
        lent(given.memory),
        lent(given.policy_line),
        lent(given.grants),
        lent(given.map_entries),
        lent(given.bursts),
    )


@njit(cache=True, error_model="numpy", forceinline=True)
def _coded_bytes(line: NDArray[np.int64], data_bytes: int) -> int:
    words = -(-data_bytes // (line[WORD_BYTES] - line[PARITY_BYTES]))
    return data_bytes + words * line[PARITY_BYTES]


@njit(cache=True, error_model="numpy", forceinline=True)
def _data_bytes(line: NDArray[np.int64], coded_bytes: int) -> int:
    full = coded_bytes // line[WORD_BYTES]
    rest = coded_bytes - full * line[WORD_BYTES]
    return full * (line[WORD_BYTES] - line[PARITY_BYTES]) + max(rest - line[PARITY_BYTES], 0)


@njit(cache=True, error_model="numpy", forceinline=True)
def _byte_ns(state: FrameState, line_byte: int) -> int:
    """Give when a byte of a frame begins, from the frame's start, to the nearest nanosecond."""
    numerator = 2 * line_byte * state.line[FRAME_NS] + state.line[FRAME_BYTES]
    return divided(numerator, state.inverse[TWICE_FRAME])


@njit(cache=True, error_model="numpy", forceinline=True)
def _offset_ns(state: FrameState, first_byte: int, offset: int) -> int:
    """Give when a data byte of a burst begins; `first_byte` is the frame's byte with data offset 0."""
    words = divided(offset, state.inverse[DATA_WORD])
    return _byte_ns(state, first_byte + offset + words * state.line[PARITY_BYTES])


@njit(cache=True, error_model="numpy", forceinline=True)
def _end_ns(state: FrameState, first_byte: int, offset: int) -> int:
    """Give when the data byte before an offset ends; parity that follows it is not waited for."""
    words = divided(offset - 1, state.inverse[DATA_WORD])
    return _byte_ns(state, first_byte + offset + words * state.line[PARITY_BYTES])


@njit(cache=True, error_model="numpy", forceinline=True)
def _offset_at(state: FrameState, first_byte: int, after_ns: int) -> int:
    """Give the first data offset of a burst that begins at or after a time from the frame's start."""
    line = state.line
    line_byte = -(-(after_ns * line[FRAME_BYTES]) // line[FRAME_NS]) - first_byte
    if line[PARITY_BYTES] == 0:
        return line_byte
    data_word = line[WORD_BYTES] - line[PARITY_BYTES]
    full = line_byte // line[WORD_BYTES]
    return full * data_word + min(line_byte - full * line[WORD_BYTES], data_word)


@njit(cache=True, error_model="numpy")
def report_bytes(line: NDArray[np.int64], waiting_bytes: int) -> int:
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


@njit(cache=True, error_model="numpy", forceinline=True)
def _waiting_bytes(state: FrameState, alloc: int, now_ns: int) -> int:
    total = 0
    for q in range(state.allocs[alloc, FIRST_QUEUE], state.allocs[alloc + 1, FIRST_QUEUE]):
        if state.queues.next_ns[q] <= now_ns:
            bring_in(state.queues, state.sources, state.recorder, q, now_ns)
        total += state.queues.ints[q, USED_BYTES] - state.queues.ints[q, HEAD_SENT_BYTES]
    return total


@njit(cache=True, error_model="numpy", forceinline=True)
def _heed_reports(state: FrameState, frame: int) -> None:
    """Take in what the newest complete upstream frame said, less what was granted since."""
    heard = frame - state.line[LOOP_FRAMES]
    if heard < 0:
        return
    page = state.history[heard % state.history.shape[0]]
    reports, fills = page[REPORTED], page[FILLED]
    header = state.line[FRAGMENT_HEADER_BYTES]
    for alloc in range(state.grants.size):
        if fills[alloc] >= 0:
            state.received[alloc] = fills[alloc]
            state.granted[alloc] = page[GIVEN, alloc]
        waiting = reports[alloc]
        if waiting >= 0:
            if waiting > 0:
                # headers are not reported: reckon them from what came in so far, one more for a cut frame
                ratio = 1.0 + header / 64.0
                if page[SDU_SO_FAR, alloc] > 0:
                    ratio = page[LINE_SO_FAR, alloc] / page[SDU_SO_FAR, alloc]
                waiting = np.int64(math.ceil(waiting * ratio)) + header
            since = state.allocs[alloc, GRANTED_SUM] - page[GRANTED_BEFORE, alloc]
            state.reported[alloc] = max(waiting - since, 0)


@njit(cache=True, error_model="numpy")
def _bring_in_late(state: FrameState, q: int, until_ns: int) -> None:
    """Bring in what arrives while a burst is under way; rare, and kept out of the loop that every packet passes."""
    bring_in(state.queues, state.sources, state.recorder, q, until_ns)


@njit(cache=True, error_model="numpy", forceinline=True)
def _fill(
    state: FrameState,
    alloc: int,
    one_way_ns: int,
    frame_ns: int,
    first_byte: int,
    begin: int,
    end: int,
    told_ns: int,
    broken: int,
) -> tuple[int, int]:
    """Send fragments from an allocation's queues into data offsets `begin` to `end` of a burst.

    `frame_ns` is when the frame begins in the ONU's own time. What waits at `told_ns`, when the report is written,
    may be sent, later arrivals not: hence one queue after the other. Give payload bytes sent and line bytes used.
    """
    # one loop, because every packet passes here; the queue's numbers are kept in registers meanwhile
    line, queues, recorder = state.line, state.queues, state.recorder
    header, padding, fragment_max = line[FRAGMENT_HEADER_BYTES], line[ALIGN_BYTES] - 1, line[FRAGMENT_MAX_BYTES]
    position, payload, used = begin, 0, 0
    full = False
    for q in range(state.allocs[alloc, FIRST_QUEUE], state.allocs[alloc + 1, FIRST_QUEUE]):
        row, packets = queues.ints[q], queues.packets[q]
        head, tail, used_bytes = row[HEAD], row[TAIL], row[USED_BYTES]
        sent, start_ns, broken_head = row[HEAD_SENT_BYTES], row[HEAD_START_NS], row[HEAD_BROKEN]
        tally = open_tally(recorder, q)
        while head < tail:
            packet = packets[head]
            full = end - position <= header
            if full or packet >> SIZE_BITS > told_ns:
                break
            size = packet & SIZE_MASK
            left = size - sent
            room = min(end - position - header, fragment_max)
            padded = (left + padding) & ~padding
            if sent == 0:
                start_ns = frame_ns + _offset_ns(state, first_byte, position)
            if padded > room:
                part = room & ~padding
                full = part == 0
                if full:
                    break
                sent += part
                broken_head |= broken
                position += header + part
                payload += part
                used += header + part
                continue
            last_bit_ns = frame_ns + _end_ns(state, first_byte, position + header + left)
            if queues.next_ns[q] <= last_bit_ns:
                # an arrival before this departure meets the buffer as it is before it
                row[HEAD], row[USED_BYTES], row[HEAD_SENT_BYTES] = head, used_bytes, sent
                _bring_in_late(state, q, last_bit_ns)
                head, tail, used_bytes = row[HEAD], row[TAIL], row[USED_BYTES]
            if broken | broken_head:
                record_break(recorder, q, last_bit_ns, size)
            else:
                tally = tallied(recorder, tally, q, packet >> SIZE_BITS, start_ns, last_bit_ns + one_way_ns, size)
            head += 1
            used_bytes -= size
            sent, broken_head = 0, 0
            position += header + padded
            payload += left
            used += header + padded
        if head == tail:
            # an empty queue starts again at the front of its memory
            head, tail = 0, 0
        row[HEAD], row[TAIL], row[USED_BYTES] = head, tail, used_bytes
        row[HEAD_SENT_BYTES], row[HEAD_START_NS], row[HEAD_BROKEN] = sent, start_ns, broken_head
        close_tally(recorder, q, tally)
        if full:
            break
    return payload, used


@njit(cache=True, error_model="numpy", forceinline=True)
def _is_due(state: FrameState, onu: int, frame: int) -> bool:
    """Say whether an ONU must send: something was granted, or it was not heard for too long."""
    first, last = state.onus[onu, FIRST_ALLOC], state.onus[onu + 1, FIRST_ALLOC]
    due = frame - state.allocs[first, LAST_POLL] >= state.line[POLL_FRAMES]
    for alloc in range(first, last):
        due |= state.grants[alloc] > 0
    return due


@njit(cache=True, error_model="numpy", forceinline=True)
def _cut_to_room(state: FrameState, onu: int, free_bytes: int) -> int:
    """Cut an ONU's grants to the room left in the frame; give its burst's line bytes, 0 if it has no room."""
    line = state.line
    first, last = state.onus[onu, FIRST_ALLOC], state.onus[onu + 1, FIRST_ALLOC]
    fixed = line[HEADER_BYTES] + line[TRAILER_BYTES] + (last - first) * line[REPORT_BYTES]
    room = _data_bytes(line, free_bytes // line[UNIT_BYTES] * line[UNIT_BYTES] - line[UNCODED_BYTES]) - fixed
    if room < 0:
        return 0
    data = fixed
    for alloc in range(first, last):
        state.grants[alloc] = min(state.grants[alloc], room)
        room -= state.grants[alloc]
        data += state.grants[alloc]
    whole = line[UNCODED_BYTES] + _coded_bytes(line, data)
    return -(-whole // line[UNIT_BYTES]) * line[UNIT_BYTES]


@njit(cache=True, error_model="numpy", forceinline=True)
def _send_burst(state: FrameState, onu: int, frame: int, start_byte: int, burst_bytes: int) -> None:
    """Let one ONU send its burst, allocation by allocation, each opening with its report."""
    line, totals = state.line, state.totals
    first, last = state.onus[onu, FIRST_ALLOC], state.onus[onu + 1, FIRST_ALLOC]
    arrives_ns = frame * line[FRAME_NS] + line[EQUALISED_NS]
    start_ns, end_ns = (
        arrives_ns + _byte_ns(state, start_byte),
        arrives_ns + _byte_ns(state, start_byte + burst_bytes),
    )
    one_way_ns = way_ns(state.ways, onu, start_ns)
    frame_ns = arrives_ns - one_way_ns
    first_byte = start_byte + line[UNCODED_BYTES]
    silent, lost, stop_ns = fate_of_burst(state.ways, onu, start_ns, end_ns)
    page = state.history[frame % state.history.shape[0]]
    offset, payload_sum, used_sum, data = line[HEADER_BYTES], 0, 0, line[HEADER_BYTES] + line[TRAILER_BYTES]
    for alloc in range(first, last):
        grant = state.grants[alloc]
        page[GRANTED_BEFORE, alloc] = state.allocs[alloc, GRANTED_SUM]
        page[GIVEN, alloc] = grant
        state.allocs[alloc, GRANTED_SUM] += grant
        state.reported[alloc] = max(state.reported[alloc] - grant, 0)
        state.allocs[alloc, LAST_POLL] = frame
        end = offset + line[REPORT_BYTES] + grant
        data += line[REPORT_BYTES] + grant
        told_ns = frame_ns + _offset_ns(state, first_byte, offset)
        told = _waiting_bytes(state, alloc, told_ns)
        if not silent:
            payload, used, reach = 0, 0, end
            if lost:
                reach = min(end, _offset_at(state, first_byte, min(stop_ns, end_ns) - arrives_ns))
            if grant > 0:
                begin = offset + line[REPORT_BYTES]
                payload, used = _fill(
                    state, alloc, one_way_ns, frame_ns, first_byte, begin, reach, told_ns, np.int64(lost)
                )
            if not lost:
                page[REPORTED, alloc] = report_bytes(line, told)
                page[FILLED, alloc] = used if grant > 0 else -1
                state.allocs[alloc, LINE_SUM] += used
                state.allocs[alloc, SDU_SUM] += payload
                payload_sum += payload
                used_sum += used
        offset = end
    heard = not (silent or lost)
    if heard:
        note_heard(state.ways, onu, start_ns, end_ns)
    window = state.recorder.window_ns
    if window[0] <= arrives_ns < window[1] and heard:
        totals[BURSTS] += 1
        totals[PAYLOAD] += payload_sum
        totals[HEADERS] += line[HEADER_BYTES] + line[TRAILER_BYTES] + used_sum - payload_sum
        totals[FEC] += _coded_bytes(line, data) - data
        totals[REPORTS] += (last - first) * line[REPORT_BYTES]
        totals[GUARD] += line[UNCODED_BYTES]
    _count_cycle(state, onu, start_ns)
    row = state.clock[BURSTS_LOGGED]
    if row < state.bursts.shape[0]:
        state.bursts[row, 0] = onu
        state.bursts[row, 1] = start_ns
        state.bursts[row, 2] = end_ns
        state.bursts[row, 3] = payload_sum
        state.clock[BURSTS_LOGGED] = row + 1


@njit(cache=True, error_model="numpy", forceinline=True)
def _count_cycle(state: FrameState, onu: int, start_ns: int) -> None:
    window = state.recorder.window_ns
    last_ns = state.onus[onu, LAST_START_NS]
    state.onus[onu, LAST_START_NS] = start_ns
    if last_ns >= 0 and window[0] <= start_ns < window[1]:
        state.totals[CYCLES] += 1
        state.totals[CYCLE_NS] += start_ns - last_ns
        state.totals[MAX_CYCLE_NS] = max(state.totals[MAX_CYCLE_NS], start_ns - last_ns)


@njit(cache=True, error_model="numpy")
def advance_frames(given: FrameState, until_ns: int, policy: Policy) -> None:
    """Carry the PON up to a time: every upstream frame that has reached the OLT in full by then is done.

    Grants are packed ONU by ONU from a turning first one until the frame is full; an ONU that found no room goes
    first next time. Room that is left polls the others where the policy lives on reports.
    """
    state = _lent_state(given)
    line, clock, history = state.line, state.clock, state.history
    num_onus = state.onus.shape[0] - 1
    while (clock[NEXT_FRAME] + 1) * line[FRAME_NS] + line[EQUALISED_NS] <= until_ns:
        frame = clock[NEXT_FRAME]
        page = history[frame % history.shape[0]]
        _heed_reports(state, frame)
        for alloc in range(state.grants.size):
            state.grants[alloc] = 0
            page[REPORTED, alloc] = -1
            page[FILLED, alloc] = -1
        state.policy_line[POLICY_FRAME] = frame
        policy(
            -1,
            frame * line[FRAME_NS],
            state.reported,
            state.received,
            state.granted,
            state.owner,
            state.settings,
            state.memory,
            state.policy_line,
            state.grants,
        )
        position, entries, first_onu = 0, 0, clock[FIRST_ONU]
        next_first = (first_onu + 1) % num_onus
        full = False
        for turn in range(2 if line[POLL_IDLE] else 1):
            if full:
                break
            onu = first_onu - 1
            for _ in range(num_onus):
                onu = onu + 1 if onu + 1 < num_onus else 0
                polled_now = state.allocs[state.onus[onu, FIRST_ALLOC], LAST_POLL] == frame
                if polled_now or (turn == 0 and not _is_due(state, onu, frame)):
                    continue
                burst_bytes = _cut_to_room(state, onu, line[FRAME_BYTES] - position)
                if burst_bytes == 0:
                    full = True
                    if turn == 0:
                        next_first = onu
                    break
                _send_burst(state, onu, frame, position, burst_bytes)
                position += burst_bytes
                entries += state.onus[onu + 1, FIRST_ALLOC] - state.onus[onu, FIRST_ALLOC]
        for alloc in range(state.grants.size):
            page[LINE_SO_FAR, alloc] = state.allocs[alloc, LINE_SUM]
            page[SDU_SO_FAR, alloc] = state.allocs[alloc, SDU_SUM]
        arrives_ns = frame * line[FRAME_NS] + line[EQUALISED_NS]
        if state.recorder.window_ns[0] <= arrives_ns < state.recorder.window_ns[1]:
            state.totals[IDLE] += line[FRAME_BYTES]  # less all other uses, when it is reported
        if clock[MAPS_LOGGED] < state.map_entries.size:
            state.map_entries[clock[MAPS_LOGGED]] = entries
            clock[MAPS_LOGGED] += 1
        clock[FIRST_ONU] = next_first
        clock[NEXT_FRAME] = frame + 1
