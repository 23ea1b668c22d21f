"""Share out what the 1st, 2nd, ... user of an edge pays by rank: those who use it first, then the nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]


@njit(cache=True)
def share_by_rank(
    tails: IntArray,
    heads: IntArray,
    near: IntArray,
    distances: FloatArray,
    sizes: IntArray,
    first_user: IntArray,
    users: IntArray,
    more: FloatArray,
) -> tuple[IntArray, IntArray, FloatArray]:
    """Give spots, edges and what each client of the spot pays on the edge: one loop over edges, each in three turns.

    Ranked are first the users that are near, then users farther away, then others that are near, until all shares
    are given. A spot of several clients takes as many ranks, and each of them pays the mean of their shares.

    Parameters
    ----------
    near, distances
        (nodes, k) the nearest spots of each node, nearest first; -1 and inf where there are fewer.
    sizes
        (spots,) clients of each.
    first_user, users
        Spots whose clients use edge e stand at first_user[e]:first_user[e + 1].
    more
        (ranks,) falling.
    """
    sums = np.zeros(len(more) + 1)
    sums[1:] = np.cumsum(more)
    state = np.full(len(sizes), -1, np.int64)  # 3 e: uses edge e, 3 e + 1: met, 3 e + 2: ranked
    ranked = np.empty(len(sizes), np.int64)
    spots, edges = [np.int64(0) for _ in range(0)], [np.int64(0) for _ in range(0)]
    shares = [0.0 for _ in range(0)]
    width = near.shape[1]
    for e in range(len(tails)):
        tail, head = tails[e], heads[e]
        for k in range(first_user[e], first_user[e + 1]):
            state[users[k]] = 3 * e
        count, rank = 0, 0
        for turn in range(2):
            i, j = 0, 0
            while rank < len(more) and (i < width or j < width):
                left = distances[tail, i] if i < width else np.inf
                right = distances[head, j] if j < width else np.inf
                if left == np.inf and right == np.inf:
                    break
                if left <= right:
                    spot = near[tail, i]
                    i += 1
                else:
                    spot = near[head, j]
                    j += 1
                is_user = state[spot] == 3 * e
                if state[spot] != 3 * e + 2 and (turn == 1 or is_user):
                    state[spot] = 3 * e + 2
                    ranked[count] = spot
                    count, rank = count + 1, rank + sizes[spot]
            if turn == 0:
                for k in range(first_user[e], first_user[e + 1]):
                    if state[users[k]] == 3 * e and rank < len(more):
                        state[users[k]] = 3 * e + 2
                        ranked[count] = users[k]
                        count, rank = count + 1, rank + sizes[users[k]]
        rank = 0
        for k in range(count):
            size = sizes[ranked[k]]
            end = min(rank + size, len(more))
            spots.append(ranked[k])
            edges.append(np.int64(e))
            shares.append((sums[end] - sums[rank]) / size)
            rank = end
    return np.array(spots, dtype=np.int64), np.array(edges, dtype=np.int64), np.array(shares)
