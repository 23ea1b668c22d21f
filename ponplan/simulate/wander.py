"""Wander of recovered E1 clocks: the phase, its MTIE and TDEV, and the limits that are kept or broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate.watch import (
    DELAY_SUM_NS,
    DELAYS,
    FIRST_ROW,
    NUM_CIRCUITS,
    NUM_PHASES,
    OF_DELAYS,
    OF_ONE,
    SAMPLE_NS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue.model import WanderLimit
    from ponplan.simulate.watch import Watch

    FloatArray = NDArray[np.float64]

SAMPLE_S = SAMPLE_NS / 1e9
LONGEST_SHARE = 0.5  # of the time that was seen: of longer intervals there are too few


@dataclass(frozen=True, slots=True, kw_only=True)
class Wander:
    """The clock of an E1, recovered at its far end.

    mtie_us
        Longest time-interval error over `interval_s`, the longest interval that was judged.
    limit_us
        What is allowed over that interval; None if there is no limit for it.
    share
        Of the limit, at the interval where most of it is used; more than one is broken. None without a limit.
    """

    interval_s: float
    mtie_us: float
    limit_us: float | None
    share: float | None


def recovered_phases_us(watch: Watch, queue: int) -> list[FloatArray]:
    """Give the phase of every circuit's clock in a queue, one value each `SAMPLE_S`, about the mean delay."""
    first, number = watch.clock_of[queue, FIRST_ROW], watch.clock_of[queue, NUM_CIRCUITS]
    found = []
    for row in range(first, first + number) if first >= 0 else ():
        loop, samples = watch.loops[row], watch.phases[row, : int(watch.loops[row, NUM_PHASES])]
        mean_ns = loop[DELAY_SUM_NS] / max(loop[DELAYS], 1.0)
        found.append((samples[:, OF_DELAYS] - mean_ns * samples[:, OF_ONE]) / 1e3)
    return found


def mtie_us(phases_us: FloatArray, steps: int) -> float:
    """Give the maximum time-interval error over so many steps: the most that the phase moves in any such window.

    ITU-T G.810 II.5.
    """
    from scipy.ndimage import maximum_filter1d, minimum_filter1d

    if steps < 1 or phases_us.size <= steps:
        return float(np.ptp(phases_us)) if phases_us.size and steps > 0 else 0.0
    middle = slice((steps + 1) // 2, phases_us.size - steps + (steps + 1) // 2)
    highest = maximum_filter1d(phases_us, steps + 1)[middle]
    lowest = minimum_filter1d(phases_us, steps + 1)[middle]
    return float((highest - lowest).max())


def tdev_us(phases_us: FloatArray, steps: int) -> float | None:
    """Give the time deviation over so many steps, None where the phase was seen for less than three times as long.

    ITU-T G.810 II.3: from second differences of means over `steps` values.
    """
    if steps < 1 or phases_us.size < 3 * steps + 1:
        return None
    sums = np.concatenate([[0.0], np.cumsum(phases_us)])
    means = (sums[steps:] - sums[:-steps]) / steps
    second = means[2 * steps :] - 2.0 * means[steps:-steps] + means[: -2 * steps]
    return float(np.sqrt((second**2).mean() / 6.0))


def limit_us(limits: Iterable[WanderLimit], interval_s: float) -> float | None:
    """Give what is allowed over an interval, None where the limits say nothing of it."""
    for row in limits:
        if row.from_s < interval_s <= row.to_s:
            return row.fixed_us + row.slope_us_per_s * interval_s
    return None


def judge_wander(phases_us: Sequence[FloatArray], limits: Sequence[WanderLimit]) -> Wander | None:
    """Judge the worst of some clocks over all intervals up to half the time seen; None if that is too short."""
    worst: Wander | None = None
    for phase_us in phases_us:
        one = _judged(phase_us, limits)
        if one is not None and (worst is None or (one.share or 0.0) > (worst.share or 0.0)):
            worst = one
    return worst


def interval_steps(num_phases: int) -> list[int]:
    """Give the intervals, in samples, over which a phase seen so often is judged: eight to the decade."""
    most = int(LONGEST_SHARE * num_phases)
    return sorted({round(10 ** (k / 8)) for k in range(49)} & set(range(1, most + 1)))


def _judged(phase_us: FloatArray, limits: Sequence[WanderLimit]) -> Wander | None:
    steps = interval_steps(phase_us.size)
    if not steps:
        return None
    moved_us = {step: mtie_us(phase_us, step) for step in steps}
    allowed_us = {step: limit_us(limits, step * SAMPLE_S) for step in steps}
    shares = [moved_us[step] / allowed for step, allowed in allowed_us.items() if allowed]
    longest = steps[-1]
    return Wander(
        interval_s=longest * SAMPLE_S,
        mtie_us=moved_us[longest],
        limit_us=allowed_us[longest],
        share=max(shares, default=None),
    )
