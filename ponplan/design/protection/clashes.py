"""Whose ways over a pair of splitters, one on either tree, run into each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.protection.twins import TwinGround

    IntArray = NDArray[np.int64]
    ByteArray = NDArray[np.uint8]

# what runs over an edge: the feeders of the splitters, and a customer's ways to the root, over either tree
FEEDERS = (1, 2)
UPWARDS = (4, 8)
SECOND = FEEDERS[1] | UPWARDS[1]
BOTH_UPWARDS = UPWARDS[0] | UPWARDS[1]


class Upwards(NamedTuple):
    """A tree by (nodes,) the node above each and the edge to it, -1 at the root and outside."""

    parents: IntArray
    edges: IntArray


def count_clashes(ground: TwinGround, run: Sequence[int], pair: tuple[int, int]) -> int:
    """Count the customers of a run whose ways over splitters at two places share more than the trees do."""
    members = list(run)
    first, second = (Upwards(tree.parents, tree.parent_edges) for tree in ground.rings.trees)
    one, other = (side.access[members] for side in ground.sides)
    at = ground.places[pair[0]].junction, ground.places[pair[1]].junction
    return int(clashes(first, second, at, (one, other)))


@njit(cache=True)
def clashes(first: Upwards, second: Upwards, at: tuple[int, int], access: tuple[IntArray, IntArray]) -> int:
    """Count them: a customer's way over a splitter is its feeder with all that leads up from the customer."""
    marks = np.zeros(max(first.edges.max(), second.edges.max()) + 1, np.uint8)
    _mark(first, marks, at[0], FEEDERS[0])
    _mark(second, marks, at[1], FEEDERS[1])
    count = 0
    for one, other in zip(access[0], access[1]):  # noqa: B905 - compiled code knows no strict
        _mark(first, marks, one, UPWARDS[0])
        _mark(second, marks, other, UPWARDS[1])
        count += _is_shared(first, marks, at[0]) or _is_shared(first, marks, one)
        _clear(first, marks, one, UPWARDS[0])
        _clear(second, marks, other, UPWARDS[1])
    return count


@njit(cache=True)
def _mark(tree: Upwards, marks: ByteArray, node: int, bit: int) -> None:
    while tree.edges[node] >= 0:
        marks[tree.edges[node]] |= bit
        node = tree.parents[node]


@njit(cache=True)
def _clear(tree: Upwards, marks: ByteArray, node: int, bit: int) -> None:
    while tree.edges[node] >= 0:
        marks[tree.edges[node]] &= 255 - bit
        node = tree.parents[node]


@njit(cache=True)
def _is_shared(first: Upwards, marks: ByteArray, node: int) -> bool:
    """Say whether the second way uses an edge above a node of the first tree that the ways up do not share."""
    while first.edges[node] >= 0:
        mark = marks[first.edges[node]]
        if mark & SECOND and mark & BOTH_UPWARDS != BOTH_UPWARDS:
            return True
        node = first.parents[node]
    return False
