# mypy: disable-error-code="no-any-return, arg-type, return-value, assignment"
# elements of an array are Any to numpy's types; numba checks them
"""APON: cells in both directions, slot by slot (ITU-T G.983.1).

Upstream every slot is granted to one ONU by a fixed table and holds one cell after guard, preamble and delimiter;
downstream one line of cells with a management cell at the head of every so many. Slots are counted from time zero,
their edges computed in bytes and rounded once. A packet is as many cells as its adaptation makes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.simulate.arrivals import SIZE_BITS, SIZE_MASK, Sources, lent_sources
from ponplan.simulate.borrow import lent
from ponplan.simulate.bursts import Bursts, count_cycle, lent_bursts, log_burst
from ponplan.simulate.queues import (
    HEAD,
    HEAD_BROKEN,
    HEAD_SENT_BYTES,
    HEAD_START_NS,
    TAIL,
    Queues,
    bring_in,
    drop_head,
    lent_queues,
)
from ponplan.simulate.recorder import Recorder, lent_recorder, record_break, record_delivery
from ponplan.simulate.scheduler import QUEUE_ONU, Scheduler, admit, charge, lent_scheduler, pick_queue, retire
from ponplan.simulate.ways import fate_of_burst, is_packet_lost, note_heard, way_ns

if TYPE_CHECKING:
    from numpy.typing import NDArray

# line: a byte lasts BYTE_NUM / BYTE_DEN ns
(
    BYTE_NUM,
    BYTE_DEN,
    CELL_BYTES,
    LEAD_BYTES,
    CELL_PAYLOAD_BYTES,
    EQUALISED_NS,
    PLOAM_SPACING,
) = range(7)
LINE_INTS = 7
# clock
NEXT_SLOT, RESUME_QUEUE, CONTROL_LOGGED = range(3)
# totals: bytes of the line by use
PAYLOAD, HEADERS, GUARD, CONTROL, TOTAL = range(5)


class CellState(NamedTuple):
    """The live state of one APON's upstream; everything in it is an array and changes in place."""

    line: NDArray[np.int64]
    clock: NDArray[np.int64]
    first_queue: NDArray[np.int64]  # of each ONU, and the end
    ways: NDArray[np.int64]
    adaptation: NDArray[np.int64]  # bytes that each queue's adaptation adds to a packet
    slots: NDArray[np.int64]  # the ONU of each slot, repeated for ever
    totals: NDArray[np.int64]
    queues: Queues
    sources: Sources
    recorder: Recorder
    bursts: Bursts


class CellDownState(NamedTuple):
    """The live state of one APON's downstream."""

    line: NDArray[np.int64]
    clock: NDArray[np.int64]
    ways: NDArray[np.int64]
    adaptation: NDArray[np.int64]  # bytes that each queue's adaptation adds to a packet
    totals: NDArray[np.int64]
    queues: Queues
    sources: Sources
    recorder: Recorder
    scheduler: Scheduler


@njit(cache=True, error_model="numpy", forceinline=True)
def _byte_ns(line: NDArray[np.int64], num_bytes: int) -> int:
    """Give when a byte from time zero begins, to the nearest nanosecond; exact for years."""
    whole = num_bytes // line[BYTE_DEN]
    rest = num_bytes - whole * line[BYTE_DEN]
    return whole * line[BYTE_NUM] + (2 * rest * line[BYTE_NUM] + line[BYTE_DEN]) // (2 * line[BYTE_DEN])


