"""Which fully protected customers share a pair of splitters, and at which two places these stand.

In the order of the first tree, customers who follow each other share most of their ways. A dynamic programme cuts
this order into runs, each served by a pair of splitters at the two places where ports, splitters, enclosures and
fibre cost least.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.optics import PathShape
from ponplan.design.placement import opening_lines
from ponplan.design.planes import customers_within
from ponplan.design.protection.clashes import count_clashes
from ponplan.design.protection.lightreach import light_reach_m
from ponplan.design.splits import PlannedSplitter, largest_fit
from ponplan.design.trench import APART_M

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ponplan.design.planes import Plane
    from ponplan.design.protection.twins import TwinGround

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

NEAREST = 60  # places looked at for each customer and tree
USUAL_GROUP = 16  # customers for whom the price of an enclosure is linearised
BEST = 6  # places of either tree that are tried against each other
CLASH_COST = 1e9  # of a customer whose ways run into each other


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedSplitters:
    """The n-th splitters on both trees serve the same customers; `working` says whose are the working ones."""

    sides: tuple[tuple[PlannedSplitter, ...], tuple[PlannedSplitter, ...]]
    starts: tuple[tuple[int, ...], tuple[int, ...]]  # junctions where their feeders leave their offices
    working: tuple[int, ...]
    refused: frozenset[int]  # who has no two places for splitters on disjoint ways, or no light over both


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What serving from each place over one tree takes."""

    costs: FloatArray  # (c, places), inf where it cannot be
    fixed: FloatArray  # (places,) enclosure and feeder
    opening: FloatArray  # (places,) enclosure
    metres: FloatArray  # (c, places) from the place to where the drop begins
    ways_m: FloatArray  # (c, places) from port to terminal
    feeder_m: FloatArray  # (places,)


def pair_splitters(ground: TwinGround, joints: IntArray, switched: NDArray[np.bool_]) -> PairedSplitters:
    """Give pairs of splitters for all fully protected customers.

    Parameters
    ----------
    joints
        (2, c) splices between cables that each customer's light is expected to meet over either tree.
    switched
        (c,) whose terminals have an optical switch.
    """
    weigh = tuple(_weigh(ground, tree, range(len(ground.rows))) for tree in (0, 1))
    refused: set[int] = set()
    planned: list[tuple[PlannedSplitter, PlannedSplitter]] = []
    for number, plane in enumerate(ground.planes):
        access = ground.sides[0].access[plane.members]
        order = plane.members[np.argsort(ground.rings.trees[0].position[access], kind="stable")]
        can = np.isfinite(weigh[0].costs[order]).any(axis=1) & np.isfinite(weigh[1].costs[order]).any(axis=1)
        refused |= set(order[~can].tolist())
        reach_m = light_reach_m(
            ground.sides[0], plane, joints=int(joints.max()), is_switched=bool(switched[plane.members].any())
        )
        runs = _runs(ground, plane, order[can], weigh, reach_m)
        waiting = [order[can][begin:end].tolist() for begin, end in runs]
        while waiting:
            run = waiting.pop(0)
            count, found = 0, None
            for pair in _best_pairs(ground, run, weigh, reach_m):
                count, found = _light(ground, plane, number, run, pair, weigh, joints, switched)
                if found is not None:
                    planned.append(found)
                    break
            if count == 0 and len(run) == 1:
                refused.add(run[0])
            elif count == 0:  # whoever does not suit the others is tried alone
                waiting[:0] = [run[:1], run[1:]]
            elif count < len(run):
                waiting.insert(0, run[count:])
        lit = partial(_light, ground, plane, number, weigh=weigh, joints=joints, switched=switched)
        planned = _gathered(ground, planned, number, weigh, reach_m, lit)
    sides = tuple(tuple(pair[tree] for pair in planned) for tree in (0, 1))
    return PairedSplitters(
        sides=(sides[0], sides[1]),
        starts=(_starts(ground, 0, sides[0]), _starts(ground, 1, sides[1])),
        working=tuple(_shorter(pair, weigh) for pair in planned),
        refused=frozenset(refused),
    )


