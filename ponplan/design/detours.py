"""Streets beside the trench: which lead into what lies behind a junction, and how much they may be charged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.design.pricing import carries_trunk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree
    from ponplan.design.trench import Trunk

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


def other_streets(problem: PlanProblem, tree: RootedTree) -> IntArray:
    """Give the segments for trunk cables that are not in the tree."""
    others = carries_trunk(problem)
    own = tree.parent_edges[tree.order[1:]]
    others[own[own < len(others)]] = False
    return np.flatnonzero(others & (problem.graph.tails != problem.graph.heads))


def street_budgets(
    problem: PlanProblem, trunk: Trunk, street_costs: FloatArray, opened: IntArray, streets: IntArray
) -> FloatArray:
    """Give how much each street may be charged: its cost, and no more than keeps the trench from taking it instead.

    The way over it, with what leads to its ends, could stand in for any stretch of the trench between two joints on
    the way around.
    """
    graph, tree = problem.graph, trunk.tree
    costs = np.append(street_costs, np.zeros(len(problem.offices)))
    touched = np.concatenate([graph.tails[opened], graph.heads[opened]])
    degrees = np.bincount(touched, minlength=len(tree.parents))
    is_joint = degrees != 2
    is_joint[problem.access] = is_joint[problem.offices] = is_joint[tree.root] = True
    over = street_costs[streets] + trunk.stub_costs[graph.tails[streets]] + trunk.stub_costs[graph.heads[streets]]
    stand_in = _dearest_stretches(
        graph.tails[streets],
        graph.heads[streets],
        tree.parents,
        tree.position,
        np.where(tree.parents >= 0, costs[tree.parent_edges], 0.0) * (degrees > 0),
        is_joint,
    )
    return np.maximum(np.minimum(street_costs[streets], over - stand_in), 0.0)


@njit(cache=True)
def _dearest_stretches(
    left: IntArray,
    right: IntArray,
    parents: IntArray,
    position: IntArray,
    up_costs: FloatArray,
    is_joint: NDArray[np.bool_],
) -> FloatArray:
    """Climb from both ends of each street until they meet; add up from joint to joint and keep the dearest sum."""
    dearest = np.zeros(len(left))
    for street in range(len(left)):
        ends = [left[street], right[street]]
        sums = [0.0, 0.0]
        while ends[0] != ends[1]:
            side = 0 if position[ends[0]] > position[ends[1]] else 1
            sums[side] += up_costs[ends[side]]
            ends[side] = parents[ends[side]]
            dearest[street] = max(dearest[street], sums[side])
            if is_joint[ends[side]]:
                sums[side] = 0.0
        dearest[street] = max(dearest[street], sums[0] + sums[1])
    return dearest


def streets_into(
    problem: PlanProblem, tree: RootedTree, streets: IntArray, is_asked: NDArray[np.bool_]
) -> list[IntArray]:
    """Give for each junction the places in `streets` of those with one end behind it, where that is asked for."""
    graph = problem.graph
    inside: list[set[int]] = [set() for _ in tree.parents]
    for place, (tail, head) in enumerate(zip(graph.tails[streets], graph.heads[streets], strict=True)):
        inside[tail] ^= {place}
        inside[head] ^= {place}
    found = [np.zeros(0, np.int64) for _ in tree.parents]
    for junction in tree.order[:0:-1].tolist():
        if is_asked[junction]:
            found[junction] = np.array(sorted(inside[junction]), np.int64)
            above = int(tree.parents[junction])
            small, large = sorted((inside[above], inside[junction]), key=len)
            large ^= small
            inside[above] = large
        inside[junction] = set()
    return found
