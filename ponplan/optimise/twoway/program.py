"""The two-way problem as a program whose rows are cuts, found as they are broken.

A cut keeps a set of nodes from the root. Opened links can be directed so that every node is reached from the root;
so each cut around a node that wants a way is entered at least once (a directed Steiner cut; Wong 1984), and each cut
around both ends of a pair is crossed twice, whichever way its links run. Where both ends are one node, this node lies
with the root in one part without bridges, which can be directed so that it is strongly connected (Robbins, American
Mathematical Monthly 46, 1939; Magnanti and Raghavan, Networks 45, 2005): such a cut is left at least once, too.
A link that both ways may use is crossed twice by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.milp import CutProgram
from ponplan.optimise.twoway.flow import send, senders, with_sink

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.twoway.core import Core

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

ENTERED, LEFT, CROSSED = "entered", "left", "crossed"
NESTED = 5  # cuts sought for each node, one within the other
_CREEP = 1e-6  # room of every arc, so that cuts have few links
_BROKEN = 1e-3
MOST_ROWS = 20_000
MOST_ROUNDS = 400
MOST_WHOLE_ROUNDS = 16  # in whole numbers, each of which takes as long as hundreds of the others
MOST_NODES = 300  # of all programs in whole numbers together


class TwoWayProgram:
    """Columns are the arcs of a core, forwards and then backwards."""

    def __init__(self, core: Core) -> None:
        num = len(core.costs)
        self.core, self.sunk = core, with_sink(core)
        self.starts = np.concatenate([core.tails, core.heads])
        self.ends = np.concatenate([core.heads, core.tails])
        self.shared = np.tile(core.is_shared, 2)
        self.program = CutProgram(np.tile(core.costs, 2), np.ones(2 * num))
        for link in range(num):
            self.program.add(np.array([link, num + link]), np.ones(2), -np.inf, 1.0)
        self.known: set[tuple[str, bytes]] = set()
        for node in core.singles.tolist():
            self._add(self._only(node), ENTERED)
        for one, other in core.pairs.tolist():
            self._add(self._only(one, other), CROSSED)
            if one == other:
                self._add(self._only(one), LEFT)

    def relaxed(self) -> float:
        """Give the least cost where links may be opened by halves, as far as the rounds go: a bound in any case."""
        return self._solved(is_whole=False)

    def exact(self) -> float:
        """Give the least cost over whole links, or as high a bound as the nodes allow."""
        return self._solved(is_whole=True)

    def _solved(self, *, is_whole: bool) -> float:
        best, nodes = 0.0, MOST_NODES
        for _ in range(MOST_WHOLE_ROUNDS if is_whole else MOST_ROUNDS):
            answer = self.program.solve(max_nodes=nodes if is_whole else None)
            best, nodes = max(best, answer.bound), nodes - answer.nodes
            if answer.values is None or nodes <= 0 or len(self.known) > MOST_ROWS:
                break
            if not self._separate(answer.values):
                break
        return best

    def _only(self, *nodes: int) -> BoolArray:
        inside = np.zeros(self.core.num_nodes, bool)
        inside[list(nodes)] = True
        return inside

    def _add(self, inside: BoolArray, kind: str) -> int:
        """Add the row of a cut unless it is known; give how many were added."""
        enters, leaves = ~inside[self.starts] & inside[self.ends], inside[self.starts] & ~inside[self.ends]
        counts = {ENTERED: enters.astype(float), LEFT: leaves.astype(float), CROSSED: 1.0 * (enters | leaves)}[kind]
        either = self.shared & (enters | leaves)
        counts[either] = 2.0 if kind == CROSSED else 1.0
        columns = np.flatnonzero(counts)
        key = (kind, columns.tobytes())
        if key in self.known:
            return 0
        self.known.add(key)
        self.program.add(columns, counts[columns], 2.0 if kind == CROSSED else 1.0, np.inf)
        return 1

    def _separate(self, values: FloatArray) -> int:
        """Add broken cuts; give how many."""
        num = len(self.core.costs)
        forth, back = values[:num], values[num:]
        both, shared = forth + back, self.core.is_shared
        once_forth, once_back = np.where(shared, both, forth), np.where(shared, both, back)
        enter = np.concatenate([once_forth, once_back])
        leave = np.concatenate([once_back, once_forth])
        cross = np.tile(np.where(shared, 2.0 * both, both), 2)
        added = sum(self._cuts(enter, [node], ENTERED) for node in self.core.singles.tolist())
        for one, other in self.core.pairs.tolist():
            added += self._cuts(cross, [one, other], CROSSED)
            if one == other:
                added += self._cuts(leave, [one], LEFT)
        return added

    def _cuts(self, values: FloatArray, nodes: list[int], kind: str) -> int:
        """Add the cuts between the root and these nodes that are crossed too seldom."""
        sunk, most = self.sunk, 2.0 if kind == CROSSED else 1.0
        room = np.where(sunk.arcs >= 0, values[np.maximum(sunk.arcs, 0)] + _CREEP, 0.0)
        for node in nodes:
            room[sunk.to_sink[node]] += 1.0
        added = 0
        for turn in range(NESTED):
            left = room.copy()
            flow, reached = send(sunk, left, self.core.root, most)
            if flow >= most - _BROKEN:
                break
            added += self._cut_around(~reached[:-1], nodes, kind)
            if turn == 0:
                added += self._cut_around(senders(sunk, left)[:-1], nodes, kind)
            across = (sunk.arcs >= 0) & reached[sunk.ends[sunk.back]] & ~reached[sunk.ends]
            room[across] = most
        return added

    def _cut_around(self, inside: BoolArray, nodes: list[int], kind: str) -> int:
        """Add the cut around this set: around one end of a pair alone it is one that is entered."""
        if kind == CROSSED and not inside[nodes].all():
            return self._add(inside, ENTERED)
        return self._add(inside, kind)
