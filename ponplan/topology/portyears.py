"""Port load year by year: what each port carries as its classes grow, and the year it is full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.topology.network import Network
    from ponplan.topology.survey import Survey

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

MOST_YEARS = 50  # as far as an area may plan
TOLERANCE_BPS = 1.0


def port_loads_by_year(survey: Survey, years: int, *, take_up: FloatArray | None = None) -> FloatArray:
    """Give (years + 1, ports, 2) the busy-hour load of each port now and at the end of each year.

    `take_up`, (years + 1, onus), is the share of each terminal's load that is there; None stands for all of it.
    """
    shares = [None] * (years + 1) if take_up is None else list(take_up)
    return np.stack([survey.port_loads_after_bps(year, take_up=share) for year, share in enumerate(shares)])


def take_up_by_year(network: Network, years: int) -> FloatArray:
    """Give (years + 1, onus) the share of each class's customers who are connected, even from now to the horizon."""
    rules = {rule.customer_class: rule for rule in network.class_rules}
    classes = {customer.id: customer.customer_class for customer in network.customers}
    ends = np.ones((len(network.onus), 2))
    for row, onu in enumerate(network.onus):
        rule = rules.get(classes.get(onu.customer, ""))
        if rule is not None:
            ends[row] = rule.take_up_now, rule.take_up_horizon
    progress = np.clip(np.arange(years + 1) / max(1, network.rules.horizon_years), 0.0, 1.0)
    return np.asarray(ends[:, 0] + progress[:, None] * (ends[:, 1] - ends[:, 0]), np.float64)


def years_full(loads_bps: FloatArray, rates_bps: FloatArray) -> IntArray:
    """Give (ports, 2) the first year in which a port is full in each direction, 0 for now, -1 if it never is.

    Parameters
    ----------
    loads_bps
        (years, ports, 2) as `port_loads_by_year` gives them.
    """
    over = loads_bps > rates_bps + TOLERANCE_BPS
    return np.where(over.any(axis=0), over.argmax(axis=0), -1)