@njit(cache=True, error_model="numpy", forceinline=True)
def _num_cells(line: NDArray[np.int64], size: int, adaptation_bytes: int) -> int:
    return -(-(size + adaptation_bytes) // line[CELL_PAYLOAD_BYTES])


@njit(cache=True, error_model="numpy", forceinline=True)
def _waiting_queue(state: CellState, onu: int, now_ns: int) -> int:
    """Give an ONU's first queue with a packet that has arrived by now; -1 if there is none."""
    for q in range(state.first_queue[onu], state.first_queue[onu + 1]):
        if state.queues.next_ns[q] <= now_ns:
            bring_in(state.queues, state.sources, state.recorder, q, now_ns)
        row = state.queues.ints[q]
        if row[TAIL] > row[HEAD] and state.queues.packets[q, row[HEAD]] >> SIZE_BITS <= now_ns:
            return q
    return -1


@njit(cache=True, error_model="numpy", forceinline=True)
def _send_cell(state: CellState, onu: int, q: int, begin_ns: int, end_ns: int, lost: int) -> int:
    """Send the next cell of a queue's first packet, times at the OLT; give the payload bytes it completes."""
    line, queues = state.line, state.queues
    row = queues.ints[q]
    packet = queues.packets[q, row[HEAD]]
    size = packet & SIZE_MASK
    one_way_ns = way_ns(state.ways, onu, begin_ns)
    if row[HEAD_SENT_BYTES] == 0:
        row[HEAD_START_NS] = begin_ns - one_way_ns
    row[HEAD_SENT_BYTES] += 1
    row[HEAD_BROKEN] |= lost
    if row[HEAD_SENT_BYTES] < _num_cells(line, size, state.adaptation[q]):
        return 0
    bring_in(queues, state.sources, state.recorder, q, end_ns - one_way_ns)
    broken, start_ns = row[HEAD_BROKEN], row[HEAD_START_NS]
    drop_head(queues, q)
    if broken:
        record_break(state.recorder, q, end_ns, size)
        return 0
    record_delivery(state.recorder, q, packet >> SIZE_BITS, start_ns, end_ns, size)
    return size


@njit(cache=True, error_model="numpy")
def advance_cells(given: CellState, until_ns: int) -> None:
    """Carry the upstream up to a time: every slot that has reached the OLT in full by then is done."""
    state = CellState(
        lent(given.line),
        lent(given.clock),
        lent(given.first_queue),
        lent(given.ways),
        lent(given.adaptation),
        lent(given.slots),
        lent(given.totals),
        lent_queues(given.queues),
        lent_sources(given.sources),
        lent_recorder(given.recorder),
        lent_bursts(given.bursts),
    )
    line, clock, totals, window = state.line, state.clock, state.totals, state.recorder.window_ns
    slot_bytes = line[LEAD_BYTES] + line[CELL_BYTES]
    while True:
        slot = clock[NEXT_SLOT]
        end_ns = line[EQUALISED_NS] + _byte_ns(line, (slot + 1) * slot_bytes)
        if end_ns > until_ns:
            return
        start_ns = line[EQUALISED_NS] + _byte_ns(line, slot * slot_bytes)
        begin_ns = line[EQUALISED_NS] + _byte_ns(line, slot * slot_bytes + line[LEAD_BYTES])
        onu = state.slots[slot % state.slots.size]
        clock[NEXT_SLOT] = slot + 1
        counts = window[0] <= end_ns < window[1]
        if counts:
            totals[TOTAL] += slot_bytes
        count_cycle(state.bursts, window, onu, start_ns)
        silent, lost, stop_ns = fate_of_burst(state.ways, onu, start_ns, end_ns)
        q = _waiting_queue(state, onu, begin_ns - way_ns(state.ways, onu, start_ns))
        if silent or stop_ns <= begin_ns:
            continue
        if not lost:
            note_heard(state.ways, onu, start_ns, end_ns)
        payload = 0
        if q >= 0:
            payload = _send_cell(state, onu, q, begin_ns, end_ns, np.int64(lost))
            if counts and not lost:
                totals[GUARD] += line[LEAD_BYTES]
                totals[PAYLOAD] += payload
                totals[HEADERS] += line[CELL_BYTES] - payload
        log_burst(state.bursts, onu, start_ns, end_ns, payload)


@njit(cache=True, error_model="numpy")
def advance_cells_down(given: CellDownState, until_ns: int) -> None:
    """Send every cell that starts before a time; a packet's cells follow one another."""
    state = CellDownState(
        lent(given.line),
        lent(given.clock),
        lent(given.ways),
        lent(given.adaptation),
        lent(given.totals),
        lent_queues(given.queues),
        lent_sources(given.sources),
        lent_recorder(given.recorder),
        lent_scheduler(given.scheduler),
    )
    line, clock, totals, queues = state.line, state.clock, state.totals, state.queues
    window = state.recorder.window_ns
    while True:
        slot = clock[NEXT_SLOT]
        now_ns = _byte_ns(line, slot * line[CELL_BYTES])
        if now_ns >= until_ns:
            return
        clock[NEXT_SLOT] = slot + 1
        counts = window[0] <= now_ns < window[1]
        if counts:
            totals[TOTAL] += line[CELL_BYTES]
        if slot % line[PLOAM_SPACING] == 0:
            if counts:
                totals[CONTROL] += line[CELL_BYTES]
            continue
        admit(state.scheduler, queues, state.sources, state.recorder, now_ns)
        q = clock[RESUME_QUEUE]
        if q < 0:
            q, _ = pick_queue(state.scheduler, queues, now_ns)
        if q < 0:
            continue
        row = queues.ints[q]
        packet = queues.packets[q, row[HEAD]]
        size = packet & SIZE_MASK
        if row[HEAD_SENT_BYTES] == 0:
            row[HEAD_START_NS] = now_ns
            charge(state.scheduler, queues, q, now_ns)
        row[HEAD_SENT_BYTES] += 1
        clock[RESUME_QUEUE] = q
        if counts:
            totals[HEADERS] += line[CELL_BYTES]
        if row[HEAD_SENT_BYTES] < _num_cells(line, size, state.adaptation[q]):
            continue
        clock[RESUME_QUEUE] = -1
        sent_ns = _byte_ns(line, (slot + 1) * line[CELL_BYTES])
        admit(state.scheduler, queues, state.sources, state.recorder, sent_ns)
        onu, start_ns = state.scheduler.queues[q, QUEUE_ONU], row[HEAD_START_NS]
        drop_head(queues, q)
        retire(state.scheduler, queues, q)
        if counts:
            totals[PAYLOAD] += size
            totals[HEADERS] -= size
        if is_packet_lost(state.ways, onu, start_ns, sent_ns):
            record_break(state.recorder, q, sent_ns, size)
        else:
            finish_ns = sent_ns + way_ns(state.ways, onu, start_ns)
            record_delivery(state.recorder, q, packet >> SIZE_BITS, start_ns, finish_ns, size)
            note_heard(state.ways, onu, start_ns, finish_ns)
