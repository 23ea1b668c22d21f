"""Raise the Lagrangian bound by a deflected subgradient ascent on the clients' prices, fixing sites on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.location.relaxation import Relaxation, choose_sites, fix_sites, site_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


class Ascent(NamedTuple):
    """What an ascent found: its bound, prices, fixed sites, how often each site was chosen, entries looked at.

    `chosen` are the sites of the best relaxed choice, `step` the step length to go on with.
    """

    bound: float
    prices: FloatArray
    status: IntArray
    usage: FloatArray
    chosen: BoolArray
    step: float
    work: int


def first_prices(relaxation: Relaxation) -> FloatArray:
    """Start each client's price between its two cheapest sites."""
    first, costs = relaxation.first, relaxation.costs
    lengths = np.diff(first)
    last = np.maximum(first[1:] - 1, 0)
    second = np.where(lengths > 1, costs[np.minimum(first[:-1] + 1, last)], costs[np.minimum(first[:-1], last)])
    return np.minimum(np.where(lengths > 0, second, 0.0), relaxation.ceiling)


def raise_bound(
    relaxation: Relaxation,
    status: IntArray,
    prices: FloatArray,
    *,
    target: float,
    cutoff: float,
    iterations: int,
    step: float = 1.5,
    patience: int = 20,
) -> Ascent:
    """Climb for at most `iterations` steps, or until the bound reaches `cutoff`.

    `target` is the cost the step length aims at (a known solution's), `status` says which sites are open, free or
    closed; both arrays stay as they are. Sites are fixed such that no plan cheaper than `cutoff` is lost: any
    plan costs at least the smaller of the bound found and `cutoff`.
    """
    return Ascent(*_ascend(relaxation, status.copy(), prices.copy(), target, cutoff, iterations, step, patience))


@njit(cache=True)
def _ascend(
    relaxation: Relaxation, status: IntArray, prices: FloatArray, target: float, cutoff: float, iterations: int,
    step: float, patience: int,
) -> tuple[float, FloatArray, IntArray, FloatArray, BoolArray, float, int]:  # fmt: skip
    """Do the ascent: one loop, because every step needs the values, the choice and the direction of the last.

    The direction keeps 0.3 of the one before (Camerini, Fratta and Maffioli 1975); the step halves when the bound
    has not risen for `patience` steps.
    """
    num_sites, num_clients, num_entries = len(status), len(prices), len(relaxation.costs)
    values, bucket = np.empty(num_sites), np.zeros(num_sites + 1, dtype=np.int64)
    clients, gains = np.empty(num_entries, dtype=np.int64), np.empty(num_entries)
    parts = np.empty(num_entries)
    chosen, best_chosen = np.zeros(num_sites, dtype=np.bool_), np.zeros(num_sites, dtype=np.bool_)
    usage, direction = np.zeros(num_sites), np.zeros(num_clients)
    best_prices, best, work, idle = prices.copy(), -np.inf, 0, 0
    for iteration in range(iterations):
        work += site_values(relaxation, status, prices, values, bucket, clients, gains, parts)
        base = prices.sum()
        bound = base + choose_sites(relaxation, status, values, chosen)
        weight = max(0.1, 1.0 / (iteration + 1.0))
        for j in range(num_sites):
            usage[j] += weight * ((1.0 if chosen[j] else 0.0) - usage[j])
        idle += 1
        if bound > best:
            if bound > best + 1e-5 * abs(best):
                idle = 0
            best = bound
            best_prices[:] = prices
            best_chosen[:] = chosen
            if best >= cutoff:
                break
        if bound + 0.5 * abs(cutoff - best) + 1e-3 * abs(best) >= best:
            fix_sites(relaxation, status, values, chosen, bound, base, cutoff)
        slope = np.ones(num_clients)
        for j in range(num_sites):
            if chosen[j]:
                for k in range(bucket[j], bucket[j + 1]):
                    slope[clients[k]] -= parts[k]
        direction = slope + 0.3 * direction
        for i in range(num_clients):
            if prices[i] >= relaxation.ceiling[i] and direction[i] > 0.0:
                direction[i] = 0.0
        length = (direction * direction).sum()
        if length < 1e-12:
            break
        if idle >= patience:
            idle = 0
            step *= 0.6
            prices[:] = best_prices
            if step < 1e-4:
                break
        aim = max(target, best + 1e-4 * abs(best) + 1e-9)
        prices += step * (aim - bound) / length * direction
        for i in range(num_clients):
            cheapest = relaxation.costs[relaxation.first[i]] if relaxation.first[i] < relaxation.first[i + 1] else 0.0
            prices[i] = min(max(prices[i], cheapest), relaxation.ceiling[i])
    return best, best_prices, status, usage, best_chosen, step, work
