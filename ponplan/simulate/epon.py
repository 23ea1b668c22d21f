# mypy: disable-error-code="no-any-return, arg-type, return-value, assignment"
# elements of an array are Any to numpy's types; numba checks them
"""EPON upstream: bursts polled by GATE and REPORT, moved burst by burst without an event queue.

Time at the OLT is in nanoseconds; an ONU's burst that reaches the OLT at t was sent at t less its one-way
delay. Within a burst, edges are computed from the burst's start in bytes and rounded once. Bursts reach the OLT in
the order in which they were granted, and each one's REPORT grants the same ONU's next, so one ring of N grants
is the whole calendar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.simulate.arrivals import SIZE_BITS, SIZE_MASK, Sources, lent_sources
from ponplan.simulate.borrow import lent
from ponplan.simulate.bursts import Bursts, count_cycle, lent_bursts, log_burst
from ponplan.simulate.desk import Desk, ask, lent_desk
from ponplan.simulate.etherline import (
    FRAME_PARITY_BYTES,
    GAP_BYTES,
    LINE_INTS,
    MESSAGE_BYTES,
    PREAMBLE_BYTES,
    closed_bytes,
    ended_bytes,
    frame_bytes,
    length_ns,
    with_parity,
)
from ponplan.simulate.queues import (
    HEAD,
    TAIL,
    USED_BYTES,
    Queues,
    bring_in,
    drop_head,
    lent_queues,
)
from ponplan.simulate.recorder import Recorder, lent_recorder, record_break, record_delivery
from ponplan.simulate.ways import ONE_WAY_NS, fate_of_burst, note_heard, way_ns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.simulate.policies import Policy

# columns of EponState.lines after those of `etherline`
(
    QUANTUM_NS,
    QUANTUM_BYTES,
    GUARD_NS,
    GATE_NS,
    PROCESSING_NS,
    VISIT,
    MAX_REPORT_BYTES,
    LEAD_BYTES,
    TAIL_BYTES,
) = range(LINE_INTS, LINE_INTS + 9)
ROW_INTS = LINE_INTS + 9
BY_GRANT, EXHAUSTIVE, GATED_AT_START, GATED_BEFORE = range(4)
# EponState.clock
RING_HEAD, FREE_NS, GATES_LOGGED = range(3)
# columns of EponState.ring; the round trip is what the OLT reckoned with when it granted
ONU, READY_NS, GRANT_BYTES, ROUND_TRIP_NS = range(4)
# EponState.totals: nanoseconds of the line by use
PAYLOAD_NS, HEADER_NS, REPORT_NS, GUARD_SUM_NS, IDLE_NS, FEC_NS = range(6)
# columns of EponState.coded: packets of a queue whose parity has been counted, and its bytes
COUNTED, PARITY_SUM = range(2)


class EponState(NamedTuple):
    """The live state of one EPON's upstream; everything in it is an array and changes in place."""

    lines: NDArray[np.int64]  # one row per ONU: rates may differ (10G and 1G ONUs share the upstream in time)
    clock: NDArray[np.int64]
    first_queue: NDArray[np.int64]  # of each ONU, and the end
    ways: NDArray[np.int64]
    ring: NDArray[np.int64]
    totals: NDArray[np.int64]
    queues: Queues
    sources: Sources
    recorder: Recorder
    coded: NDArray[np.int64]
    desk: Desk
    gates_ns: NDArray[np.int64]  # log of GATE times since the last look, for the downstream
    bursts: Bursts


@njit(cache=True, error_model="numpy", forceinline=True)
def _lent_state(given: EponState) -> EponState:
    """Give the same arrays, lent for the length of a kernel."""
    return EponState(
        lent(given.lines),
        lent(given.clock),
        lent(given.first_queue),
        lent(given.ways),
        lent(given.ring),
        lent(given.totals),
        lent_queues(given.queues),
        lent_sources(given.sources),
        lent_recorder(given.recorder),
        lent(given.coded),
        lent_desk(given.desk),
        lent(given.gates_ns),
        lent_bursts(given.bursts),
    )


