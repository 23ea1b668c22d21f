"""Port load year by year: what each port carries as its classes grow, and the year it is full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.topology.survey import Survey

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

MOST_YEARS = 50  # as far as an area may plan
TOLERANCE_BPS = 1.0


def port_loads_by_year(survey: Survey, years: int) -> FloatArray:
    """Give (years + 1, ports, 2) the busy-hour load of each port now and at the end of each year."""
    return np.stack([survey.port_loads_after_bps(year) for year in range(years + 1)])


def years_full(survey: Survey, years: int) -> IntArray:
    """Give (ports, 2) the first year in which a port is full in each direction, 0 for now, -1 if not by `years`.

    Nothing is looked for beyond `MOST_YEARS`.
    """
    rates = survey.port_rates_bps + TOLERANCE_BPS
    full = np.full(rates.shape, -1, np.int64)
    for year in range(min(years, MOST_YEARS) + 1):
        full[(full < 0) & (survey.port_loads_after_bps(year) > rates)] = year
    return full
