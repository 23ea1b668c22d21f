"""Cables along a tree cost as little as in any choice of sizes and cuts, and never more with cables side by side."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from ponplan.optimise.fan import FanGround, FanPlan, fan_nodes, lay_fan, tree_distances_m

NO_ROOT_COSTS = np.zeros(1)


def _random_ground(seed: int) -> tuple[FanGround, int, np.ndarray, bool]:
    """Give a random tree with prices, a root anywhere in it, targets, and whether ends need a box."""
    rng = np.random.default_rng(seed)
    num = int(rng.integers(2, 7))
    parents = np.array([-1, *(int(rng.integers(0, i)) for i in range(1, num))], np.int64)
    root = int(rng.integers(0, num))
    others = np.setdiff1d(np.arange(num), [root])
    targets = rng.choice(others, int(rng.integers(1, 5)))
    usable = np.array(sorted(rng.choice([1, 2, 3, 4, 6], 3, replace=False)), np.int64)
    usable[-1] = max(usable[-1], len(targets))
    costs = np.sort(rng.uniform(1.0, 60.0, (2, 3)), axis=1)
    ground = FanGround(
        parents=parents,
        up_m=np.where(parents >= 0, rng.uniform(1.0, 50.0, num), 0.0),
        order_of=np.arange(num),
        box_kinds=rng.integers(0, 2, num),
        usable=usable,
        cost_per_m=rng.uniform(0.0, 5.0, 3),
        splice_cost=float(rng.uniform(0.0, 40.0)),
        box_fibres=np.tile(np.array([1, 3, 9]), (2, 1)),
        box_cables=np.tile(np.array([3, 5, 12]), (2, 1)),
        box_costs=costs,
    )
    return ground, root, np.asarray(targets, np.int64), bool(rng.integers(0, 2))


def _fan(
    ground: FanGround, root: int, targets: np.ndarray
) -> tuple[dict[int, int], dict[int, float], dict[int, int]]:
    """Give each junction's neighbour towards the root, the way there and the links beyond, of all on some way."""
    around: dict[int, list[tuple[int, float]]] = {}
    for node, parent in enumerate(ground.parents.tolist()):
        if parent >= 0:
            around.setdefault(node, []).append((parent, float(ground.up_m[node])))
            around.setdefault(parent, []).append((node, float(ground.up_m[node])))
    toward, way_m, waiting = {root: -1}, {root: 0.0}, [root]
    while waiting:
        here = waiting.pop()
        for other, metres in around[here]:
            if other not in toward:
                toward[other], way_m[other] = here, metres
                waiting.append(other)
    fibres: dict[int, int] = {}
    for target in targets.tolist():
        here = target
        while here != root:
            fibres[here] = fibres.get(here, 0) + 1
            here = toward[here]
    return toward, way_m, fibres


def _box(ground: FanGround, node: int, splices: int, cables: int, ends: int) -> float:
    if splices + ends == 0:
        return 0.0
    kind = ground.box_kinds[node]
    for count in range(1, max(1, ends) + 1):
        share = math.ceil(ends / count)
        for fibres, holds, cost in zip(
            ground.box_fibres[kind], ground.box_cables[kind], ground.box_costs[kind], strict=True
        ):
            if fibres >= splices + share and holds >= cables + share:
                return float(cost) * count
    return math.inf


def _least_cost(ground: FanGround, root: int, targets: np.ndarray, *, ends_in_box: bool) -> float:
    """Try every type on every stretch, and every branch, or none, that keeps the cable uncut at every junction."""
    toward, way_m, fibres = _fan(ground, root, targets)
    nodes = sorted(fibres)
    behind = {node: [n for n in nodes if toward[n] == node] for node in nodes}
    ends = {node: int(np.sum(targets == node)) for node in nodes}
    best = math.inf
    for types in product(range(len(ground.usable)), repeat=len(nodes)):
        of = dict(zip(nodes, types, strict=True))
        if any(ground.usable[of[node]] < fibres[node] for node in nodes):
            continue
        cable = sum(way_m[node] * ground.cost_per_m[of[node]] for node in nodes)
        for kept in product(*([None, *(b for b in behind[n] if of[b] == of[n])] for n in nodes)):
            cost = cable
            for node, keeps in zip(nodes, kept, strict=True):
                cut = [b for b in behind[node] if b != keeps]
                splices = sum(fibres[b] for b in cut)
                cost += splices * ground.splice_cost
                cost += _box(ground, node, splices, 1 + len(cut), ends[node] if ends_in_box else 0)
            best = min(best, cost)
    return best


def _priced(ground: FanGround, plan: FanPlan, root: int, targets: np.ndarray, *, ends_in_box: bool) -> float:
    """Price a plan's cables one by one, from nothing but what each of them does."""
    toward, way_m, _ = _fan(ground, root, targets)
    junctions, begins_at = plan.junctions.tolist(), plan.begins_at.tolist()
    branches = {node: [n for n, at in enumerate(begins_at) if at == node] for node in range(len(junctions))}

    def links_behind(node: int) -> int:
        return int(np.sum(targets == junctions[node])) + sum(links_behind(b) for b in branches[node])

    def metres(start: int, end: int) -> float:
        here, total = junctions[end], 0.0
        while here != junctions[start]:
            total += way_m[here]
            here = toward[here]
        return total

    cost, waiting = 0.0, [(node, int(plan.types[node])) for node in branches[0]]
    while waiting:
        node, kind = waiting.pop()
        assert links_behind(node) <= ground.usable[kind]
        cost += metres(begins_at[node], node) * ground.cost_per_m[kind]
        keeps = int(plan.kept[node, kind])
        cut = [b for b in branches[node] if b != keeps]
        splices = sum(links_behind(b) for b in cut)
        ends = int(np.sum(targets == junctions[node])) if ends_in_box else 0
        cost += splices * ground.splice_cost + _box(ground, junctions[node], splices, 1 + len(cut), ends)
        waiting += [(b, int(plan.types[b])) for b in cut]
        if keeps >= 0:
            waiting.append((keeps, kind))
    return cost


