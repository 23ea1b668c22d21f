# mypy: disable-error-code="no-any-return, return-value"
# elements of an array are Any to numpy's types; numba checks them
"""What kernels count: sums per queue and histograms per class, inside the window that is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.simulate.borrow import lent
from ponplan.simulate.draws import leading_zeros
from ponplan.simulate.watch import NOWHERE, Watch, lent_watch, make_watch, note_delivery
from ponplan.units import NS_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.simulate.traffic import Traffic

# columns of Recorder.counts, one row per queue
(
    OFFERED_PACKETS,
    OFFERED_BYTES,
    LOST_PACKETS,
    LOST_BYTES,
    CARRIED_PACKETS,
    CARRIED_BYTES,
    DELAY_NS,
    QUEUEING_NS,
    MAX_DELAY_NS,
    MAX_QUEUEING_NS,
    JITTER_NS,
    LAST_DELAY_NS,
    MIN_DELAY_NS,
    MAX_QUEUE_BYTES,
    BROKEN_PACKETS,
    BROKEN_BYTES,
) = range(16)
NUM_COUNTS = 16
# rows of Recorder.log
LOG_QUEUE, LOG_ARRIVAL_NS, LOG_START_NS, LOG_FINISH_NS, LOG_BYTES = range(5)

WATCHED = 2  # of Recorder.window_ns
Tally = tuple[int, int, int, int, int, int, int, int, int]
NO_DELAY = np.int64(2**63 - 1)
SUB_BITS = 7  # 128 buckets an octave: none is wider than 0.8 % of its value
NUM_BUCKETS = 40 << SUB_BITS


class Recorder(NamedTuple):
    """Arrays one direction's kernel counts in.

    `window_ns` holds the first and the one-past-last nanosecond that counts, and whether deliveries are noted beside
    the counts (every packet looks at this flag, in a place where it looks anyway); `log_count` the rows written to
    `log`, which has room for none unless a packet log is wanted; `watch` what is noted beside.
    """

    window_ns: NDArray[np.int64]
    counts: NDArray[np.int64]
    queue_class: NDArray[np.int64]
    delay_buckets: NDArray[np.int64]
    queueing_buckets: NDArray[np.int64]
    log: NDArray[np.int64]
    log_count: NDArray[np.int64]
    watch: Watch


@njit(cache=True, error_model="numpy", forceinline=True)
def lent_recorder(given: Recorder) -> Recorder:
    """Give the same arrays, lent for the length of a kernel."""
    return Recorder(
        lent(given.window_ns),
        lent(given.counts),
        lent(given.queue_class),
        lent(given.delay_buckets),
        lent(given.queueing_buckets),
        lent(given.log),
        lent(given.log_count),
        lent_watch(given.watch),
    )


def make_recorder(traffic: Traffic, window_ns: tuple[int, int], *, log_rows: int = 0) -> Recorder:
    """Give empty counts for a direction's queues, and room for what is to be noted of them."""
    queue_class = traffic.queue_class
    counts = np.zeros((queue_class.size, NUM_COUNTS), np.int64)
    counts[:, LAST_DELAY_NS] = -1
    counts[:, MIN_DELAY_NS] = NO_DELAY
    watched = log_rows > 0 or traffic.count_at != NOWHERE or bool(traffic.circuit_queues)
    return Recorder(
        window_ns=np.array([*window_ns, watched], np.int64),
        counts=counts,
        queue_class=queue_class,
        delay_buckets=np.zeros((int(queue_class.max(initial=0)) + 1, NUM_BUCKETS), np.int64),
        queueing_buckets=np.zeros((1, NUM_BUCKETS), np.int64),
        log=np.zeros((log_rows, 5), np.int64),
        log_count=np.zeros(1, np.int64),
        watch=make_watch(
            queue_class.size,
            length_ns=min(window_ns[1] - window_ns[0], round(traffic.seconds * NS_PER_S)),
            count_at=traffic.count_at,
            circuits=traffic.circuit_queues,
            loop_hz=traffic.loop_hz,
        ),
    )


@njit(cache=True, error_model="numpy", forceinline=True)
def bucket_of(value: int) -> int:
    """Give the bucket of a duration: exact below 256, then 128 buckets for each doubling."""
    shift = 63 - SUB_BITS - leading_zeros(value)
    if shift <= 0:
        return value
    return (shift << SUB_BITS) + (value >> shift)


def bucket_edges() -> NDArray[np.float64]:
    """Give the lower edge of every bucket and, last, the upper edge of the last."""
    index = np.arange(NUM_BUCKETS + 1)
    shift = np.maximum((index >> SUB_BITS) - 1, 0)
    return ((index - (shift << SUB_BITS)).astype(np.float64)) * np.exp2(shift)


@njit(cache=True, error_model="numpy", forceinline=True)
def record_offer(recorder: Recorder, q: int, now_ns: int, size: int) -> None:
    """Count a packet that arrived."""
    if recorder.window_ns[0] <= now_ns < recorder.window_ns[1]:
        recorder.counts[q, OFFERED_PACKETS] += 1
        recorder.counts[q, OFFERED_BYTES] += size


