"""What a fault does to each customer: outages, their steps, and verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMITS_MS = (50.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stretch of an outage, in milliseconds from its beginning."""

    name: str
    from_ms: float
    to_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A duration that a verdict rests on."""

    family: str
    step: str
    value_ms: float | Mapping[str, object]
    source: str
    trust: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerOutage:
    """The longest outage of one customer: median, 99 % and longest of all replications; None where it has no end.

    `outage_*` ends with the first burst that an OLT hears, `service_outage_ms` (the longest) when the bearer network
    has found the customer again. Verdicts judge the latter, over all replications.
    """

    id: str
    onu: str
    affected: bool
    lost: bool  # in any replication
    outage_ms: float | None
    outage_p99_ms: float | None
    outage_max_ms: float | None
    service_outage_ms: float | None
    total_ms: float | None  # of all outages of the first replication
    outages: int  # in the first replication
    promise_ms: float | None
    within_50_ms: bool
    within_100_ms: bool
    within_promise: bool | None  # None where nothing is promised
    dominating_step: str | None
    frames_lost: int | None = (
        None  # both directions, on the fibre and at full buffers; None unless packets were played
    )
    cure: str | None = None  # a setting that was tried and brings this customer within promise, or 100 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketOutage:
    """What a fault did to the packets of one terminal, from the fault until its queue was as short as before."""

    onu: str
    outage_ms: float | None  # from the fault to its first burst, as the packets themselves have it
    up_frames_lost: int
    up_bytes_lost: int
    down_frames_lost: int
    down_bytes_lost: int
    backlog_bytes: int  # that waited upstream when the terminal could send again
    drain_ms: float | None  # until no more waited than before the fault; None if that was not seen
    e1: str  # held, dropped; empty without an E1 circuit


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageResult:
    """Everything about one fault scenario."""

    technology: str
    scheme: str
    standby: str
    recovery: str
    replications: int
    seed: int
    faults: tuple[Mapping[str, object], ...]
    customers_total: int
    customers_affected: int
    customers_lost: int
    customers_over_100_ms: int  # the lost ones too
    customers_over_50_ms: int
    promises_broken: int
    outage_ms: Mapping[str, float | None]  # min, p50, p99, max over affected customers and replications
    steps: tuple[Step, ...]  # of the longest outage that ended
    customers: tuple[CustomerOutage, ...]
    cures: tuple[Mapping[str, object], ...] = ()
    packets: tuple[PacketOutage, ...] = ()
    rests_on: tuple[Basis, ...] = ()
