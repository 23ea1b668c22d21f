"""What a simulation found: values only."""

from __future__ import annotations

from dataclasses import dataclass


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
