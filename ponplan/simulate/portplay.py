"""Play one port of a design and say what each service got of what it was promised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate import recorder as rec
from ponplan.simulate.demand import BOTH
from ponplan.simulate.live import LivePon, policy_function
from ponplan.simulate.ports import WARMUP_SHARE, PortPlan, make_port_pon
from ponplan.simulate.result import half_width, quantile_ns
from ponplan.simulate.uses import down_uses, up_uses
from ponplan.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.simulate.demand import Flow
    from ponplan.simulate.recorder import Recorder

BATCHES = 20
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
    broken
        Promises that were not kept: `rate`, `delay`, `loss`.
    reason
        Why: `port full`, `buffer`, `allocation`, `port full in bursts`; empty if all were kept.
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
    promised_bps: float
    promised_delay_ms: float
    promised_loss: float
    broken: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortDirection:
    """One direction of one port; `offered_ci95_bps` is the half-width of Student's interval over 20 batches."""

    offered_bps: float
    offered_ci95_bps: float | None
    carried_bps: float
    lost_share: float
    packets: int
    delay_mean_ms: float | None
    delay_p999_ms: float | None
    usable_bps: float
    payload_share: float
    overhead: Mapping[str, float]
    carried_steps_bps: tuple[float, ...]  # in each twentieth of the measured time


@dataclass(frozen=True, slots=True, kw_only=True)
class PortResult:
    """One port: both directions, and every flow in both."""

    port: str
    technology: str
    onus: int
    up: PortDirection
    down: PortDirection
    flows: tuple[FlowResult, ...]

    @property
    def broken(self) -> int:
        """Promises to services that were not kept."""
        return sum(bool(flow.broken) for flow in self.flows)


def play_port(plan: PortPlan) -> PortResult:
    """Play a port, the first tenth not measured; its random streams depend on the seed and the port's row only."""
    pon, queues = make_port_pon(plan)
    end_ns = round(plan.seconds * NS_PER_S)
    warm_ns = round(plan.seconds * WARMUP_SHARE * NS_PER_S)
    live = LivePon(pon, policy_function(pon), replication=plan.number, window_ns=(warm_ns, end_ns))
    so_far: dict[str, list[tuple[int, int]]] = {way: [] for way in BOTH}
    for boundary_ns in np.linspace(warm_ns, end_ns, BATCHES + 1).astype(np.int64):
        live.advance(int(boundary_ns))
        for way, state in (("up", live.up), ("down", live.down)):
            if state is not None:
                sums = state.recorder.counts[:, [rec.OFFERED_BYTES, rec.CARRIED_BYTES]].sum(axis=0)
                so_far[way].append((int(sums[0]), int(sums[1])))
    live.finish()
    measured_s = (end_ns - warm_ns) / NS_PER_S
    recorders = {
        "up": None if live.up is None else live.up.recorder,
        "down": None if live.down is None else live.down.recorder,
    }
    uses = {
        "up": {} if live.up is None else up_uses(live.up),
        "down": {} if live.down is None else down_uses(pon, live.down),
    }
    ways = {way: _direction(plan, way, recorders[way], so_far[way], uses[way], measured_s) for way in BOTH}
    flows = [
        _flow(plan, flow, way, recorders[way], queues[way][place], measured_s, ways[way])
        for place, flow in enumerate(plan.flows)
        for way in BOTH
    ]
    return PortResult(
        port=plan.port,
        technology=plan.technology.id,
        onus=len(plan.onus),
        up=ways["up"],
        down=ways["down"],
        flows=tuple(flows),
    )


