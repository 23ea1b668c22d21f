"""Lower bounds by dual ascent on directed cuts (Wong 1984; order of growth after Pajor, Uchoa and Werneck 2018).

Every terminal grows the set of nodes from which it can be reached by saturated arcs; the cheapest arc that enters
the set says by how much all entering arcs may be charged. The charges add up to a lower bound, and what is left of
each arc's cost, its reduced cost, says by how much a tree must lie above the bound if it uses the arc.

A good tree can guide an ascent (Leitner, Ljubic, Luipersbeck and Sinnl 2018): in an optimal pair of tree and charges
only sets that one arc of the tree enters are charged, so sets that more of them enter wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.optimise.steiner.heap import heap_pop, heap_push

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Arcs

# how many more entering arcs than the next set a set may have before it waits; less is better and slower
_SLACK_PERCENT = 25
_GUIDED_SLACK_PERCENT = 0
_PENALTY = 1 << 32


class Ascent:
    """One dual ascent towards one root, that can be run in slices; `bound` is valid after each of them.

    `guide` marks the arcs of a good tree, directed away from the root.
    """

    def __init__(
        self,
        arcs: Arcs,
        is_terminal: NDArray[np.bool_],
        root: int,
        *,
        guide: NDArray[np.bool_] | None = None,
    ) -> None:
        num_nodes = len(arcs.first) - 1
        self._arcs = arcs
        self.root = root
        self.reduced = arcs.cost.copy()
        self.bound = 0
        self._active = is_terminal.copy()
        self._active[root] = False
        self._score = np.diff(arcs.first).astype(np.int64)
        self._heap = np.empty(num_nodes, np.int32)
        self._place = np.full(num_nodes, -1, np.int32)
        self._size = 0
        for terminal in np.flatnonzero(self._active):
            self._size = heap_push(self._heap, self._place, self._size, self._score, int(terminal))
        self._mark = np.zeros(num_nodes, np.int32)
        self._stamp = 0
        self._members = np.empty(num_nodes, np.int32)
        self._cut = np.empty(len(arcs.head), np.int32)
        self._slack_percent = _SLACK_PERCENT if guide is None else _GUIDED_SLACK_PERCENT
        self._guide = np.zeros(len(arcs.head), np.bool_) if guide is None else guide

    @property
    def is_done(self) -> bool:
        """Whether every terminal is reached from the root by saturated arcs."""
        return self._size == 0

    def run(self, work_limit: int) -> int:
        """Go on until done or `work_limit` arcs were looked at; give the work done."""
        gained, self._size, self._stamp, work = ascend(
            self._arcs.first, self._arcs.tail, self._arcs.twin, self.reduced, self.root, self._active,
            self._score, self._heap, self._place, self._size, self._mark, self._stamp, self._members, self._cut,
            self._guide, self._slack_percent, work_limit,
        )  # fmt: skip
        self.bound += gained
        return int(work)


@njit(cache=True)
def ascend(
    first: NDArray[np.int32], tail: NDArray[np.int32], twin: NDArray[np.int32], reduced: NDArray[np.int64],
    root: int, active: NDArray[np.bool_], score: NDArray[np.int64], heap: NDArray[np.int32],
    place: NDArray[np.int32], size: int, mark: NDArray[np.int32], stamp: int, members: NDArray[np.int32],
    cut: NDArray[np.int32], guide: NDArray[np.bool_], slack_percent: int, work_limit: int,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Grow terminal after terminal, the one with the fewest entering arcs first; long because it is one loop.

    Gives the gain of the bound, the size of the heap, the last stamp and the work done.
    """
    gain = 0
    work = 0
    while size > 0 and work < work_limit:
        terminal = heap_pop(heap, place, size, score)
        size -= 1
        stamp += 1
        mark[terminal] = stamp
        members[0] = terminal
        num_members = 1
        scanned = 0
        num_cut = 0
        is_joined = False
        while True:
            # take in all nodes that reach the set by saturated arcs
            while scanned < num_members and not is_joined:
                node = members[scanned]
                scanned += 1
                work += first[node + 1] - first[node]
                for out in range(first[node], first[node + 1]):
                    arc = twin[out]
                    source = tail[arc]
                    if mark[source] == stamp:
                        continue
                    if reduced[arc] == 0:
                        mark[source] = stamp
                        members[num_members] = source
                        num_members += 1
                        if source == root or active[source]:
                            is_joined = True
                            break
                    else:
                        cut[num_cut] = arc
                        num_cut += 1
            if is_joined:
                active[terminal] = False
                break
            # charge the entering arcs, unless another terminal has far fewer of them
            kept = 0
            least = 1 << 62
            guided = 0
            for i in range(num_cut):
                arc = cut[i]
                if mark[tail[arc]] != stamp:
                    cut[kept] = arc
                    kept += 1
                    least = min(least, int(reduced[arc]))
                    guided += int(guide[arc])
            work += num_cut
            num_cut = kept
            score[terminal] = num_cut + (_PENALTY if guided > 1 else 0)
            if size > 0 and 100 * score[terminal] > (100 + slack_percent) * score[heap[0]]:
                size = heap_push(heap, place, size, score, terminal)
                break
            gain += least
            kept = 0
            for i in range(num_cut):
                arc = cut[i]
                reduced[arc] -= least
                if reduced[arc] > 0:
                    cut[kept] = arc
                    kept += 1
                elif mark[tail[arc]] != stamp:
                    source = tail[arc]
                    mark[source] = stamp
                    members[num_members] = source
                    num_members += 1
                    if source == root or active[source]:
                        is_joined = True
            num_cut = kept
    return gain, size, stamp, work
