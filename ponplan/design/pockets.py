"""Pockets of the trench: where one street leads to customers, all their fibres lie in it, and cables come in steps.

The bound charges a cable F + v n per metre for n fibres, which is below its price unless n ends a step. What is above
is found where it is certain. A pocket is what lies behind a street of the trench tree, with all that hangs on it.
Unless a splitter stands in it or a second street into it is opened, the fibres of all its customers lie in that
street, and so its cables cost at least price(n) for them. So either this excess is paid, or something is opened that
need not be: each pocket's charge is at most the excess, and is taken off the price of every other street into it and
of every place in it. What is left of these prices bounds the rest of the plan; no street is charged by two pockets
for its own cables, and no other street or place is charged more than it costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.design.covers import least_costs
from ponplan.design.pricing import carries_trunk
from ponplan.design.trench import grow_trunk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.places import Place
    from ponplan.design.prices import CablePrices, Line
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree
    from ponplan.design.trench import Trunk

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

MOST_FIBRES = 128  # of a pocket's customers: behind so many there stands a splitter


@dataclass(frozen=True, slots=True, kw_only=True)
class PocketCharges:
    """What pockets cost beyond the line of cable price, as far as streets and places bear it.

    Parameters
    ----------
    total
        Of all pockets.
    streets
        (m,) what is taken off each segment's price for it.
    """

    total: float
    streets: FloatArray


def charge_pockets(
    problem: PlanProblem,
    cables: CablePrices,
    line: Line,
    opened: IntArray,
    street_costs: FloatArray,
    places: Sequence[Place],
    slacks: FloatArray,
) -> PocketCharges:
    """Charge pockets as much as can be.

    Parameters
    ----------
    opened
        Segments of a cheapest trench.
    street_costs
        (m,) of opening each segment, with F of its cable.
    slacks
        (places,) how much may be taken off the opening cost of each place.
    """
    graph = problem.graph
    num_junctions = len(graph.junction_ids)
    trunk = grow_trunk(problem, opened, street_costs, np.arange(num_junctions))
    tree = trunk.tree
    fibres = _fibres_behind(problem, tree, places)
    excess = _excess_costs(problem, cables, line, fibres, tree, opened)
    streets = _other_streets(problem, tree)
    budgets = _budgets(problem, trunk, street_costs, opened, streets)
    crossing = _streets_into(problem, tree, streets, fibres)
    left, room = budgets.copy(), _room(places, slacks, num_junctions + 1)
    total = 0.0
    for junction in tree.order[:0:-1].tolist():
        charge = min([float(excess[junction]), float(room[junction]), *(left[crossing[junction]])])
        if charge > 0.0:
            left[crossing[junction]] -= charge
            room[junction] -= charge
            total += charge
        above = tree.parents[junction]
        room[above] = min(room[above], room[junction])
    taken = np.zeros(len(street_costs))
    taken[streets] = budgets - left
    return PocketCharges(total=total, streets=taken)


def _fibres_behind(problem: PlanProblem, tree: RootedTree, places: Sequence[Place]) -> IntArray:
    """Give (n + 1,) how many fibres at least lead into what lies behind each junction, if no place there is shared.

    A building room serves the customers inside, so that one fibre may do for them all; not for those with a direct
    fibre. Behind an office there may be any number.
    """
    rooms = np.array([place.junction for place in places if place.kind == "room"], np.int64)
    is_inside = (problem.graph.kinds[problem.drop_edges] == "indoor") & np.isin(problem.access, rooms)
    is_inside &= ~problem.is_direct
    fibres = np.bincount(problem.access[~is_inside], minlength=len(tree.parents))
    fibres[np.unique(problem.access[is_inside])] += 1
    fibres[problem.offices] = MOST_FIBRES + 1
    for junction in tree.order[:0:-1].tolist():
        fibres[tree.parents[junction]] += fibres[junction]
    return np.minimum(fibres, MOST_FIBRES + 1)


def _excess_costs(
    problem: PlanProblem, cables: CablePrices, line: Line, fibres: IntArray, tree: RootedTree, opened: IntArray
) -> FloatArray:
    """Give (n + 1,) what the cables to each junction cost beyond the line for the fibres behind it."""
    prices = least_costs(cables.usable.tolist(), cables.cost_per_m.tolist(), MOST_FIBRES)
    above = np.maximum(np.array(prices) - line.fixed - line.slope * np.arange(MOST_FIBRES + 1), 0.0)
    above[0] = 0.0
    per_m = np.append(above, 0.0)[fibres]  # nothing where there are too many
    is_street = np.zeros(len(problem.graph.tails) + len(problem.offices), bool)
    is_street[opened[carries_trunk(problem)[opened]]] = True
    return np.where((tree.parents >= 0) & is_street[tree.parent_edges], per_m * tree.up_m, 0.0)


def _other_streets(problem: PlanProblem, tree: RootedTree) -> IntArray:
    """Give the segments for trunk cables that are not in the tree."""
    others = carries_trunk(problem)
    own = tree.parent_edges[tree.order[1:]]
    others[own[own < len(others)]] = False
    return np.flatnonzero(others & (problem.graph.tails != problem.graph.heads))


def _budgets(
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


def _streets_into(problem: PlanProblem, tree: RootedTree, streets: IntArray, fibres: IntArray) -> list[IntArray]:
    """Give for each junction the places in `streets` of those with one end behind it, where that is asked for."""
    graph = problem.graph
    inside: list[set[int]] = [set() for _ in tree.parents]
    for place, (tail, head) in enumerate(zip(graph.tails[streets], graph.heads[streets], strict=True)):
        inside[tail] ^= {place}
        inside[head] ^= {place}
    found = [np.zeros(0, np.int64) for _ in tree.parents]
    for junction in tree.order[:0:-1].tolist():
        if fibres[junction] <= MOST_FIBRES:
            found[junction] = np.array(sorted(inside[junction]), np.int64)
            above = int(tree.parents[junction])
            small, large = sorted((inside[above], inside[junction]), key=len)
            large ^= small
            inside[above] = large
        inside[junction] = set()
    return found


def _room(places: Sequence[Place], slacks: FloatArray, num_junctions: int) -> FloatArray:
    """Give (n,) how much every shared place at a junction may be charged, inf where there is none."""
    room = np.full(num_junctions, np.inf)
    for place, slack in zip(places, slacks.tolist(), strict=True):
        if place.kind != "room":
            room[place.junction] = min(room[place.junction], slack)
    return room
