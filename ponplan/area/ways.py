"""Network distances from any junction to all others, quickly many times over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.area.graph import RouteGraph

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


class Ways:
    """The graph reduced to its crossings.

    Ends of drops are left to the junctions that they hang on, and junctions inside a street, where nothing else
    meets it, to the crossings at its ends; both are measured from there afterwards.
    """

    def __init__(self, graph: RouteGraph) -> None:
        self._count = len(graph.junction_ids)
        is_end = self._leave_ends(graph)
        inner = np.flatnonzero(~(is_end[graph.tails] | is_end[graph.heads]))
        is_inside = self._leave_insides(graph.tails[inner], graph.heads[inner], graph.lengths_m[inner])
        self._kept = np.flatnonzero(~(is_end | is_inside))
        self._number = np.full(self._count, -1, np.int64)
        self._number[self._kept] = np.arange(len(self._kept))
        self._between = _matrix(
            self._number[self._firsts], self._number[self._lasts], self._lengths_m, len(self._kept)
        )

    def _leave_ends(self, graph: RouteGraph) -> BoolArray:
        """Set apart the junctions of one segment, with what they hang on; of two on each other the first stays."""
        tails, heads = graph.tails, graph.heads
        is_end = np.bincount(np.concatenate([tails, heads]), minlength=self._count) == 1
        is_end[tails[is_end[tails] & is_end[heads]]] = False
        at_tail, at_head = is_end[tails], is_end[heads] & ~is_end[tails]
        self._ends = np.concatenate([tails[at_tail], heads[at_head]])
        self._anchors = np.concatenate([heads[at_tail], tails[at_head]])
        self._end_m = np.concatenate([graph.lengths_m[at_tail], graph.lengths_m[at_head]])
        self._end_of = np.full(self._count, -1, np.int64)
        self._end_of[self._ends] = np.arange(len(self._ends))
        return np.asarray(is_end)

    def _leave_insides(self, tails: IntArray, heads: IntArray, lengths_m: FloatArray) -> BoolArray:
        """Join segments that follow each other where nothing else meets them to streets."""
        degrees = np.bincount(np.concatenate([tails, heads]), minlength=self._count)
        follows = np.zeros(len(tails), bool)
        follows[1:] = (heads[:-1] == tails[1:]) & (degrees[tails[1:]] == 2)
        starts = np.flatnonzero(~follows)
        street = np.cumsum(~follows) - 1
        before = np.cumsum(lengths_m) - lengths_m
        self._firsts, self._lasts = tails[starts], heads[np.append(starts[1:] - 1, len(tails) - 1)[: len(starts)]]
        self._lengths_m = np.asarray(np.bincount(street, weights=lengths_m, minlength=len(starts)), np.float64)
        self._insides = tails[follows]
        self._street = street[follows]
        self._along_m = (before - before[starts][street])[follows]
        self._inside_of = np.full(self._count, -1, np.int64)
        self._inside_of[self._insides] = np.arange(len(self._insides))
        return np.asarray(self._inside_of >= 0)

    def distances_m(self, junction: int) -> FloatArray:
        """Give the metres to every junction, inf where no way leads."""
        end = int(self._end_of[junction])
        start = int(self._anchors[end]) if end >= 0 else junction
        distances = np.full(self._count, np.inf)
        self._measure_streets(start, distances)
        if end >= 0:
            distances += self._end_m[end]
        distances[self._ends] = distances[self._anchors] + self._end_m
        distances[junction] = 0.0
        return distances

    def _measure_streets(self, start: int, distances: FloatArray) -> None:
        inside = int(self._inside_of[start])
        if inside < 0:
            distances[self._kept] = self._from_crossing(start)
        else:
            street, along_m = self._street[inside], self._along_m[inside]
            distances[self._kept] = np.minimum(
                self._from_crossing(int(self._firsts[street])) + along_m,
                self._from_crossing(int(self._lasts[street])) + (self._lengths_m[street] - along_m),
            )
        distances[self._insides] = np.minimum(
            distances[self._firsts[self._street]] + self._along_m,
            distances[self._lasts[self._street]] + (self._lengths_m[self._street] - self._along_m),
        )
        if inside >= 0:
            own = self._street == street
            direct_m = np.abs(self._along_m[own] - along_m)
            distances[self._insides[own]] = np.minimum(distances[self._insides[own]], direct_m)

    def _from_crossing(self, junction: int) -> FloatArray:
        number = self._number[junction : junction + 1]
        return np.asarray(dijkstra(self._between, directed=False, indices=number)[0])


def _matrix(
    tails: IntArray, heads: IntArray, lengths_m: FloatArray, count: int
) -> csr_array[np.float64, tuple[int, int]]:
    """Build the symmetric distance matrix; of parallel streets the shortest counts, rings of one do not."""
    order = np.lexsort((lengths_m,))
    low = np.minimum(tails, heads)[order]
    high = np.maximum(tails, heads)[order]
    _, first = np.unique(low * np.int64(count) + high, return_index=True)
    kept = first[low[first] != high[first]]
    one, other, metres = low[kept], high[kept], lengths_m[order][kept]
    # put together, not added up: a street of no length is a way too
    ends = np.concatenate([one, other]), np.concatenate([other, one])
    return csr_array((np.concatenate([metres, metres]), ends), shape=(count, count))
