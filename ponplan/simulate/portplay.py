"""Play one port of a design and say what each service got of what it was promised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate import recorder as rec
from ponplan.simulate.demand import BOTH, source_of
from ponplan.simulate.directplay import LiveDirect
from ponplan.simulate.live import LivePon, policy_function
from ponplan.simulate.onoff import offered_ci95_bps
from ponplan.simulate.ports import WARMUP_SHARE, PortPlan, make_port_pon
from ponplan.simulate.promises import FULL_SHARE, FlowResult, judge_flow, late_delay_ms
from ponplan.simulate.uses import down_uses, up_uses
from ponplan.simulate.watch import num_steps
from ponplan.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.simulate.recorder import Recorder

BATCHES = 20
ROUNDING_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class PortDirection:
    """One direction of one port.

    offered_ci95_bps
        Half-width of the interval around the mean of its sources in which 95 of 100 plays offer.
    reckoned_bps
        What `check` reckons that is offered.
    carried_steps_bps
        In each twentieth of the measured time.
    """

    offered_bps: float
    offered_ci95_bps: float
    carried_bps: float
    lost_share: float
    packets: int
    delay_mean_ms: float | None
    delay_p999_ms: float | None
    usable_bps: float
    reckoned_bps: float
    payload_share: float
    overhead: Mapping[str, float]
    carried_steps_bps: tuple[float, ...]

    @property
    def is_full(self) -> bool:
        """Say whether more was offered than a port carries without waits that grow."""
        return self.offered_bps > FULL_SHARE * self.usable_bps

    @property
    def agrees(self) -> bool:
        """Say whether what was offered lies within its interval around what `check` reckons, or within one per cent.

        Circuits fill whole bytes and packets, which grown ones do not divide into.
        """
        away_bps = abs(self.offered_bps - self.reckoned_bps)
        return away_bps <= max(self.offered_ci95_bps, ROUNDING_SHARE * self.reckoned_bps)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortResult:
    """One port: both directions, and every flow in both.

    `steps_bytes` (2 directions, 2 kinds, steps) is what left the port upstream and came to it downstream, data and
    circuits, in steps of 2 ** 15 ns from the end of the warm-up on, as long as such steps are noted.
    """

    port: str
    technology: str
    onus: int
    up: PortDirection
    down: PortDirection
    flows: tuple[FlowResult, ...]
    steps_bytes: NDArray[np.int32] = field(compare=False, repr=False)

    @property
    def broken(self) -> int:
        """Promises to services that were not kept."""
        return sum(bool(flow.broken) for flow in self.flows)


class _LivePort:
    """A PON port that runs, seen by direction."""

    def __init__(self, plan: PortPlan, *, window_ns: tuple[int, int]) -> None:
        self._pon, self.queues = make_port_pon(plan)
        self._live = LivePon(self._pon, policy_function(self._pon), replication=plan.number, window_ns=window_ns)
        self.advance, self.finish = self._live.advance, self._live.finish

    @property
    def recorders(self) -> Mapping[str, Recorder | None]:
        """What was noted of each direction."""
        states = {"up": self._live.up, "down": self._live.down}
        return {way: None if state is None else state.recorder for way, state in states.items()}

    def uses(self, way: str) -> dict[str, float]:
        """Give what the line was used for."""
        if way == "up":
            return {} if self._live.up is None else up_uses(self._live.up)
        return {} if self._live.down is None else down_uses(self._pon, self._live.down)


def play_port(plan: PortPlan) -> PortResult:
    """Play a port, the first tenth not measured; its random streams depend on the seed and the port's row only."""
    end_ns = round(plan.seconds * NS_PER_S)
    warm_ns = round(plan.seconds * WARMUP_SHARE * NS_PER_S)
    live = (LiveDirect if plan.technology.is_direct else _LivePort)(plan, window_ns=(warm_ns, end_ns))
    so_far: dict[str, list[tuple[int, int]]] = {way: [] for way in BOTH}
    for boundary_ns in np.linspace(warm_ns, end_ns, BATCHES + 1).astype(np.int64):
        live.advance(int(boundary_ns))
        for way, recorder in live.recorders.items():
            if recorder is not None:
                sums = recorder.counts[:, [rec.OFFERED_BYTES, rec.CARRIED_BYTES]].sum(axis=0)
                so_far[way].append((int(sums[0]), int(sums[1])))
    live.finish()
    measured_s = (end_ns - warm_ns) / NS_PER_S
    recorders = live.recorders
    ways = {way: _direction(plan, way, recorders[way], so_far[way], live.uses(way), measured_s) for way in BOTH}
    flows = [
        judge_flow(plan, flow, way, recorders[way], live.queues[way][place], measured_s, is_full=ways[way].is_full)
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
        steps_bytes=np.array([_steps(recorders[way], end_ns - warm_ns) for way in BOTH]),
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
        offered_ci95_bps=offered_ci95_bps(
            [(source_of(flow, way), flow.mean_bps[way]) for flow in plan.flows if flow.mean_bps[way] > 0.0],
            seconds=measured_s,
        ),
        carried_bps=float(total[rec.CARRIED_BYTES]) * 8 / measured_s,
        lost_share=float(total[rec.LOST_BYTES]) / max(float(total[rec.OFFERED_BYTES]), 1.0),
        packets=packets,
        delay_mean_ms=float(total[rec.DELAY_NS]) / packets / 1e6 if packets else None,
        delay_p999_ms=late_delay_ms(buckets),
        usable_bps=float(plan.usable_bps.get(way, float("nan"))),
        reckoned_bps=float(plan.reckoned_bps.get(way, float("nan"))),
        payload_share=float(uses.get("payload", 0.0)) / whole,
        overhead={use: value / whole for use, value in uses.items() if use != "payload"},
        carried_steps_bps=tuple(steps_bps[:, 1].tolist()),
    )


def _steps(recorder: Recorder | None, length_ns: int) -> NDArray[np.int32]:
    """Give the bytes of each step of time; nothing in a direction without traffic."""
    if recorder is None:
        return np.zeros((2, num_steps(length_ns)), np.int32)
    return recorder.watch.steps.astype(np.int32)
