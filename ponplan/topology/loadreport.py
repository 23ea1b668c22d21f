"""The load of every port from now to a year: the years in which it is full, and what cures it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.cures import WAYS, cures_of
from ponplan.topology.portyears import MOST_YEARS, port_loads_by_year, take_up_by_year, years_full
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from ponplan.topology.cures import Cure
    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class PortYears:
    """One port: its load by year, in per cent of what it can carry with its terminals.

    `full` is the first year in which a direction is full, None if none is; `cures` are told for the last year, and
    only for ports that are full by then.
    """

    port: str
    technology: str
    onus: int
    rate_bps: dict[str, float]
    percent: dict[str, tuple[float, ...]]
    full: dict[str, int | None]
    cures: tuple[Cure, ...]


def load_by_year(network: Network, *, years: int | None = None, expected: bool = False) -> tuple[PortYears, ...]:
    """Give every port that carries light, from now to so many years on.

    Parameters
    ----------
    years
        None takes the planning horizon.
    expected
        Count each class's customers only as far as its take-up of the year goes.
    """
    survey = Survey(network)
    count = min(max(0, network.rules.horizon_years if years is None else years), MOST_YEARS)
    take_up = take_up_by_year(network, count) if expected else None
    loads, rates = port_loads_by_year(survey, count, take_up=take_up), survey.port_rates_bps
    full = years_full(loads, rates)
    with np.errstate(invalid="ignore", divide="ignore"):
        percent = 100.0 * loads / rates
    reports = []
    for row, port in enumerate(network.ports):
        onus = int(survey.port_onus[row])
        if not onus or not np.isfinite(rates[row]).all():
            continue
        is_full = bool((full[row] >= 0).any())
        last = loads[-1, row].tolist()
        reports.append(
            PortYears(
                port=port.id,
                technology=port.technology,
                onus=onus,
                rate_bps={way: round(float(rates[row, k])) for k, way in enumerate(WAYS)},
                percent={way: tuple(round(v, 2) for v in percent[:, row, k].tolist()) for k, way in enumerate(WAYS)},
                full={way: int(full[row, k]) if full[row, k] >= 0 else None for k, way in enumerate(WAYS)},
                cures=cures_of(network.catalogue, port.technology, last, rates[row].tolist(), num_onus=onus)
                if is_full
                else (),
            )
        )
    return tuple(reports)
