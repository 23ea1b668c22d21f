"""From tree runs to cables: which cables carry a set of links out from one node, and over which of their fibres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.cabling import LaidCable, Run, groups_that_fit, lay_cables
from ponplan.design.strands import number_fibres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.prices import CablePrices
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree

    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strung:
    """Cables that fan out from one junction, and each link's way over their fibres.

    Parameters
    ----------
    cables
        In an order in which no cable stands before the one it is spliced to.
    ways
        For each link: (index of the cable, fibre number from 1), from the root outwards.
    """

    cables: tuple[LaidCable, ...]
    ways: dict[int, list[tuple[int, int]]]


def string_links(
    problem: PlanProblem,
    tree: RootedTree,
    root: int,
    links: Sequence[int],
    targets: Sequence[int],
    prices: CablePrices,
    *,
    joint_cost: float,
) -> list[Strung]:
    """Give the cables from `root` to the links' target junctions, in groups that fit one cable at the root.

    Links whose target is the root itself need no cable and are left out.
    """
    away = [(link, target) for link, target in zip(links, targets, strict=True) if target != root]
    if not away:
        return []
    ends = np.array([target for _, target in away], np.int64)
    order = np.argsort(tree.position[ends], kind="stable").tolist()
    meeting = tree.meeting_points(np.full(len(ends), root), ends)
    climb = _climb(tree, root, int(meeting[np.argmin(tree.position[meeting])]))
    groups = groups_that_fit(order, int(prices.usable[-1]))
    return [
        _string_group(
            problem, tree, root, [(away[i][0], away[i][1], int(meeting[i])) for i in group], climb, prices, joint_cost
        )
        for group in groups
    ]


def _climb(tree: RootedTree, lower: int, upper: int) -> tuple[list[int], list[int]]:
    """Give the junctions and edges from a junction up to one of its ancestors."""
    junctions, edges = [lower], []
    while lower != upper:
        edges.append(int(tree.parent_edges[lower]))
        lower = int(tree.parents[lower])
        junctions.append(lower)
    return junctions, edges


def _string_group(
    problem: PlanProblem,
    tree: RootedTree,
    root: int,
    ends: Sequence[tuple[int, int, int]],
    climb: tuple[list[int], list[int]],
    prices: CablePrices,
    joint_cost: float,
) -> Strung:
    up_junctions, up_edges = climb
    level = {junction: place for place, junction in enumerate(up_junctions)}
    runs = []
    for link, target, meeting in ends:
        down_junctions, down_edges = _climb(tree, target, meeting)
        rise = level[meeting]
        runs.append(
            Run(
                link=link,
                junctions=up_junctions[: rise + 1] + down_junctions[-2::-1],
                edges=up_edges[:rise] + down_edges[::-1],
            )
        )
    cables = lay_cables(root, runs, problem.graph.lengths_m, prices, joint_cost=joint_cost)
    ways: dict[int, list[tuple[int, int]]] = {link: [] for link, _, _ in ends}
    types = [prices.types[cable.type_index] for cable in cables]
    sizes = [(row.fibres, row.fibres_per_tube) for row in types]
    fibres = number_fibres(cables, {link: target for link, target, _ in ends}, sizes)
    for index, cable in enumerate(cables):
        for link in cable.links:
            ways[link].append((index, fibres[index][link]))
    return Strung(cables=tuple(cables), ways=ways)
