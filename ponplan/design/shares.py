"""What each customer pays at least of the splitters and ports of all: prices that no port's customers outbid.

A port with its splitter serves what its legs and its rate allow. Where every customer has a price, and no set of
customers that one port may serve has prices of more than port and splitter cost, no plan serves all customers for
less than the prices' sum. The best such prices are a linear program, the dual of covering customers by ports.
"""

from __future__ import annotations

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


def shared_cost(loads_bps: FloatArray, rates_bps: FloatArray, legs: Sequence[int], costs: Sequence[float]) -> float:
    """Give what ports with splitters cost at least for customers with these loads.

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
    cheapest = [min((c for n, c in zip(legs, costs, strict=True) if n >= size), default=np.inf) for size in sizes]
    limits = np.array(cheapest)
    sets, limits = sets[np.isfinite(limits)], limits[np.isfinite(limits)]
    if not len(limits):
        return 0.0
    sets, limits = _largest(sets, limits)
    prices = linprog(-counts.astype(float), A_ub=sets, b_ub=limits, bounds=(0.0, None), method="highs").x
    if prices is None:
        return 0.0
    paid = sets @ prices
    excess = float(np.max(paid / np.maximum(limits, 1e-12), initial=1.0))  # of the solver's arithmetic
    return float(counts @ prices) / (excess * _TOLERANCE)


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
