"""From a plan of a fan to its cables: the segments each runs over, and which link lights which of its fibres."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.design.tree import RootedTree
    from ponplan.optimise.fan import FanPlan

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidCable:
    """One cable: its type, the junctions and edges it runs over, and the links on its fibres 1, 2, ..."""

    type_index: int
    junctions: tuple[int, ...]
    edges: tuple[int, ...]
    links: tuple[int, ...]


@dataclass(slots=True)
class _Cable:
    """A cable while it is followed: where it runs, and the links that leave it, with the edges each stays for."""

    type_index: int
    junctions: list[int]
    edges: list[int]
    leaving: list[tuple[int, int]]

    def go_on(self, way: tuple[list[int], list[int]]) -> None:
        self.junctions += way[0][1:]
        self.edges += way[1]


def cables_of(
    plan: FanPlan,
    links_at: Mapping[int, Sequence[int]],
    tree: RootedTree,
    lengths_m: FloatArray,
    longest_m: FloatArray,
) -> list[list[LaidCable]]:
    """Give a list for every cable that leaves the root: it, and all that begin behind it, none before its own.

    Parameters
    ----------
    links_at
        The links that end at a junction.
    lengths_m
        Of every edge of the graph.
    longest_m
        Of route that one drum of each type of cable covers.
    """
    branches: dict[int, list[int]] = defaultdict(list)
    for node, at in enumerate(plan.begins_at.tolist()):
        branches[at].append(node)
    ways = _ways(plan, tree)
    behind: dict[int, list[int]] = {}
    for node in _leaves_first(branches):
        behind[node] = [*links_at.get(int(plan.junctions[node]), ())]
        behind[node] += [link for branch in branches[node] for link in behind[branch]]
    return [
        [
            piece
            for cable in _followed(plan, first, branches, ways, behind, links_at)
            for piece in _cut_to_drums(cable, lengths_m, float(longest_m[cable.type_index]))
        ]
        for first in branches[0]
    ]


def _leaves_first(branches: Mapping[int, Sequence[int]]) -> list[int]:
    order, waiting = [], [0]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(branches.get(node, ()))
    return order[::-1]


def _ways(plan: FanPlan, tree: RootedTree) -> list[tuple[list[int], list[int]]]:
    """Give the junctions and edges to each node from the one at which its cable begins."""
    to = plan.junctions
    start = to[np.maximum(plan.begins_at, 0)]
    meeting = tree.meeting_points(start, to).tolist()
    ways = []
    for begin, meet, end in zip(start.tolist(), meeting, to.tolist(), strict=True):
        up_junctions, up_edges = climb(tree, begin, meet)
        down_junctions, down_edges = climb(tree, end, meet)
        ways.append((up_junctions + down_junctions[-2::-1], up_edges + down_edges[::-1]))
    return ways


def climb(tree: RootedTree, lower: int, upper: int) -> tuple[list[int], list[int]]:
    """Give the junctions and edges from a junction up to one of its ancestors."""
    junctions, edges = [lower], []
    while lower != upper:
        edges.append(int(tree.parent_edges[lower]))
        lower = int(tree.parents[lower])
        junctions.append(lower)
    return junctions, edges


def _followed(
    plan: FanPlan,
    first: int,
    branches: Mapping[int, Sequence[int]],
    ways: Sequence[tuple[list[int], list[int]]],
    behind: Mapping[int, Sequence[int]],
    links_at: Mapping[int, Sequence[int]],
) -> list[_Cable]:
    """Follow the cable that leaves the root for a node to its end, and then those that begin along it."""
    cables, waiting = [], [first]
    while waiting:
        node = waiting.pop()
        cable = _Cable(int(plan.types[node]), ways[node][0][:1], [], [])
        cables.append(cable)
        while True:
            cable.go_on(ways[node])
            stays = len(cable.edges)
            cable.leaving += [(link, stays) for link in links_at.get(int(plan.junctions[node]), ())]
            keeps = int(plan.kept[node, cable.type_index])
            for branch in branches.get(node, ()):
                if branch != keeps:
                    waiting.append(branch)
                    cable.leaving += [(link, stays) for link in behind[branch]]
            if keeps < 0:
                break
            node = keeps
    return cables


def _cut_to_drums(cable: _Cable, lengths_m: FloatArray, longest_m: float) -> list[LaidCable]:
    """Give a cable in as many pieces as its drum asks for; a single edge longer than a drum cannot be cut."""
    ends, left_m = [0], longest_m
    for number, edge in enumerate(cable.edges):
        length_m = float(lengths_m[edge])
        if length_m > left_m and number > ends[-1]:
            ends.append(number)
            left_m = longest_m
        left_m -= length_m
    return [
        LaidCable(
            type_index=cable.type_index,
            junctions=tuple(cable.junctions[start : end + 1]),
            edges=tuple(cable.edges[start:end]),
            links=tuple(link for link, stays in cable.leaving if stays > start),
        )
        for start, end in pairwise([*ends, len(cable.edges)])
    ]
