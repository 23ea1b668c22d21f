"""Play a scenario: replications of both directions, put together into one result."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from ponplan.framing import EthernetUp
from ponplan.simulate import down, epon, frames
from ponplan.simulate import recorder as rec
from ponplan.simulate.activation import Fibre, operational_ns, play_activation
from ponplan.simulate.bare import BarePon, make_bare_pon
from ponplan.simulate.discovery import DiscoveryOlt, discovery_times
from ponplan.simulate.downward import make_down
from ponplan.simulate.frame_policies import FRAME_POLICY_FUNCTIONS
from ponplan.simulate.framed import make_frames
from ponplan.simulate.ipact import IPACT_POLICIES
from ponplan.simulate.polled import make_epon
from ponplan.simulate.queues import Queues, bring_in
from ponplan.simulate.ranging import RangingOlt, ranging_times
from ponplan.simulate.result import Counted, TrafficResult, summarise
from ponplan.units import NS_PER_S

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue
    from ponplan.scenario import Scenario
    from ponplan.simulate.arrivals import Sources
    from ponplan.simulate.policies import Policy
    from ponplan.simulate.recorder import Recorder

BATCHES = 20
ACTIVATION_LIMIT_NS = 3600 * NS_PER_S
PIECE_NS = 20_000_000  # both directions go hand in hand in pieces of this length
UpState = epon.EponState | frames.FrameState


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """How many rows of what to keep, from the end of the warm-up on."""

    packets: int = 0
    bursts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Rows that were kept: packets as in `recorder.LOG_*`, bursts as ONU, start, end, payload bytes."""

    up_packets: Any
    down_packets: Any
    bursts: Any


def simulate_traffic(
    scenario: Scenario,
    catalogue: Catalogue,
    *,
    policy: Policy | None = None,
) -> TrafficResult:
    """Play a scenario's packets over a bare PON.

    Parameters
    ----------
    scenario
        What to play.
    catalogue
        Technologies and frame items.
    policy
        A bandwidth-allocation policy of your own, made with `policy.policy`; default: the scenario's.

    Raises
    ------
    ScenarioError
        If the scenario does not fit its technology.
    """
    pon = make_bare_pon(scenario, catalogue, own_policy=policy is not None)
    chosen = policy if policy is not None else policy_function(pon)
    _compile(pon, chosen)
    began = time.process_time()
    ups, downs = [], []
    for replication in range(scenario.run.replications):
        up, downstream, _ = play_once(pon, chosen, replication)
        ups.append(up)
        downs.append(downstream)
    measured_s = scenario.run.seconds - scenario.warmup_seconds
    has_up, has_down = bool(pon.up_traffic.feeds), bool(pon.down_traffic.feeds)
    lit_ns = _activation(pon, 0) if scenario.activation else {}
    return TrafficResult(
        activation_ms=max(lit_ns.values()) / 1e6 if lit_ns else None,
        technology=scenario.technology,
        policy=pon.policy,
        seconds=scenario.run.seconds,
        replications=scenario.run.replications,
        seed=scenario.run.seed,
        cpu_seconds=time.process_time() - began,
        upstream=(
            summarise([up for up in ups if up], pon.up_traffic, mac_bps=pon.up_mac_bps, measured_s=measured_s)
            if has_up or not has_down
            else None
        ),
        downstream=(
            summarise(
                [one for one in downs if one], pon.down_traffic, mac_bps=pon.down_mac_bps, measured_s=measured_s
            )
            if has_down
            else None
        ),
    )


def record_traffic(
    scenario: Scenario, catalogue: Catalogue, *, logs: Logs, policy: Policy | None = None, replication: int = 0
) -> Recorded:
    """Play one replication and give its first packets and bursts after the warm-up, one by one.

    Raises
    ------
    ScenarioError
        If the scenario does not fit its technology.
    """
    pon = make_bare_pon(scenario, catalogue, own_policy=policy is not None)
    chosen = policy if policy is not None else policy_function(pon)
    return play_once(pon, chosen, replication, logs=logs)[2]


