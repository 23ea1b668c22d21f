"""Availability of each customer, and what each element costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.failover.result import Basis

CLASSES = (0.999, 0.9999, 0.99999)
MINUTES_PER_YEAR = 525_960.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceVerdict:
    """One service of a customer and what it was promised."""

    service: str
    promised: float
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAvailability:
    """A customer's minutes without service in a year.

    `downtime_min` is exact for any number of faults at once; `single_min` and `double_min` are what single and double
    faults contribute to first and second order. Switchovers are counted apart, as they last milliseconds.
    """

    id: str
    onu: str
    protection: str
    ways: int
    availability: float
    downtime_min: float
    single_min: float
    double_min: float
    switchovers: float  # a year
    switchover_ms: float  # a year
    montecarlo_min: float | None  # of the years that were played, switchovers included
    ci95_min: float | None
    meets_999: bool
    meets_9999: bool
    meets_99999: bool
    services: tuple[ServiceVerdict, ...]
    worst_element: str
    worst_element_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementBlame:
    """What one element costs all customers together, and what the same again would cost."""

    name: str
    kind: str
    id: str
    length_m: float
    failures_per_year: float
    repair_h: float
    customers: int
    customer_minutes: float  # a year: what would be saved if it never failed
    protect_cost: float | None  # the same again, from the design's own prices; None where nothing can be bought
    cost_per_customer_minute: float | None  # a year


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityResult:
    """Everything about one design."""

    customers_total: int
    years: float  # played; 0 if none were
    seed: int
    downtime_mean_min: float
    downtime_max_min: float
    meets_999: int
    meets_9999: int
    meets_99999: int
    services_broken: int
    currency: str
    customers: tuple[CustomerAvailability, ...]  # the worst first
    elements: tuple[ElementBlame, ...]  # the worst first
    rests_on: tuple[Mapping[str, object] | Basis, ...]
