"""Cables that fan out from one root over a tree: their sizes, where they are cut, and which run side by side.

A node where fibres end, or where branches part, may cut the cable that reaches it. Behind a node at most one branch
keeps the cable uncut; each other branch begins a new cable, whose fibres are spliced to the old one's and need room
in a box. A branch may also begin at an earlier node or at the root, as a cable beside the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.optimise.fan_walk import meeting_points, walk_fan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]

OVERFULL = 1e7  # cost of a node that no box is large enough for: avoided wherever there is another way
GAIN = 1e-6  # a change must save more than this, so that rounding cannot make the search go round
NODES_BACK = 6  # how many nodes before its own a branch may begin at, beside the root


@dataclass(frozen=True, slots=True, kw_only=True)
class FanGround:
    """The tree that fans lie on, and what a box costs at each of its junctions.

    Parameters
    ----------
    parents, up_m
        (j,) the junction above each one, -1 at the top and outside the tree, and the way there.
    order_of
        (j,) place of each junction in an order with parents before children.
    box_kinds
        (j,) which row of the box tables holds the splices at a junction.
    usable, cost_per_m
        (types,) fibres of each type of cable that may be used, ascending, and its price.
    box_fibres, box_cables, box_costs
        (kinds, boxes) what each box holds and costs, cheapest first; boxes that do not exist cost inf.
    """

    parents: IntArray
    up_m: FloatArray
    order_of: IntArray
    box_kinds: IntArray
    usable: IntArray
    cost_per_m: FloatArray
    splice_cost: float
    box_fibres: IntArray
    box_cables: IntArray
    box_costs: FloatArray
    marks: IntArray = field(init=False)  # (j,) scratch paper of the kernels, blank (-1) between calls

    def __post_init__(self) -> None:
        object.__setattr__(self, "marks", np.full(len(self.parents), -1, np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class FanPlan:
    """How the cables of a fan lie.

    Parameters
    ----------
    junctions
        (n,) where links end or ways part, the root first.
    begins_at
        (n,) the node at which the cable begins that reaches this one or is kept uncut to it; -1 of the root.
    kept
        (n, types) the node to which a cable of this type goes on uncut; -1 where it ends.
    types
        (n,) type of the cable that begins on the way to this node, if one does.
    """

    cost: float
    junctions: IntArray
    begins_at: IntArray
    kept: IntArray
    types: IntArray


def lay_fan(
    ground: FanGround,
    root: int,
    targets: IntArray,
    *,
    ends_in_box: bool,
    root_costs: FloatArray,
    side_by_side: bool = True,
) -> FanPlan:
    """Give cheap cables from a root to the junctions where links end.

    Parameters
    ----------
    targets
        (links,) junction of each link's end; none is the root.
    ends_in_box
        Whether links that end at a junction are spliced in a box there.
    root_costs
        (k,) what the root costs when 0, 1, 2, ... cables leave it; beyond the end it costs no more.
    side_by_side
        Whether branches may begin before the node where they part. Without, the plan is the cheapest there is; with,
        it is improved branch by branch.

    Raises
    ------
    ValueError
        When more fibres run along a branch of the root than the largest cable may use.
    """
    cost, junctions, begins_at, kept, types, most = _lay(
        root,
        targets,
        ends_in_box,
        root_costs,
        side_by_side,
        ground.parents,
        ground.up_m,
        ground.order_of,
        ground.marks,
        ground.box_kinds,
        ground.usable,
        ground.cost_per_m,
        ground.splice_cost,
        ground.box_fibres,
        ground.box_cables,
        ground.box_costs,
    )
    if most > ground.usable[-1]:
        raise ValueError(f"{most} fibres do not fit the largest cable, which may light {ground.usable[-1]}")
    return FanPlan(cost=float(cost), junctions=junctions, begins_at=begins_at, kept=kept, types=types)


def tree_distances_m(ground: FanGround, depth_m: FloatArray, junction: int, others: IntArray) -> FloatArray:
    """Give the metres along the tree from a junction to each of the others."""
    meeting = meeting_points(junction, others, ground.parents, ground.order_of)
    return np.asarray(depth_m[junction] + depth_m[others] - 2.0 * depth_m[meeting], np.float64)


def fan_nodes(ground: FanGround, root: int, targets: IntArray) -> tuple[IntArray, IntArray]:
    """Give the junctions where links end or ways part, the root first, and the node before each; -1 for the root."""
    junctions, before, _, _ = walk_fan(root, targets, ground.parents, ground.up_m, ground.order_of, ground.marks)
    return junctions, before


@njit(cache=True)
def _box_cost(
    fibres: IntArray, cables: IntArray, costs: FloatArray, splices: int, num_cables: int, ends: int
) -> float:
    """Give the cheapest box, or equal boxes that share the ends, for so many splices, cables and ends."""
    if splices + ends == 0:
        return 0.0
    for count in range(1, max(ends, 1) + 1):
        share = -(-ends // count)
        for box in range(len(costs)):
            if costs[box] < np.inf and fibres[box] >= splices + share and cables[box] >= num_cables + share:
                return float(costs[box] * count)
    return OVERFULL


@njit(cache=True)
def _lay(
    root: int,
    targets: IntArray,
    ends_in_box: bool,  # noqa: FBT001 - compiled code takes no keywords
    root_costs: FloatArray,
    side_by_side: bool,  # noqa: FBT001
    parents: IntArray,
    up_m: FloatArray,
    order_of: IntArray,
    marks: IntArray,
    box_kinds: IntArray,
    usable: IntArray,
    cost_per_m: FloatArray,
    splice_cost: float,
    box_fibres: IntArray,
    box_cables: IntArray,
    box_costs: FloatArray,
) -> tuple[float, IntArray, IntArray, IntArray, IntArray, int]:
    """Weigh all nodes from the leaves up, then try for each branch whether to begin it earlier pays.

    One function with its state in local arrays, because the inner step runs hundreds of times for every node.
    """
    junctions, before, lengths_m, ends = walk_fan(root, targets, parents, up_m, order_of, marks)
    num, num_types = len(junctions), len(usable)
    begins_at = before.copy()
    ways_m = lengths_m.copy()  # from `begins_at`
    first = np.full(num, -1, np.int64)  # branches that begin at a node, as a chain
    after = np.full(num, -1, np.int64)
    fibres = np.zeros(num, np.int64)
    costs = np.zeros((num, num_types))  # of the way to a node and all behind it, by type of the cable that reaches it
    kept = np.full((num, num_types), -1, np.int64)
    types = np.zeros(num, np.int64)
    fresh = np.zeros(num)  # the same when a new cable begins there
    for node in range(num - 1, 0, -1):
        after[node] = first[before[node]]
        first[before[node]] = node

    def weigh(node: int) -> None:
        behind, splices, joined = 0.0, 0, 0
        child = first[node]
        while child >= 0:
            behind += fresh[child] + fibres[child] * splice_cost
            splices += fibres[child]
            joined += 1
            child = after[child]
        kind = box_kinds[junctions[node]]
        ending = ends[node] if ends_in_box else 0
        boxed = _box_cost(box_fibres[kind], box_cables[kind], box_costs[kind], splices, 1 + joined, ending)
        fibres[node] = ends[node] + splices
        for t in range(num_types):
            costs[node, t], kept[node, t] = behind + boxed, -1
        child = first[node]
        while child >= 0:
            left = splices - fibres[child]
            boxed = _box_cost(box_fibres[kind], box_cables[kind], box_costs[kind], left, joined, ending)
            uncut = behind - fresh[child] - fibres[child] * splice_cost + boxed
            for t in range(num_types):
                if uncut + costs[child, t] < costs[node, t]:
                    costs[node, t], kept[node, t] = uncut + costs[child, t], child
            child = after[child]
        fresh[node] = np.inf
        for t in range(num_types):
            costs[node, t] += ways_m[node] * cost_per_m[t]
            if usable[t] < fibres[node]:
                costs[node, t] = np.inf
            if costs[node, t] < fresh[node]:
                fresh[node], types[node] = costs[node, t], t

    def weigh_up(node: int) -> None:
        while node > 0:
            weigh(node)
            node = begins_at[node]

    def whole() -> float:
        cost, leaving = 0.0, 0
        child = first[0]
        while child >= 0:
            cost += fresh[child]
            leaving += 1
            child = after[child]
        return float(cost + root_costs[min(leaving, len(root_costs) - 1)])

    def hang(node: int, at: int, way_m: float) -> None:
        old = begins_at[node]
        if first[old] == node:
            first[old] = after[node]
        else:
            child = first[old]
            while after[child] != node:
                child = after[child]
            after[child] = after[node]
        after[node], first[at] = first[at], node
        begins_at[node], ways_m[node] = at, way_m
        weigh(node)
        weigh_up(old)
        weigh_up(at)

    for node in range(num - 1, 0, -1):
        weigh(node)
    total = whole()
    child, most = first[0], 0
    while child >= 0:
        most = max(most, fibres[child])
        child = after[child]
    improved = side_by_side and most <= usable[-1]
    while improved:
        improved = False
        for node in range(1, num):
            old = begins_at[node]
            if old == 0 or (ends[old] == 0 and first[old] == node and after[node] < 0):
                continue  # nothing but this branch goes so far
            old_m = ways_m[node]
            best, best_at, best_m = total - GAIN, -1, 0.0
            at, way_m, steps = old, old_m, 0
            while at != 0:
                way_m += lengths_m[at]
                at = before[at]
                steps += 1
                if steps > NODES_BACK and at != 0:
                    continue
                hang(node, at, way_m)
                cost = whole()
                if cost < best:
                    best, best_at, best_m = cost, at, way_m
            if best_at >= 0:
                if begins_at[node] != best_at:
                    hang(node, best_at, best_m)
                total = whole()
                improved = True
            elif begins_at[node] != old:
                hang(node, old, old_m)
    return total, junctions, begins_at, kept, types, most
