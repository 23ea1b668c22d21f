"""The few nodes that a fan has on a large tree: where links end and where ways part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]


@njit(cache=True)
def meeting_points(junction: int, others: IntArray, parents: IntArray, order_of: IntArray) -> IntArray:
    """Climb from both until they meet; of two junctions the later one in the order is above neither."""
    meeting = np.empty(len(others), np.int64)
    for place, other in enumerate(others):
        left, right = junction, other
        while left != right:
            if order_of[left] > order_of[right]:
                left = parents[left]
            else:
                right = parents[right]
        meeting[place] = left
    return meeting


@njit(cache=True)
def walk_fan(
    root: int, targets: IntArray, parents: IntArray, up_m: FloatArray, order_of: IntArray, marks: IntArray
) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    """Give the junctions where links end or ways part, the node before each, the way from it, and the ends.

    `marks` is -1 everywhere before and after: a fan touches a few of very many junctions.
    """
    # every junction on some way gets a number, the root first, then those above it, then those off its own way up
    size = 0
    here = root
    while here >= 0:
        marks[here] = size
        size += 1
        here = parents[here]
    rise = size
    top = 0
    for target in targets:
        here = target
        while marks[here] < 0:
            marks[here] = size
            size += 1
            here = parents[here]
        if marks[here] < rise and marks[here] > top:
            top = int(marks[here])
    touched = np.full(size, -1, np.int64)
    here = root
    for number in range(rise):
        touched[number] = here
        here = parents[here]
    for target in targets:
        here = target
        while marks[here] >= rise and touched[marks[here]] != here:
            touched[marks[here]] = here
            here = parents[here]
    below = touched[rise:]
    below = below[np.argsort(order_of[below])]
    for place, junction in enumerate(below):
        marks[junction] = top + 1 + place
    count = top + 1 + len(below)
    walk = np.empty(count, np.int64)
    before = np.full(count, -1, np.int64)  # places in the walk, which has each junction after the one before it
    ways_m = np.zeros(count)
    for place in range(top + 1):
        walk[place] = touched[place]
        if place > 0:
            before[place], ways_m[place] = place - 1, up_m[touched[place - 1]]
    for place, junction in enumerate(below):
        walk[top + 1 + place] = junction
        before[top + 1 + place], ways_m[top + 1 + place] = marks[parents[junction]], up_m[junction]
    ends = np.zeros(count, np.int64)
    for target in targets:
        ends[marks[target]] += 1
    for junction in touched:
        marks[junction] = -1
    num_branches = np.zeros(count, np.int64)
    for place in range(1, count):
        num_branches[before[place]] += 1
    index = np.zeros(count, np.int64)  # the node at or before a junction
    since_m = np.zeros(count)  # the way from that node
    kept = np.zeros(count, np.int64)
    node_before = np.full(count, -1, np.int64)
    lengths_m = np.zeros(count)
    size = 1
    for place in range(1, count):
        index[place] = index[before[place]]
        since_m[place] = since_m[before[place]] + ways_m[place]
        if ends[place] > 0 or num_branches[place] != 1:
            kept[size], node_before[size], lengths_m[size] = place, index[place], since_m[place]
            index[place], since_m[place] = size, 0.0
            size += 1
    return walk[kept[:size]], node_before[:size], lengths_m[:size], ends[kept[:size]]