def policy_function(pon: BarePon) -> Policy:
    """Give the shipped policy that the scenario names."""
    if isinstance(pon.up, EthernetUp):
        return IPACT_POLICIES.get(pon.policy, IPACT_POLICIES["gated"])
    return FRAME_POLICY_FUNCTIONS[pon.policy]


def play_once(
    pon: BarePon, policy: Policy, replication: int, *, logs: Logs | None = None
) -> tuple[Counted | None, Counted | None, Recorded]:
    """Play one replication; give the counts of each direction and the rows asked for.

    With traffic in one direction only, only that direction moves: downstream without GATEs and map entries.
    """
    logs = logs or Logs()
    end_ns = round(pon.scenario.run.seconds * NS_PER_S)
    warm_ns = round(pon.scenario.warmup_seconds * NS_PER_S)
    up_rng, down_rng = np.random.default_rng([pon.scenario.run.seed, 2, replication]).spawn(2)
    both = bool(pon.up_traffic.feeds) and bool(pon.down_traffic.feeds)
    runs_up = both or not pon.down_traffic.feeds
    window_ns = (warm_ns, end_ns)
    room = 16 * PIECE_NS // 1000 if both else 0
    up = _make_up(pon, up_rng, window_ns, logs, room) if runs_up else None
    lower = None
    if pon.down_traffic.feeds:
        lower = make_down(
            pon.scenario, pon.down, pon.down_traffic, pon.one_way_ns, down_rng,
            window_ns=window_ns, log_packets=logs.packets, num_control=room,
        )  # fmt: skip
    up_batches, down_batches = [], []
    done_ns = 0
    lit_ns = _activation(pon, replication) if up is not None and pon.scenario.activation else {}
    for onu in lit_ns:
        _dark(up, onu)
    for boundary_ns in np.linspace(warm_ns, end_ns, BATCHES + 1).astype(np.int64):
        for at_ns, onu in sorted((at_ns, onu) for onu, at_ns in lit_ns.items() if done_ns < at_ns <= boundary_ns):
            _advance_both(pon, up, lower, policy, done_ns, at_ns)
            _lit(up, onu, at_ns)
            done_ns = at_ns
        _advance_both(pon, up, lower, policy, done_ns, int(boundary_ns))
        done_ns = int(boundary_ns)
        if up is not None:
            up_batches.append(_so_far(up.recorder))
        if lower is not None:
            down_batches.append(_so_far(lower.recorder))
        if boundary_ns == warm_ns:
            _start_logs(up, lower)
    _finish(up, lower, policy, end_ns)
    recorded = Recorded(
        up_packets=None if up is None else up.recorder.log[: up.recorder.log_count[0]],
        down_packets=None if lower is None else lower.recorder.log[: lower.recorder.log_count[0]],
        bursts=None if up is None else up.bursts[: up.clock[_burst_count(up)]],
    )
    counted_up = None if up is None else _counted(up.recorder, _up_uses(up), _cycles(up), up_batches)
    counted_down = None if lower is None else _counted(lower.recorder, _down_uses(pon, lower), None, down_batches)
    return counted_up, counted_down, recorded


def _activation(pon: BarePon, replication: int) -> dict[int, int]:
    """Give when each ONU of a PON that is switched on at time zero becomes operational."""
    rng = np.random.default_rng([pon.scenario.run.seed, 3, replication])
    fibre = Fibre([int(delay_ns) for delay_ns in pon.one_way_ns])
    olt: DiscoveryOlt | RangingOlt
    if isinstance(pon.up, EthernetUp):
        olt = DiscoveryOlt(fibre, discovery_times(pon.items, pon.up), rng)
    else:
        olt = RangingOlt(fibre, ranging_times(pon.items, pon.up), rng)
    return operational_ns(play_activation(olt.activate, until_ns=ACTIVATION_LIMIT_NS))


