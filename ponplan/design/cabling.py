"""Which cables lie along a tree: where each begins, how many fibres it has, and which link lights which fibre.

Fibres fan out from one root (an office or a cabinet) to the places where their links end. Along a branch the fewer
fibres remain, the smaller a cable would do; but a change of size costs a splice for every fibre that goes on.
A dynamic programme over the tree weighs the two exactly: the state of a stretch is the type of cable that lies in it,
and at each junction at most one branch keeps the cable uncut.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.prices import CablePrices

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidCable:
    """One cable: its type, the junctions and edges it runs over, and the links on its fibres 1, 2, ..."""

    type_index: int
    junctions: tuple[int, ...]
    edges: tuple[int, ...]
    links: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One link's way from the root: its edges in order and the junctions between, root first."""

    link: int
    junctions: Sequence[int]
    edges: Sequence[int]


@dataclass(slots=True)
class _Stretch:
    """A junction of the fan, the edge that leads to it, and what lies behind."""

    junction: int
    edge: int
    links: list[int]  # that end here
    branches: list[_Stretch]
    num_fibres: int = 0
    costs: FloatArray | None = None  # (types,) of everything from this edge outwards, by type of cable in the edge
    kept: NDArray[np.int64] | None = None  # (types,) the branch that keeps the cable uncut, -1 for none
    fresh_type: int = 0  # cheapest type when a new cable begins at this edge
    fresh_cost: float = 0.0


def lay_cables(
    root: int, runs: Sequence[Run], lengths_m: FloatArray, prices: CablePrices, *, joint_cost: float
) -> list[LaidCable]:
    """Give the cheapest cables that carry every run, for at most as many runs as the largest cable may light.

    Parameters
    ----------
    root
        Junction where all runs begin.
    runs
        Their edges form a tree.
    lengths_m
        Of every edge of the graph.
    joint_cost
        Closure and work for every place where a cable is joined to the next, beside the splices.

    Raises
    ------
    ValueError
        When there are more runs than the largest cable may light.
    """
    if len(runs) > prices.usable[-1]:
        raise ValueError(f"{len(runs)} fibres do not fit the largest cable, which may light {prices.usable[-1]}")
    fan, order = _fan_out(root, runs)
    for stretch in reversed(order):
        _weigh(stretch, lengths_m, prices, joint_cost)
    cables: list[LaidCable] = []
    for branch in fan.branches:
        cables += _cables_from(root, branch, lengths_m, prices.longest_m)
    return cables


def groups_that_fit(order: Sequence[int], capacity: int) -> list[list[int]]:
    """Cut an ordered list into as few runs of at most `capacity` as can be, as even as can be."""
    count = -(-len(order) // capacity)
    edges = np.linspace(0, len(order), count + 1).round().astype(int)
    return [list(order[start:end]) for start, end in pairwise(edges)]


def _fan_out(root: int, runs: Sequence[Run]) -> tuple[_Stretch, list[_Stretch]]:
    """Merge the runs into one tree; give its root and its stretches, parents before children."""
    fan = _Stretch(root, -1, [], [])
    at = {root: fan}
    order: list[_Stretch] = []
    for run in runs:
        here = fan
        for edge, junction in zip(run.edges, run.junctions[1:], strict=True):
            ahead = at.get(junction)
            if ahead is None:
                ahead = at[junction] = _Stretch(junction, edge, [], [])
                here.branches.append(ahead)
                order.append(ahead)
            ahead.num_fibres += 1
            here = ahead
        here.links.append(run.link)
    return fan, order


def _weigh(stretch: _Stretch, lengths_m: FloatArray, prices: CablePrices, joint_cost: float) -> None:
    """Work out, for each cable type in this stretch, the least cost of it and all behind it."""
    joints = [b.fresh_cost + b.num_fibres * prices.splice_cost + joint_cost for b in stretch.branches]
    all_cut = sum(joints)
    behind = np.full(len(prices.usable), all_cut)
    kept = np.full(len(prices.usable), -1, np.int64)
    for index, branch in enumerate(stretch.branches):
        assert branch.costs is not None  # noqa: S101 - children are weighed first
        uncut = all_cut - joints[index] + branch.costs
        better = uncut < behind
        behind[better], kept[better] = uncut[better], index
    costs = lengths_m[stretch.edge] * prices.cost_per_m + behind
    costs[prices.usable < stretch.num_fibres] = np.inf
    stretch.costs, stretch.kept = costs, kept
    stretch.fresh_type = int(np.argmin(costs))
    stretch.fresh_cost = float(costs[stretch.fresh_type])


def _cables_from(start: int, first: _Stretch, lengths_m: FloatArray, longest_m: FloatArray) -> list[LaidCable]:
    """Follow a fresh cable to its end, and then the cables that begin along it.

    A cable ends where the plan cuts it or its drum does; a single stretch longer than a drum cannot be cut.
    """
    cables: list[LaidCable] = []
    waiting = [(start, first)]
    while waiting:
        begin, stretch = waiting.pop()
        type_index = stretch.fresh_type
        junctions, edges, links = [begin], [], []
        left_m = float(longest_m[type_index])
        here: _Stretch | None = stretch
        while here is not None:
            junctions.append(here.junction)
            edges.append(here.edge)
            links += here.links
            left_m -= float(lengths_m[here.edge])
            assert here.kept is not None  # noqa: S101 - every stretch has been weighed
            keeps = int(here.kept[type_index])
            if keeps >= 0 and lengths_m[here.branches[keeps].edge] > left_m:
                keeps = -1
            for index, branch in enumerate(here.branches):
                if index != keeps:
                    waiting.append((here.junction, branch))
                    links += _links_behind(branch)
            here = here.branches[keeps] if keeps >= 0 else None
        cables.append(
            LaidCable(type_index=type_index, junctions=tuple(junctions), edges=tuple(edges), links=tuple(links))
        )
    return cables


def _links_behind(stretch: _Stretch) -> list[int]:
    """Give all links that end behind a stretch, each branch's together."""
    links, stack = [], [stretch]
    while stack:
        here = stack.pop()
        links += here.links
        stack.extend(reversed(here.branches))
    return links
