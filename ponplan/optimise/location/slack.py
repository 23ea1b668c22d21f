"""By how much sites may become cheaper, all at once, before a Lagrangian bound of a location problem falls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.location.ascent import first_prices, raise_bound
from ponplan.optimise.location.relaxation import FREE, relax_uncapacitated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.location.problem import UncapacitatedProblem

    FloatArray = NDArray[np.float64]

_ITERATIONS = 600


def opening_slacks(problem: UncapacitatedProblem, *, target: float) -> tuple[float, FloatArray]:
    """Give a bound, and of each site by how much its fixed cost may fall without that bound falling.

    Parameters
    ----------
    target
        Cost of a known solution, which the ascent aims at.

    Notes
    -----
    With prices for the clients' being served, the bound is the prices' sum and what sites lose that are worth opening
    at these prices (Geoffrion 1974). A site that is not worth opening by so much may become cheaper by so much.
    """
    lists, relaxation = problem.candidates, relax_uncapacitated(problem)
    nothing_fixed = np.full(lists.num_sites, FREE, np.int64)
    prices = raise_bound(
        relaxation, nothing_fixed, first_prices(relaxation), target=target, cutoff=np.inf, iterations=_ITERATIONS
    ).prices
    gains = np.minimum(lists.costs - np.repeat(prices, np.diff(lists.first)), 0.0)
    values = problem.fixed_costs + np.bincount(lists.sites, weights=gains, minlength=lists.num_sites)
    return float(prices.sum() + np.minimum(values, 0.0).sum()), np.maximum(values, 0.0)
