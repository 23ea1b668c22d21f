"""Parts of the opened routes that cannot stand alone: joined to the cheapest part that helps them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.locks import locked_junctions
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
    """Give the edges with the cheapest way from every part that cannot stand alone to one that helps it.

    Each office's routes are a part of their own where that digs least. A part may then serve customers but lie apart
    from all places, or hold more locked sites than customers. A building room is no place that helps: it serves only
    the customers inside.
    """
    graph = problem.graph
    groups, joined = Groups(), set(edges)
    for edge in joined:
        groups.join(int(graph.tails[edge]), int(graph.heads[edge]))
    shared = np.setdiff1d(places, _rooms_only(problem)).tolist()
    locked = locked_junctions(problem).tolist()

    def without_place() -> tuple[set[int], set[int]]:
        with_place = {groups.of(place) for place in shared}
        return {groups.of(access) for access in problem.access.tolist()} - with_place, with_place

    def with_idle_locks() -> tuple[set[int], set[int]]:
        customers = Counter(groups.of(access) for access in problem.access.tolist())
        locks = Counter(groups.of(junction) for junction in locked)
        idle = {group for group, count in locks.items() if customers[group] < count}
        return idle, customers.keys() - idle

    for state in (without_place, with_idle_locks):
        lonely, helping = state()
        while lonely and helping and _join_nearest(problem, groups, joined, edge_costs, lonely, helping):
            lonely, helping = state()
    return joined


def _rooms_only(problem: PlanProblem) -> IntArray:
    """Give the junctions where nothing but a building room may hold splitters."""
    junctions = problem.graph.site_junctions
    is_room = np.array([site.kind == "room" for site in problem.area.sites], bool)
    is_cabinet = ~is_room & np.array([not site.forbidden for site in problem.area.sites], bool)
    if is_room.all():
        return np.empty(0, np.int64)  # without any cabinet site every crossing is a place
    offices = problem.offices if problem.area.rules.splitters_in_office else np.empty(0, np.int64)
    return np.setdiff1d(junctions[is_room], np.concatenate([junctions[is_cabinet], offices]))


def _join_nearest(
    problem: PlanProblem,
    groups: Groups,
    joined: set[int],
    edge_costs: FloatArray,
    lonely: set[int],
    helping: set[int],
) -> bool:
    """Join one of the lonely parts to the cheapest helping one; say whether there is a way."""
    graph = problem.graph
    junctions = range(len(graph.junction_ids))
    members = [j for j in junctions if groups.of(j) in helping]
    costs, above = nearest_tree(
        SparseGraph.from_edges(len(graph.junction_ids), graph.tails, graph.heads, edge_costs),
        np.array(members, np.int64),
    )
    here = min((j for j in junctions if groups.of(j) in lonely), key=lambda j: (costs[j], j))
    if not np.isfinite(costs[here]):
        return False
    while above[here] >= 0:
        edge = int(above[here])
        if groups.join(int(graph.tails[edge]), int(graph.heads[edge])):
            joined.add(edge)
        here = int(graph.tails[edge] + graph.heads[edge] - here)
    return True
