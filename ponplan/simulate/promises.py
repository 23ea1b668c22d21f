"""What one service got of what it was promised: rate, delay, loss, and of E1 the wander; and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate import recorder as rec
from ponplan.simulate.counted import quantile_ns
from ponplan.simulate.wander import judge_wander, recovered_phases_us

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.simulate.demand import Flow
    from ponplan.simulate.ports import PortPlan
    from ponplan.simulate.recorder import Recorder

PROMISED_SHARE = 0.999  # of packets that must keep the promised delay
RATE_TOLERANCE = 0.02
FULL_SHARE = 0.95  # of the usable rate: beyond it waiting grows whatever is granted


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowResult:
    """One service of one customer in one direction.

    delay_p999_ms
        Delay that 99.9 % of packets keep; None without a packet.
    jitter_buffer_ms, circuit_delay_ms
        Of E1 circuits: how far delays lie apart, and packing plus the longest delay; else None.
    wander_us, wander_interval_s, wander_share
        Of E1: how far its recovered clock moved over the longest interval seen, and the largest share of what the
        limits allow over any interval; else None.
    broken
        Promises that were not kept: `rate`, `delay`, `loss`, `wander`.
    reason
        Why: `port full`, `buffer`, `allocation`, `port full in bursts`, `delay variation`, `bearer`; empty if all
        were kept.
    bearer_ms, end_to_end_ms
        What the network behind the OLT adds, and both together; None until that was played.
    """

    customer: str
    service: str
    port: str
    onu: str
    direction: str
    offered_bps: float
    carried_bps: float
    lost_share: float
    packets: int
    delay_mean_ms: float | None
    delay_p999_ms: float | None
    delay_max_ms: float | None
    jitter_buffer_ms: float | None
    circuit_delay_ms: float | None
    wander_us: float | None
    wander_interval_s: float | None
    wander_share: float | None
    promised_bps: float
    promised_delay_ms: float
    promised_loss: float
    broken: tuple[str, ...]
    reason: str
    bearer_ms: float | None = None
    end_to_end_ms: float | None = None

    @property
    def pon_delay_ms(self) -> float | None:
        """Delay that the promise is about: of E1 packing and the longest delay, else what 99.9 % of packets keep."""
        return self.delay_p999_ms if self.circuit_delay_ms is None else self.circuit_delay_ms


def judge_flow(
    plan: PortPlan,
    flow: Flow,
    way: str,
    recorder: Recorder | None,
    queue: int,
    measured_s: float,
    *,
    is_full: bool,
) -> FlowResult:
    """Hold what a queue did against what its flow was promised; `is_full` says that the port has too much load."""
    counts = np.zeros(rec.NUM_COUNTS, np.int64) if recorder is None else recorder.counts[queue]
    buckets = np.zeros(1, np.int64) if recorder is None else recorder.delay_buckets[queue]
    packets = int(counts[rec.CARRIED_PACKETS])
    offered_bps = float(counts[rec.OFFERED_BYTES]) * 8 / measured_s
    carried_bps = float(counts[rec.CARRIED_BYTES]) * 8 / measured_s
    lost_share = float(counts[rec.LOST_BYTES]) / max(float(counts[rec.OFFERED_BYTES]), 1.0)
    longest_ms = float(counts[rec.MAX_DELAY_NS]) / 1e6 if packets else None
    late_ms = late_delay_ms(buckets)
    if late_ms is not None and longest_ms is not None:
        late_ms = min(late_ms, longest_ms)
    promised_bps = flow.committed_bps[way]
    broken = []
    # what may still wait at the end of a promise that is kept
    waiting_bps = promised_bps * flow.max_delay_ms / 1e3 / measured_s
    if carried_bps + waiting_bps < (1.0 - RATE_TOLERANCE) * min(offered_bps, promised_bps):
        broken.append("rate")
    wander = None
    if recorder is not None and flow.packing is not None:
        wander = judge_wander(recovered_phases_us(recorder.watch, queue), plan.wander_limits)
    circuit_ms = None if flow.packing_ms is None or longest_ms is None else flow.packing_ms + longest_ms
    delay_ms = late_ms if flow.packing_ms is None else circuit_ms
    if delay_ms is not None and delay_ms > flow.max_delay_ms:
        broken.append("delay")
    if lost_share > flow.max_loss:
        broken.append("loss")
    if wander is not None and (wander.share or 0.0) > 1.0:
        broken.append("wander")
    return FlowResult(
        customer=flow.customer,
        service=flow.service,
        port=plan.port,
        onu=plan.onus[flow.onu],
        direction=way,
        offered_bps=offered_bps,
        carried_bps=carried_bps,
        lost_share=lost_share,
        packets=packets,
        delay_mean_ms=float(counts[rec.DELAY_NS]) / packets / 1e6 if packets else None,
        delay_p999_ms=late_ms,
        delay_max_ms=longest_ms,
        jitter_buffer_ms=None if circuit_ms is None else (longest_ms or 0.0) - float(counts[rec.MIN_DELAY_NS]) / 1e6,
        circuit_delay_ms=circuit_ms,
        wander_us=None if wander is None else wander.mtie_us,
        wander_interval_s=None if wander is None else wander.interval_s,
        wander_share=None if wander is None else wander.share,
        promised_bps=promised_bps,
        promised_delay_ms=flow.max_delay_ms,
        promised_loss=flow.max_loss,
        broken=tuple(broken),
        reason=_reason(flow, way, lost_share, broken, is_full=is_full) if broken else "",
    )


def _reason(flow: Flow, way: str, lost_share: float, broken: list[str], *, is_full: bool) -> str:
    """Say why a promise was broken: too much for the port, too small a buffer, or too little or too late a grant."""
    if is_full:
        return "port full"
    if lost_share > flow.max_loss:
        return "buffer"
    if broken == ["wander"]:
        return "delay variation"
    return "allocation" if way == "up" else "port full in bursts"


def late_delay_ms(buckets: NDArray[np.int64]) -> float | None:
    """Give the delay that the promised share of packets keeps, None without a packet."""
    late_ns = quantile_ns(buckets, PROMISED_SHARE)
    return None if late_ns is None else late_ns / 1e6
