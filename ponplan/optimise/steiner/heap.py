"""A binary heap of nodes with decreasing keys, as plain arrays for compiled kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@njit(cache=True)
def heap_push(heap: NDArray[np.int32], place: NDArray[np.int32], size: int, key: NDArray[np.int64], node: int) -> int:
    """Put `node` in, or lift it after its key was lowered; give the new size. `place` is -1 for nodes outside."""
    slot = int(place[node])
    if slot < 0:
        slot = size
        size += 1
    while slot > 0:
        above = (slot - 1) >> 1
        other = heap[above]
        if key[other] <= key[node]:
            break
        heap[slot] = other
        place[other] = slot
        slot = above
    heap[slot] = node
    place[node] = slot
    return size


@njit(cache=True)
def heap_pop(heap: NDArray[np.int32], place: NDArray[np.int32], size: int, key: NDArray[np.int64]) -> int:
    """Take the node with the least key off a heap of `size`; the caller counts the heap one smaller."""
    top = int(heap[0])
    place[top] = -1
    size -= 1
    if size == 0:
        return top
    node = heap[size]
    slot = 0
    while True:
        below = 2 * slot + 1
        if below >= size:
            break
        if below + 1 < size and key[heap[below + 1]] < key[heap[below]]:
            below += 1
        other = heap[below]
        if key[node] <= key[other]:
            break
        heap[slot] = other
        place[other] = slot
        slot = below
    heap[slot] = node
    place[node] = slot
    return top
