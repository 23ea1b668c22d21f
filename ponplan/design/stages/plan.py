"""What each phase builds and costs, and the years that follow: capital, running, replacement, revenue, payback.

A trench is dug, and what lies in it laid for all phases, in the first phase that needs it. What passes premises is
built at the beginning of its phase; what connects a customer is bought when the customer connects, by the take-up of
the class. Whatever has reached its lifetime within the years is bought again at today's price.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.design.breakdown import CONNECTED, SPARE, break_down
from ponplan.design.stages.assign import members_of, phases_of, yearly_revenue
from ponplan.design.stages.power import watts_by_phase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.design.breakdown import BillPart
    from ponplan.topology.network import Network, NetworkCustomer

HOURS_PER_YEAR = 8760.0
WATTS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase: what it builds, for whom, and what of its parts connects customers."""

    phase: str
    year: int  # in which it is built, 0 for now
    customers: int
    passing_cost: float
    connecting_cost: float  # if all of its customers connect
    trench_m: float
    parts: tuple[BillPart, ...]

    @property
    def cost(self) -> float:
        """Its bill."""
        return round(self.passing_cost + self.connecting_cost, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year of the business: what is spent and earned in it."""

    year: int
    connected: float  # customers at its end
    capital_cost: float
    connection_cost: float
    running_cost: float
    replacement_cost: float
    revenue: float  # as far as it is left for the access network
    cash: float  # revenue less all costs
    cumulative: float
    cumulative_discounted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Phases and years; `payback_year` is the first whose cumulative cash is not negative and stays so."""

    phases: tuple[Phase, ...]
    years: tuple[Year, ...]
    payback_year: int | None
    payback_year_discounted: int | None
    discount_rate: float

    @property
    def whole_cost(self) -> float:
        """Capital, connections, running and replacement of all years, not discounted."""
        return round(
            math.fsum(y.capital_cost + y.connection_cost + y.running_cost + y.replacement_cost for y in self.years),
            2,
        )

    @property
    def net_present_value(self) -> float:
        """What all years together are worth today."""
        return self.years[-1].cumulative_discounted if self.years else 0.0


def stage(
    network: Network,
    *,
    years: int = 10,
    years_between: int = 1,
    take_up: tuple[float, float] | None = None,
    discount_rate: float | None = None,
) -> Stages:
    """Give phases with their bills, and the years from the first one on.

    Parameters
    ----------
    network
        With a phase for every customer.
    years
        Looked at; payments of a year are made at its beginning, revenue is earned by its end.
    years_between
        From the beginning of one phase to that of the next.
    take_up
        Share of customers connected in the first year after a phase is built and at the horizon; None takes those of
        each class.
    discount_rate
        None takes the catalogue's.
    """
    rate = network.catalogue.economics["discount-rate"].value if discount_rate is None else discount_rate
    phases = _phases(network, years_between)
    members = members_of(network)
    ledger = _Ledger(network.catalogue, years)
    watts = watts_by_phase(network)
    for phase in phases:
        curve = _take_up_curve(network, members[phase.phase], years - phase.year, take_up)
        ledger.build(phase, curve)
        ledger.power(phase, watts.get(phase.phase, 0.0))
        ledger.earn(phase, _revenue_curve(network, members[phase.phase], years - phase.year, take_up), curve)
    table = ledger.years(rate)
    return Stages(
        phases=tuple(phases),
        years=tuple(table),
        payback_year=_payback([row.cumulative for row in table]),
        payback_year_discounted=_payback([row.cumulative_discounted for row in table]),
        discount_rate=rate,
    )


def _phases(network: Network, years_between: int) -> list[Phase]:
    """Give the bill by phase; what belongs to no customer is built with the first."""
    names, members = phases_of(network), members_of(network)
    parts: dict[str, list[BillPart]] = defaultdict(list)
    for part in break_down(network).parts:
        if part.part != SPARE:
            parts[part.phase if part.phase in members else names[0]].append(part)
    surfaces = network.catalogue.surfaces
    found = []
    for place, name in enumerate(names):
        connecting = math.fsum(part.total_cost for part in parts[name] if part.per == CONNECTED)
        found.append(
            Phase(
                phase=name,
                year=place * years_between,
                customers=len(members[name]),
                passing_cost=round(math.fsum(part.total_cost for part in parts[name]) - connecting, 2),
                connecting_cost=round(connecting, 2),
                trench_m=math.fsum(
                    part.quantity
                    for part in parts[name]
                    if part.item in surfaces and surfaces[part.item].method == "trench" and part.state == "new"
                ),
                parts=tuple(parts[name]),
            )
        )
    return found


def _shares(
    network: Network, customer: NetworkCustomer, years: int, take_up: tuple[float, float] | None
) -> list[float]:
    """Give the share of such customers connected in each year after the phase is built."""
    rule = next((row for row in network.class_rules if row.customer_class == customer.customer_class), None)
    first, last = take_up or ((rule.take_up_now, rule.take_up_horizon) if rule else (1.0, 1.0))
    horizon = max(1, network.rules.horizon_years)
    return [first + (last - first) * min(1.0, year / horizon) for year in range(max(0, years))]


def _take_up_curve(
    network: Network, members: Sequence[NetworkCustomer], years: int, take_up: tuple[float, float] | None
) -> list[float]:
    """Give how many of these customers are connected in each year after the phase is built."""
    return _summed([_shares(network, one, years, take_up) for one in members], years)


def _revenue_curve(
    network: Network, members: Sequence[NetworkCustomer], years: int, take_up: tuple[float, float] | None
) -> list[float]:
    worth = [
        [share * yearly_revenue(network, one) for share in _shares(network, one, years, take_up)] for one in members
    ]
    return _summed(worth, years)


def _summed(curves: Sequence[Sequence[float]], years: int) -> list[float]:
    return [math.fsum(curve[year] for curve in curves) for year in range(max(0, years))]


class _Ledger:
    """Sums by year while phases are entered."""

    def __init__(self, catalogue: Catalogue, years: int) -> None:
        self._catalogue = catalogue
        self._length = years
        self._sums: dict[str, list[float]] = {
            name: [0.0] * years
            for name in ("connected", "capital", "connection", "running", "replacement", "revenue")
        }

    def build(self, phase: Phase, connected: Sequence[float]) -> None:
        """Enter what a phase builds, what its customers' connections cost as they come, upkeep and replacement."""
        for section, cost in _by_section(phase.parts, connecting=False).items():
            self._buy("capital", phase.year, section, cost)
        most = max(1, phase.customers)
        for section, cost in _by_section(phase.parts, connecting=True).items():
            before = 0.0
            for after, count in enumerate(connected):
                self._buy("connection", phase.year + after, section, cost * max(0.0, count - before) / most)
                before = max(before, count)

    def _buy(self, what: str, year: int, section: str, cost: float) -> None:
        upkeep = self._catalogue.upkeep.get(section)
        if year >= self._length:
            return
        self._sums[what][year] += cost
        if upkeep is None:
            return
        for later in range(year, self._length):
            self._sums["running"][later] += cost * upkeep.maintenance_share
        for later in range(year + upkeep.lifetime_years, self._length, upkeep.lifetime_years):
            self._sums["replacement"][later] += cost

    def power(self, phase: Phase, watts: float) -> None:
        """Enter what the electricity of a phase's equipment in offices costs."""
        figures = self._catalogue.economics
        yearly = watts / WATTS * HOURS_PER_YEAR * figures["cooling-factor"].value * figures["energy-cost"].value
        for year in range(phase.year, self._length):
            self._sums["running"][year] += yearly

    def earn(self, phase: Phase, revenue: Sequence[float], connected: Sequence[float]) -> None:
        """Enter what a phase's customers pay, and how many they are."""
        for after, (paid, count) in enumerate(zip(revenue, connected, strict=True)):
            self._sums["revenue"][phase.year + after] += paid
            self._sums["connected"][phase.year + after] += count

    def years(self, discount_rate: float) -> list[Year]:
        """Give every year with its sums."""
        found, cumulative, discounted = [], 0.0, 0.0
        for year in range(self._length):
            sums: Mapping[str, float] = {name: round(values[year], 2) for name, values in self._sums.items()}
            spent = sums["capital"] + sums["connection"] + sums["running"] + sums["replacement"]
            cumulative += sums["revenue"] - spent
            discounted += (
                sums["revenue"] / (1.0 + discount_rate) ** (year + 1) - spent / (1.0 + discount_rate) ** year
            )
            found.append(
                Year(
                    year=year,
                    connected=sums["connected"],
                    capital_cost=sums["capital"],
                    connection_cost=sums["connection"],
                    running_cost=sums["running"],
                    replacement_cost=sums["replacement"],
                    revenue=sums["revenue"],
                    cash=round(sums["revenue"] - spent, 2),
                    cumulative=round(cumulative, 2),
                    cumulative_discounted=round(discounted, 2),
                )
            )
        return found


def _by_section(parts: Sequence[BillPart], *, connecting: bool) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for part in parts:
        if (part.per == CONNECTED) == connecting:
            found[part.section] += part.total_cost
    return found


def _payback(cumulative: Sequence[float]) -> int | None:
    """Give the year from whose end on the sum is never negative again; None if there is none."""
    year = next((place + 1 for place in range(len(cumulative) - 1, -1, -1) if cumulative[place] < 0.0), 0)
    return year if year < len(cumulative) else None
