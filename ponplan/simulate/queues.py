# mypy: disable-error-code="no-any-return"
# elements of an array are Any to numpy's types; numba checks them
"""First-in first-out packet queues with finite buffers, fed lazily by their sources.

Arrivals are brought in only when a burst looks at a queue, in order of time, each meeting the buffer as it was
at that instant: a departure frees its bytes when its last bit has left, after arrivals of that time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.simulate.arrivals import NEVER, NEXT_BYTES, SIZE_BITS, SIZE_MASK, Sources, move_source
from ponplan.simulate.borrow import lent
from ponplan.simulate.recorder import MAX_QUEUE_BYTES, Recorder, record_loss, record_offer

if TYPE_CHECKING:
    from numpy.typing import NDArray

# columns of Queues.ints
HEAD, TAIL, SOFT_END, USED_BYTES, HEAD_SENT_BYTES, HEAD_START_NS, HEAD_BROKEN = range(7)
QUEUE_INTS = 8
SOFT_START = 16  # packets a queue may hold before its place in memory grows


class Queues(NamedTuple):
    """All queues of one direction; `packets[q, p]` is a packet's arrival time and, in its last 16 bits, its size."""

    next_ns: NDArray[np.int64]  # the earliest arrival not yet brought in
    ints: NDArray[np.int64]
    buffer_bytes: NDArray[np.int64]
    packets: NDArray[np.int64]


@njit(cache=True, error_model="numpy", forceinline=True)
def lent_queues(given: Queues) -> Queues:
    """Give the same arrays, lent for the length of a kernel."""
    return Queues(
        lent(given.next_ns),
        lent(given.ints),
        lent(given.buffer_bytes),
        lent(given.packets),
    )


def make_queues(buffer_bytes: NDArray[np.int64], *, capacity_packets: int) -> Queues:
    """Give empty queues; memory is only touched as far as a queue grows."""
    num = buffer_bytes.size
    ints = np.zeros((num, QUEUE_INTS), np.int64)
    ints[:, SOFT_END] = min(SOFT_START, capacity_packets)
    return Queues(
        next_ns=np.full(num, NEVER),
        ints=ints,
        buffer_bytes=buffer_bytes,
        packets=np.empty((num, capacity_packets), np.int64),
    )


@njit(cache=True, error_model="numpy", forceinline=True)
def look_ahead(queues: Queues, sources: Sources, q: int) -> int:
    """Set when the queue's next packet arrives; give the source it comes from."""
    best = sources.first[q]
    for s in range(best + 1, sources.first[q + 1]):
        if sources.next_ns[s] < sources.next_ns[best]:
            best = s
    queues.next_ns[q] = sources.next_ns[best] if best < sources.first[q + 1] else NEVER
    return best


@njit(cache=True, error_model="numpy")
def _make_room(queues: Queues, q: int) -> None:
    """Move waiting packets to the front; if they fill half the place, double it."""
    row = queues.ints[q]
    count = row[TAIL] - row[HEAD]
    if row[HEAD] > 0:
        for p in range(count):
            queues.packets[q, p] = queues.packets[q, row[HEAD] + p]
        row[HEAD] = 0
        row[TAIL] = count
    capacity = queues.packets.shape[1]
    if 2 * count > row[SOFT_END]:
        row[SOFT_END] = min(2 * row[SOFT_END], capacity)
    if row[TAIL] >= capacity:
        raise MemoryError("a queue outgrew its memory")


@njit(cache=True, error_model="numpy", forceinline=True)
def bring_in(queues: Queues, sources: Sources, recorder: Recorder, q: int, until_ns: int) -> None:
    """Bring in every arrival up to and including a time."""
    row = queues.ints[q]
    while queues.next_ns[q] <= until_ns:
        s = sources.first[q]
        if sources.first[q + 1] - s > 1:
            s = look_ahead(queues, sources, q)
        now_ns = sources.next_ns[s]
        size = sources.ints[s, NEXT_BYTES]
        record_offer(recorder, q, now_ns, size)
        if row[USED_BYTES] + size > queues.buffer_bytes[q]:
            record_loss(recorder, q, now_ns, size)
        else:
            if row[TAIL] >= row[SOFT_END]:
                _make_room(queues, q)
            queues.packets[q, row[TAIL]] = (now_ns << SIZE_BITS) | size
            row[TAIL] += 1
            row[USED_BYTES] += size
            recorder.counts[q, MAX_QUEUE_BYTES] = max(recorder.counts[q, MAX_QUEUE_BYTES], row[USED_BYTES])
        move_source(sources, s)
        if sources.first[q + 1] - sources.first[q] > 1:
            look_ahead(queues, sources, q)
        else:
            queues.next_ns[q] = sources.next_ns[s]


@njit(cache=True, error_model="numpy", forceinline=True)
def drop_head(queues: Queues, q: int) -> None:
    """Take the first packet out; an empty queue starts again at the front of its memory."""
    row = queues.ints[q]
    row[USED_BYTES] -= queues.packets[q, row[HEAD]] & SIZE_MASK
    row[HEAD] += 1
    row[HEAD_SENT_BYTES] = 0
    row[HEAD_BROKEN] = 0
    if row[HEAD] == row[TAIL]:
        row[HEAD] = 0
        row[TAIL] = 0
