"""Share demand out over given open sites at least cost: successive shortest paths between sites.

Every client starts at its cheapest open site; from sites above their capacity demand is pushed along the cheapest
chain of re-servings to sites with room (a minimum-cost flow, after Ahuja, Magnanti and Orlin 1993, chapter 9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


@njit(cache=True)
def share_out(
    first: IntArray, sites: IntArray, costs: FloatArray, demands: FloatArray, capacities: FloatArray,
    is_open: BoolArray, parts: FloatArray, give_up: float,
) -> tuple[float, int]:  # fmt: skip
    """Fill `parts` (of each list entry) with the cheapest permitted sharing; give its cost and the work done.

    The cost is inf when there is no permitted sharing, or as soon as it must exceed `give_up`.
    """
    parts[:] = 0.0
    places, num_places = np.full(len(is_open), -1), 0
    for j in range(len(is_open)):
        if is_open[j]:
            places[j] = num_places
            num_places += 1
    room = capacities[is_open].copy()
    total, work = 0.0, 0
    for i in range(len(demands)):
        cheapest = -1
        for e in range(first[i], first[i + 1]):
            if is_open[sites[e]]:
                cheapest = e
                break
        if cheapest < 0:
            return np.inf, work
        parts[cheapest] = 1.0
        room[places[sites[cheapest]]] -= demands[i]
        total += costs[cheapest]
    slack = 1e-9 * demands.sum()
    if total > give_up or room.sum() < -slack:
        return np.inf, work + len(demands)
    served_by = _members(first, sites, is_open, places, num_places)
    step_cost = np.full((num_places, num_places), np.inf)
    step_from = np.full((num_places, num_places), -1)
    step_to = np.full((num_places, num_places), -1)
    for a in range(num_places):
        work += _refresh(a, served_by, first, sites, costs, demands, parts, places, step_cost, step_from, step_to)
    while True:
        over = room < -slack
        if not over.any():
            return total, work
        reach, before = _shortest(over, step_cost)
        work += num_places * num_places
        goal = -1
        for b in range(num_places):
            if room[b] > slack and reach[b] < np.inf and (goal < 0 or reach[b] < reach[goal]):
                goal = b
        if goal < 0:
            return np.inf, work
        # how much fits along the chain, then move it
        amount, b, length = room[goal], goal, 0
        while before[b] >= 0:
            length += 1
            if length > num_places:
                # a chain that runs in a circle can only come from rounding; no answer is better than a wrong one
                return np.inf, work
            a = before[b]
            e = step_from[a, b]
            amount = min(amount, parts[e] * demands[_client_of(first, e)])
            b = a
        amount = min(amount, -room[b])
        start, b = b, goal
        while before[b] >= 0:
            a = before[b]
            e, f = step_from[a, b], step_to[a, b]
            moved = amount / demands[_client_of(first, e)]
            parts[f] += moved
            parts[e] = max(0.0, parts[e] - moved)
            if parts[e] < 1e-12:
                parts[e] = 0.0
            b = a
        room[start] += amount
        room[goal] -= amount
        total += reach[goal] * amount
        if total > give_up:
            return np.inf, work
        b = goal
        while b >= 0:
            work += _refresh(b, served_by, first, sites, costs, demands, parts, places, step_cost, step_from, step_to)
            b = before[b]


@njit(cache=True)
def _client_of(first: IntArray, entry: int) -> int:
    """Find the client whose list holds this entry."""
    return int(np.searchsorted(first, entry, side="right")) - 1


@njit(cache=True)
def _members(
    first: IntArray, sites: IntArray, is_open: BoolArray, places: IntArray, num_places: int
) -> tuple[IntArray, IntArray, IntArray]:
    """List the entries of each open site with their clients: start of each site's list, clients, entries."""
    start = np.zeros(num_places + 1, dtype=np.int64)
    for e in range(len(sites)):
        if is_open[sites[e]]:
            start[places[sites[e]] + 1] += 1
    for a in range(num_places):
        start[a + 1] += start[a]
    clients, entries = np.empty(start[num_places], dtype=np.int64), np.empty(start[num_places], dtype=np.int64)
    fill = start[:-1].copy()
    for i in range(len(first) - 1):
        for e in range(first[i], first[i + 1]):
            if is_open[sites[e]]:
                a = places[sites[e]]
                clients[fill[a]], entries[fill[a]] = i, e
                fill[a] += 1
    return start, clients, entries


@njit(cache=True)
def _refresh(
    a: int, served_by: tuple[IntArray, IntArray, IntArray], first: IntArray, sites: IntArray, costs: FloatArray,
    demands: FloatArray, parts: FloatArray, places: IntArray, step_cost: FloatArray, step_from: IntArray,
    step_to: IntArray,
) -> int:  # fmt: skip
    """Find for each other site the client that moves to it from site `a` most cheaply per unit of demand."""
    start, clients, entries = served_by
    step_cost[a, :] = np.inf
    work = 0
    for s in range(start[a], start[a + 1]):
        e, i = entries[s], clients[s]
        work += 1
        if parts[e] <= 0.0 or demands[i] <= 0.0:
            continue
        for f in range(first[i], first[i + 1]):
            b = places[sites[f]]
            if b >= 0 and b != a:
                per_unit = (costs[f] - costs[e]) / demands[i]
                if per_unit < step_cost[a, b]:
                    step_cost[a, b], step_from[a, b], step_to[a, b] = per_unit, e, f
        work += first[i + 1] - first[i]
    return work


@njit(cache=True)
def _shortest(sources: BoolArray, step_cost: FloatArray) -> tuple[FloatArray, IntArray]:
    """Find the cheapest chains from any source (Bellman and Ford: steps may save cost)."""
    num = len(sources)
    reach, before = np.full(num, np.inf), np.full(num, -1)
    for a in range(num):
        if sources[a]:
            reach[a] = 0.0
    for _ in range(num):
        changed = False
        for a in range(num):
            if reach[a] == np.inf:
                continue
            for b in range(num):
                through = reach[a] + step_cost[a, b]
                if through < reach[b] - 1e-9 * (1.0 + abs(reach[b])) or (reach[b] == np.inf and through < np.inf):
                    reach[b], before[b] = through, a
                    changed = True
        if not changed:
            break
    return reach, before
