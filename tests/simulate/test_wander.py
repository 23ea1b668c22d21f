"""Recovered E1 clocks: loop, MTIE and TDEV against closed forms, limits, and what a PON does to them."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.simulate.wander import SAMPLE_S, judge_wander, limit_us, mtie_us, recovered_phases_us, tdev_us
from ponplan.simulate.watch import make_watch, note_clock

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue

PACKET_NS = 1_000_000


def recovered_us(delays_ns: np.ndarray, *, loop_hz: float, circuits: int = 1) -> list[np.ndarray]:
    """Recover clocks from packets a millisecond apart."""
    watch = make_watch(
        1, length_ns=delays_ns.size * PACKET_NS, circuits={0: (circuits, float(PACKET_NS))}, loop_hz=loop_hz
    )
    for k, delay_ns in enumerate(delays_ns.tolist()):
        note_clock(watch, 0, 1_000_000 + k * PACKET_NS, delay_ns)
    return recovered_phases_us(watch, 0)


@pytest.mark.parametrize("tone_hz", [0.2, 1.0, 5.0])
def test_the_loop_passes_tones_as_its_transfer_function_says(tone_hz: float):
    """A tone comes out with |H|, H = (2 w s + w^2) / (s + w)^2, within one per cent."""
    loop_hz, seconds = 1.0, 20
    times_s = np.arange(seconds * 1000) / 1000
    delays_ns = np.rint(1e6 + 1e5 * np.sin(2 * math.pi * tone_hz * times_s)).astype(np.int64)
    phase_us = recovered_us(delays_ns, loop_hz=loop_hz)[0]
    ratio = 1j * tone_hz / loop_hz
    passed = abs((2 * ratio + 1) / (ratio + 1) ** 2)
    assert np.ptp(phase_us[phase_us.size // 2 :]) / 2 == pytest.approx(100 * passed, rel=0.01)


def test_a_loop_begins_locked():
    """Delay that does not vary gives no wander, from the first sample on, however slow the loop."""
    phase_us = recovered_us(np.full(2000, 700_000), loop_hz=0.01)[0]
    assert phase_us == pytest.approx(np.zeros(phase_us.size), abs=1e-9)


def test_circuits_that_take_turns_have_clocks_of_their_own():
    """Two circuits in one queue, one steady and one not: only the second one wanders; lost packets mix nothing up."""
    rng = np.random.default_rng(1)
    delays_ns = np.full(8000, 500_000)
    delays_ns[1::2] += rng.integers(0, 200_000, 4000)
    steady, other = recovered_us(delays_ns, loop_hz=1.0, circuits=2)
    assert np.ptp(steady) < 1e-9 < 1.0 < np.ptp(other)


def test_mtie_of_a_tone():
    """Over an interval shorter than half a period 2 A sin(pi f t), over longer ones 2 A."""
    times_s = np.arange(20_000) * SAMPLE_S
    phase_us = 3.0 * np.sin(2 * math.pi * 0.05 * times_s)
    assert mtie_us(phase_us, 250) == pytest.approx(6.0 * math.sin(math.pi * 0.05 * 2.5), rel=1e-4)
    assert mtie_us(phase_us, 1500) == pytest.approx(6.0, rel=1e-4)


def test_mtie_is_the_widest_window():
    """For random phases and every length it is what a search of all windows finds."""
    phase_us = np.random.default_rng(2).normal(size=60).cumsum()
    for steps in (1, 2, 3, 10, 31, 59):
        windows = np.lib.stride_tricks.sliding_window_view(phase_us, steps + 1)
        assert mtie_us(phase_us, steps) == pytest.approx((windows.max(axis=1) - windows.min(axis=1)).max())


def test_tdev_of_white_phase():
    """White phase noise of deviation s has TDEV s / sqrt(n) over n samples (ITU-T G.810)."""
    phase_us = np.random.default_rng(3).normal(scale=2.0, size=200_000)
    for steps in (1, 4, 25):
        assert tdev_us(phase_us, steps) == pytest.approx(2.0 / math.sqrt(steps), rel=0.03)
    assert tdev_us(phase_us[:10], 5) is None


def test_limits_follow_on_each_other(catalogue: Catalogue):
    """From 50 ms to 1000 s every interval has its limit, none is below a shorter one's; outside there is none."""
    rows = tuple(catalogue.wander_limits.values())
    allowed = [limit_us(rows, interval_s) for interval_s in np.geomspace(0.0501, 1000.0, 200)]
    assert None not in allowed
    assert all(one <= other * 1.01 for one, other in pairwise(allowed))
    assert limit_us(rows, 0.05) is None
    assert limit_us(rows, 1001.0) is None


def test_a_clock_that_moves_too_far_is_told(catalogue: Catalogue):
    """The worst of some clocks counts, at the interval where it uses most of its limit."""
    rows = tuple(catalogue.wander_limits.values())
    times_s = np.arange(1000) * SAMPLE_S
    still, moving = (
        np.zeros(1000),
        5.0 * times_s,
    )  # 5 us/s: 1.07 us in 0.2 s is half of what is allowed, 10 us in 2 s not
    judged = judge_wander([still, moving], rows)
    assert judged.share > 1.0
    assert judged.mtie_us == pytest.approx(5.0 * judged.interval_s)
    assert judge_wander([still], rows).share == 0.0
    assert judge_wander([np.zeros(1)], rows) is None
