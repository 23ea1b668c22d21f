"""Undirected weighted graphs as compressed rows; parallel edges become one, zero-length edges stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SparseGraph:
    """An undirected graph in compressed rows: the neighbours of node u stand at `first[u]:first[u + 1]`.

    Parameters
    ----------
    first
        Start of each node's row, num_nodes + 1 numbers.
    neighbours, lengths, edge_ids
        Of each half edge: the node at its other end, its length, and the number of the original edge it
        stands for. Both halves of an edge carry the same length and edge number.
    """

    first: IntArray
    neighbours: IntArray
    lengths: FloatArray
    edge_ids: IntArray

    @property
    def num_nodes(self) -> int:
        """Number of nodes."""
        return len(self.first) - 1

    @property
    def num_edges(self) -> int:
        """Number of edges that stayed."""
        return len(self.neighbours) // 2

    @classmethod
    def from_edges(
        cls, num_nodes: int, tails: ArrayLike, heads: ArrayLike, lengths: ArrayLike, *, all_parallels: bool = False
    ) -> SparseGraph:
        """Build rows from edges; of parallel ones the shortest (first of equals) stays unless all do, loops go.

        scipy's sparse graphs drop zero-length edges and add up parallel ones; this keeps the first and takes
        the least of the second.
        """
        tails_, heads_ = np.asarray(tails, np.int64), np.asarray(heads, np.int64)
        lengths_ = np.asarray(lengths, np.float64)
        if all_parallels:
            kept = np.flatnonzero(tails_ != heads_)
        else:
            kept = simple_edges(num_nodes, tails_, heads_, lengths_)
        return _rows(num_nodes, tails_[kept], heads_[kept], lengths_[kept], kept)


def simple_edges(num_nodes: int, tails: IntArray, heads: IntArray, lengths: FloatArray) -> IntArray:
    """Give the ascending numbers of the edges that are no loops and the shortest of their parallels."""
    keys = np.minimum(tails, heads) * np.int64(num_nodes) + np.maximum(tails, heads)
    order = np.lexsort((lengths, keys))
    is_first = np.ones(len(order), bool)
    is_first[1:] = keys[order[1:]] != keys[order[:-1]]
    kept = order[is_first]
    return np.sort(kept[tails[kept] != heads[kept]])


def _rows(num_nodes: int, tails: IntArray, heads: IntArray, lengths: FloatArray, ids: IntArray) -> SparseGraph:
    sources = np.concatenate([tails, heads])
    order = np.argsort(sources, kind="stable")
    first = np.zeros(num_nodes + 1, np.int64)
    np.cumsum(np.bincount(sources, minlength=num_nodes), out=first[1:])
    return SparseGraph(
        first=first,
        neighbours=np.concatenate([heads, tails])[order],
        lengths=np.concatenate([lengths, lengths])[order],
        edge_ids=np.concatenate([ids, ids])[order],
    )