def _dark(up: UpState | None, onu: int) -> None:
    if isinstance(up, epon.EponState):
        epon.go_dark(up, onu, -NS_PER_S)
    elif up is not None:
        frames.go_dark(up, onu, -NS_PER_S)


def _lit(up: UpState | None, onu: int, now_ns: int) -> None:
    if isinstance(up, epon.EponState):
        epon.go_lit(up, onu, now_ns)
    elif up is not None:
        frames.go_lit(up, onu, now_ns)


def _make_up(pon: BarePon, rng: np.random.Generator, window_ns: tuple[int, int], logs: Logs, room: int) -> UpState:
    if isinstance(pon.up, EthernetUp):
        return make_epon(
            pon.scenario, pon.up, pon.up_traffic, pon.one_way_ns, rng,
            window_ns=window_ns, log_packets=logs.packets, log_bursts=logs.bursts, log_gates=room,
        )  # fmt: skip
    return make_frames(
        pon.scenario, pon.up, pon.up_traffic, pon.one_way_ns, rng,
        window_ns=window_ns, log_packets=logs.packets, log_bursts=logs.bursts, log_maps=room,
    )  # fmt: skip


def advance_up(up: UpState, until_ns: int, policy: Policy) -> None:
    """Carry an upstream of either kind up to a time."""
    if isinstance(up, epon.EponState):
        epon.advance_epon(up, until_ns, policy)
    else:
        frames.advance_frames(up, until_ns, policy)


def advance_down(pon: BarePon, lower: down.DownState, until_ns: int) -> None:
    """Carry a downstream of either kind up to a time."""
    if isinstance(pon.up, EthernetUp):
        down.advance_ethernet_down(lower, until_ns)
    else:
        down.advance_frames_down(lower, until_ns)


def _advance_both(
    pon: BarePon, up: UpState | None, lower: down.DownState | None, policy: Policy, from_ns: int, until_ns: int
) -> None:
    """Carry both directions to a time; the upstream leads, so that GATEs and maps are known when they are sent."""
    if up is None or lower is None:
        if up is not None:
            advance_up(up, until_ns, policy)
        if lower is not None:
            advance_down(pon, lower, until_ns)
        return
    lead_ns = 0 if isinstance(up, epon.EponState) else int(up.line[frames.EQUALISED_NS]) + 250_000
    for piece_ns in range(from_ns, until_ns, PIECE_NS):
        stop_ns = min(piece_ns + PIECE_NS, until_ns)
        advance_up(up, stop_ns + lead_ns, policy)
        _hand_over(up, lower)
        advance_down(pon, lower, stop_ns)


def _hand_over(up: UpState, lower: down.DownState) -> None:
    """Pass the upstream's GATE times or map sizes to the downstream."""
    count = epon.GATES_LOGGED if isinstance(up, epon.EponState) else frames.MAPS_LOGGED
    log = up.gates_ns if isinstance(up, epon.EponState) else up.map_entries
    new = int(up.clock[count])
    waiting = lower.control[lower.clock[down.CONTROL_DONE] : lower.clock[down.CONTROL_KNOWN]].copy()
    if waiting.size + new > lower.control.size or new == log.size:
        raise MemoryError("more grants in a piece than the downstream has room for")
    lower.control[: waiting.size] = waiting
    lower.control[waiting.size : waiting.size + new] = log[:new]
    lower.clock[down.CONTROL_DONE], lower.clock[down.CONTROL_KNOWN] = 0, waiting.size + new
    up.clock[count] = 0


def _finish(up: UpState | None, lower: down.DownState | None, policy: Policy, end_ns: int) -> None:
    """Do what began before the end, and bring in what arrived before it; the window keeps the rest out."""
    if isinstance(up, epon.EponState):
        start_ns, burst_end_ns = epon.next_burst(up)
        if start_ns < end_ns:
            advance_up(up, int(burst_end_ns), policy)
    elif up is not None:
        advance_up(up, end_ns + 2 * int(up.line[frames.FRAME_NS]), policy)
    for state in (up, lower):
        if state is not None:
            _bring_in_all(state.queues, state.sources, state.recorder, end_ns - 1)


