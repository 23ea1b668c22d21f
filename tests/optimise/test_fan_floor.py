"""What cables out of a tree cost at least, set against layouts that were built and against a street by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ponplan.optimise.fan import FanGround, lay_fan
from ponplan.optimise.fan_floor import Box, Branch, way_costs, weigh_ways

NO_BOX = Box(costs=np.zeros(50), ends=0)


@pytest.mark.parametrize(("splice_cost", "cost"), [(0.0, 250.0), (10.0, 280.0), (20.0, 300.0)])
def test_street_by_hand(splice_cost: float, cost: float):
    """Three fibres, then three more: cut the cable, or run the thick one all the way, or two of the thin ones."""
    ways = way_costs(np.array([3, 6]), np.array([1.0, 1.5]), 6)
    behind = Branch(costs=weigh_ways(100.0 * ways[3], [], NO_BOX, splice_cost), fibres=3)
    assert weigh_ways(100.0 * ways[6], [behind], NO_BOX, splice_cost).min() == pytest.approx(cost)


def test_of_two_branches_one_goes_on_uncut():
    """At a fork one cable goes on and the other's two fibres are spliced in a box, which then costs more."""
    ways = way_costs(np.array([4]), np.array([1.0]), 4)
    branches = [Branch(costs=10.0 * ways[2], fibres=2)] * 2
    box = Box(costs=np.array([0.0, 5.0, 5.0, 9.0, 9.0, 9.0]), ends=1)
    assert weigh_ways(10.0 * ways[4], branches, box, 1.0).min() == pytest.approx(30.0 + 2.0 + 4.0)


def test_ways_by_number_of_cables():
    """Five fibres in one cable, in two and in three or more, where the large cable is too dear."""
    single, large, two, more = way_costs(np.array([3, 5]), np.array([1.0, 9.0]), 5)[5]
    assert (single, large, two, more) == (np.inf, 9.0, 2.0, 3.0)


@pytest.mark.parametrize("seed", range(60))
def test_no_layout_costs_less(seed: int):
    """Cables laid along a random tree, cut and side by side, cost at least the floor, at any prices."""
    rng = np.random.default_rng(seed)
    num = int(rng.integers(2, 14))
    parents = np.array([-1, *(int(rng.integers(junction)) for junction in range(1, num))])
    up_m = np.concatenate([[0.0], rng.uniform(5.0, 200.0, num - 1)])
    ends = np.where(np.arange(num) > 0, rng.integers(0, 4, num), 0)
    ends[-1] += 1
    usable = np.cumsum(rng.integers(1, 6, int(rng.integers(1, 5))))
    usable[-1] = max(int(usable[-1]), int(ends.sum()))
    cost_per_m = np.cumsum(rng.uniform(0.0, 2.0, len(usable)))
    splice_cost = float(rng.choice([0.0, 5.0, 100.0]))
    box_costs = np.sort(rng.uniform(0.0, 300.0, 3))
    ground = FanGround(
        parents=parents,
        up_m=up_m,
        order_of=np.arange(num),
        box_kinds=np.zeros(num, np.int64),
        usable=usable,
        cost_per_m=cost_per_m,
        splice_cost=splice_cost,
        box_fibres=np.array([[2, 8, 200]]),
        box_cables=np.full((1, 3), 99),
        box_costs=box_costs[None, :],
    )
    laid = lay_fan(ground, 0, np.repeat(np.arange(num), ends), ends_in_box=True, root_costs=np.zeros(1))
    assert _floor(ground, ends) <= laid.cost * (1.0 + 1e-9) + 1e-9


def _floor(ground: FanGround, ends: np.ndarray) -> float:
    """Weigh a tree from its leaves up; its boxes cost as little as any that hold so much."""
    boxes = np.array([0.0, *(min(ground.box_costs[0][ground.box_fibres[0] >= held]) for held in range(1, 150))])
    ways = way_costs(ground.usable, ground.cost_per_m, int(ends.sum()))
    behind: dict[int, list[Branch]] = {junction: [] for junction in range(len(ends))}
    fibres, total = ends.copy(), 0.0
    for junction in range(len(ends) - 1, 0, -1):
        above = int(ground.parents[junction])
        total += boxes[ends[junction]]
        if not fibres[junction]:
            continue
        some, others = behind[junction][:4], behind[junction][4:]
        way = ways[fibres[junction]] * ground.up_m[junction]
        costs = weigh_ways(way, some, Box(costs=boxes, ends=int(ends[junction])), ground.splice_cost)
        total += sum(branch.costs.min() for branch in others)
        behind[above].append(Branch(costs=costs, fibres=int(fibres[junction])))
        fibres[above] += fibres[junction]
    return float(total + sum(branch.costs.min() for branch in behind[0]))
