"""Fewer splitters: customers of a nearly empty splitter move to free legs elsewhere when that is cheaper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.location_prices import LocationPrices
    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]

MOST_PASSES = 6
TOO_FAR_COST = 1e12  # more than any move can gain


@dataclass(frozen=True)
class _Ground:
    """What every move is judged by."""

    problem: PlanProblem
    places: Sequence[Place]
    tree: RootedTree
    prices: LocationPrices
    junctions: IntArray  # (places,)
    is_room: NDArray[np.bool_]  # (places,)
    limits_m: FloatArray  # (c,)


def consolidate(
    problem: PlanProblem,
    planes: Sequence[Plane],
    places: Sequence[Place],
    tree: RootedTree,
    prices: LocationPrices,
    assignment: IntArray,
    *,
    limits_m: FloatArray,
) -> IntArray:
    """Give the assignment after every move of a splitter's last few customers that lowers the cost.

    Parameters
    ----------
    assignment
        (c,) place of each customer.
    limits_m
        (c,) how far over feeder and distribution a customer may be from the office.

    Notes
    -----
    A move empties the partly filled splitter of one place and plane into free legs at other open places, so that a
    splitter with its port and feeder fibre is saved, and the cabinet too when nothing is left in it.
    """
    ground = _Ground(
        problem=problem,
        places=places,
        tree=tree,
        prices=prices,
        junctions=np.array([place.junction for place in places], np.int64),
        is_room=np.array([place.kind == "room" for place in places], bool),
        limits_m=limits_m,
    )
    assignment = assignment.copy()
    for _ in range(MOST_PASSES):
        moved = [_consolidate_plane(ground, plane, assignment) for plane in planes]
        if not any(moved):
            break
    return assignment


def splitter_costs(plane: Plane, more_cost: float, count: int) -> float:
    """Give the cost of splitters, ports and `more_cost` for each of them, for `count` customers at one place."""
    full, rest = divmod(count, plane.usual_customers)
    each = plane.port_cost + plane.optics_costs[0] + more_cost
    cost = full * (each + _splitter_cost(plane, plane.usual_customers))
    return cost + each + _splitter_cost(plane, rest) if rest else cost


def _splitter_cost(plane: Plane, legs: int) -> float:
    """Give the price of the cheapest splitter with so many legs."""
    sized = zip(plane.splitters, plane.splitter_costs, strict=True)
    return min(price for row, price in sized if row.outputs >= legs)


def _consolidate_plane(ground: _Ground, plane: Plane, assignment: IntArray) -> bool:
    num_places = len(ground.places)
    moved = False
    rests = np.bincount(assignment[plane.members], minlength=num_places) % plane.usual_customers
    for place in np.argsort(rests, kind="stable").tolist():
        counts = np.bincount(assignment[plane.members], minlength=num_places)
        rest = int(counts[place] % plane.usual_customers)
        if rest:
            moved |= _try_to_empty(ground, plane, assignment, counts, place, rest)
    return moved


def _try_to_empty(
    ground: _Ground, plane: Plane, assignment: IntArray, counts: IntArray, place: int, rest: int
) -> bool:
    """Move `rest` customers away from `place` if that pays; change `assignment` and say so."""
    open_places = np.unique(assignment)
    if ground.places[place].locked and np.count_nonzero(assignment == place) == rest:
        return False
    targets = open_places[(open_places != place) & ~ground.is_room[open_places]]
    free = np.where(counts[targets] > 0, -counts[targets] % plane.usual_customers, 0)
    targets, free = targets[free > 0], free[free > 0]
    if free.sum() < rest:
        return False
    members = plane.members[assignment[plane.members] == place]
    extra = _extra_costs(ground, members, place, targets)
    moves = _cheapest_moves(extra, free.copy(), rest)
    gain = -sum(float(extra[row, column]) for row, column in moves)
    gain += _cost_at(ground, plane, place, counts[place]) - _cost_at(ground, plane, place, counts[place] - rest)
    added = np.bincount([column for _, column in moves], minlength=len(targets))
    for column in np.flatnonzero(added).tolist():
        target = int(targets[column])
        before = _cost_at(ground, plane, target, counts[target])
        gain -= _cost_at(ground, plane, target, counts[target] + added[column]) - before
    if np.count_nonzero(assignment == place) == rest:
        gain += float(ground.prices.opening[place])
    if gain <= 1e-6:
        return False
    for row, column in moves:
        assignment[members[row]] = targets[column]
    return True


def _cost_at(ground: _Ground, plane: Plane, place: int, count: int) -> float:
    prices = ground.prices
    each = prices.per_fibre_m * float(prices.feeder_m[place]) + float(prices.per_splitter[place])
    return splitter_costs(plane, each, int(count))


def _extra_costs(ground: _Ground, members: IntArray, place: int, targets: IntArray) -> FloatArray:
    """Give what each member's fibre costs more at each target than at its present place."""
    access = ground.problem.access[members]
    prices = ground.prices

    def cost(at: IntArray) -> FloatArray:
        metres = ground.tree.distances_m(access[:, None], ground.junctions[at][None, :])
        joints = prices.splice_cost * (access[:, None] != ground.junctions[at][None, :])
        costs = prices.per_fibre_m * metres + joints + prices.per_customer[at][None, :]
        costs += prices.exposed(members[:, None], at[None, :])
        too_far = metres + prices.feeder_m[at][None, :] > ground.limits_m[members][:, None]
        return np.asarray(np.where(too_far, TOO_FAR_COST, costs), np.float64)

    return np.asarray(cost(targets) - cost(np.array([place])), np.float64)


def _cheapest_moves(extra: FloatArray, free: IntArray, count: int) -> list[tuple[int, int]]:
    """Pick `count` customers (rows), each for one target (column) with room, least extra cost first."""
    moves: list[tuple[int, int]] = []
    taken = np.zeros(len(extra), bool)
    order = np.argsort(extra, axis=None, kind="stable")
    for row, column in zip(*np.unravel_index(order, extra.shape), strict=True):
        if not taken[row] and free[column] > 0:
            moves.append((int(row), int(column)))
            taken[row] = True
            free[column] -= 1
            if len(moves) == count:
                break
    return moves