@njit(cache=True)
def _bring_in_all(queues: Queues, sources: Sources, recorder: Recorder, until_ns: int) -> None:
    for q in range(queues.next_ns.size):
        bring_in(queues, sources, recorder, q, until_ns)


def _compile(pon: BarePon, policy: Policy) -> None:
    """Compile or load what the run will call, before the clock starts."""
    short = pon.scenario.model_copy(
        update={"run": pon.scenario.run.model_copy(update={"seconds": 1e-6, "warmup_seconds": 0.0})}
    )
    play_once(replace(pon, scenario=short), policy, 0)


def _so_far(recorder: Recorder) -> tuple[int, int, int]:
    total = recorder.counts.sum(axis=0)
    return int(total[rec.CARRIED_PACKETS]), int(total[rec.DELAY_NS]), int(total[rec.QUEUEING_NS])


def _burst_count(up: UpState) -> int:
    return epon.BURSTS_LOGGED if isinstance(up, epon.EponState) else frames.BURSTS_LOGGED


def _start_logs(up: UpState | None, lower: down.DownState | None) -> None:
    if up is not None:
        up.clock[_burst_count(up)] = 0
    for state in (up, lower):
        if state is not None:
            state.recorder.log_count[0] = 0


def _counted(
    recorder: Recorder,
    uses: dict[str, float],
    cycles: tuple[int, int, int] | None,
    batches: list[tuple[int, int, int]],
) -> Counted:
    return Counted(
        counts=recorder.counts,
        delay_buckets=recorder.delay_buckets,
        queueing_buckets=recorder.queueing_buckets,
        uses=uses,
        cycles=cycles,
        batches=batches,
    )


def _cycles(up: UpState) -> tuple[int, int, int]:
    module = epon if isinstance(up, epon.EponState) else frames
    totals = up.totals
    return int(totals[module.CYCLES]), int(totals[module.CYCLE_NS]), int(totals[module.MAX_CYCLE_NS])


def _up_uses(up: UpState) -> dict[str, float]:
    """Give what the upstream line was used for: nanoseconds (EPON) or bytes (frames)."""
    totals = [float(value) for value in up.totals]
    if isinstance(up, epon.EponState):
        return {
            "payload": totals[epon.PAYLOAD_NS],
            "guard": totals[epon.GUARD_SUM_NS],
            "headers": totals[epon.HEADER_NS],
            "fec": 0.0,
            "idle": totals[epon.IDLE_NS],
            "report": totals[epon.REPORT_NS],
        }
    used = sum(totals[use] for use in (frames.PAYLOAD, frames.HEADERS, frames.FEC, frames.REPORTS, frames.GUARD))
    return {
        "payload": totals[frames.PAYLOAD],
        "guard": totals[frames.GUARD],
        "headers": totals[frames.HEADERS],
        "fec": totals[frames.FEC],
        "idle": totals[frames.IDLE] - used,
        "report": totals[frames.REPORTS],
    }


def _down_uses(pon: BarePon, lower: down.DownState) -> dict[str, float]:
    """Give what the downstream line was used for; GATEs count as report, frame headers and maps as headers."""
    payload, headers, fec, control, total = (float(value) for value in lower.totals)
    if isinstance(pon.up, EthernetUp):
        window_ns = lower.recorder.window_ns
        idle = float(window_ns[1] - window_ns[0]) - payload - headers - control
        return {"payload": payload, "guard": 0.0, "headers": headers, "fec": 0.0, "idle": idle, "report": control}
    idle = total - payload - headers - fec - control
    return {"payload": payload, "guard": 0.0, "headers": headers + control, "fec": fec, "idle": idle, "report": 0.0}
