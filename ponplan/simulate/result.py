"""What a simulation found: values only, computed from the kernels' counts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate import recorder as rec
from ponplan.simulate.wander import judge_wander, tdev_us

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue.model import WanderLimit
    from ponplan.scenario import SourceSettings
    from ponplan.simulate.circuits import Packing
    from ponplan.simulate.traffic import Traffic

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """A distribution of delays in microseconds; `ci95` is the half-width around the mean, None if unknown."""

    mean: float | None
    ci95: float | None
    p50: float | None
    p99: float | None
    p999: float | None
    max: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One ONU, or one T-CONT and priority over all ONUs; shares refer to the MAC rate."""

    onu: int | None
    tcont: int | None
    priority: int | None
    offered: float
    carried: float
    lost: float
    packets: int
    mean_delay_us: float | None
    max_delay_us: float | None
    p99_delay_us: float | None
    jitter_us: float | None
    max_queue_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitResult:
    """The E1 circuits of one ONU: packing, then the PON, then a jitter buffer as deep as delays differ.

    wander_us, wander_interval_s, wander_share
        How far the recovered clock moved over the longest interval seen, and the largest share of what the limits
        allow over any interval; None where it was not seen for long enough.
    tdev_us
        Its time deviation over a third of the time seen.
    """

    onu: int
    circuits: float
    packets: int
    packets_lost: int
    packing_us: float
    delay_min_us: float | None
    delay_max_us: float | None
    jitter_buffer_us: float | None
    end_to_end_us: float | None
    wander_us: float | None = None
    wander_interval_s: float | None = None
    wander_share: float | None = None
    tdev_us: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionResult:
    """One direction over the measured time of all replications.

    offered, carried, lost, queued
        Frame bytes over MAC rate; queued is the growth of what waits, so offered = carried + lost + queued.
    jitter_us
        Mean change of delay from one packet of a queue to the next.
    cycle_us
        Mean and longest time from one burst of an ONU to its next; None downstream.
    overhead
        Shares of the line: guard, headers, fec, idle, report; with payload they add up to one.
    fairness
        Jain's index of carried over offered among the ONUs that offered something.
    ci_method
        `replications` or `batch means` of 20 batches.
    """

    mac_rate_bps: float
    offered: float
    carried: float
    lost: float
    queued: float
    packets: int
    packets_offered: int
    packets_lost: int
    delay_us: Delay
    queueing_delay_us: Delay
    jitter_us: float | None
    cycle_us: dict[str, float | None] | None
    overhead: dict[str, float]
    payload: float
    fairness: float | None
    max_queue_bytes: int
    ci_method: str
    onus: tuple[Group, ...]
    classes: tuple[Group, ...]
    circuits: tuple[CircuitResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficResult:
    """Both directions of one PON, None without traffic; `coexisting` are other technologies on the same fibre."""

    technology: str
    policy: str
    seconds: float
    replications: int
    seed: int
    cpu_seconds: float
    upstream: DirectionResult | None
    downstream: DirectionResult | None
    activation_ms: float | None = None
    coexisting: tuple[TrafficResult, ...] = ()


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


def summarise(
    runs: Sequence[Counted],
    traffic: Traffic,
    *,
    mac_bps: float,
    measured_s: float,
    circuits: Sequence[tuple[SourceSettings, Packing]] = (),
    wander_limits: Sequence[WanderLimit] = (),
) -> DirectionResult:
    """Put replications of one direction together.

    Confidence intervals are Student's over replication means, or over 20 batch means of a single run.
    """
    counts = np.array([run.counts for run in runs])
    total = counts.sum(axis=(0, 1))
    scale = 8.0 / (mac_bps * measured_s * len(runs))
    offered = float(total[rec.OFFERED_BYTES]) * scale
    carried = float(total[rec.CARRIED_BYTES]) * scale
    lost = float(total[rec.LOST_BYTES]) * scale
    uses = {use: sum(run.uses[use] for run in runs) for use in runs[0].uses}
    whole = sum(uses.values()) or 1.0
    packets = int(total[rec.CARRIED_PACKETS])
    onus = tuple(_onu_groups(counts, traffic, scale))
    return DirectionResult(
        mac_rate_bps=mac_bps,
        offered=offered,
        carried=carried,
        lost=lost,
        queued=offered - carried - lost,
        packets=packets,
        packets_offered=int(total[rec.OFFERED_PACKETS]),
        packets_lost=int(total[rec.LOST_PACKETS]),
        delay_us=_delay(runs, "delay"),
        queueing_delay_us=_delay(runs, "queueing"),
        jitter_us=float(total[rec.JITTER_NS]) / packets / 1e3 if packets else None,
        cycle_us=_cycle(runs),
        overhead={use: value / whole for use, value in uses.items() if use != "payload"},
        payload=uses["payload"] / whole,
        fairness=_jain([group.carried / group.offered for group in onus if group.offered > 0]),
        max_queue_bytes=int(counts[:, :, rec.MAX_QUEUE_BYTES].max(initial=0)),
        ci_method="replications" if len(runs) > 1 else "batch means",
        onus=onus,
        classes=tuple(_class_groups(runs, counts, traffic, scale)),
        circuits=tuple(_circuit_results(runs, counts, traffic, circuits, wander_limits)),
    )


def _circuit_results(
    runs: Sequence[Counted],
    counts: NDArray[np.int64],
    traffic: Traffic,
    circuits: Sequence[tuple[SourceSettings, Packing]],
    wander_limits: Sequence[WanderLimit],
) -> Iterator[CircuitResult]:
    for q, source in traffic.feeds:
        packing = next((packing for packed, packing in circuits if packed is source), None)
        if packing is None:
            continue
        total = counts[:, q].sum(axis=0)
        packets = int(total[rec.CARRIED_PACKETS])
        low_us = float(counts[:, q, rec.MIN_DELAY_NS].min()) / 1e3 if packets else None
        high_us = float(counts[:, q, rec.MAX_DELAY_NS].max()) / 1e3 if packets else None
        packing_us = packing.interval_ns / 1e3
        phases_us = [phase_us for run in runs for phase_us in run.phases_us.get(q, ())]
        wander = judge_wander(phases_us, wander_limits)
        tdevs_us = [tdev_us(phase_us, (phase_us.size - 1) // 3) for phase_us in phases_us]
        yield CircuitResult(
            onu=traffic.keys[q].onu,
            circuits=packing.circuits,
            packets=packets,
            packets_lost=int(total[rec.LOST_PACKETS]),
            packing_us=packing_us,
            delay_min_us=low_us,
            delay_max_us=high_us,
            jitter_buffer_us=None if low_us is None or high_us is None else high_us - low_us,
            end_to_end_us=None if high_us is None else packing_us + high_us,
            wander_us=None if wander is None else wander.mtie_us,
            wander_interval_s=None if wander is None else wander.interval_s,
            wander_share=None if wander is None else wander.share,
            tdev_us=max((value for value in tdevs_us if value is not None), default=None),
        )


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


def _delay(runs: Sequence[Counted], kind: str) -> Delay:
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


def _cycle(runs: Sequence[Counted]) -> dict[str, float | None] | None:
    if runs[0].cycles is None:
        return None
    cycles = [run.cycles for run in runs if run.cycles is not None]
    number = sum(cycle[0] for cycle in cycles)
    if number == 0:
        return {"mean": None, "max": None}
    return {"mean": sum(cycle[1] for cycle in cycles) / number / 1e3, "max": max(c[2] for c in cycles) / 1e3}


def _jain(shares: Sequence[float]) -> float | None:
    squares = sum(share * share for share in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares > 0 else None


def _onu_groups(counts: NDArray[np.int64], traffic: Traffic, scale: float) -> list[Group]:
    members: dict[int, list[int]] = {}
    for q, key in enumerate(traffic.keys):
        members.setdefault(key.onu, []).append(q)
    return [_group(counts[:, rows], scale, None, onu=onu, tcont=None, priority=None) for onu, rows in members.items()]


def _class_groups(runs: Sequence[Counted], counts: NDArray[np.int64], traffic: Traffic, scale: float) -> list[Group]:
    groups = []
    for number, (tcont, priority) in enumerate(traffic.classes):
        rows = np.flatnonzero(traffic.queue_class == number)
        buckets = np.asarray(sum(run.delay_buckets[number] for run in runs))
        groups.append(_group(counts[:, rows], scale, buckets, onu=None, tcont=tcont, priority=priority))
    return groups


def _group(
    counts: NDArray[np.int64],
    scale: float,
    buckets: NDArray[np.int64] | None,
    *,
    onu: int | None,
    tcont: int | None,
    priority: int | None,
) -> Group:
    total = counts.sum(axis=(0, 1))
    packets = int(total[rec.CARRIED_PACKETS])
    p99 = None if buckets is None else quantile_ns(buckets, 0.99)
    return Group(
        onu=onu,
        tcont=tcont,
        priority=priority,
        offered=float(total[rec.OFFERED_BYTES]) * scale,
        carried=float(total[rec.CARRIED_BYTES]) * scale,
        lost=float(total[rec.LOST_BYTES]) * scale,
        packets=packets,
        mean_delay_us=float(total[rec.DELAY_NS]) / packets / 1e3 if packets else None,
        max_delay_us=float(counts[:, :, rec.MAX_DELAY_NS].max()) / 1e3 if packets else None,
        p99_delay_us=None if p99 is None else p99 / 1e3,
        jitter_us=float(total[rec.JITTER_NS]) / packets / 1e3 if packets else None,
        max_queue_bytes=int(counts[:, :, rec.MAX_QUEUE_BYTES].max(initial=0)),
    )
