"""Parts of the opened routes without any place for a splitter: joined to the cheapest part that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.nearest import nearest_tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ponplan.design.problem import PlanProblem

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


class Groups:
    """Junctions that hang together (union-find); the smallest number stands for each group."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def of(self, junction: int) -> int:
        """Give what stands for a junction's group."""
        while junction in self._above:
            above = self._above[junction]
            if above in self._above:
                self._above[junction] = self._above[above]
            junction = above
        return junction

    def join(self, one: int, other: int) -> bool:
        """Join two groups; say whether they were apart."""
        low, high = sorted((self.of(one), self.of(other)))
        if low == high:
            return False
        self._above[high] = low
        return True


def joined_parts(problem: PlanProblem, edges: Iterable[int], edge_costs: FloatArray, places: IntArray) -> set[int]:
    """Give the edges with the cheapest way from every part that serves customers but has no place to one that has.

    Each office's routes are a part of their own where that digs least; a part may then lie apart from all places.
    A building room does not count: it serves only the customers inside.
    """
    graph = problem.graph
    groups, joined = Groups(), set(edges)
    for edge in joined:
        groups.join(int(graph.tails[edge]), int(graph.heads[edge]))
    is_room = np.array([site.kind == "room" for site in problem.area.sites], bool)
    shared = np.setdiff1d(places, graph.site_junctions[is_room]).tolist()
    while shared:
        with_place = {groups.of(place) for place in shared}
        lonely = {groups.of(access) for access in problem.access.tolist()} - with_place
        if not lonely:
            break
        members = [j for j in range(len(graph.junction_ids)) if groups.of(j) in with_place]
        costs, above = nearest_tree(
            SparseGraph.from_edges(len(graph.junction_ids), graph.tails, graph.heads, edge_costs),
            np.array(members, np.int64),
        )
        here = min((j for j in range(len(graph.junction_ids)) if groups.of(j) in lonely), key=lambda j: (costs[j], j))
        while above[here] >= 0:
            edge = int(above[here])
            if groups.join(int(graph.tails[edge]), int(graph.heads[edge])):
                joined.add(edge)
            here = int(graph.tails[edge] + graph.heads[edge] - here)
        if not np.isfinite(costs[here]):
            break
    return joined
