"""Cut branches of a tree that cost more than the prizes they bring (Johnson, Minkoff and Phillips 2000)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def prune_unworthy(
    tails: NDArray[np.int64], heads: NDArray[np.int64], costs: NDArray[np.float64], prizes: NDArray[np.float64],
    root: int, edges: NDArray[np.int64],
) -> NDArray[np.int64]:  # fmt: skip
    """Give the part of the forest `edges` that hangs together with `root` and is worth its cost, ascending."""
    num_nodes, count = len(prizes), len(edges)
    ends = np.concatenate([tails[edges], heads[edges]])
    order = np.argsort(ends, kind="stable")
    first = np.zeros(num_nodes + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=num_nodes), out=first[1:])
    others = np.concatenate([heads[edges], tails[edges]])[order]
    is_kept = np.zeros(count, np.bool_)
    _keep_worthy(first, others, order % max(count, 1), costs[edges], prizes, root, is_kept)
    return np.sort(edges[is_kept])


@njit(cache=True)
def _keep_worthy(
    first: NDArray[np.int64], others: NDArray[np.int64], numbers: NDArray[np.int64], costs: NDArray[np.float64],
    prizes: NDArray[np.float64], root: int, is_kept: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Walk down from the root, add up worth on the way back, and walk down again along what is worth it."""
    num_nodes = len(prizes)
    order = np.empty(num_nodes, np.int64)
    above = np.full(num_nodes, -1, np.int64)
    by_edge = np.full(num_nodes, -1, np.int64)
    order[0] = root
    above[root] = root
    count = 1
    done = 0
    while done < count:
        node = order[done]
        done += 1
        for i in range(first[node], first[node + 1]):
            other = others[i]
            if above[other] < 0:
                above[other] = node
                by_edge[other] = numbers[i]
                order[count] = other
                count += 1
    worth = prizes.copy()
    for i in range(count - 1, 0, -1):
        node = order[i]
        left = worth[node] - costs[by_edge[node]]
        if left > 0:
            worth[above[node]] += left
    stays = np.zeros(num_nodes, np.bool_)
    stays[root] = True
    for i in range(1, count):
        node = order[i]
        if stays[above[node]] and worth[node] - costs[by_edge[node]] > 0:
            stays[node] = True
            is_kept[by_edge[node]] = True