@njit(cache=True, error_model="numpy", forceinline=True)
def _up_to_quantum(value_ns: int, quantum_ns: int) -> int:
    return -(-value_ns // quantum_ns) * quantum_ns


@njit(cache=True, error_model="numpy", forceinline=True)
def _whole_quanta_bytes(line: NDArray[np.int64], num_bytes: int) -> int:
    """Round bytes up to whole time quanta, as GATE and REPORT can say them."""
    return -(-num_bytes // line[QUANTUM_BYTES]) * line[QUANTUM_BYTES]


@njit(cache=True, error_model="numpy", forceinline=True)
def _burst_ns(line: NDArray[np.int64], num_bytes: int) -> int:
    """Give how long a burst of so many bytes lasts with its marks and parity, in whole quanta."""
    whole = line[LEAD_BYTES] + closed_bytes(line, num_bytes) + line[TAIL_BYTES]
    return _up_to_quantum(length_ns(line, whole), line[QUANTUM_NS])


@njit(cache=True, error_model="numpy", forceinline=True)
def _offset_ns(line: NDArray[np.int64], offset: int) -> int:
    """Give when a byte of a burst begins, from the burst's start."""
    return length_ns(line, line[LEAD_BYTES] + with_parity(line, offset))


@njit(cache=True, error_model="numpy")
def start_polling(state: EponState) -> None:
    """Grant every ONU a first REPORT, in order of number."""
    for onu in range(state.first_queue.size - 1):
        _grant(state, onu, onu, 0, state.lines[onu, MESSAGE_BYTES])


@njit(cache=True, error_model="numpy", forceinline=True)
def _grant(state: EponState, slot: int, onu: int, now_ns: int, num_bytes: int) -> None:
    """Write a GATE decided from now: the earliest start in the ONU's own clock is in whole quanta."""
    line = state.lines[onu]
    round_trip_ns = 2 * state.ways[onu, ONE_WAY_NS]
    local_ns = _up_to_quantum(now_ns + line[GATE_NS] + line[PROCESSING_NS], line[QUANTUM_NS])
    state.ring[slot, ONU] = onu
    state.ring[slot, READY_NS] = local_ns + round_trip_ns
    state.ring[slot, GRANT_BYTES] = _whole_quanta_bytes(line, max(num_bytes, line[MESSAGE_BYTES]))
    state.ring[slot, ROUND_TRIP_NS] = round_trip_ns
    state.desk.granted[onu] = state.ring[slot, GRANT_BYTES]
    logged = state.clock[GATES_LOGGED]
    if logged < state.gates_ns.size:
        state.gates_ns[logged] = now_ns + line[PROCESSING_NS]
        state.clock[GATES_LOGGED] = logged + 1


@njit(cache=True, error_model="numpy", forceinline=True)
def _waiting_bytes(state: EponState, onu: int, now_ns: int) -> int:
    """Give the line bytes of every frame that waits at an ONU now."""
    line = state.lines[onu]
    spacing = line[PREAMBLE_BYTES] + line[GAP_BYTES]
    total = 0
    for q in range(state.first_queue[onu], state.first_queue[onu + 1]):
        bring_in(state.queues, state.sources, state.recorder, q, now_ns)
        row = state.queues.ints[q]
        total += row[USED_BYTES] + (row[TAIL] - row[HEAD]) * spacing
        if line[FRAME_PARITY_BYTES] > 0:
            total += _parity_waiting(state, line, q)
    return total


@njit(cache=True, error_model="numpy")
def _parity_waiting(state: EponState, line: NDArray[np.int64], q: int) -> int:
    """Give the parity of every frame in a queue; each frame is looked at once."""
    row, seen = state.queues.ints[q], state.coded[q]
    spacing = line[PREAMBLE_BYTES] + line[GAP_BYTES]
    for place in range(row[HEAD] + seen[COUNTED], row[TAIL]):
        size = state.queues.packets[q, place] & SIZE_MASK
        seen[PARITY_SUM] += frame_bytes(line, size) - size - spacing
    seen[COUNTED] = row[TAIL] - row[HEAD]
    return seen[PARITY_SUM]


@njit(cache=True, error_model="numpy")
def _forget_parity(state: EponState, q: int, parity_bytes: int) -> None:
    """Take a frame that was sent out of its queue's parity."""
    seen = state.coded[q]
    if seen[COUNTED] > 0:
        seen[COUNTED] -= 1
        seen[PARITY_SUM] -= parity_bytes


@njit(cache=True, error_model="numpy", forceinline=True)
def _burst_start(state: EponState, slot: int) -> int:
    """Give when a granted burst reaches the OLT: after the one before it and the guard, in whole quanta."""
    ready_ns, round_trip_ns = state.ring[slot, READY_NS], state.ring[slot, ROUND_TRIP_NS]
    line = state.lines[state.ring[slot, ONU]]
    free_ns = state.clock[FREE_NS] + line[GUARD_NS]
    if ready_ns >= free_ns:
        return ready_ns
    return _up_to_quantum(free_ns - round_trip_ns, line[QUANTUM_NS]) + round_trip_ns


@njit(cache=True, error_model="numpy", forceinline=True)
def _fill(state: EponState, onu: int, start_ns: int, room_bytes: int, lost: int, stop_ns: int) -> tuple[int, int]:
    """Send frames from an ONU's queues for so many line bytes; give payload bytes and line bytes used.

    Only frames that wait when the burst begins are sent (Kramer's fixed slots wait T / 2, pon_facts F9), the
    highest priority first; when the next one does not fit, the rest of the room stays unused. The exhaustive
    discipline takes later arrivals too. A burst that is `lost` takes with it all that begins before `stop_ns`.
    """
    # one loop, because every packet passes here: splitting it costs a fifth of the speed
    line, queues = state.lines[onu], state.queues
    first, end = state.first_queue[onu], state.first_queue[onu + 1]
    one_way_ns = way_ns(state.ways, onu, start_ns)
    sent_ns, stopped_ns = start_ns - one_way_ns, stop_ns - one_way_ns
    preamble = line[PREAMBLE_BYTES]
    position, payload = 0, 0
    now_ns = sent_ns
    while room_bytes - position >= line[MESSAGE_BYTES]:
        if line[VISIT] == EXHAUSTIVE:
            now_ns = sent_ns + _offset_ns(line, position)
        chosen, packet = -1, np.int64(0)
        for q in range(first, end):
            if queues.next_ns[q] <= now_ns:
                bring_in(queues, state.sources, state.recorder, q, now_ns)
            if queues.ints[q, TAIL] > queues.ints[q, HEAD]:
                packet = queues.packets[q, queues.ints[q, HEAD]]
                if packet >> SIZE_BITS <= now_ns:
                    chosen = q
                    break
        if chosen < 0:
            break
        size = packet & SIZE_MASK
        whole = frame_bytes(line, size)
        if position + whole > room_bytes:
            break
        begin_ns = sent_ns + _offset_ns(line, position)
        if begin_ns >= stopped_ns:
            break
        last_byte = line[LEAD_BYTES] + ended_bytes(line, position + preamble + size)
        last_bit_ns = sent_ns + length_ns(line, last_byte)
        if queues.next_ns[chosen] <= last_bit_ns:
            # an arrival before this departure meets the buffer as it is before it
            bring_in(queues, state.sources, state.recorder, chosen, last_bit_ns)
        drop_head(queues, chosen)
        if line[FRAME_PARITY_BYTES] > 0:
            _forget_parity(state, chosen, whole - size - preamble - line[GAP_BYTES])
        if lost:
            record_break(state.recorder, chosen, last_bit_ns, size)
        else:
            finish_ns = last_bit_ns + one_way_ns
            record_delivery(state.recorder, chosen, packet >> SIZE_BITS, begin_ns, finish_ns, size)
        position += whole
        payload += size
    return payload, position


@njit(cache=True, error_model="numpy", forceinline=True)
def _count_burst(
    state: EponState, onu: int, start_ns: int, end_ns: int, grant_bytes: int, payload: int, used_bytes: int
) -> None:
    """Share out the time from the last burst's end to this one's: guard, frames, REPORT, parity, idle."""
    line, totals = state.lines[onu], state.totals
    window = state.recorder.window_ns
    if not window[0] <= end_ns < window[1]:
        return
    guard_ns = min(start_ns - state.clock[FREE_NS], line[GUARD_NS])
    payload_ns = length_ns(line, payload)
    header_ns = length_ns(line, used_bytes + line[LEAD_BYTES] + line[TAIL_BYTES]) - payload_ns
    report_ns = length_ns(line, line[MESSAGE_BYTES])
    fec_ns = length_ns(line, closed_bytes(line, grant_bytes)) - length_ns(line, grant_bytes)
    totals[PAYLOAD_NS] += payload_ns
    totals[HEADER_NS] += header_ns
    totals[REPORT_NS] += report_ns
    totals[GUARD_SUM_NS] += guard_ns
    totals[FEC_NS] += fec_ns
    totals[IDLE_NS] += (end_ns - state.clock[FREE_NS]) - guard_ns - payload_ns - header_ns - report_ns - fec_ns


@njit(cache=True, error_model="numpy")
def advance_epon(given: EponState, until_ns: int, policy: Policy) -> None:
    """Carry the PON up to a time: every burst that has reached the OLT in full by then is done, no other.

    A burst of an ONU that is dark when it should start is silence; one that crosses a cut is lost. Either way
    the OLT hears no REPORT and polls again.
    """
    state = _lent_state(given)
    clock, ring = state.clock, state.ring
    num_onus = state.first_queue.size - 1
    desk = state.desk
    while True:
        slot = clock[RING_HEAD]
        onu = ring[slot, ONU]
        line = state.lines[onu]
        start_ns = _burst_start(state, slot)
        sent_ns = start_ns - way_ns(state.ways, onu, start_ns)
        grant_bytes = ring[slot, GRANT_BYTES]
        if line[VISIT] != BY_GRANT:
            if start_ns >= until_ns:
                return
            grant_bytes = _look_and_grant(state, onu, sent_ns)
        end_ns = start_ns + _burst_ns(line, grant_bytes)
        if line[VISIT] == BY_GRANT and end_ns > until_ns:
            return
        silent, lost, stop_ns = fate_of_burst(state.ways, onu, start_ns, end_ns)
        payload, used_bytes = 0, 0
        if not silent:
            room_bytes = grant_bytes - line[MESSAGE_BYTES]
            payload, used_bytes = _fill(state, onu, start_ns, room_bytes, np.int64(lost), stop_ns)
            if line[VISIT] == EXHAUSTIVE:
                grant_bytes = used_bytes + line[MESSAGE_BYTES]
                end_ns = start_ns + _burst_ns(line, grant_bytes)
        heard = not (silent or lost)
        desk.reported[onu], desk.received[onu] = 0, -1
        if heard:
            report_ns = sent_ns + _offset_ns(line, grant_bytes - line[MESSAGE_BYTES])
            waiting = min(_waiting_bytes(state, onu, report_ns), line[MAX_REPORT_BYTES])
            desk.reported[onu] = _whole_quanta_bytes(line, waiting)
            desk.received[onu] = used_bytes
            note_heard(state.ways, onu, start_ns, end_ns)
        else:
            payload, used_bytes = 0, 0
            _waiting_bytes(state, onu, sent_ns)
        _count_burst(state, onu, start_ns, end_ns, grant_bytes, payload, used_bytes)
        count_cycle(state.bursts, state.recorder.window_ns, onu, start_ns)
        log_burst(state.bursts, onu, start_ns, end_ns, payload)
        clock[FREE_NS] = end_ns
        ask(desk, policy, onu, end_ns)
        _grant(state, slot, onu, end_ns, desk.grants[onu] if heard else line[MESSAGE_BYTES])
        clock[RING_HEAD] = (slot + 1) % num_onus


@njit(cache=True, error_model="numpy", forceinline=True)
def _look_and_grant(state: EponState, onu: int, sent_ns: int) -> int:
    """Give the grant of an OLT that sees the queue itself: the ideal disciplines of queueing theory."""
    line = state.lines[onu]
    if line[VISIT] == EXHAUSTIVE:
        return 2**40
    before_ns = line[GUARD_NS] + length_ns(line, line[MESSAGE_BYTES]) if line[VISIT] == GATED_BEFORE else 0
    return _waiting_bytes(state, onu, sent_ns - before_ns) + line[MESSAGE_BYTES]


@njit(cache=True, error_model="numpy")
def next_burst(state: EponState) -> tuple[int, int]:
    """Give when the next granted burst starts and ends at the OLT."""
    slot = state.clock[RING_HEAD]
    start_ns = _burst_start(state, slot)
    return start_ns, start_ns + _burst_ns(state.lines[state.ring[slot, ONU]], state.ring[slot, GRANT_BYTES])