@pytest.mark.parametrize("seed", range(150))
def test_cables_cost_as_little_as_any_choice(seed: int):
    """With one cable in a stretch, the plan meets the least cost over all sizes and cuts, at any prices."""
    ground, root, targets, ends_in_box = _random_ground(seed)
    plan = lay_fan(ground, root, targets, ends_in_box=ends_in_box, root_costs=NO_ROOT_COSTS, side_by_side=False)
    assert plan.cost == pytest.approx(_least_cost(ground, root, targets, ends_in_box=ends_in_box))


@pytest.mark.parametrize("seed", range(150))
def test_cables_side_by_side_never_cost_more(seed: int):
    """Side by side or not, a plan costs what its cables, splices and boxes cost one by one; with, at most as much."""
    ground, root, targets, ends_in_box = _random_ground(seed)
    options = {"ends_in_box": ends_in_box, "root_costs": NO_ROOT_COSTS}
    alone = lay_fan(ground, root, targets, side_by_side=False, **options)
    beside = lay_fan(ground, root, targets, **options)
    assert beside.cost <= alone.cost + 1e-9
    for plan in (alone, beside):
        assert plan.cost == pytest.approx(_priced(ground, plan, root, targets, ends_in_box=ends_in_box))


def test_short_branches_run_side_by_side():
    """Where splicing is dear and the way is short, each of two branches has a cable of its own from the root."""
    ground = FanGround(
        parents=np.array([-1, 0, 1, 1]),
        up_m=np.array([0.0, 10.0, 500.0, 500.0]),
        order_of=np.arange(4),
        box_kinds=np.zeros(4, np.int64),
        usable=np.array([4, 8]),
        cost_per_m=np.array([1.0, 1.5]),
        splice_cost=10.0,
        box_fibres=np.array([[8]]),
        box_cables=np.array([[8]]),
        box_costs=np.array([[100.0]]),
    )
    targets = np.array([2, 2, 2, 3, 3, 3])
    plan = lay_fan(ground, 0, targets, ends_in_box=False, root_costs=NO_ROOT_COSTS)
    assert plan.begins_at.tolist().count(0) == 2
    assert plan.cost == pytest.approx(2 * 510.0)


def test_cables_that_leave_the_root_are_paid_there():
    """Two cables instead of one pay only if the root's larger box does not eat up what they save."""
    ground, root, targets, ends_in_box = _random_ground(3)
    free = lay_fan(ground, root, targets, ends_in_box=ends_in_box, root_costs=NO_ROOT_COSTS)
    dear = lay_fan(ground, root, targets, ends_in_box=ends_in_box, root_costs=1e6 * np.arange(9.0))
    leaving = int(np.sum(dear.begins_at == 0))
    assert leaving <= int(np.sum(free.begins_at == 0))
    assert dear.cost >= 1e6 * leaving


def test_too_many_links_are_refused():
    """More links than the largest cable may light are an error of the caller."""
    ground, *_ = _random_ground(0)
    leaf = len(ground.parents) - 1
    with pytest.raises(ValueError, match="may light"):
        lay_fan(ground, 0, np.full(50, leaf), ends_in_box=False, root_costs=NO_ROOT_COSTS)


@pytest.mark.parametrize("seed", range(20))
def test_distances_along_the_tree(seed: int):
    """The metres to each junction are those of the one way there."""
    ground, root, targets, _ = _random_ground(seed)
    depth_m = np.zeros(len(ground.parents))
    for node in range(1, len(depth_m)):
        depth_m[node] = depth_m[ground.parents[node]] + ground.up_m[node]
    toward, way_m, _ = _fan(ground, root, targets)
    for target, metres in zip(targets.tolist(), tree_distances_m(ground, depth_m, root, targets), strict=True):
        total, here = 0.0, target
        while here != root:
            total += way_m[here]
            here = toward[here]
        assert metres == pytest.approx(total)


def test_nodes_are_ends_and_partings():
    """Junctions where nothing ends and nothing parts are no nodes."""
    ground = FanGround(
        parents=np.array([-1, 0, 1, 2, 2]),
        up_m=np.ones(5),
        order_of=np.arange(5),
        box_kinds=np.zeros(5, np.int64),
        usable=np.array([4]),
        cost_per_m=np.ones(1),
        splice_cost=1.0,
        box_fibres=np.array([[8]]),
        box_cables=np.array([[8]]),
        box_costs=np.array([[1.0]]),
    )
    junctions, before = fan_nodes(ground, 0, np.array([3, 4]))
    assert junctions.tolist() == [0, 2, 3, 4]
    assert before.tolist() == [-1, 0, 1, 1]
