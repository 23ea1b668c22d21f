"""Knapsacks of the relaxation: what one site earns within its capacity, and the cheapest sites to cover a need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

_NODE_LIMIT = 4000
_COVER_WORK = 200_000
_COVER_ITEMS = 600


@njit(cache=True)
def fill_site(gains: FloatArray, demands: FloatArray, capacity: float, is_whole: bool, parts: FloatArray) -> float:  # noqa: FBT001
    """Take the clients of least summed `gains` (all negative) within the capacity; give a lower bound on that sum.

    `parts` receives the part taken of each client. Whole clients make a 0/1 knapsack; where that proves too hard the
    bound is the one with parts, which is lower and so still valid.
    """
    if demands.sum() <= capacity * (1.0 + 1e-12):
        parts[:] = 1.0
        return float(gains.sum())
    ratios = np.empty(len(gains))
    for k in range(len(gains)):
        ratios[k] = gains[k] / demands[k] if demands[k] > 0.0 else -np.inf
    order = np.argsort(ratios)
    if is_whole:
        return _fill_whole(gains, demands, capacity, order, parts)
    return _fill_parts(gains, demands, capacity, order, parts)


@njit(cache=True)
def _fill_parts(gains: FloatArray, demands: FloatArray, capacity: float, order: IntArray, parts: FloatArray) -> float:
    """Fill by rising ratio; the last client is taken in part."""
    room, total = capacity, 0.0
    parts[:] = 0.0
    for k in order:
        if demands[k] <= room:
            parts[k] = 1.0
        elif room > 0.0:
            parts[k] = room / demands[k]
        else:
            break
        room -= demands[k] * parts[k]
        total += gains[k] * parts[k]
    return total


@njit(cache=True)
def _fill_whole(gains: FloatArray, demands: FloatArray, capacity: float, order: IntArray, parts: FloatArray) -> float:
    """Solve the 0/1 knapsack by depth-first branch and bound (Horowitz and Sahni, J. ACM 21, 1974).

    One loop, because going forward and back share the position, the room and the value.
    """
    num = len(order)
    with_parts = _fill_parts(gains, demands, capacity, order, parts)
    slack = 1e-9 * (1.0 + capacity)
    taken = np.zeros(num, dtype=np.bool_)
    best = 0.0
    parts[:] = 0.0
    room, value, position, nodes = capacity + slack, 0.0, 0, 0
    while True:
        # forward: take what fits, in order, as long as the bound of the rest allows an improvement
        while position < num:
            bound, left = value, room
            for q in range(position, num):
                k = order[q]
                if demands[k] <= left:
                    bound += gains[k]
                    left -= demands[k]
                else:
                    bound += gains[k] * left / demands[k]
                    break
            if bound >= best - 1e-12 * abs(best):
                break
            k = order[position]
            if demands[k] <= room:
                taken[position] = True
                room -= demands[k]
                value += gains[k]
            position += 1
        if position >= num and value < best:
            best = value
            for q in range(num):
                parts[order[q]] = 1.0 if taken[q] else 0.0
        nodes += 1
        if nodes > _NODE_LIMIT:
            return with_parts
        # back: drop the last client taken and go on without it
        position = min(position, num) - 1
        while position >= 0 and not taken[position]:
            position -= 1
        if position < 0:
            return best * (1.0 + 1e-12)
        taken[position] = False
        room += demands[order[position]]
        value -= gains[order[position]]
        position += 1


@njit(cache=True)
def cheapest_cover(values: FloatArray, capacities: FloatArray, need: float, picked: BoolArray) -> float:
    """Mark items of least value (none negative) whose capacities reach `need`; give a lower bound on that value.

    The bound is the best of three: so many of the cheapest items as the largest capacities need, the linear
    relaxation, and dynamic programming over the need in equal steps with capacities rounded up, by which no
    permitted set is lost. Gives inf when all items together do not reach.
    """
    if capacities.sum() < need * (1.0 - 1e-9):
        return np.inf
    by_count = _cover_by_count(values, capacities, need, picked)
    if capacities.max() == capacities.min():
        return by_count
    picked[:] = False
    in_parts = max(by_count, _cover_in_parts(values, capacities, need, picked))
    if len(values) > _COVER_ITEMS:
        return in_parts
    picked[:] = False
    return max(in_parts, _cover_in_steps(values, capacities, need, picked))


@njit(cache=True)
def _cover_by_count(values: FloatArray, capacities: FloatArray, need: float, picked: BoolArray) -> float:
    """Count how many of the largest items are needed, and take as many of the cheapest."""
    count, room = 0, 0.0
    for capacity in np.sort(capacities)[::-1]:
        if room >= need * (1.0 - 1e-9):
            break
        room += capacity
        count += 1
    total = 0.0
    for k in np.argsort(values)[:count]:
        picked[k] = True
        total += values[k]
    return total


@njit(cache=True)
def _cover_in_steps(values: FloatArray, capacities: FloatArray, need: float, picked: BoolArray) -> float:
    """Cover the need in equal steps by dynamic programming."""
    steps = min(4096, max(512, _COVER_WORK // len(values)))
    best = np.full(steps + 1, np.inf)
    best[0] = 0.0
    choice = np.zeros((len(values), steps + 1), dtype=np.bool_)
    weights = np.empty(len(values), dtype=np.int64)
    for k in range(len(values)):
        weights[k] = min(steps, int(np.ceil(capacities[k] * steps / need * (1.0 + 1e-9))))
        if weights[k] == 0:
            continue
        for level in range(steps, 0, -1):
            candidate = best[max(0, level - weights[k])] + values[k]
            if candidate < best[level]:
                best[level] = candidate
                choice[k, level] = True
    level = steps
    for k in range(len(values) - 1, -1, -1):
        if choice[k, level]:
            picked[k] = True
            level = max(0, level - weights[k])
    return float(best[steps])


@njit(cache=True)
def _cover_in_parts(values: FloatArray, capacities: FloatArray, need: float, picked: BoolArray) -> float:
    """Cover by rising value per capacity; the last item counts in part but is marked whole."""
    ratios = np.full(len(values), np.inf)
    for k in range(len(values)):
        if capacities[k] > 0.0:
            ratios[k] = values[k] / capacities[k]
    total = 0.0
    for k in np.argsort(ratios):
        if need <= 0.0:
            break
        picked[k] = True
        total += values[k] * min(1.0, need / capacities[k])
        need -= capacities[k]
    return total
