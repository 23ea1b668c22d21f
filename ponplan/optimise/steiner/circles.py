"""Circles that a way outside a tree closes, and what letting a stretch of one fall saves where edges carry loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.steiner.limited import NONE, meeting_of, ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Arcs
    from ponplan.optimise.steiner.limited import Hung

    Bools = NDArray[np.bool_]
    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

LONGEST = 400  # edges of a circle, of which every pair is weighed


class Loads(NamedTuple):
    """What is carried between which nodes, by the node at one end: row i of `first` has its loads."""

    first: IntArray
    other: IntArray
    weight: IntArray


@njit(cache=True)
def weigh(
    arcs: Arcs, opening: FloatArray, lengths: FloatArray, carrying: FloatArray, in_tree: Bools, is_end: Bools,
    loads: Loads, hung: Hung, base: IntArray, from_arc: IntArray,
) -> tuple[FloatArray, IntArray]:  # fmt: skip
    """Give for each arc outside the tree what the best exchange over it saves, and where its stretch begins.

    It is told by the place of its first edge on the circle. One loop over the arcs, with the marks that
    gather loads on a circle kept from one to the next.
    """
    num_nodes = len(hung.parents)
    rank = ranks(hung)
    gains, begins = np.zeros(len(arcs.head)), np.full(len(arcs.head), NONE)
    at = np.full(num_nodes, NONE)  # the place on the circle from which a node hangs
    touched = np.empty(num_nodes, np.int64)
    for arc in range(len(arcs.head)):
        one, other = arcs.tail[arc], arcs.head[arc]
        if one > other or in_tree[arcs.edge[arc]] or base[one] < 0 or base[other] < 0 or base[one] == base[other]:
            continue
        circle, edges, top = circle_of(base[one], base[other], hung, rank)
        if len(edges) > LONGEST:
            continue
        way_cost, way_m = opening[arc], lengths[arc]
        for end in (one, other):
            node = end
            while from_arc[node] >= 0:
                way_cost += opening[from_arc[node]]
                way_m += lengths[from_arc[node]]
                node = arcs.tail[from_arc[node]]
        if not np.isfinite(way_cost):
            continue
        size = _hang_oncircle_of(arcs, in_tree, hung, circle, top, at, touched)
        between = _between(loads, at, touched[:size], top, len(circle))
        gains[arc], begins[arc] = _best_stretch(
            circle, edges, between, opening, lengths, carrying, is_end, hung, top, way_cost, way_m
        )
        for place in range(size):
            at[touched[place]] = NONE
    return gains, begins


@njit(cache=True)
def circle_of(one: int, other: int, hung: Hung, rank: IntArray) -> tuple[IntArray, IntArray, int]:
    """Give the nodes of the way through the tree from one node to another, its arcs, and the place of its top."""
    meeting = meeting_of(one, other, hung.parents, rank)
    up, down = 0, 0
    node = one
    while node != meeting:
        node, up = hung.parents[node], up + 1
    node = other
    while node != meeting:
        node, down = hung.parents[node], down + 1
    circle, edges = np.empty(up + down + 1, np.int64), np.empty(up + down, np.int64)
    node = one
    for place in range(up):
        circle[place], edges[place] = node, hung.parent_arcs[node]
        node = hung.parents[node]
    circle[up] = meeting
    node = other
    for place in range(up + down, up, -1):
        circle[place], edges[place - 1] = node, hung.parent_arcs[node]
        node = hung.parents[node]
    return circle, edges, up


@njit(cache=True)
def _hang_oncircle_of(
    arcs: Arcs, in_tree: Bools, hung: Hung, circle: IntArray, top: int, at: IntArray, touched: IntArray
) -> int:
    """Mark every node below the top with the place on the circle from which it hangs; give how many there are."""
    size = 0
    for place in range(len(circle)):
        if place != top:
            at[circle[place]] = place
            touched[size] = circle[place]
            size += 1
    done = 0
    while done < size:
        node = touched[done]
        done += 1
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            child = arcs.head[arc]
            if in_tree[arcs.edge[arc]] and hung.parents[child] == node and at[child] < 0:
                at[child] = at[node]
                touched[size] = child
                size += 1
    return size


@njit(cache=True)
def _between(loads: Loads, at: IntArray, below: IntArray, top: int, count: int) -> FloatArray:
    """Give (count + 1, count + 1) sums of the loads between the first so many places and the first so many."""
    sums = np.zeros((count + 1, count + 1))
    for node in below:
        for row in range(loads.first[node], loads.first[node + 1]):
            other = at[loads.other[row]]
            place = other if other >= 0 else top
            if place != at[node]:
                sums[at[node] + 1, place + 1] += loads.weight[row]
                if other < 0:  # the other end is not below the top, and does not count itself
                    sums[place + 1, at[node] + 1] += loads.weight[row]
    for row in range(1, count + 1):
        for column in range(1, count + 1):
            sums[row, column] += sums[row - 1, column] + sums[row, column - 1] - sums[row - 1, column - 1]
    return sums


@njit(cache=True)
def _crossing(between: FloatArray, begin: int, end: int) -> int:
    """Give the load between the places from `begin` to `end` and all others."""
    last = len(between) - 1
    whole = between[end + 1, last] - between[begin, last]
    inside = between[end + 1, end + 1] - between[begin, end + 1] - between[end + 1, begin] + between[begin, begin]
    return int(whole - inside + 0.5)


@njit(cache=True)
def _best_stretch(
    circle: IntArray, edges: IntArray, between: FloatArray, opening: FloatArray, lengths: FloatArray,
    carrying: FloatArray, is_end: Bools, hung: Hung, top: int, way_cost: float, way_m: float,
) -> tuple[float, int]:  # fmt: skip
    """Give what is saved when the best stretch falls and its loads go over the new way, and its first edge."""
    count = len(edges)
    before = 0.0
    for edge in range(count):
        before += opening[edges[edge]] + carrying[_crossing(between, 0, edge)] * lengths[edges[edge]]
    best, best_begin = 0.0, NONE
    begin = 0
    for end in range(count):
        if end + 1 < count and is_free(circle[end + 1], is_end, hung, end + 1 == top):
            continue
        after = way_cost + carrying[_crossing(between, 0, begin)] * way_m
        for edge in range(begin):
            after += opening[edges[edge]] + carrying[_crossing(between, edge + 1, begin)] * lengths[edges[edge]]
        for edge in range(end + 1, count):
            after += opening[edges[edge]] + carrying[_crossing(between, end + 1, edge)] * lengths[edges[edge]]
        if before - after > best:
            best, best_begin = before - after, begin
        begin = end + 1
    return best, best_begin


@njit(cache=True)
def is_free(node: int, is_end: Bools, hung: Hung, is_top: bool) -> bool:  # noqa: FBT001 - compiled code
    """Say whether a node of a circle may vanish with the stretch that it lies in."""
    return not is_end[node] and not is_top and hung.num_children[node] == 1
