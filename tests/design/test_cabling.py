"""The cables of a plan carry every link along its way, and none is longer than its drum."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest

from ponplan.design.cabling import cables_of
from ponplan.design.stringing import groups_that_fit
from ponplan.design.tree import RootedTree
from ponplan.optimise.fan import FanGround, lay_fan


def _tree(seed: int) -> tuple[RootedTree, np.ndarray]:
    """Give a random tree whose edge i leads to junction i + 1, and the edges' lengths."""
    rng = np.random.default_rng(seed)
    num_edges = int(rng.integers(1, 14))
    heads = np.arange(1, num_edges + 1)
    tails = np.array([int(rng.integers(0, head)) for head in heads], np.int64)
    lengths_m = rng.uniform(1.0, 80.0, num_edges)
    return RootedTree.from_edges(num_edges + 1, 0, np.arange(num_edges), tails, heads, lengths_m), lengths_m


def _ground(tree: RootedTree) -> FanGround:
    return FanGround(
        parents=tree.parents,
        up_m=tree.up_m,
        order_of=tree.position,
        box_kinds=np.zeros(len(tree.parents), np.int64),
        usable=np.array([2, 4, 30]),
        cost_per_m=np.array([1.0, 1.3, 2.0]),
        splice_cost=4.0,
        box_fibres=np.array([[2, 100]]),
        box_cables=np.array([[3, 40]]),
        box_costs=np.array([[10.0, 40.0]]),
    )


def _way(tree: RootedTree, start: int, end: int) -> set[int]:
    """Give the edges between two junctions: those above exactly one of them."""
    ways = []
    for node in (start, end):
        edges = set()
        while tree.parents[node] >= 0:
            edges.add(int(tree.parent_edges[node]))
            node = int(tree.parents[node])
        ways.append(edges)
    return ways[0] ^ ways[1]


@pytest.mark.parametrize("longest_m", [math.inf, 100.0])
@pytest.mark.parametrize("seed", range(40))
def test_every_link_has_a_fibre_all_along(seed: int, longest_m: float):
    """A link's cables join one another from root to end; no cable lights more fibres than it may."""
    tree, lengths_m = _tree(seed)
    rng = np.random.default_rng([seed, 1])
    junctions = np.arange(len(tree.parents))
    root = int(rng.choice(junctions))
    targets = rng.choice(np.setdiff1d(junctions, [root]), int(rng.integers(1, 12)))
    links_at: dict[int, list[int]] = defaultdict(list)
    for link, target in enumerate(targets.tolist()):
        links_at[target].append(link)
    ground = _ground(tree)
    plan = lay_fan(ground, root, targets, ends_in_box=True, root_costs=np.zeros(1))
    groups = cables_of(plan, links_at, tree, lengths_m, np.full(3, longest_m))
    for link, target in enumerate(targets.tolist()):
        (mine,) = [group for group in groups if any(link in cable.links for cable in group)]
        cables = [cable for cable in mine if link in cable.links]
        here, covered = root, set()
        for cable, following in zip(cables, [*cables[1:], None], strict=True):
            assert cable.junctions[0] == here
            here = following.junctions[0] if following else target
            covered |= set(cable.edges[: cable.junctions.index(here)])
        assert covered == _way(tree, root, target)
    for cable in (cable for group in groups for cable in group):
        assert len(set(cable.links)) == len(cable.links) <= ground.usable[cable.type_index]
        assert len(cable.edges) == 1 or lengths_m[list(cable.edges)].sum() <= longest_m


@pytest.mark.parametrize("seed", range(40))
def test_groups_fit_and_keep_junctions_together(seed: int):
    """Groups keep the order, none is too large, and only more links than fit at all part at one junction."""
    rng = np.random.default_rng(seed)
    capacity = int(rng.integers(1, 12))
    ends = np.repeat(np.arange(20), rng.integers(0, 15, 20)).tolist()
    groups = groups_that_fit(ends, capacity)
    assert [place for group in groups for place in group] == list(range(len(ends)))
    assert all(0 < len(group) <= capacity for group in groups)
    for junction in set(ends):
        parts = sum(any(ends[place] == junction for place in group) for group in groups)
        assert parts == math.ceil(ends.count(junction) / capacity)


def test_groups_are_about_even():
    """Where every link ends elsewhere, groups are as few as can be and alike in size."""
    assert [len(group) for group in groups_that_fit(list(range(25)), 12)] == [8, 9, 8]
