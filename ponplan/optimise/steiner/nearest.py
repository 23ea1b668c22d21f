"""The nearest terminals of every node, and how far apart terminals are when other terminals lie between."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.steiner.shrink import EDGES, WORK, Shrinking

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAREST = 4
FAR = 1 << 60


class Nearest(NamedTuple):
    """Distances to terminals on a shrinking graph.

    Parameters
    ----------
    base, distance
        Of each node up to four nearest terminals on ways without other terminals; -1 and FAR for none.
    above, step
        A forest over the terminals in which the longest step between two of them, on the way over their common
        ancestor, is the least longest step between terminals with which one can walk from one to the other.
    """

    base: NDArray[np.int32]
    distance: NDArray[np.int64]
    above: NDArray[np.int32]
    step: NDArray[np.int64]


def find_nearest(graph: Shrinking) -> Nearest:
    """Search from all terminals at once, then span them by the shortest steps (Mehlhorn 1988)."""
    num_nodes = len(graph.first)
    nearest = Nearest(
        base=np.full((num_nodes, NEAREST), -1, np.int32),
        distance=np.full((num_nodes, NEAREST), FAR, np.int64),
        above=np.full(num_nodes, -1, np.int32),
        step=np.full(num_nodes, FAR, np.int64),
    )
    room = NEAREST * 2 * int(graph.tally[EDGES]) + num_nodes
    _search(graph, nearest, np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room, np.int32))
    edges = np.flatnonzero(graph.end[: 2 * graph.tally[EDGES] : 2] >= 0)
    tails, heads = graph.end[2 * edges], graph.end[2 * edges + 1]
    is_between = (nearest.base[tails, 0] != nearest.base[heads, 0]) & (nearest.base[tails, 0] >= 0)
    tails, heads, edges = tails[is_between], heads[is_between], edges[is_between]
    steps = nearest.distance[tails, 0] + graph.cost[edges] + nearest.distance[heads, 0]
    order = np.argsort(steps, kind="stable")
    _span(nearest, nearest.base[tails[order], 0], nearest.base[heads[order], 0], steps[order])
    return nearest


@njit(cache=True)
def _search(
    graph: Shrinking, nearest: Nearest, keys: NDArray[np.int64], nodes: NDArray[np.int32],
    bases: NDArray[np.int32],
) -> None:  # fmt: skip
    """Settle every node up to four times, with another terminal each time; the heap may hold stale entries."""
    num_nodes = len(graph.first)
    size = 0
    found = np.zeros(num_nodes, np.int8)
    for node in range(num_nodes):
        if graph.is_terminal[node]:
            size = _push(keys, nodes, bases, size, 0, node, node)
    while size > 0:
        key, node, base = int(keys[0]), int(nodes[0]), int(bases[0])
        size = _pop(keys, nodes, bases, size)
        is_known = found[node] == NEAREST
        for i in range(found[node]):
            is_known = is_known or nearest.base[node, i] == base
        if is_known:
            continue
        nearest.base[node, found[node]] = base
        nearest.distance[node, found[node]] = key
        found[node] += 1
        if graph.is_terminal[node] and node != base:
            continue
        half = graph.first[node]
        while half >= 0:
            graph.tally[WORK] += 1
            other = int(graph.end[half ^ 1])
            if found[other] < NEAREST:
                size = _push(keys, nodes, bases, size, key + int(graph.cost[half >> 1]), other, base)
            half = graph.after[half]


@njit(cache=True)
def _push(
    keys: NDArray[np.int64], nodes: NDArray[np.int32], bases: NDArray[np.int32], size: int, key: int, node: int,
    base: int,
) -> int:  # fmt: skip
    slot = size
    while slot > 0:
        above = (slot - 1) >> 1
        if keys[above] <= key:
            break
        keys[slot], nodes[slot], bases[slot] = keys[above], nodes[above], bases[above]
        slot = above
    keys[slot], nodes[slot], bases[slot] = key, node, base
    return size + 1


@njit(cache=True)
def _pop(keys: NDArray[np.int64], nodes: NDArray[np.int32], bases: NDArray[np.int32], size: int) -> int:
    size -= 1
    key, node, base = keys[size], nodes[size], bases[size]
    slot = 0
    while True:
        below = 2 * slot + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if key <= keys[below]:
            break
        keys[slot], nodes[slot], bases[slot] = keys[below], nodes[below], bases[below]
        slot = below
    keys[slot], nodes[slot], bases[slot] = key, node, base
    return size


@njit(cache=True)
def _span(nearest: Nearest, ones: NDArray[np.int32], others: NDArray[np.int32], steps: NDArray[np.int64]) -> None:
    """Kruskal's tree; the smaller piece is hung below the top of the larger, so ways up are short."""
    weight = np.ones(len(nearest.above), np.int32)
    for i in range(len(steps)):
        one, other = ones[i], others[i]
        while nearest.above[one] >= 0:
            one = nearest.above[one]
        while nearest.above[other] >= 0:
            other = nearest.above[other]
        if one == other:
            continue
        if weight[one] > weight[other]:
            one, other = other, one
        nearest.above[one] = other
        nearest.step[one] = steps[i]
        weight[other] += weight[one]


@njit(cache=True)
def longest_step(nearest: Nearest, one: int, other: int) -> int:
    """Give the longest step one cannot avoid when walking from terminal to terminal."""
    longest = 0
    while one != other:
        if nearest.step[one] > nearest.step[other]:
            one, other = other, one
        longest = int(nearest.step[one])
        if longest == FAR:
            break
        one = int(nearest.above[one])
    return longest


@njit(cache=True)
def special_distance(nearest: Nearest, one: int, other: int, enough: int) -> int:
    """Give an upper bound on the special distance of two nodes, over terminals; stop looking below `enough`."""
    best = FAR
    for i in range(NEAREST):
        if nearest.base[one, i] < 0 or nearest.distance[one, i] >= best:
            break
        for j in range(NEAREST):
            if nearest.base[other, j] < 0 or nearest.distance[other, j] >= best:
                break
            ends = max(nearest.distance[one, i], nearest.distance[other, j])
            step = longest_step(nearest, nearest.base[one, i], nearest.base[other, j])
            best = min(best, max(ends, step))
            if best < enough:
                return int(best)
    return int(best)
