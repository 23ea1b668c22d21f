"""Fewer splitters: customers of a nearly empty splitter move to free legs elsewhere when that is cheaper."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.filling import splitter_costs

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
MOST_TARGETS = 48  # places that a splitter's customers are offered to
USUAL_BEHIND_M = 300.0  # from a splitter to its customers, as far as light is foreseen
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
    usual: IntArray  # (planes, places)


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
        usual=usual_customers(planes, prices.feeder_m),
    )
    assignment = assignment.copy()
    for _ in range(MOST_PASSES):
        moved = [_consolidate_plane(ground, plane, ground.usual[row], assignment) for row, plane in enumerate(planes)]
        if not any(moved):
            break
    return assignment


def usual_customers(planes: Sequence[Plane], feeder_m: FloatArray) -> IntArray:
    """Give (planes, places) how many customers of each plane a splitter usually serves, so far from its office."""
    within_light = [plane.legs_within_light(feeder_m + USUAL_BEHIND_M) for plane in planes]
    usual = np.array([plane.usual_customers for plane in planes], np.int64)[:, None]
    return np.minimum(np.stack(within_light), usual)


def _consolidate_plane(ground: _Ground, plane: Plane, usual: IntArray, assignment: IntArray) -> bool:
    num_places = len(ground.places)
    moved = False
    counts = np.bincount(assignment[plane.members], minlength=num_places)
    of_all = np.bincount(assignment, minlength=num_places)
    at: dict[int, list[int]] = defaultdict(list)
    for member, place in zip(plane.members.tolist(), assignment[plane.members].tolist(), strict=True):
        at[place].append(member)
    for place in np.argsort(counts % usual, kind="stable").tolist():
        rest = int(counts[place] % usual[place])
        if not rest:
            continue
        moves = _moves_that_pay(ground, plane, usual, np.array(sorted(at[place]), np.int64), counts, of_all, place)
        for member, target in moves:
            assignment[member] = target
            at[place].remove(member)
            at[target].append(member)
            for tally in (counts, of_all):
                tally[place] -= 1
                tally[target] += 1
        moved |= bool(moves)
    return moved


def _moves_that_pay(
    ground: _Ground,
    plane: Plane,
    usual: IntArray,
    members: IntArray,
    counts: IntArray,
    of_all: IntArray,
    place: int,
) -> list[tuple[int, int]]:
    """Give who of a place's customers should go where so that its last splitter is saved; none if that does not pay.

    Parameters
    ----------
    members
        All of the place's customers of this plane.
    """
    rest = int(counts[place] % usual[place])
    if ground.places[place].locked and of_all[place] == rest:
        return []
    free = np.where(counts > 0, -counts % usual, 0)
    targets = np.flatnonzero((free > 0) & ~ground.is_room)
    targets = _nearest(ground, place, targets[targets != place])
    free = free[targets]
    if free.sum() < rest:
        return []
    extra = _extra_costs(ground, members, place, targets)
    moves = _cheapest_moves(extra, free.copy(), rest)
    gain = -sum(float(extra[row, column]) for row, column in moves)
    cost_at = partial(_cost_at, ground, plane, usual)
    gain += cost_at(place, counts[place]) - cost_at(place, counts[place] - rest)
    added = np.bincount([column for _, column in moves], minlength=len(targets))
    for column in np.flatnonzero(added).tolist():
        target = int(targets[column])
        gain -= cost_at(target, counts[target] + added[column]) - cost_at(target, counts[target])
    if of_all[place] == rest:
        gain += float(ground.prices.opening[place])
    return [(int(members[row]), int(targets[column])) for row, column in moves] if gain > 1e-6 else []


def _nearest(ground: _Ground, place: int, targets: IntArray) -> IntArray:
    """Give those of the targets that are the nearest to a place along the tree; farther ones hardly ever pay."""
    if len(targets) <= MOST_TARGETS:
        return targets
    metres = ground.tree.distances_m(ground.junctions[[place]], ground.junctions[targets])
    return np.sort(targets[np.argsort(metres, kind="stable")[:MOST_TARGETS]])


def _cost_at(ground: _Ground, plane: Plane, usual: IntArray, place: int, count: int) -> float:
    prices = ground.prices
    each = prices.per_fibre_m * float(prices.feeder_m[place]) + float(prices.per_splitter[place])
    return splitter_costs(plane, each, int(count), usual=int(usual[place]))


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
