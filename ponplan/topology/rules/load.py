"""Rules of load: what customers ask for in the busy hour fits port and uplinks, now and at the horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.portyears import MOST_YEARS, TOLERANCE_BPS, port_loads_by_year, years_full
from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.survey import Survey


def port_overloaded_now(survey: Survey) -> Iterator[Finding]:
    """Find ports that cannot carry today's load."""
    yield from _overloaded(survey, years=0, when="now")


def port_overloaded_at_horizon(survey: Survey) -> Iterator[Finding]:
    """Find ports that cannot carry the load at the planning horizon."""
    years = survey.network.rules.horizon_years
    yield from _overloaded(survey, years=years, when=f"in year {years}")


def _overloaded(survey: Survey, *, years: int, when: str) -> Iterator[Finding]:
    loads, rates = survey.port_loads_after_bps(years), survey.port_rates_bps
    over = np.flatnonzero((loads > rates + TOLERANCE_BPS).any(axis=1)).tolist()
    full = years_full(port_loads_by_year(survey, min(years, MOST_YEARS)), rates) if over else None
    for row in over:
        port = survey.network.ports[row]
        way = int(np.argmax(loads[row] / rates[row]))
        load, rate = float(loads[row, way]), float(rates[row, way])
        year = -1 if full is None else int(full[row, way])
        since = f", full in year {year}" if year >= 0 else ""
        yield Finding(
            subject=port.id,
            value=round(load, 0),
            limit=round(rate, 0),
            message=f"port {port.id} must carry {load / 1e6:.0f} Mbit/s {('down', 'up')[way]} {when}; with"
            f" {survey.port_onus[row]} terminals {port.technology} carries {rate / 1e6:.0f}{since}",
        )


def uplink_overloaded(survey: Survey) -> Iterator[Finding]:
    """Find chassis whose working uplinks cannot carry the load of their ports now."""
    rates: dict[str, int] = {}
    for uplink in survey.network.uplinks:
        if uplink.role == "working":
            rates[uplink.olt] = rates.get(uplink.olt, 0) + uplink.rate_bps
    loads: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    for port, load in zip(survey.network.ports, survey.port_loads_bps, strict=True):
        card = survey.index.cards.get(port.card)
        if card is not None:
            loads[card.olt] = loads.get(card.olt, np.zeros(2)) + load
    for olt in survey.network.olts:
        load_bps = float(max(loads.get(olt.id, np.zeros(2))))
        rate = rates.get(olt.id, 0)
        if load_bps > rate + TOLERANCE_BPS:
            yield Finding(
                subject=olt.id,
                value=round(load_bps, 0),
                limit=rate,
                message=f"chassis {olt.id} must carry {load_bps / 1e6:.0f} Mbit/s now;"
                f" its working uplinks carry {rate / 1e6:.0f}",
            )


RULES = (
    Rule(id="port-load", subject="port", meaning="A port carries its load now", find=port_overloaded_now),
    Rule(
        id="port-load-horizon",
        subject="port",
        meaning="A port carries its load, grown to the horizon",
        find=port_overloaded_at_horizon,
    ),
    Rule(id="uplink-load", subject="olt", meaning="Working uplinks carry the load now", find=uplink_overloaded),
)
