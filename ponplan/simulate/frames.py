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
from ponplan.simulate.bursts import Bursts, count_cycle, lent_bursts, log_burst
from ponplan.simulate.desk import Desk, ask, lent_desk
from ponplan.simulate.frameline import (
    ALIGN_BYTES,
    END_BYTE,
    EQUALISED_NS,
    FIRST_BYTE,
    FRAGMENT_HEADER_BYTES,
    FRAGMENT_MAX_BYTES,
    FRAME_NS,
    HEADER_BYTES,
    LOOP_FRAMES,
    POLL_FRAMES,
    POLL_IDLE,
    REPORT_BYTES,
    TRAILER_BYTES,
    UNCODED_BYTES,
    UNIT_BYTES,
    coded_bytes,
    data_begin_ns,
    data_bytes,
    data_end_ns,
    data_offset_at,
    line_byte_ns,
    report_bytes,
)
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

# FrameState.clock
NEXT_FRAME, FIRST_ONU, MAPS_LOGGED = range(3)
# columns of FrameState.allocs
FIRST_QUEUE, LAST_POLL, GRANTED_SUM, LINE_SUM, SDU_SUM, KNOWN = range(6)
# planes of FrameState.history
REPORTED, GRANTED_BEFORE, GIVEN, FILLED, LINE_SO_FAR, SDU_SO_FAR = range(6)
# FrameState.totals: bytes of the line by use
PAYLOAD, HEADERS, FEC, REPORTS, GUARD, IDLE = range(6)


class FrameState(NamedTuple):
    """The live state of one PON's upstream; everything in it is an array and changes in place."""

    line: NDArray[np.int64]
    inverse: NDArray[np.int64]
    clock: NDArray[np.int64]
    first_alloc: NDArray[np.int64]  # of each ONU, and the end
    ways: NDArray[np.int64]
    allocs: NDArray[np.int64]
    history: NDArray[np.int64]  # per frame modulo its length: what was said, granted and filled
    totals: NDArray[np.int64]
    queues: Queues
    sources: Sources
    recorder: Recorder
    desk: Desk
    map_entries: NDArray[np.int64]  # log of map sizes since the last look, for the downstream
    bursts: Bursts


@njit(cache=True, error_model="numpy", forceinline=True)
def _lent_state(given: FrameState) -> FrameState:
    """Give the same arrays, lent for the length of a kernel."""
    return FrameState(
        lent(given.line),
        lent(given.inverse),
        lent(given.clock),
        lent(given.first_alloc),
        lent(given.ways),
        lent(given.allocs),
        lent(given.history),
        lent(given.totals),
        lent_queues(given.queues),
        lent_sources(given.sources),
        lent_recorder(given.recorder),
        lent_desk(given.desk),
        lent(given.map_entries),
        lent_bursts(given.bursts),
    )


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
    for alloc in range(state.desk.grants.size):
        if fills[alloc] >= 0:
            state.desk.received[alloc] = fills[alloc]
            state.desk.granted[alloc] = page[GIVEN, alloc]
        waiting = reports[alloc]
        if waiting >= 0:
            if waiting > 0:
                # headers are not reported: reckon them from what came in so far, one more for a cut frame
                ratio = 1.0 + header / 64.0
                if page[SDU_SO_FAR, alloc] > 0:
                    ratio = page[LINE_SO_FAR, alloc] / page[SDU_SO_FAR, alloc]
                waiting = np.int64(math.ceil(waiting * ratio)) + header
            since = state.allocs[alloc, GRANTED_SUM] - page[GRANTED_BEFORE, alloc]
            state.desk.reported[alloc] = max(waiting - since, 0)


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
    line, inverse, queues, recorder = state.line, state.inverse, state.queues, state.recorder
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
                start_ns = frame_ns + data_begin_ns(line, inverse, first_byte, position)
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
            last_bit_ns = frame_ns + data_end_ns(line, inverse, first_byte, position + header + left)
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
    first, last = state.first_alloc[onu], state.first_alloc[onu + 1]
    due = frame - state.allocs[first, LAST_POLL] >= state.line[POLL_FRAMES]
    for alloc in range(first, last):
        due |= state.desk.grants[alloc] > 0
    return due


