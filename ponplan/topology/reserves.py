"""What optical budgets leave of every path, and how full ports are from year to year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.light import DIRECTIONS, budget
from ponplan.topology.portyears import port_loads_by_year

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.topology.survey import Survey

    FloatArray = NDArray[np.float64]


def path_reserves_db(survey: Survey) -> FloatArray:
    """Give (paths, 2) what each direction's budget leaves after the largest loss and the margin; nan if unknown."""
    paths = survey.onu_paths
    groups = [survey.index.optical_class(port) for port in survey.network.ports]
    left = np.zeros((len(paths.onus), len(DIRECTIONS)))
    for column, direction in enumerate(DIRECTIONS):
        limits = [np.nan if group is None else budget(group, direction).max_loss_db for group in groups]
        loss_db = paths.loss[direction].max_db + paths.margins_db
        left[:, column] = np.array(limits, np.float64)[paths.ports] - loss_db
    return left


def onu_reserves_db(survey: Survey) -> FloatArray:
    """Give (onus, 2) the least that any path of each terminal leaves, down and up; nan where it is not known."""
    least = np.full((len(survey.network.onus), len(DIRECTIONS)), np.inf)
    np.minimum.at(least, survey.onu_paths.onus, path_reserves_db(survey))
    return np.where(np.isfinite(least), least, np.nan)


def port_fill_by_year(survey: Survey) -> FloatArray:
    """Give (years + 1, ports, 2) busy-hour load over usable rate, down and up: now and after each year.

    Ports without terminals on working paths stand by and are nan.
    """
    loads_bps = port_loads_by_year(survey, survey.network.rules.horizon_years)
    fill = loads_bps / survey.port_rates_bps[None]
    fill[:, survey.port_onus == 0] = np.nan
    return np.asarray(fill, np.float64)