@njit(cache=True, error_model="numpy", forceinline=True)
def record_loss(recorder: Recorder, q: int, now_ns: int, size: int) -> None:
    """Count a packet that found its buffer full."""
    if recorder.window_ns[0] <= now_ns < recorder.window_ns[1]:
        recorder.counts[q, LOST_PACKETS] += 1
        recorder.counts[q, LOST_BYTES] += size


@njit(cache=True, error_model="numpy")
def record_break(recorder: Recorder, q: int, now_ns: int, size: int) -> None:
    """Count a packet that was lost on the fibre, among all that are lost; rare, hence not inlined."""
    if recorder.window_ns[0] <= now_ns < recorder.window_ns[1]:
        recorder.counts[q, BROKEN_PACKETS] += 1
        recorder.counts[q, BROKEN_BYTES] += size
        recorder.counts[q, LOST_PACKETS] += 1
        recorder.counts[q, LOST_BYTES] += size


@njit(cache=True, error_model="numpy", forceinline=True)
def open_tally(recorder: Recorder, q: int) -> Tally:
    """Give an empty tally of deliveries from a queue."""
    last_delay_ns = recorder.counts[q, LAST_DELAY_NS]
    return (
        np.int64(0),
        np.int64(0),
        np.int64(0),
        np.int64(0),
        np.int64(0),
        NO_DELAY,
        np.int64(0),
        np.int64(0),
        last_delay_ns,
    )


@njit(cache=True, error_model="numpy", forceinline=True)
def tallied(
    recorder: Recorder, tally: Tally, q: int, arrival_ns: int, start_ns: int, finish_ns: int, size: int
) -> Tally:
    """Count a packet whose last bit reached the far end at `finish_ns` in a tally, which lives in registers."""
    packets, carried, delays, queueings, longest, shortest, most_queueing, jitter, last = tally
    if recorder.window_ns[0] <= finish_ns < recorder.window_ns[1]:
        delay, queueing = finish_ns - arrival_ns, start_ns - arrival_ns
        packets += 1
        carried += size
        delays += delay
        queueings += queueing
        longest = max(longest, delay)
        shortest = min(shortest, delay)
        most_queueing = max(most_queueing, queueing)
        jitter += abs(delay - last) if last >= 0 else 0
        last = delay
        recorder.delay_buckets[recorder.queue_class[q], bucket_of(delay)] += 1
        recorder.queueing_buckets[0, bucket_of(queueing)] += 1
    if recorder.window_ns[WATCHED]:
        # not the whole recorder, whose arrays would all have to be laid out for the call
        _note_delivery(
            recorder.window_ns, recorder.log, recorder.log_count, recorder.watch,
            q, arrival_ns, start_ns, finish_ns, size,
        )  # fmt: skip
    return packets, carried, delays, queueings, longest, shortest, most_queueing, jitter, last


@njit(cache=True, error_model="numpy", forceinline=True)
def close_tally(recorder: Recorder, q: int, tally: Tally) -> None:
    """Add a tally to the counts of its queue."""
    packets, carried, delays, queueings, longest, shortest, most_queueing, jitter, last = tally
    if packets > 0:
        row = recorder.counts[q]
        row[CARRIED_PACKETS] += packets
        row[CARRIED_BYTES] += carried
        row[DELAY_NS] += delays
        row[QUEUEING_NS] += queueings
        row[MAX_DELAY_NS] = max(row[MAX_DELAY_NS], longest)
        row[MIN_DELAY_NS] = min(row[MIN_DELAY_NS], shortest)
        row[MAX_QUEUEING_NS] = max(row[MAX_QUEUEING_NS], most_queueing)
        row[JITTER_NS] += jitter
        row[LAST_DELAY_NS] = last


@njit(cache=True, error_model="numpy", forceinline=True)
def record_delivery(recorder: Recorder, q: int, arrival_ns: int, start_ns: int, finish_ns: int, size: int) -> None:
    """Count one packet whose last bit reached the far end at `finish_ns`."""
    tally = open_tally(recorder, q)
    close_tally(recorder, q, tallied(recorder, tally, q, arrival_ns, start_ns, finish_ns, size))


@njit(cache=True, error_model="numpy")
def _note_delivery(
    window: NDArray[np.int64],
    log: NDArray[np.int64],
    log_count: NDArray[np.int64],
    watch: Watch,
    q: int,
    arrival_ns: int,
    start_ns: int,
    finish_ns: int,
    size: int,
) -> None:
    """Write a delivery to the log while it has room, and note what else is wanted of it; kept out of the hot loop."""
    if window[0] <= finish_ns < window[1]:
        note_delivery(watch, window[0], q, arrival_ns, finish_ns, size)
    if log_count[0] == log.shape[0]:
        return
    entry = log[log_count[0]]
    entry[LOG_QUEUE] = q
    entry[LOG_ARRIVAL_NS] = arrival_ns
    entry[LOG_START_NS] = start_ns
    entry[LOG_FINISH_NS] = finish_ns
    entry[LOG_BYTES] = size
    log_count[0] += 1
