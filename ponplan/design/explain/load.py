"""How much of a port's rate is spoken for: committed, its share of peaks, growth, and the year it is full."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.explain.limit import Limit
from ponplan.topology.load import usable_rates_bps
from ponplan.topology.portyears import MOST_YEARS, port_loads_by_year, years_full

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.topology.network import NetworkCustomer
    from ponplan.topology.survey import Survey

WAYS = ("down", "up")
MOST_CUSTOMERS = 256  # more than any technology lets on a port


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a port carries in one direction: committed rates and the share of peaks counted, now and at the horizon.

    `full_year` is the first year in which it no longer fits, 0 for now; None if that is beyond any plan.
    """

    direction: str
    committed_bps: float
    peaks_bps: float
    horizon_bps: float
    rate_bps: float
    full_year: int | None

    @property
    def now_bps(self) -> float:
        """Committed rates and the share of peaks."""
        return self.committed_bps + self.peaks_bps


def carried_loads(survey: Survey) -> list[tuple[Carried, ...]]:
    """Give what each port carries downstream and upstream; ports without a known rate carry nothing."""
    horizon = survey.network.rules.horizon_years
    by_year = port_loads_by_year(survey, MOST_YEARS)
    rates, full = survey.port_rates_bps, years_full(by_year, survey.port_rates_bps)
    committed = _committed_bps(survey)
    later = by_year[min(horizon, MOST_YEARS)]
    return [
        tuple(
            Carried(
                direction=way,
                committed_bps=float(committed[row, k]),
                peaks_bps=float(by_year[0, row, k] - committed[row, k]),
                horizon_bps=float(later[row, k]),
                rate_bps=float(rates[row, k]),
                full_year=int(full[row, k]) if full[row, k] >= 0 else None,
            )
            for k, way in enumerate(WAYS)
        )
        if np.isfinite(rates[row]).all()
        else ()
        for row in range(len(survey.network.ports))
    ]


def load_limits(survey: Survey, carried: list[tuple[Carried, ...]]) -> list[tuple[Limit, ...]]:
    """Give the load of each port at the horizon against its rate, and how many such customers more that lets in."""

    @cache
    def rates(port_row: tuple[str, str], onus: int) -> tuple[float, float]:
        technology = survey.catalogue.technologies[port_row[0]]
        optics = survey.catalogue.olt_optics.get(port_row[1])
        group = survey.catalogue.optical_classes.get(optics.optical_class) if optics else None
        return usable_rates_bps(survey.catalogue, technology, group, num_onus=onus)

    found = []
    for row, (port, loads) in enumerate(zip(survey.network.ports, carried, strict=True)):
        onus = int(survey.port_onus[row])
        limits = []
        for k, load in enumerate(loads if onus else ()):
            each, more = load.horizon_bps / onus, 0
            while (
                more < MOST_CUSTOMERS
                and (onus + more + 1) * each <= rates((port.technology, port.optics), onus + more + 1)[k]
            ):
                more += 1
            limits.append(
                Limit(
                    name="load",
                    direction=load.direction,
                    value=round(load.horizon_bps / 1e6, 3),
                    limit=round(load.rate_bps / 1e6, 3),
                    unit="Mbit/s",
                    customers=more,
                )
            )
        found.append(tuple(limits))
    return found


def _committed_bps(survey: Survey) -> NDArray[np.float64]:
    """Give (ports, 2) the committed rates of the terminals on each port's working paths."""
    network, paths = survey.network, survey.onu_paths
    customers = {customer.id: customer for customer in network.customers}
    each = np.array(
        [
            _committed_of(survey, customers.get(onu.customer), len(survey.customer_onus[onu.customer]))
            for onu in network.onus
        ],
        np.float64,
    ).reshape(-1, 2)
    total = np.zeros((len(network.ports), 2))
    np.add.at(total, paths.ports[paths.working], each[paths.onus[paths.working]])
    return total


def _committed_of(survey: Survey, customer: NetworkCustomer | None, terminals: int) -> tuple[float, float]:
    services = survey.catalogue.services
    if customer is None or any(name not in services for name, _ in customer.services):
        return 0.0, 0.0
    down = sum(services[name].committed_down_bps * count for name, count in customer.services)
    up = sum(services[name].committed_up_bps * count for name, count in customer.services)
    return down / terminals, up / terminals