@njit(cache=True, error_model="numpy", forceinline=True)
def _cut_to_room(state: FrameState, onu: int, free_bytes: int) -> int:
    """Cut an ONU's grants to the room left in the frame; give its burst's line bytes, 0 if it has no room."""
    line = state.line
    first, last = state.first_alloc[onu], state.first_alloc[onu + 1]
    fixed = line[HEADER_BYTES] + line[TRAILER_BYTES] + (last - first) * line[REPORT_BYTES]
    room = data_bytes(line, free_bytes // line[UNIT_BYTES] * line[UNIT_BYTES] - line[UNCODED_BYTES]) - fixed
    if room < 0:
        return 0
    data = fixed
    for alloc in range(first, last):
        state.desk.grants[alloc] = min(state.desk.grants[alloc], room)
        room -= state.desk.grants[alloc]
        data += state.desk.grants[alloc]
    whole = line[UNCODED_BYTES] + coded_bytes(line, data)
    return -(-whole // line[UNIT_BYTES]) * line[UNIT_BYTES]


@njit(cache=True, error_model="numpy", forceinline=True)
def _send_burst(state: FrameState, onu: int, frame: int, start_byte: int, burst_bytes: int) -> None:
    """Let one ONU send its burst, allocation by allocation, each opening with its report."""
    line, inverse, totals = state.line, state.inverse, state.totals
    first, last = state.first_alloc[onu], state.first_alloc[onu + 1]
    arrives_ns = frame * line[FRAME_NS] + line[EQUALISED_NS]
    start_ns, end_ns = (
        arrives_ns + line_byte_ns(line, inverse, start_byte),
        arrives_ns + line_byte_ns(line, inverse, start_byte + burst_bytes),
    )
    one_way_ns = way_ns(state.ways, onu, start_ns)
    frame_ns = arrives_ns - one_way_ns
    first_byte = start_byte + line[UNCODED_BYTES]
    silent, lost, stop_ns = fate_of_burst(state.ways, onu, start_ns, end_ns)
    page = state.history[frame % state.history.shape[0]]
    offset, payload_sum, used_sum, data = line[HEADER_BYTES], 0, 0, line[HEADER_BYTES] + line[TRAILER_BYTES]
    for alloc in range(first, last):
        grant = state.desk.grants[alloc]
        page[GRANTED_BEFORE, alloc] = state.allocs[alloc, GRANTED_SUM]
        page[GIVEN, alloc] = grant
        state.allocs[alloc, GRANTED_SUM] += grant
        state.desk.reported[alloc] = max(state.desk.reported[alloc] - grant, 0)
        state.allocs[alloc, LAST_POLL] = frame
        end = offset + line[REPORT_BYTES] + grant
        data += line[REPORT_BYTES] + grant
        told_ns = frame_ns + data_begin_ns(line, inverse, first_byte, offset)
        told = _waiting_bytes(state, alloc, told_ns)
        if not silent:
            payload, used, reach = 0, 0, end
            if lost:
                reach = min(end, data_offset_at(line, first_byte, min(stop_ns, end_ns) - arrives_ns))
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
        totals[PAYLOAD] += payload_sum
        totals[HEADERS] += line[HEADER_BYTES] + line[TRAILER_BYTES] + used_sum - payload_sum
        totals[FEC] += coded_bytes(line, data) - data
        totals[REPORTS] += (last - first) * line[REPORT_BYTES]
        totals[GUARD] += line[UNCODED_BYTES]
    count_cycle(state.bursts, window, onu, start_ns)
    log_burst(state.bursts, onu, start_ns, end_ns, payload_sum)


@njit(cache=True, error_model="numpy")
def advance_frames(given: FrameState, until_ns: int, policy: Policy) -> None:
    """Carry the PON up to a time: every upstream frame that has reached the OLT in full by then is done.

    Grants are packed ONU by ONU from a turning first one until the frame is full; an ONU that found no room goes
    first next time. Room that is left polls the others where the policy lives on reports.
    """
    state = _lent_state(given)
    line, clock, history = state.line, state.clock, state.history
    desk = state.desk
    num_onus = state.first_alloc.size - 1
    while (clock[NEXT_FRAME] + 1) * line[FRAME_NS] + line[EQUALISED_NS] <= until_ns:
        frame = clock[NEXT_FRAME]
        page = history[frame % history.shape[0]]
        _heed_reports(state, frame)
        for alloc in range(state.desk.grants.size):
            state.desk.grants[alloc] = 0
            page[REPORTED, alloc] = -1
            page[FILLED, alloc] = -1
        desk.line[POLICY_FRAME] = frame
        ask(desk, policy, -1, frame * line[FRAME_NS])
        position, entries, first_onu = line[FIRST_BYTE], 0, clock[FIRST_ONU]
        next_first = (first_onu + 1) % num_onus
        full = False
        for turn in range(2 if line[POLL_IDLE] else 1):
            if full:
                break
            onu = first_onu - 1
            for _ in range(num_onus):
                onu = onu + 1 if onu + 1 < num_onus else 0
                polled_now = state.allocs[state.first_alloc[onu], LAST_POLL] == frame
                if polled_now or (turn == 0 and not _is_due(state, onu, frame)):
                    continue
                burst_bytes = _cut_to_room(state, onu, line[END_BYTE] - position)
                if burst_bytes == 0:
                    full = True
                    if turn == 0:
                        next_first = onu
                    break
                _send_burst(state, onu, frame, position, burst_bytes)
                position += burst_bytes
                entries += state.first_alloc[onu + 1] - state.first_alloc[onu]
        for alloc in range(state.desk.grants.size):
            page[LINE_SO_FAR, alloc] = state.allocs[alloc, LINE_SUM]
            page[SDU_SO_FAR, alloc] = state.allocs[alloc, SDU_SUM]
        arrives_ns = frame * line[FRAME_NS] + line[EQUALISED_NS]
        if state.recorder.window_ns[0] <= arrives_ns < state.recorder.window_ns[1]:
            state.totals[IDLE] += line[END_BYTE] - line[FIRST_BYTE]  # less all other uses, when it is reported
        if clock[MAPS_LOGGED] < state.map_entries.size:
            state.map_entries[clock[MAPS_LOGGED]] = entries
            clock[MAPS_LOGGED] += 1
        clock[FIRST_ONU] = next_first
        clock[NEXT_FRAME] = frame + 1
