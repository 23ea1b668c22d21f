# mypy: disable-error-code="no-any-return, arg-type, return-value, assignment"
# elements of an array are Any to numpy's types; numba checks them
"""The OLT's downstream scheduler: strict priority, weighted fair sharing and shaping over queues of ONUs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.simulate.arrivals import NEVER, SIZE_BITS, SIZE_MASK, Sources
from ponplan.simulate.borrow import lent
from ponplan.simulate.queues import HEAD, TAIL, Queues, bring_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.scenario import Scenario
    from ponplan.simulate.recorder import Recorder
    from ponplan.simulate.traffic import Traffic

FIFO, PRIORITY, WEIGHTED = range(3)
RULES = {"fifo": FIFO, "priority": PRIORITY, "weighted": WEIGHTED}
# columns of Scheduler.queues
QUEUE_ONU, QUEUE_PRIORITY, PLACE = range(3)
# Scheduler.numbers
RULE, NUM_ACTIVE = range(2)
# columns of Scheduler.shares, per ONU
WEIGHT, TAG, SHAPED_UNTIL_NS, BYTE_NS, BURST_NS = range(5)


class Scheduler(NamedTuple):
    """Which queues wait, and what each ONU has had.

    `arrivals` is a binary heap of queues by their next arrival, `active` lists the queues that hold packets.
    """

    numbers: NDArray[np.int64]
    queues: NDArray[np.int64]
    shares: NDArray[np.float64]
    virtual: NDArray[np.float64]
    arrivals: NDArray[np.int64]
    active: NDArray[np.int64]


@njit(cache=True, error_model="numpy", forceinline=True)
def lent_scheduler(given: Scheduler) -> Scheduler:
    """Give the same arrays, lent for the length of a kernel."""
    return Scheduler(
        lent(given.numbers),
        lent(given.queues),
        lent(given.shares),
        lent(given.virtual),
        lent(given.arrivals),
        lent(given.active),
    )


def make_scheduler(scenario: Scenario, traffic: Traffic, queues: Queues) -> Scheduler:
    """Give a scheduler with nothing waiting."""
    settings = scenario.downstream
    num = len(traffic.keys)
    rows = np.array([(key.onu, key.priority, -1) for key in traffic.keys], np.int64).reshape(num, 3)
    shares = np.zeros((scenario.onus, 5))
    shares[:, WEIGHT] = 1.0 if settings.weights is None else settings.weights
    if settings.shape_mbps is not None:
        shares[:, BYTE_NS] = 8e3 / settings.shape_mbps
        shares[:, BURST_NS] = settings.shape_burst_bytes * 8e3 / settings.shape_mbps
    heap = np.argsort(queues.next_ns, kind="stable").astype(np.int64)
    return Scheduler(
        numbers=np.array([RULES[settings.scheduler], 0], np.int64),
        queues=rows,
        shares=shares,
        virtual=np.zeros(1),
        arrivals=heap,
        active=np.zeros(num, np.int64),
    )


@njit(cache=True, error_model="numpy", forceinline=True)
def _sift_down(heap: NDArray[np.int64], next_ns: NDArray[np.int64]) -> None:
    """Put the top queue of the heap where its new next arrival belongs; equal times keep the lower number up."""
    place, queue = 0, heap[0]
    while True:
        child = 2 * place + 1
        if child >= heap.size:
            break
        if child + 1 < heap.size:
            left, right = heap[child], heap[child + 1]
            if next_ns[right] < next_ns[left] or (next_ns[right] == next_ns[left] and right < left):
                child += 1
        lower = heap[child]
        if next_ns[queue] < next_ns[lower] or (next_ns[queue] == next_ns[lower] and queue < lower):
            break
        heap[place] = lower
        place = child
    heap[place] = queue


@njit(cache=True, error_model="numpy", forceinline=True)
def admit(scheduler: Scheduler, queues: Queues, sources: Sources, recorder: Recorder, until_ns: int) -> None:
    """Bring in every arrival up to and including a time, in order of time."""
    heap = scheduler.arrivals
    while queues.next_ns[heap[0]] <= until_ns:
        q = heap[0]
        bring_in(queues, sources, recorder, q, queues.next_ns[q])
        if scheduler.queues[q, PLACE] < 0 and queues.ints[q, TAIL] > queues.ints[q, HEAD]:
            place = scheduler.numbers[NUM_ACTIVE]
            scheduler.active[place] = q
            scheduler.queues[q, PLACE] = place
            scheduler.numbers[NUM_ACTIVE] = place + 1
            # an ONU that comes back starts level with the others, not with a claim from its absence
            onu = scheduler.queues[q, QUEUE_ONU]
            scheduler.shares[onu, TAG] = max(scheduler.shares[onu, TAG], scheduler.virtual[0])
        _sift_down(heap, queues.next_ns)


@njit(cache=True, error_model="numpy", forceinline=True)
def pick_queue(scheduler: Scheduler, queues: Queues, now_ns: int) -> tuple[int, int]:
    """Give the queue to serve now, or -1, and the earliest time a shaped ONU may send again."""
    rule = scheduler.numbers[RULE]
    best, best_priority, best_tag, best_ns = -1, 0, 0.0, 0
    released_ns = NEVER
    for place in range(scheduler.numbers[NUM_ACTIVE]):
        q = scheduler.active[place]
        onu = scheduler.queues[q, QUEUE_ONU]
        free_ns = np.int64(np.ceil(scheduler.shares[onu, SHAPED_UNTIL_NS] - scheduler.shares[onu, BURST_NS]))
        if free_ns > now_ns:
            released_ns = min(released_ns, free_ns)
            continue
        tag = scheduler.shares[onu, TAG] if rule == WEIGHTED else 0.0
        priority = 0 if rule == FIFO else scheduler.queues[q, QUEUE_PRIORITY]
        head_ns = queues.packets[q, queues.ints[q, HEAD]] >> SIZE_BITS
        better = tag < best_tag
        if tag == best_tag:
            better = priority < best_priority
            if priority == best_priority:
                better = head_ns < best_ns or (head_ns == best_ns and q < best)
        if best < 0 or better:
            best, best_priority, best_tag, best_ns = q, priority, tag, head_ns
    return best, released_ns


@njit(cache=True, error_model="numpy", forceinline=True)
def charge(scheduler: Scheduler, queues: Queues, q: int, now_ns: int) -> None:
    """Note that the head packet of a queue is sent from now on."""
    onu = scheduler.queues[q, QUEUE_ONU]
    size = queues.packets[q, queues.ints[q, HEAD]] & SIZE_MASK
    share = scheduler.shares[onu]
    scheduler.virtual[0] = max(scheduler.virtual[0], share[TAG])
    share[TAG] += size / share[WEIGHT]
    share[SHAPED_UNTIL_NS] = max(share[SHAPED_UNTIL_NS], float(now_ns)) + size * share[BYTE_NS]


@njit(cache=True, error_model="numpy", forceinline=True)
def retire(scheduler: Scheduler, queues: Queues, q: int) -> None:
    """Take a queue that ran empty off the list."""
    if queues.ints[q, TAIL] > queues.ints[q, HEAD]:
        return
    place = scheduler.queues[q, PLACE]
    last = scheduler.numbers[NUM_ACTIVE] - 1
    moved = scheduler.active[last]
    scheduler.active[place] = moved
    scheduler.queues[moved, PLACE] = place
    scheduler.queues[q, PLACE] = -1
    scheduler.numbers[NUM_ACTIVE] = last
