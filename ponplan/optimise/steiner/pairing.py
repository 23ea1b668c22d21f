"""Pairing heaps over numbered entries, as plain arrays: many heaps that merge in one step (Fredman et al. 1986)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@njit(cache=True)
def pair_merge(
    child: NDArray[np.int32], sibling: NDArray[np.int32], key: NDArray[np.int64], one: int, other: int
) -> int:
    """Merge two heaps given by their top entries, -1 for an empty heap; give the new top."""
    if one < 0:
        return other
    if other < 0:
        return one
    if key[other] < key[one] or (key[other] == key[one] and other < one):
        one, other = other, one
    sibling[other] = child[one]
    child[one] = other
    return one


@njit(cache=True)
def pair_pop(child: NDArray[np.int32], sibling: NDArray[np.int32], key: NDArray[np.int64], top: int) -> int:
    """Take the top entry off its heap and give the new top, or -1."""
    rest = int(child[top])
    child[top] = -1
    # merge the children two by two, then all pairs from the last to the first
    pairs = -1
    while rest >= 0:
        one = rest
        other = int(sibling[one])
        sibling[one] = -1
        if other < 0:
            rest = -1
        else:
            rest = int(sibling[other])
            sibling[other] = -1
        merged = pair_merge(child, sibling, key, one, other)
        sibling[merged] = pairs
        pairs = merged
    top = -1
    while pairs >= 0:
        following = int(sibling[pairs])
        sibling[pairs] = -1
        top = pair_merge(child, sibling, key, top, pairs)
        pairs = following
    return top
