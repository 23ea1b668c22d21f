"""Regrowing two trees: never dearer, never less apart, and close to the best of small networks by trial."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from ponplan.optimise.disjoint.problem import LinkNetwork
from ponplan.optimise.disjoint.regrow import Regrowth, TwinDemand
from ponplan.optimise.disjoint.trees import grow_two_trees

HARM = 1e6


def _streets(rng: np.random.Generator, side: int) -> LinkNetwork:
    """Give a grid of streets with some blocks merged, and a risk group on two streets now and then."""
    node = np.arange(side * side).reshape(side, side)
    tails = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    heads = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    kept = rng.random(len(tails)) > 0.1
    tails, heads = tails[kept], heads[kept]
    count = int(rng.integers(0, 4))
    return LinkNetwork(
        num_nodes=side * side, tails=tails, heads=heads, costs=rng.integers(5, 20, len(tails)).astype(float),
        risk_links=rng.choice(len(tails), 2 * count, replace=False), risk_groups=np.repeat(np.arange(count), 2),
    )  # fmt: skip


def _regrowth(network: LinkNetwork, ends: np.ndarray) -> Regrowth:
    trees = grow_two_trees(network, 0, sorted(set(ends.ravel().tolist())), risk_cost=float(network.costs.sum()))
    harms = np.full(len(network.costs), HARM)
    demand = TwinDemand(network=network, root=0, floors=0.1 * network.costs, harms=harms, ends=ends)
    return Regrowth(demand, trees.parents, trees.links, np.zeros(len(ends), np.int64))


def _is_reached(network: LinkNetwork, ends: np.ndarray) -> bool:
    trees = grow_two_trees(network, 0, sorted(set(ends.ravel().tolist())))
    return all(trees.links[tree, node] >= 0 for tree in (0, 1) for node in set(ends.ravel().tolist()))


@pytest.mark.parametrize("seed", range(30))
def test_trees_only_get_better(seed: int) -> None:
    """Cost never rises, what is shared neither, and every way still ends at the root over links of the network."""
    rng = np.random.default_rng(seed)
    network = _streets(rng, 7)
    ends = rng.choice(np.arange(1, 49), (int(rng.integers(1, 8)), 2))
    if not _is_reached(network, ends):
        pytest.skip("streets in two parts")
    regrown = _regrowth(network, ends)
    before, harm = regrown.cost(), regrown.harm()
    regrown.improve(60, rng)
    assert regrown.cost() <= before * (1.0 + 1e-9)
    assert regrown.harm() <= harm
    for terminal, tree in product(range(len(ends)), (0, 1)):
        nodes, links = regrown.way(terminal, tree)
        assert nodes[-1] == 0
        for link, (one, other) in zip(links, pairwise(nodes), strict=True):
            assert {int(network.tails[link]), int(network.heads[link])} == {int(one), int(other)}
        assert int(nodes[0]) in ends[terminal]
    assert all({regrown.end(t, 0), regrown.end(t, 1)} == set(ends[t].tolist()) for t in range(len(ends)))


def test_what_it_counts_is_what_is_there() -> None:
    """The running counts of ways and uses are those of the ways themselves."""
    rng = np.random.default_rng(4)
    network = _streets(rng, 8)
    ends = rng.choice(np.arange(1, 64), (9, 2))
    regrown = _regrowth(network, ends)
    regrown.improve(100, rng)
    for tree in (0, 1):
        ways = np.zeros(network.num_nodes, np.int64)
        for terminal in range(len(ends)):
            ways[regrown.way(terminal, tree)[0][:-1]] += 1
        assert np.array_equal(ways, regrown.twins.ways[tree])
    used = np.zeros(len(network.costs), np.int64)
    for tree in (0, 1):
        links = regrown.twins.links[tree]
        used[links[links >= 0]] += 1
    assert np.array_equal(used, regrown.twins.uses)


def test_a_ring_is_shared() -> None:
    """Three terminals on one ring are joined over it alone, although a ring to each was grown before."""
    around = [(i, (i + 1) % 8, 10.0) for i in range(8)]
    chords = [(0, 3, 25.0), (0, 4, 30.0), (0, 5, 25.0)]
    table = np.array(around + chords)
    network = LinkNetwork(
        num_nodes=8, tails=table[:, 0].astype(np.int64), heads=table[:, 1].astype(np.int64), costs=table[:, 2]
    )
    ends = np.array([[3, 3], [4, 4], [5, 5]])
    regrown = _regrowth(network, ends)
    regrown.improve(50, np.random.default_rng(0))
    used = regrown.twins.uses > 0
    assert float(network.costs[used].sum()) == 70.0  # two chords of 25 and the streets between
    assert regrown.harm() == 0.0
