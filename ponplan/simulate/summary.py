"""Replications of one direction put together: what all, each ONU, each class and each circuit got."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate import recorder as rec
from ponplan.simulate.counted import cycle_of, delay_of, quantile_ns
from ponplan.simulate.result import CircuitResult, DirectionResult, Group
from ponplan.simulate.wander import judge_wander, tdev_us

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue.model import WanderLimit
    from ponplan.scenario import SourceSettings
    from ponplan.simulate.circuits import Packing
    from ponplan.simulate.counted import Counted
    from ponplan.simulate.traffic import Traffic


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
        delay_us=delay_of(runs, "delay"),
        queueing_delay_us=delay_of(runs, "queueing"),
        jitter_us=float(total[rec.JITTER_NS]) / packets / 1e3 if packets else None,
        cycle_us=cycle_of(runs),
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


def _jain(shares: Sequence[float]) -> float | None:
    squares = sum(share * share for share in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares > 0 else None
