"""Dark fibres of kept cables: ways over them from one place to another, each fibre given away once."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ponplan.design.standing.standing import Standing

Strand = tuple[str, int]


class DarkFibres:
    """What is dark in kept cables while ways over them are given away."""

    def __init__(self, standing: Standing) -> None:
        self._plant = standing.plant
        self._free = {
            row: self._plant.free_fibres(row)
            for row, cable in enumerate(standing.network.cables)
            if cable.role != "drop" and row not in standing.closed_cables
        }
        self._taken: Counter[int] = Counter()
        self._spliced: Counter[str] = Counter()
        self._begin: dict[str, list[int]] = defaultdict(list)
        for row in self._free:
            self._begin[standing.network.cables[row].from_node].append(row)

    def left(self, row: int) -> int:
        """Give how many fibres of a cable may still be lit."""
        return len(self._free[row]) - self._taken[row]

    def ways_from(self, nodes: Iterable[str]) -> Iterator[tuple[tuple[int, ...], int]]:
        """Give cables over which fibre leads out of these nodes, fewest splices first.

        Each time the rows of the cables in order, and the place in the last one's track where fibre enters it.
        """
        index, tracks = self._plant.index, self._plant.survey.tracks
        waiting: deque[tuple[tuple[int, ...], int]] = deque()
        seen: set[int] = set()
        for node in nodes:
            for row in self._begin.get(node, ()):
                if row not in seen and self.left(row) > 0:
                    seen.add(row)
                    waiting.append(((row,), 0))
        while waiting:
            rows, entered = waiting.popleft()
            yield rows, entered
            for place in range(entered + 1, len(tracks[rows[-1]].junctions)):
                for there in index.nodes_at.get(tracks[rows[-1]].junctions[place], ()):
                    if self._plant.fibres_left(there.id) - self._spliced[there.id] < 1:
                        continue
                    for row in self._begin.get(there.id, ()):
                        if row not in seen and self.left(row) > 0:
                            seen.add(row)
                            waiting.append(((*rows, row), 0))

    def way_to(self, nodes: Iterable[str], junction: str) -> list[Strand] | None:
        """Give a fibre from one of the nodes to a junction, and take it; None if there is none."""
        tracks = self._plant.survey.tracks
        for rows, entered in self.ways_from(nodes):
            if junction in tracks[rows[-1]].junctions[entered + 1 :]:
                return self.take(rows)
        return None

    def take(self, rows: Sequence[int]) -> list[Strand]:
        """Take a fibre of each of these cables; give them in order."""
        cables, strands = self._plant.network.cables, []
        for place, row in enumerate(rows):
            strands.append((cables[row].id, self._free[row][self._taken[row]]))
            self._taken[row] += 1
            if place:
                self._spliced[cables[row].from_node] += 1
        return strands