def without_two_places(ground: TwinGround, among: Sequence[int] | None = None) -> list[int]:
    """Give who (of some) cannot have splitters at two places on disjoint ways, light not considered."""
    asked = range(len(ground.rows)) if among is None else among
    weigh = tuple(_weigh(ground, tree, asked) for tree in (0, 1))
    anywhere = np.full(1, np.inf)
    return [
        member
        for member in asked
        if not any(
            count_clashes(ground, [member], pair) == 0 for pair in _best_pairs(ground, [member], weigh, anywhere)
        )
    ]


def _weigh(ground: TwinGround, tree: int, members: Sequence[int]) -> _Side:
    """Weigh the places; ways that run into each other are barred for these members only."""
    side, rooted = ground.sides[tree], ground.rings.trees[tree]
    junctions = np.array([place.junction for place in ground.places], np.int64)
    on_tree = rooted.position[junctions] >= 0
    at = np.where(on_tree, junctions, rooted.root)
    metres = rooted.distances_m(side.access[:, None], at[None, :])
    # two links lie between the super-root and the junction where an office's feeders begin
    away_m = rooted.depth_m[at] - 2.0 * APART_M
    feeder_m = np.where(on_tree, away_m, np.inf)
    inside = side.graph.kinds[side.drop_edges] == "indoor"
    is_room = np.array([place.kind == "room" for place in ground.places], bool)
    barred = ~on_tree[None, :] | (
        is_room[None, :] & ~(inside[:, None] & (side.access[:, None] == junctions[None, :]))
    )
    ways_m = metres + feeder_m[None, :] + side.graph.lengths_m[side.drop_edges][:, None]
    far = ways_m > ground.limits_m[:, None]
    costs = np.where(barred | far, np.inf, ground.line.slope * metres)
    _bar_conflicts(ground, tree, costs, at, members)
    near = {place.kind: float(USUAL_GROUP) for place in ground.places}
    lines = opening_lines(side, ground.planes, ground.places, near=near)
    opening = np.array([line.fixed for line in lines])
    fixed = np.where(on_tree, opening + ground.line.slope * away_m, np.inf)
    return _Side(costs=costs, fixed=fixed, opening=opening, metres=metres, ways_m=ways_m, feeder_m=feeder_m)


def _bar_conflicts(
    ground: TwinGround, tree: int, costs: FloatArray, junctions: IntArray, members: Sequence[int]
) -> None:
    """Keep each customer's nearest places, but bar those beside the way whose spur runs into the other tree's way."""
    rooted, access = ground.rings.trees[tree], ground.sides[tree].access
    for customer in members:
        order = np.argsort(costs[customer], kind="stable")
        costs[customer, order[NEAREST:]] = np.inf
        near = order[:NEAREST][np.isfinite(costs[customer, order[:NEAREST]])]
        meeting = rooted.meeting_points(np.full(len(near), access[customer]), junctions[near])
        other = ground.paths[1 - tree][customer] - ground.paths[tree][customer]
        for place, upper in zip(near.tolist(), meeting.tolist(), strict=True):
            node = int(junctions[place])
            while node != upper:
                if int(rooted.parent_edges[node]) in other:
                    costs[customer, place] = np.inf
                    break
                node = int(rooted.parents[node])


