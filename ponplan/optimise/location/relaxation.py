"""The Lagrangian relaxation of the rule that every client is served: what a site earns, and which sites to open.

With a price per client, the sites part: each takes the clients that cost it less than their price, within its
capacity, and the cheapest choice of sites is a lower bound on every plan (Geoffrion 1974; for capacitated sites
Cornuejols, Sridharan and Thizy, EJOR 50, 1991). Kernels are compiled; the arrays they share stand in `Relaxation`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.location.knapsack import cheapest_cover, fill_site

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.location.problem import CapacitatedProblem, UncapacitatedProblem

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

UNLIMITED, SHARED, WHOLE = 0, 1, 2
OPEN, FREE, CLOSED = 1, 0, -1


class Relaxation(NamedTuple):
    """The arrays of one relaxed problem.

    `kind` says whether sites have no capacity, may serve parts of a client, or only whole clients; `num_open` is -1
    when free; `need` is the demand that the open sites' capacities must reach (0: not asked).
    """

    kind: int
    first: IntArray
    sites: IntArray
    costs: FloatArray
    fixed_costs: FloatArray
    capacities: FloatArray
    demands: FloatArray
    ceiling: FloatArray
    num_open: int
    need: float


def relax_uncapacitated(problem: UncapacitatedProblem) -> Relaxation:
    """Relax a problem without capacities."""
    lists = problem.candidates
    zeros, ones = np.zeros(lists.num_sites), np.ones(lists.num_clients)
    num_open = -1 if problem.num_open is None else problem.num_open
    return Relaxation(
        UNLIMITED, lists.first, lists.sites, lists.costs, problem.fixed_costs.astype(float), zeros, ones,
        lists.omitted_costs, num_open, 0.0,
    )  # fmt: skip


def relax_capacitated(problem: CapacitatedProblem) -> Relaxation:
    """Relax a problem with capacities; whole clients give 0/1 knapsacks and so a higher bound than parts."""
    lists = problem.candidates
    need = float(problem.demands.sum()) if problem.must_cover else 0.0
    return Relaxation(
        WHOLE if problem.single_source else SHARED, lists.first, lists.sites, lists.costs,
        problem.fixed_costs.astype(float), problem.capacities.astype(float), problem.demands.astype(float),
        lists.omitted_costs, -1 if problem.num_open is None else problem.num_open, need,
    )  # fmt: skip


@njit(cache=True)
def site_values(
    relaxation: Relaxation, status: IntArray, prices: FloatArray, values: FloatArray, bucket: IntArray,
    clients: IntArray, gains: FloatArray, parts: FloatArray,
) -> int:  # fmt: skip
    """Fill `values` with what each site costs when it takes its best clients at these prices.

    The clients that may pay at site j stand in `clients[bucket[j]:bucket[j + 1]]` with what they cost (negative) in
    `gains` and the part taken in `parts`. Gives the number of entries looked at.
    """
    first, sites, costs = relaxation.first, relaxation.sites, relaxation.costs
    num_sites, num_clients = len(values), len(prices)
    bucket[:] = 0
    for i in range(num_clients):
        for e in range(first[i], first[i + 1]):
            if costs[e] >= prices[i]:
                break
            if status[sites[e]] >= 0:
                bucket[sites[e] + 1] += 1
    for j in range(num_sites):
        bucket[j + 1] += bucket[j]
    place = bucket[:-1].copy()
    for i in range(num_clients):
        for e in range(first[i], first[i + 1]):
            if costs[e] >= prices[i]:
                break
            j = sites[e]
            if status[j] >= 0:
                clients[place[j]] = i
                gains[place[j]] = costs[e] - prices[i]
                place[j] += 1
    for j in range(num_sites):
        start, end = bucket[j], bucket[j + 1]
        values[j] = relaxation.fixed_costs[j]
        if relaxation.kind == UNLIMITED:
            for k in range(start, end):
                values[j] += gains[k]
                parts[k] = 1.0
        elif end > start:
            values[j] += fill_site(
                gains[start:end], relaxation.demands[clients[start:end]], relaxation.capacities[j],
                relaxation.kind == WHOLE, parts[start:end],
            )  # fmt: skip
    return num_clients + int(bucket[num_sites])


@njit(cache=True)
def choose_sites(relaxation: Relaxation, status: IntArray, values: FloatArray, chosen: BoolArray) -> float:
    """Mark the cheapest permitted set of sites and give a lower bound on its value; inf when there is none."""
    total, count, capacity = 0.0, 0, 0.0
    for j in range(len(values)):
        chosen[j] = status[j] == OPEN
        if chosen[j]:
            total += values[j]
            count += 1
            capacity += relaxation.capacities[j]
    if relaxation.num_open >= 0:
        return _choose_count(relaxation, status, values, chosen, total, count)
    for j in range(len(values)):
        if status[j] == FREE and values[j] < 0.0:
            chosen[j] = True
            total += values[j]
            capacity += relaxation.capacities[j]
    missing = relaxation.need - capacity
    if missing > 1e-9 * relaxation.need:
        rest = np.flatnonzero((status == FREE) & ~chosen)
        picked = np.zeros(len(rest), dtype=np.bool_)
        extra = cheapest_cover(values[rest], relaxation.capacities[rest], missing, picked)
        for k in range(len(rest)):
            chosen[rest[k]] = picked[k]
        total += extra
    return total


@njit(cache=True)
def _choose_count(
    relaxation: Relaxation, status: IntArray, values: FloatArray, chosen: BoolArray, total: float, count: int
) -> float:
    """Add the cheapest free sites until the asked number is open."""
    missing = relaxation.num_open - count
    free = np.flatnonzero(status == FREE)
    if missing < 0 or missing > len(free):
        return np.inf
    order = free[np.argsort(values[free])]
    for k in range(missing):
        chosen[order[k]] = True
        total += values[order[k]]
    if relaxation.need > 0.0:
        room = np.sort(relaxation.capacities[free])[::-1][:missing].sum()
        for j in range(len(values)):
            if status[j] == OPEN:
                room += relaxation.capacities[j]
        if room < relaxation.need * (1.0 - 1e-9):
            return np.inf
    return total


@njit(cache=True)
def fix_sites(
    relaxation: Relaxation, status: IntArray, values: FloatArray, chosen: BoolArray, bound: float, base: float,
    cutoff: float,
) -> int:  # fmt: skip
    """Close (open) for good the free sites whose opening (closing) alone lifts the bound to `cutoff`.

    `base` is the summed prices. Gives the number of sites fixed. With a fixed count, a site that enters pushes out
    the dearest chosen one; otherwise one that enters costs its value over all profitable sites.
    """
    fixed = 0
    free = np.flatnonzero(status == FREE)
    if relaxation.num_open >= 0:
        worst, next_best = -np.inf, np.inf
        for j in free:
            if chosen[j]:
                worst = max(worst, values[j])
            else:
                next_best = min(next_best, values[j])
        for j in free:
            if not chosen[j] and bound + values[j] - worst >= cutoff:
                status[j] = CLOSED
                fixed += 1
            elif chosen[j] and bound + next_best - values[j] >= cutoff:
                status[j] = OPEN
                fixed += 1
        return fixed
    return _fix_by_cover(relaxation, status, values, base, cutoff, free)


@njit(cache=True)
def _fix_by_cover(
    relaxation: Relaxation, status: IntArray, values: FloatArray, base: float, cutoff: float, free: IntArray
) -> int:
    """Price the capacity that must be covered by its linear relaxation, then fix by the reduced values."""
    missing, total = relaxation.need, base
    for j in range(len(values)):
        if status[j] == OPEN:
            total += values[j]
            missing -= relaxation.capacities[j]
    for j in free:
        if values[j] < 0.0:
            missing -= relaxation.capacities[j]
    price = 0.0
    if missing > 0.0:
        ratios = np.full(len(free), np.inf)
        for k in range(len(free)):
            if values[free[k]] >= 0.0 and relaxation.capacities[free[k]] > 0.0:
                ratios[k] = values[free[k]] / relaxation.capacities[free[k]]
        for k in np.argsort(ratios):
            if missing <= 0.0 or ratios[k] == np.inf:
                break
            price = ratios[k]
            missing -= relaxation.capacities[free[k]]
    covered = relaxation.need
    for j in range(len(values)):
        if status[j] == OPEN:
            covered -= relaxation.capacities[j]
    total += price * max(0.0, covered)
    for j in free:
        total += min(0.0, values[j] - price * relaxation.capacities[j])
    fixed = 0
    for j in free:
        reduced = values[j] - price * relaxation.capacities[j]
        if reduced >= 0.0 and total + reduced >= cutoff:
            status[j] = CLOSED
            fixed += 1
        elif reduced < 0.0 and total - reduced >= cutoff:
            status[j] = OPEN
            fixed += 1
    return fixed
