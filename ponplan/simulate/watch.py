# mypy: disable-error-code="no-any-return, return-value"
# elements of an array are Any to numpy's types; numba checks them
"""What kernels note beside their counts where it is asked for: bytes in short steps of time, and recovered E1 clocks.

A clock is recovered from packets as they come by a second-order loop: the phase x follows the delays d of packets by
x' = 2 w (d - x) + y, y' = w^2 (d - x), damping one, w = 2 pi times the loop's frequency (Gardner, Phaselock
Techniques). A loop has been locked for long before it is looked at: what it would say of a constant delay is kept
beside it, so that `wander.recovered_phases_us` can start it at the mean delay.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.simulate.borrow import lent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

STEP_BITS = 15
STEP_NS = 1 << STEP_BITS  # a step of time: 33 us
MOST_STEPS = 1 << 15  # steps are noted in the first 1.07 s that is measured
SAMPLE_NS = 10_000_000  # between two phases that are kept: a fifth of the shortest interval with a limit
# Watch.settings: when bytes are noted, and w of the loops, per nanosecond
COUNT_AT, GAIN = range(2)
NOWHERE, AT_DELIVERY, AT_ARRIVAL = range(3)
# rows of Watch.steps
DATA, CIRCUITS = range(2)
# columns of Watch.clock_of
FIRST_ROW, NUM_CIRCUITS, ORIGIN_NS = range(3)
# columns of Watch.loops
(
    LAST_NS,
    PHASE_NS,
    DRIFT,
    UNIT_PHASE,
    UNIT_DRIFT,
    DELAY_SUM_NS,
    DELAYS,
    NEXT_SAMPLE_NS,
    PACKET_GAP_NS,
    NUM_PHASES,
) = range(10)
# columns of Watch.phases
OF_DELAYS, OF_ONE = range(2)


class Watch(NamedTuple):
    """Arrays to note in, empty where nothing is asked for; few, because kernels hand them on packet by packet."""

    settings: NDArray[np.float64]
    steps: NDArray[np.int64]
    clock_of: NDArray[np.int64]  # per queue: its first clock or -1, how many circuits take turns, its first packet
    loops: NDArray[np.float64]  # per clock; the gap is that between packets of any circuit of its queue
    phases: NDArray[np.float64]


@njit(cache=True, error_model="numpy", forceinline=True)
def lent_watch(given: Watch) -> Watch:
    """Give the same arrays, lent for the length of a kernel."""
    return Watch(
        lent(given.settings),
        lent(given.steps),
        lent(given.clock_of),
        lent(given.loops),
        lent(given.phases),
    )


def make_watch(
    num_queues: int,
    *,
    length_ns: int,
    count_at: int = NOWHERE,
    circuits: Mapping[int, tuple[int, float]] | None = None,
    loop_hz: float = 1.0,
) -> Watch:
    """Give empty arrays.

    Parameters
    ----------
    length_ns
        How long there will be something to note.
    circuits
        Of queues that hold nothing but E1: how many circuits take turns, and the gap between packets in nanoseconds.
    """
    circuits = circuits or {}
    clock_of = np.full((num_queues, 3), -1, np.int64)
    gaps_ns: list[float] = []
    for queue, (number, packet_gap_ns) in sorted(circuits.items()):
        clock_of[queue, :ORIGIN_NS] = len(gaps_ns), number
        gaps_ns += [packet_gap_ns] * number
    rows = len(gaps_ns)
    loops = np.zeros((rows, 10))
    loops[:, LAST_NS], loops[:, PACKET_GAP_NS] = -1.0, gaps_ns
    return Watch(
        settings=np.array([count_at, 2.0 * math.pi * loop_hz / 1e9]),
        steps=np.zeros((2, num_steps(length_ns) if count_at else 0), np.int64),
        clock_of=clock_of,
        loops=loops,
        phases=np.zeros((rows, length_ns // SAMPLE_NS + 2 if rows else 0, 2)),
    )


def num_steps(length_ns: int) -> int:
    """Give how many steps of time are noted."""
    return min((length_ns >> STEP_BITS) + 1, MOST_STEPS)


@njit(cache=True, error_model="numpy", forceinline=True)
def note_delivery(watch: Watch, from_ns: int, q: int, sent_ns: int, now_ns: int, size: int) -> None:
    """Note a packet that reached the far end, in the step of time when it did, or when it came to its queue."""
    is_circuit = watch.clock_of[q, FIRST_ROW] >= 0
    if watch.settings[COUNT_AT] != NOWHERE:
        step = ((now_ns if watch.settings[COUNT_AT] == AT_DELIVERY else sent_ns) - from_ns) >> STEP_BITS
        if 0 <= step < watch.steps.shape[1]:
            watch.steps[CIRCUITS if is_circuit else DATA, step] += size
    if is_circuit:
        note_clock(watch, q, sent_ns, now_ns - sent_ns)


@njit(cache=True, error_model="numpy")
def note_clock(watch: Watch, q: int, sent_ns: int, delay_ns: int) -> None:
    """Move the loop of the circuit that a packet belongs to, and keep its phase where a sample is due."""
    clock = watch.clock_of[q]
    if clock[ORIGIN_NS] < 0:
        clock[ORIGIN_NS] = sent_ns
    number = np.int64((sent_ns - clock[ORIGIN_NS]) / watch.loops[clock[FIRST_ROW], PACKET_GAP_NS] + 0.5)
    row = clock[FIRST_ROW] + number % clock[NUM_CIRCUITS]
    loop = watch.loops[row]
    loop[DELAY_SUM_NS] += delay_ns
    loop[DELAYS] += 1.0
    if loop[LAST_NS] < 0.0:
        loop[LAST_NS], loop[NEXT_SAMPLE_NS] = sent_ns, sent_ns
    step_ns = sent_ns - loop[LAST_NS]
    loop[LAST_NS] = sent_ns
    w = watch.settings[GAIN]
    error, unit_error = delay_ns - loop[PHASE_NS], 1.0 - loop[UNIT_PHASE]
    loop[DRIFT] += w * w * error * step_ns
    loop[PHASE_NS] += (2.0 * w * error + loop[DRIFT]) * step_ns
    loop[UNIT_DRIFT] += w * w * unit_error * step_ns
    loop[UNIT_PHASE] += (2.0 * w * unit_error + loop[UNIT_DRIFT]) * step_ns
    while loop[NEXT_SAMPLE_NS] <= sent_ns and loop[NUM_PHASES] < watch.phases.shape[1]:
        sample = watch.phases[row, np.int64(loop[NUM_PHASES])]
        sample[OF_DELAYS], sample[OF_ONE] = loop[PHASE_NS], loop[UNIT_PHASE]
        loop[NUM_PHASES] += 1.0
        loop[NEXT_SAMPLE_NS] += SAMPLE_NS