def _runs(
    ground: TwinGround, plane: Plane, order: IntArray, weigh: Sequence[_Side], reach_m: FloatArray
) -> list[tuple[int, int]]:
    """Cut the order into runs at least cost, none longer than light reaches; give their bounds."""
    side = ground.sides[0]
    loads_bps = np.stack([side.down_bps[order], side.up_bps[order]], axis=1)
    finite = [np.where(np.isfinite(one.costs[order]), one.costs[order], 0.0) for one in weigh]
    sums = [np.vstack([np.zeros(part.shape[1]), np.cumsum(part, axis=0)]) for part in finite]
    bars = [
        np.vstack([np.zeros(one.costs.shape[1]), np.cumsum(~np.isfinite(one.costs[order]), axis=0)]) for one in weigh
    ]
    sizes = np.array([splitter.outputs for splitter in plane.splitters])
    prices = np.array(plane.splitter_costs)
    cheapest = [float(prices[sizes >= count].min()) for count in range(1, int(sizes.max()) + 1)]
    ports = 2.0 * (plane.port_cost + plane.optics_costs[0])
    best, cut = np.full(len(order) + 1, np.inf), np.zeros(len(order) + 1, np.int64)
    best[0] = 0.0
    for begin in range(len(order)):
        most = max(1, customers_within(loads_bps[begin:], plane.rates_bps))
        farthest = [np.zeros(one.fixed.shape) for one in weigh]
        for end in range(begin + 1, min(begin + most, len(order)) + 1):
            total = best[begin] + ports + 2.0 * cheapest[end - begin - 1]
            for tree, (one, sum_, bar) in enumerate(zip(weigh, sums, bars, strict=True)):
                farthest[tree] = np.maximum(farthest[tree], one.ways_m[order[end - 1]])
                out = (bar[end] > bar[begin]) | ((farthest[tree] > reach_m[end - begin - 1]) & (end > begin + 1))
                total += float(np.where(out, np.inf, sum_[end] - sum_[begin] + one.fixed).min())
            # every customer alone has some place, so runs of one end what cannot be together
            if total < best[end]:
                best[end], cut[end] = total, begin
    runs, end = [], len(order)
    while end > 0:
        runs.append((int(cut[end]), end))
        end = int(cut[end])
    return runs[::-1]


def _gathered(
    ground: TwinGround,
    planned: Sequence[tuple[PlannedSplitter, PlannedSplitter]],
    plane: int,
    weigh: Sequence[_Side],
    reach_m: FloatArray,
    lit: Callable[[Sequence[int], tuple[int, int]], tuple[int, tuple[PlannedSplitter, PlannedSplitter] | None]],
) -> list[tuple[PlannedSplitter, PlannedSplitter]]:
    """Move pairs to places where other pairs stand as long as that saves more than it adds in fibre."""
    pairs = list(planned)
    for index in [*range(len(pairs)), *range(len(pairs))]:
        if pairs[index][0].plane != plane:
            continue
        run = pairs[index][0].members
        others = [{pair[tree].place for number, pair in enumerate(pairs) if number != index} for tree in (0, 1)]
        lighter = tuple(_opened(one, places) for one, places in zip(weigh, others, strict=True))
        now = (pairs[index][0].place, pairs[index][1].place)
        for pair in _best_pairs(ground, run, lighter, reach_m)[:1]:
            cost, before = (_pair_cost(ground, run, lighter, places) for places in (pair, now))
            count, found = lit(run, pair) if cost < before else (0, None)
            if found is not None and count == len(run):
                pairs[index] = found
    return pairs


def _opened(side: _Side, places: set[int]) -> _Side:
    """Give the side with the enclosures at these places paid for."""
    saved = np.zeros(len(side.fixed))
    saved[sorted(places)] = side.opening[sorted(places)]
    return replace(side, fixed=side.fixed - saved)


def _pair_cost(ground: TwinGround, run: Sequence[int], weigh: Sequence[_Side], pair: tuple[int, int]) -> float:
    costs = [one.costs[list(run), place].sum() + one.fixed[place] for one, place in zip(weigh, pair, strict=True)]
    return float(sum(costs)) + CLASH_COST * count_clashes(ground, run, pair)


