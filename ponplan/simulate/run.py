"""Play a scenario: replications of both directions, put together into one result."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ponplan.framing import BurstLayout, EthernetUp
from ponplan.simulate import recorder as rec
from ponplan.simulate.activation import Fibre, operational_ns, play_activation
from ponplan.simulate.bare import BarePon, make_bare_pon
from ponplan.simulate.coexist import play_side_by_side
from ponplan.simulate.counted import Counted
from ponplan.simulate.discovery import DiscoveryOlt, discovery_times
from ponplan.simulate.live import LivePon, policy_function
from ponplan.simulate.masking import MaskingOlt, masking_times
from ponplan.simulate.ranging import RangingOlt, ranging_times
from ponplan.simulate.result import TrafficResult
from ponplan.simulate.summary import summarise
from ponplan.simulate.uses import cycles, down_uses, up_uses
from ponplan.simulate.wander import recovered_phases_us
from ponplan.simulate.watch import FIRST_ROW
from ponplan.units import NS_PER_S

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue
    from ponplan.framing import AtmDown
    from ponplan.scenario import Scenario
    from ponplan.simulate.directions import DownState, Logs, UpState
    from ponplan.simulate.policies import Policy
    from ponplan.simulate.recorder import Recorder

BATCHES = 20
ACTIVATION_LIMIT_NS = 3600 * NS_PER_S


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
    if scenario.coexist:
        return play_side_by_side(scenario, catalogue, lambda one: _play(one, catalogue, policy))
    return _play(scenario, catalogue, policy)


def _play(scenario: Scenario, catalogue: Catalogue, policy: Policy | None) -> TrafficResult:
    """Play one PON's replications."""
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
    limits = tuple(catalogue.wander_limits.values())
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
            summarise(
                [up for up in ups if up],
                pon.up_traffic,
                mac_bps=pon.up_mac_bps,
                measured_s=measured_s,
                circuits=pon.circuits,
                wander_limits=limits,
            )
            if has_up or not has_down
            else None
        ),
        downstream=(
            summarise(
                [one for one in downs if one],
                pon.down_traffic,
                mac_bps=pon.down_mac_bps,
                measured_s=measured_s,
                circuits=pon.circuits,
                wander_limits=limits,
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


def play_once(
    pon: BarePon, policy: Policy, replication: int, *, logs: Logs | None = None
) -> tuple[Counted | None, Counted | None, Recorded]:
    """Play one replication; give the counts of each direction and the rows asked for."""
    end_ns = round(pon.scenario.run.seconds * NS_PER_S)
    warm_ns = round(pon.scenario.warmup_seconds * NS_PER_S)
    live = LivePon(pon, policy, replication=replication, window_ns=(warm_ns, end_ns), logs=logs)
    lit_ns = _activation(pon, replication) if pon.scenario.activation else {}
    for onu in lit_ns:
        live.start_dark(onu)
    up, lower = live.up, live.down
    up_batches, down_batches = [], []
    for boundary_ns in np.linspace(warm_ns, end_ns, BATCHES + 1).astype(np.int64):
        due = ((at_ns, onu) for onu, at_ns in lit_ns.items() if live.now_ns < at_ns <= boundary_ns)
        for at_ns, onu in sorted(due):
            live.advance(at_ns)
            live.go_lit(onu)
        live.advance(int(boundary_ns))
        if up is not None:
            up_batches.append(_so_far(up.recorder))
        if lower is not None:
            down_batches.append(_so_far(lower.recorder))
        if boundary_ns == warm_ns:
            _start_logs(up, lower)
    live.finish()
    recorded = Recorded(
        up_packets=None if up is None else up.recorder.log[: up.recorder.log_count[0]],
        down_packets=None if lower is None else lower.recorder.log[: lower.recorder.log_count[0]],
        bursts=None if up is None else up.bursts.rows(),
    )
    counted_up = None if up is None else _counted(up.recorder, up_uses(up), cycles(up), up_batches)
    counted_down = None if lower is None else _counted(lower.recorder, down_uses(pon, lower), None, down_batches)
    return counted_up, counted_down, recorded


def _activation(pon: BarePon, replication: int) -> dict[int, int]:
    """Give when each ONU of a PON that is switched on at time zero becomes operational."""
    rng = np.random.default_rng([pon.scenario.run.seed, 3, replication])
    fibre = Fibre([int(delay_ns) for delay_ns in pon.one_way_ns])
    olt: DiscoveryOlt | RangingOlt
    if isinstance(pon.up, EthernetUp):
        olt = DiscoveryOlt(fibre, discovery_times(pon.items, pon.up), rng)
    elif isinstance(pon.up, BurstLayout):
        olt = RangingOlt(fibre, ranging_times(pon.items, pon.up), rng)
    else:
        olt = MaskingOlt(fibre, masking_times(pon.items, pon.up, cast("AtmDown", pon.down)), rng)
    return operational_ns(play_activation(olt.activate, until_ns=ACTIVATION_LIMIT_NS))


def _compile(pon: BarePon, policy: Policy) -> None:
    """Compile or load what the run will call, before the clock starts."""
    short = pon.scenario.model_copy(
        update={"run": pon.scenario.run.model_copy(update={"seconds": 1e-6, "warmup_seconds": 0.0})}
    )
    play_once(replace(pon, scenario=short), policy, 0)


def _so_far(recorder: Recorder) -> tuple[int, int, int]:
    total = recorder.counts.sum(axis=0)
    return int(total[rec.CARRIED_PACKETS]), int(total[rec.DELAY_NS]), int(total[rec.QUEUEING_NS])


def _start_logs(up: UpState | None, lower: DownState | None) -> None:
    if up is not None:
        up.bursts.logged[0] = 0
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
        phases_us={
            int(q): recovered_phases_us(recorder.watch, int(q))
            for q in np.flatnonzero(recorder.watch.clock_of[:, FIRST_ROW] >= 0)
        },
    )
