"""Replications as the kernels left them, and the delays in them: means with their intervals, quantiles, cycles."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate import recorder as rec
from ponplan.simulate.result import Delay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


@dataclass(slots=True, kw_only=True)
class Counted:
    """One replication of one direction, as the kernel left it."""

    counts: NDArray[np.int64]
    delay_buckets: NDArray[np.int64]
    queueing_buckets: NDArray[np.int64]
    uses: dict[str, float]  # of the line: payload, guard, headers, fec, idle, report, in one unit
    cycles: tuple[int, int, int] | None  # number, sum, longest; ns
    batches: list[tuple[int, int, int]] = field(default_factory=list)  # packets, delay, queueing so far
    phases_us: dict[int, list[FloatArray]] = field(default_factory=dict)  # of queues with E1: their recovered clocks


def half_width(means: Sequence[float]) -> float | None:
    """Give the half-width of Student's 95 % interval around the mean of independent means."""
    if len(means) < 2:
        return None
    from scipy.stats import t

    spread = float(np.std(means, ddof=1)) / math.sqrt(len(means))
    return float(t.ppf(0.975, len(means) - 1)) * spread


def quantile_ns(buckets: NDArray[np.int64], share: float) -> float | None:
    """Give a quantile by linear interpolation inside its bucket."""
    total = int(buckets.sum())
    if total == 0:
        return None
    cumulative = np.cumsum(buckets)
    rank = share * total
    place = int(np.searchsorted(cumulative, rank, side="left"))
    before = float(cumulative[place - 1]) if place else 0.0
    edges = rec.bucket_edges()
    inside = (rank - before) / max(float(buckets[place]), 1.0)
    return float(edges[place] + inside * (edges[place + 1] - edges[place]))


def delay_of(runs: Sequence[Counted], kind: str) -> Delay:
    """Put the delays of all replications together: of packets on their whole way (`delay`), or only `queueing`."""
    sum_column, max_column = (
        (rec.DELAY_NS, rec.MAX_DELAY_NS) if kind == "delay" else (rec.QUEUEING_NS, rec.MAX_QUEUEING_NS)
    )
    sums = [int(run.counts[:, sum_column].sum()) for run in runs]
    packets = [int(run.counts[:, rec.CARRIED_PACKETS].sum()) for run in runs]
    if sum(packets) == 0:
        return Delay(mean=None, ci95=None, p50=None, p99=None, p999=None, max=None)
    buckets = sum(run.delay_buckets if kind == "delay" else run.queueing_buckets for run in runs)
    buckets = np.asarray(buckets).sum(axis=0)
    longest = max(int(run.counts[:, max_column].max()) for run in runs)
    means = [total / number for total, number in zip(sums, packets, strict=True) if number]
    if len(runs) == 1:
        means = _batch_means(runs[0], 1 if kind == "delay" else 2)
    width = half_width(means)
    quantiles = [min(quantile_ns(buckets, share) or 0.0, longest) / 1e3 for share in (0.5, 0.99, 0.999)]
    return Delay(
        mean=sum(sums) / sum(packets) / 1e3,
        ci95=None if width is None else width / 1e3,
        p50=quantiles[0],
        p99=quantiles[1],
        p999=quantiles[2],
        max=longest / 1e3,
    )


def _batch_means(run: Counted, column: int) -> list[float]:
    steps = np.diff(np.array(run.batches, np.float64), axis=0)
    return [float(step[column] / step[0]) for step in steps if step[0] > 0]


def cycle_of(runs: Sequence[Counted]) -> dict[str, float | None] | None:
    """Give the mean and the longest cycle in microseconds; None where there are none to a direction."""
    if runs[0].cycles is None:
        return None
    cycles = [run.cycles for run in runs if run.cycles is not None]
    number = sum(cycle[0] for cycle in cycles)
    if number == 0:
        return {"mean": None, "max": None}
    return {"mean": sum(cycle[1] for cycle in cycles) / number / 1e3, "max": max(c[2] for c in cycles) / 1e3}
