"""The stops of a bus: where along a road light is dropped, and for whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree

MOST_AT_A_STATION = 8  # customers behind one tap; a closure has room for a small splitter
SIDE_STREET = 4  # customers of a side street who are served from its corner; more get a bus of their own


@dataclass(frozen=True, slots=True)
class Station:
    """A junction on a road, and the customers for whom light is dropped there."""

    junction: int
    members: tuple[int, ...]


def lines_of_stations(
    problem: PlanProblem, tree: RootedTree, office: int, members: Sequence[int]
) -> list[list[Station]] | None:
    """Give roads away from an office with everybody at stations along them, each in order from the office.

    A road follows the branch with the most customers; a side street with few is served from its corner, one with
    many is a road of its own. None where somebody's way does not come straight from the office.
    """
    at: dict[int, list[int]] = defaultdict(list)
    branches: dict[int, set[int]] = defaultdict(set)
    behind: dict[int, int] = defaultdict(int)
    for member in members:
        junction = int(problem.access[member])
        at[junction].append(member)
        behind[junction] += 1
        while junction != office:
            above = int(tree.parents[junction])
            if above < 0:
                return None
            branches[above].add(junction)
            behind[above] += 1
            junction = above
    lines: list[list[Station]] = []
    waiting = [office]
    while waiting:
        lines.append(list(_along(waiting.pop(), at, branches, behind, waiting)))
    return [line for line in lines if line]


def _along(
    junction: int,
    at: Mapping[int, Sequence[int]],
    branches: Mapping[int, set[int]],
    behind: Mapping[int, int],
    roads: list[int],
) -> Iterator[Station]:
    """Give the stations along a road, and note the roads that leave it."""
    while True:
        onward = sorted(branches.get(junction, ()), key=lambda branch: (-behind[branch], branch))
        here = list(at.get(junction, ()))
        for branch in onward[1:]:
            if behind[branch] <= SIDE_STREET:
                here += _everybody(branch, at, branches)
            else:
                roads.append(branch)
        for start in range(0, len(here), MOST_AT_A_STATION):
            yield Station(junction, tuple(here[start : start + MOST_AT_A_STATION]))
        if not onward:
            return
        junction = onward[0]


def _everybody(branch: int, at: Mapping[int, Sequence[int]], branches: Mapping[int, set[int]]) -> list[int]:
    found: list[int] = []
    waiting = [branch]
    while waiting:
        junction = waiting.pop()
        found += at.get(junction, ())
        waiting += sorted(branches.get(junction, ()))
    return found


def ways_m(problem: PlanProblem, tree: RootedTree, office: int, station: Station) -> tuple[float, float]:
    """Give the longest and the shortest way from the office to a customer of a station."""
    members = np.array(station.members, np.int64)
    here = np.full(len(members), station.junction)
    metres = tree.distances_m(problem.access[members], here) + problem.graph.lengths_m[problem.drop_edges[members]]
    before_m = float(tree.distances_m(np.array([office]), np.array([station.junction]))[0])
    return before_m + float(metres.max()), before_m + float(metres.min())
