"""A rooted tree over junctions, with distances between any two of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]

NONE = -1


@dataclass(frozen=True)
class RootedTree:
    """Junctions reached from `root` over chosen edges, parents before children.

    Parameters
    ----------
    root
        The junction everything hangs on.
    parents, parent_edges
        (n,) the junction above and the edge that leads there; -1 at the root and outside the tree.
    order
        (k,) the tree's junctions in depth-first preorder, children by ascending edge number.
    depth_m
        (n,) metres from the root; nan outside the tree.
    """

    root: int
    parents: IntArray
    parent_edges: IntArray
    order: IntArray
    depth_m: FloatArray

    @classmethod
    def from_edges(
        cls, num_nodes: int, root: int, edges: IntArray, tails: IntArray, heads: IntArray, lengths_m: FloatArray
    ) -> RootedTree:
        """Hang the chosen edges (indexes into `tails`, `heads`) on the root.

        Raises
        ------
        ValueError
            When the edges do not form one tree that holds the root.
        """
        parents, above, order = _hang(num_nodes, root, edges, tails, heads)
        depth_m = np.full(num_nodes, np.nan)
        depth_m[root] = 0.0
        for node in order[1:].tolist():
            depth_m[node] = depth_m[parents[node]] + lengths_m[above[node]]
        return cls(root=root, parents=parents, parent_edges=above, order=order, depth_m=depth_m)

    @cached_property
    def position(self) -> IntArray:
        """Give each junction's place in the preorder; -1 outside the tree."""
        position = np.full(len(self.parents), NONE, np.int64)
        position[self.order] = np.arange(len(self.order))
        return position

    @cached_property
    def up_m(self) -> FloatArray:
        """Give the metres from each junction to the one above; 0 at the root and outside the tree."""
        above = np.maximum(self.parents, 0)
        return np.where(self.parents >= 0, self.depth_m - self.depth_m[above], 0.0)

    @cached_property
    def _ancestor_table(self) -> IntArray:
        """Sparse table of range minima: row k holds the least parent position over 2**k preorder places."""
        parent_position = np.where(self.parents[self.order] >= 0, self.position[self.parents[self.order]], 0)
        rows = [parent_position]
        step = 1
        while 2 * step <= len(self.order):
            above = rows[-1]
            rows.append(np.minimum(above, np.concatenate([above[step:], above[-step:]])))
            step *= 2
        return np.stack(rows)

    def meeting_points(self, left: IntArray, right: IntArray) -> IntArray:
        """Give the lowest common ancestor of each pair of junctions, by range minima over the preorder."""
        first = np.minimum(self.position[left], self.position[right])
        last = np.maximum(self.position[left], self.position[right])
        span = np.maximum(last - first, 1)
        level = np.frexp(span.astype(np.float64))[1].astype(np.int64) - 1
        table = self._ancestor_table
        inner = np.minimum(table[level, first + 1 - (first == last)], table[level, last - (1 << level) + 1])
        return np.asarray(np.where(first == last, self.order[first], self.order[inner]), np.int64)

    def distances_m(self, left: IntArray, right: IntArray) -> FloatArray:
        """Give the metres along the tree between each pair of junctions."""
        left, right = np.broadcast_arrays(left, right)
        meeting = self.meeting_points(left, right)
        return np.asarray(self.depth_m[left] + self.depth_m[right] - 2.0 * self.depth_m[meeting], np.float64)


def _hang(
    num_nodes: int, root: int, edges: IntArray, tails: IntArray, heads: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Give parents, edges to them and the preorder, by one depth-first walk."""
    around: dict[int, list[tuple[int, int]]] = {root: []}
    for edge in np.sort(edges)[::-1].tolist():
        tail, head = int(tails[edge]), int(heads[edge])
        around.setdefault(tail, []).append((edge, head))
        around.setdefault(head, []).append((edge, tail))
    parents = np.full(num_nodes, NONE, np.int64)
    above = np.full(num_nodes, NONE, np.int64)
    order, stack = [], [root]
    while stack:
        node = stack.pop()
        order.append(node)
        for edge, other in around[node]:
            if edge != above[node]:
                parents[other], above[other] = node, edge
                stack.append(other)
        if len(order) > len(edges) + 1:
            break
    if len(order) != len(edges) + 1 or len(around) != len(order):
        msg = f"{len(edges)} edges over {len(around)} junctions are not one tree with junction {root}"
        raise ValueError(msg)
    return parents, above, np.array(order, np.int64)