def _direction(
    plan: PortPlan,
    way: str,
    recorder: Recorder | None,
    so_far: list[tuple[int, int]],
    uses: Mapping[str, float],
    measured_s: float,
) -> PortDirection:
    if recorder is None:
        total, buckets = np.zeros(rec.NUM_COUNTS, np.int64), np.zeros(rec.NUM_BUCKETS, np.int64)
    else:
        total, buckets = recorder.counts.sum(axis=0), recorder.delay_buckets.sum(axis=0)
    packets, whole = int(total[rec.CARRIED_PACKETS]), sum(uses.values()) or 1.0
    sums = np.array(so_far or [(0, 0)] * (BATCHES + 1), np.float64)
    steps_bps = np.diff(sums, axis=0) * 8 * BATCHES / measured_s
    return PortDirection(
        offered_bps=float(total[rec.OFFERED_BYTES]) * 8 / measured_s,
        offered_ci95_bps=half_width(steps_bps[:, 0].tolist()),
        carried_bps=float(total[rec.CARRIED_BYTES]) * 8 / measured_s,
        lost_share=float(total[rec.LOST_BYTES]) / max(float(total[rec.OFFERED_BYTES]), 1.0),
        packets=packets,
        delay_mean_ms=float(total[rec.DELAY_NS]) / packets / 1e6 if packets else None,
        delay_p999_ms=_ms(quantile_ns(buckets, PROMISED_SHARE)),
        usable_bps=float(plan.usable_bps.get(way, float("nan"))),
        payload_share=float(uses.get("payload", 0.0)) / whole,
        overhead={use: value / whole for use, value in uses.items() if use != "payload"},
        carried_steps_bps=tuple(steps_bps[:, 1].tolist()),
    )


def _flow(
    plan: PortPlan,
    flow: Flow,
    way: str,
    recorder: Recorder | None,
    queue: int,
    measured_s: float,
    port: PortDirection,
) -> FlowResult:
    counts = np.zeros(rec.NUM_COUNTS, np.int64) if recorder is None else recorder.counts[queue]
    buckets = np.zeros(1, np.int64) if recorder is None else recorder.delay_buckets[queue]
    packets = int(counts[rec.CARRIED_PACKETS])
    offered_bps = float(counts[rec.OFFERED_BYTES]) * 8 / measured_s
    carried_bps = float(counts[rec.CARRIED_BYTES]) * 8 / measured_s
    lost_share = float(counts[rec.LOST_BYTES]) / max(float(counts[rec.OFFERED_BYTES]), 1.0)
    longest_ms = float(counts[rec.MAX_DELAY_NS]) / 1e6 if packets else None
    late_ms = _ms(quantile_ns(buckets, PROMISED_SHARE))
    if late_ms is not None and longest_ms is not None:
        late_ms = min(late_ms, longest_ms)
    promised_bps = flow.committed_bps[way]
    broken = []
    # what may still wait at the end of a promise that is kept
    waiting_bps = promised_bps * flow.max_delay_ms / 1e3 / measured_s
    if carried_bps + waiting_bps < (1.0 - RATE_TOLERANCE) * min(offered_bps, promised_bps):
        broken.append("rate")
    circuit_ms = None if flow.packing_ms is None or longest_ms is None else flow.packing_ms + longest_ms
    delay_ms = late_ms if flow.packing_ms is None else circuit_ms
    if delay_ms is not None and delay_ms > flow.max_delay_ms:
        broken.append("delay")
    if lost_share > flow.max_loss:
        broken.append("loss")
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
        promised_bps=promised_bps,
        promised_delay_ms=flow.max_delay_ms,
        promised_loss=flow.max_loss,
        broken=tuple(broken),
        reason=_reason(flow, way, lost_share, port) if broken else "",
    )


def _reason(flow: Flow, way: str, lost_share: float, port: PortDirection) -> str:
    """Say why a promise was broken: too much for the port, too small a buffer, or too little or too late a grant."""
    if port.offered_bps > FULL_SHARE * port.usable_bps:
        return "port full"
    if lost_share > flow.max_loss:
        return "buffer"
    return "allocation" if way == "up" else "port full in bursts"


def _ms(value_ns: float | None) -> float | None:
    return None if value_ns is None else value_ns / 1e6