def _best_pairs(
    ground: TwinGround, run: Sequence[int], weigh: Sequence[_Side], reach_m: FloatArray
) -> list[tuple[int, int]]:
    """Give the places of both splitters: of the best of either tree the cheapest whose spurs share nothing.

    For one customer all that are tried, the best first, then those with the shortest ways.
    """
    members = list(run)
    is_lit = [one.ways_m[members].max(axis=0) <= reach_m[len(run) - 1] for one in weigh]
    totals = [
        np.where(lit | (not lit.any()), one.costs[members].sum(axis=0) + one.fixed, np.inf)
        for one, lit in zip(weigh, is_lit, strict=True)
    ]
    pairs = _cheapest_pairs(ground, run, totals, totals)
    if len(run) > 1:
        return pairs[:1]
    lengths_m = [one.metres[members].sum(axis=0) + one.feeder_m for one in weigh]
    return pairs + _cheapest_pairs(ground, run, totals, lengths_m)


def _cheapest_pairs(
    ground: TwinGround, run: Sequence[int], totals: Sequence[FloatArray], wanted: Sequence[FloatArray]
) -> list[tuple[int, int]]:
    """Give pairs of the places with the least that is wanted on either tree, by what they cost and clash."""
    orders = [
        np.argsort(np.where(np.isfinite(total), want, np.inf), kind="stable")[:BEST]
        for total, want in zip(totals, wanted, strict=True)
    ]
    pairs = [
        (first, second)
        for first in orders[0].tolist()
        for second in orders[1].tolist()
        if ground.places[first].junction != ground.places[second].junction
        and np.isfinite(totals[0][first] + totals[1][second])
    ]
    return sorted(
        pairs,
        key=lambda pair: (
            wanted[0][pair[0]] + wanted[1][pair[1]] + CLASH_COST * count_clashes(ground, run, pair),
            pair,
        ),
    )


def _light(
    ground: TwinGround,
    plane: Plane,
    number: int,
    run: Sequence[int],
    pair: tuple[int, int],
    weigh: Sequence[_Side],
    joints: IntArray,
    switched: NDArray[np.bool_],
) -> tuple[int, tuple[PlannedSplitter, PlannedSplitter] | None]:
    """Choose splitters and transceivers for as many of a run as light over both trees allows; give how many."""
    ways = []
    for tree, place in enumerate(pair):
        side, one = ground.sides[tree], weigh[tree]
        length_m = (
            one.feeder_m[place] + one.metres[list(run), place] + side.graph.lengths_m[side.drop_edges[list(run)]]
        )
        ways.append(
            [
                PathShape(length_m=float(m), joints=int(joints[tree, c]), is_switched=bool(switched[c]))
                for m, c in zip(length_m.tolist(), run, strict=True)
            ]
        )
    found = largest_fit(ground.sides[0], plane, ways)
    if found is None:
        return 0, None
    count, splitter, optics = found
    first = PlannedSplitter(
        plane=number, place=pair[0], office=0, splitter=splitter, optics=optics, members=tuple(run[:count])
    )
    offices = [_office(ground, tree, place)[0] for tree, place in enumerate(pair)]
    return count, (replace(first, office=offices[0]), replace(first, place=pair[1], office=offices[1]))


def _office(ground: TwinGround, tree: int, place: int) -> tuple[int, int]:
    """Give the office that feeds a place over one tree, and the junction where the feeder leaves it."""
    rooted, node = ground.rings.trees[tree], ground.places[place].junction
    while rooted.parents[node] <= rooted.root:
        node = int(rooted.parents[node])
    return int(rooted.parents[node]) - rooted.root - 1, node


def _starts(ground: TwinGround, tree: int, splitters: Sequence[PlannedSplitter]) -> tuple[int, ...]:
    return tuple(_office(ground, tree, splitter.place)[1] for splitter in splitters)


def _shorter(pair: tuple[PlannedSplitter, PlannedSplitter], weigh: Sequence[_Side]) -> int:
    """Say over which tree the customers of a pair are nearer."""
    lengths = [
        one.feeder_m[splitter.place] * len(splitter.members)
        + one.metres[list(splitter.members), splitter.place].sum()
        for one, splitter in zip(weigh, pair, strict=True)
    ]
    return int(lengths[1] < lengths[0])
