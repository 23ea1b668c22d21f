"""What each customer pays at least of the splitters and ports of all: prices that no port's customers outbid.

A port with its splitter serves what its legs and its rate allow. Where every customer has a price, and no set of
customers that one port may serve has prices of more than port and splitter cost, no plan serves all customers for
less than the prices' sum. The best such prices are a linear program, the dual of covering customers by ports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

MOST_KINDS = 3  # of customers, by load
_TOLERANCE = 1.0 + 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPrices:
    """What ports with splitters cost at least for all customers together.

    Parameters
    ----------
    cost
        Sum of all customers' prices.
    spare
        (most,) what a port with just 1, 2, ... customers costs at least beyond their prices.
    """

    cost: float
    spare: FloatArray


def shared_prices(
    loads_bps: FloatArray, rates_bps: FloatArray, legs: Sequence[int], costs: Sequence[float]
) -> SharedPrices:
    """Give the highest prices of customers with these loads that no port's customers outbid.

    Parameters
    ----------
    loads_bps
        (c, directions) of each customer.
    rates_bps
        (most, directions) what 1, 2, ... customers may share on a port.
    legs, costs
        Of each splitter: how many customers it serves, and what it costs with its port.
    """
    kinds_bps, counts = _kinds(loads_bps)
    sets = _sets(kinds_bps, counts, rates_bps)
    sizes = sets.sum(axis=1)
    cheapest = [
        min((cost for most, cost in zip(legs, costs, strict=True) if most >= size), default=np.inf)
        for size in range(1, len(rates_bps) + 1)
    ]
    limits = np.array(cheapest)[sizes - 1]
    may_be = np.isfinite(limits)
    sets, limits, sizes = sets[may_be], limits[may_be], sizes[may_be]
    found = linprog(-counts.astype(float), *_largest(sets, limits), bounds=(0.0, None), method="highs").x
    prices = np.zeros(len(counts)) if found is None else found
    over = float(np.max(sets @ prices / np.maximum(limits, 1e-12), initial=1.0))  # of the solver's arithmetic
    prices = prices / (over * _TOLERANCE)
    spare = np.full(len(rates_bps), np.inf)
    np.minimum.at(spare, sizes - 1, limits - sets @ prices)
    return SharedPrices(cost=float(counts @ prices), spare=np.maximum(spare, 0.0))


def _kinds(loads_bps: FloatArray) -> tuple[FloatArray, IntArray]:
    """Give the loads of a few kinds of customers and how many there are; loads in between are taken as less."""
    kinds, counts = np.unique(loads_bps, axis=0, return_counts=True)
    if len(kinds) <= MOST_KINDS:
        return kinds, counts
    order = np.argsort((loads_bps / np.maximum(loads_bps.mean(axis=0), 1e-12)).sum(axis=1), kind="stable")
    groups = np.array_split(loads_bps[order], MOST_KINDS)
    return np.array([group.min(axis=0) for group in groups]), np.array([len(group) for group in groups])


def _sets(kinds_bps: FloatArray, counts: IntArray, rates_bps: FloatArray) -> IntArray:
    """Give (sets, kinds) how many customers of each kind one port may serve together."""
    most = [np.arange(min(int(count), len(rates_bps)) + 1) for count in counts]
    sets = np.stack(np.meshgrid(*most, indexing="ij"), axis=-1).reshape(-1, len(counts))
    sizes = sets.sum(axis=1)
    sets = sets[(sizes > 0) & (sizes <= len(rates_bps))]
    rates = rates_bps[sets.sum(axis=1) - 1]
    return np.asarray(sets[(sets @ kinds_bps <= rates * _TOLERANCE).all(axis=1)], np.int64)


def _largest(sets: IntArray, limits: FloatArray) -> tuple[IntArray, FloatArray]:
    """Leave out sets that are part of another with one more customer of the first kind at the same cost."""
    order = np.lexsort((-sets[:, 0], limits, *sets[:, 1:].T))
    others = np.column_stack([sets[:, 1:], limits])[order]
    is_first = np.ones(len(order), bool)
    is_first[1:] = (others[1:] != others[:-1]).any(axis=1)
    return sets[order][is_first], limits[order][is_first]
