"""Pockets of the trench: where one street leads to customers, all their fibres lie in it, and cables come in steps.

The bound charges a cable F + v n per metre for n fibres, which is below its price unless n ends a step, and nothing
for joints where cables get thinner or part. What is above is found where it is certain. A pocket is what lies behind
a street of the trench tree, with all that hangs on it. Unless a splitter stands in it or a second street into it is
opened, the fibres of all its customers come out over that street, and `fan_floor` tells what cables in it cost at
least, with closures and splices at its junctions. So either this excess is paid, or something is opened that need not
be: each pocket's charge is at most the excess, and is taken off the price of every other street into it and of every
place in it. What is left of these prices bounds the rest of the plan; no street or junction is charged by two pockets
for its own cables and joints, and no other street or place is charged more than it costs.

Pockets in a pocket are weighed with it, so that a thick cable which saves a joint is paid for as far as it goes, as
long as what the whole depends on - the other streets into any of them - bears the charge; else each by itself.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ponplan.design.boxes import boxes_at
from ponplan.design.detours import other_streets, street_budgets, streets_into
from ponplan.design.pricing import carries_trunk
from ponplan.optimise.fan_floor import MOST_BRANCHES, Branch, way_costs, weigh_ways

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ponplan.design.places import Place
    from ponplan.design.prices import CablePrices
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree
    from ponplan.design.trench import Trunk
    from ponplan.optimise.fan_floor import Box

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
    trunk: Trunk,
    counted: FloatArray,
    opened: IntArray,
    street_costs: FloatArray,
    places: Sequence[Place],
    slacks: FloatArray,
) -> PocketCharges:
    """Charge pockets as much as can be, from the ends of streets inwards.

    Parameters
    ----------
    trunk
        Of a cheapest trench, with ways to all junctions.
    counted
        (n + 1,) the most that other shares count per metre above each junction, for all fibres of those behind.
    opened
        Segments of that trench.
    street_costs
        (m,) of opening each segment, with F of its cable.
    slacks
        (places,) how much may be taken off the opening cost of each place.
    """
    tree = trunk.tree
    fibres = _fibres_behind(problem, tree, places)
    streets = other_streets(problem, tree)
    budgets = street_budgets(problem, trunk, street_costs, opened, streets)
    pricing = _Pricing(
        way_per_m=way_costs(cables.usable, cables.cost_per_m, MOST_FIBRES),
        splice_cost=cables.splice_cost,
        boxes=boxes_at(problem, places, MOST_FIBRES),
    )
    crossing = streets_into(problem, tree, streets, fibres <= MOST_FIBRES)
    left, room = budgets.copy(), _room(places, slacks, len(tree.parents))
    up_m = np.where(_is_opened_street(problem, tree, opened), tree.up_m, 0.0)
    behind: dict[int, list[_Group]] = defaultdict(list)
    total = 0.0
    for junction in tree.order[:0:-1].tolist():
        above, count = int(tree.parents[junction]), int(fibres[junction])
        if 0 < count <= MOST_FIBRES and up_m[junction] > 0.0:
            way = up_m[junction] * np.maximum(pricing.way_per_m[count] - counted[junction], 0.0)
            pocket = _Pocket(junction, count, way, crossing[junction], float(room[junction]))
            group, charge = _best_group(pricing, pocket, behind[junction], left)
            left[group.streets] -= charge
            room[junction] -= charge
            total += charge
            behind[above].append(group)
        behind.pop(junction, None)
        room[above] = min(room[above], room[junction])
    taken = np.zeros(len(street_costs))
    taken[streets] = budgets - left
    return PocketCharges(total=total, streets=taken)


class _Pricing(NamedTuple):
    """What cables cost, by fibres and by state of the street, and what joints cost."""

    way_per_m: FloatArray  # (fibres, states)
    splice_cost: float
    boxes: Callable[[int], Box]


class _Pocket(NamedTuple):
    """What lies behind a street of the trench: its fibres, and what a charge may be taken of."""

    junction: int
    fibres: int
    way: FloatArray  # (states,) what its own street costs beyond what is counted elsewhere
    crossing: IntArray  # other streets into it
    room: float  # that its places have


class _Group(NamedTuple):
    """A pocket with those pockets in it that are weighed with it: as long as no street of `streets` is opened.

    `branch` is what its cables cost at least by state of its street, `charged` what its pockets are charged.
    """

    branch: Branch
    charged: float
    streets: IntArray


def _best_group(
    pricing: _Pricing, pocket: _Pocket, inside: Sequence[_Group], left: FloatArray
) -> tuple[_Group, float]:
    """Weigh a pocket with some of those in it, so that it bears the highest charge, and give that.

    What depends on more streets is charged to all of them: so the pockets whose streets bear most come first.
    """
    ranked = sorted(((_least(left, group.streets), at) for at, group in enumerate(inside)), reverse=True)
    some = [inside[at] for bears, at in ranked if bears > 0.0][:MOST_BRANCHES]
    found = []
    for count in range(len(some), -1, -1):
        own = some[:count]
        costs = weigh_ways(pocket.way, [g.branch for g in own], pricing.boxes(pocket.junction), pricing.splice_cost)
        streets = np.unique(np.concatenate([pocket.crossing, *(group.streets for group in own)]))
        before = sum(group.charged for group in own)
        charge = max(0.0, min(float(costs.min()) - before, pocket.room, _least(left, streets)))
        branch = Branch(costs=costs, fibres=pocket.fibres)
        found.append((_Group(branch=branch, charged=before + charge, streets=streets), charge))
    return max(found, key=lambda pair: pair[1])


def _least(left: FloatArray, streets: IntArray) -> float:
    return float(left[streets].min(initial=np.inf))


def _fibres_behind(problem: PlanProblem, tree: RootedTree, places: Sequence[Place]) -> IntArray:
    """Give (n + 1,) how many fibres at least lead into what lies behind each junction, if no place there is shared.

    A building room serves the customers inside, so that one fibre may do for them all; not for those with a direct
    fibre. The fully protected may be reached by another entry. Behind an office there may be any number.
    """
    rooms = np.array([place.junction for place in places if place.kind == "room"], np.int64)
    is_inside = (problem.graph.kinds[problem.drop_edges] == "indoor") & np.isin(problem.access, rooms)
    is_inside &= ~problem.is_direct
    fibres = np.bincount(problem.access[~is_inside & (problem.protections != "full")], minlength=len(tree.parents))
    fibres[np.unique(problem.access[is_inside])] += 1
    fibres[problem.offices] = MOST_FIBRES + 1
    for junction in tree.order[:0:-1].tolist():
        fibres[tree.parents[junction]] += fibres[junction]
    return np.minimum(fibres, MOST_FIBRES + 1)


def _is_opened_street(problem: PlanProblem, tree: RootedTree, opened: IntArray) -> NDArray[np.bool_]:
    """Say of each junction whether a street with trunk cables is opened above it."""
    is_street = np.zeros(len(problem.graph.tails) + len(problem.offices), bool)
    is_street[opened[carries_trunk(problem)[opened]]] = True
    return (tree.parents >= 0) & is_street[tree.parent_edges]


def _room(places: Sequence[Place], slacks: FloatArray, num_junctions: int) -> FloatArray:
    """Give (n,) how much every shared place at a junction may be charged, inf where there is none."""
    room = np.full(num_junctions, np.inf)
    for place, slack in zip(places, slacks.tolist(), strict=True):
        if place.kind != "room":
            room[place.junction] = min(room[place.junction], slack)
    return room
