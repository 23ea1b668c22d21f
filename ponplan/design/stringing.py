"""From tree runs to cables: which cables carry a set of links out from one node, and over which of their fibres."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.cabling import cables_of
from ponplan.design.strands import number_fibres
from ponplan.optimise.fan import lay_fan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue.model import CableType
    from ponplan.design.cabling import LaidCable
    from ponplan.design.prices import CablePrices
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree
    from ponplan.optimise.fan import FanGround

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strung:
    """Cables behind one that leaves a junction, and each link's way over their fibres.

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
    cables: CablePrices,
    ground: FanGround,
    *,
    ends_in_box: bool,
    root_costs: FloatArray,
) -> list[Strung]:
    """Give the cables from `root` to the links' target junctions, in a group for every cable that leaves the root.

    Links whose target is the root itself need no cable and are left out.

    Parameters
    ----------
    ground
        What fans along the tree are priced by.
    ends_in_box
        Whether a closure holds the ends of links, as drops need one, and cabinets do not.
    root_costs
        (k,) what the root costs when 0, 1, 2, ... cables leave it.
    """
    away = [(link, target) for link, target in zip(links, targets, strict=True) if target != root]
    ends = np.array([target for _, target in away], np.int64)
    strung = []
    for group in fan_groups(tree, ends, int(cables.usable[-1])):
        links_at: dict[int, list[int]] = defaultdict(list)
        for place in group.tolist():
            links_at[away[place][1]].append(away[place][0])
        plan = lay_fan(ground, root, ends[group], ends_in_box=ends_in_box, root_costs=root_costs)
        laid = cables_of(plan, links_at, tree, problem.graph.lengths_m, cables.longest_m)
        strung += [_strung(behind, dict(away), cables.types) for behind in laid]
    return strung


def fan_groups(tree: RootedTree, targets: IntArray, capacity: int) -> list[IntArray]:
    """Give the links' places in groups that one cable may light, each of links that end near one another."""
    order = np.argsort(tree.position[targets], kind="stable")
    return [order[group] for group in groups_that_fit(targets[order].tolist(), capacity)]


def groups_that_fit(ends: Sequence[int], capacity: int) -> list[list[int]]:
    """Cut links into groups of at most `capacity`, about even: the places of their ends in the order given.

    Links that end at one junction stay together where they can, so that one cable brings them all.
    """
    share = len(ends) / max(1, -(-len(ends) // capacity))
    groups: list[list[int]] = [[]] if ends else []
    start = 0
    while start < len(ends):
        stop = start + 1
        while stop < len(ends) and ends[stop] == ends[start] and stop - start < capacity:
            stop += 1
        filled, more = len(groups[-1]), stop - start
        if filled and (filled + more > capacity or start + more / 2 > share * len(groups)):
            groups.append([])
        groups[-1] += range(start, stop)
        start = stop
    return groups


def _strung(cables: Sequence[LaidCable], ends: Mapping[int, int], types: Sequence[CableType]) -> Strung:
    sizes = [(types[cable.type_index].fibres, types[cable.type_index].fibres_per_tube) for cable in cables]
    fibres = number_fibres(cables, ends, sizes)
    ways: dict[int, list[tuple[int, int]]] = {}
    for index, cable in enumerate(cables):
        for link in cable.links:
            ways.setdefault(link, []).append((index, fibres[index][link]))
    return Strung(cables=tuple(cables), ways=ways)
