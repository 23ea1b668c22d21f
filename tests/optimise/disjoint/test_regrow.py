"""Regrowing two trees: never dearer, never less apart, and close to the best of small networks by trial."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from ponplan.optimise.disjoint.problem import LinkNetwork
from ponplan.optimise.disjoint.regrow import Regrowth, TwinDemand
from ponplan.optimise.disjoint.trees import grow_two_trees

HARM = 1e6  # of a shared link
RISK_HARM = 1e5  # of a shared risk group


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
    demand = TwinDemand(
        network=network, root=0, floors=0.1 * network.costs, harms=harms, risk_harm=RISK_HARM, ends=ends
    )
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


def _bits(paths: list[list[int]], network: LinkNetwork) -> list[tuple[int, int]]:
    """Give the links and the risk groups of each path as bits."""
    groups = np.zeros(len(network.costs), np.int64)
    groups[network.risk_links] = 1 << network.risk_groups
    return [(sum(1 << link for link in path), int(np.bitwise_or.reduce(groups[path]))) for path in paths]


def _simple_paths(network: LinkNetwork, source: int, target: int) -> list[list[int]]:
    found: list[list[int]] = []
    waiting = [(source, frozenset({source}), [])]
    while waiting:
        node, seen, path = waiting.pop()
        if node == target:
            found.append(path)
            continue
        for link in np.flatnonzero((network.tails == node) | (network.heads == node)).tolist():
            ahead = int(network.tails[link] + network.heads[link]) - node
            if ahead not in seen:
                waiting.append((ahead, seen | {ahead}, [*path, link]))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_least_harm_is_found_among_all_pairs(seed: int) -> None:
    """One terminal's ways harm as little as any pair of paths: links used twice, then risk groups run twice."""
    rng = np.random.default_rng([seed, 5])
    network = _streets(rng, 4)
    if not _is_reached(network, np.array([[15, 15]])):
        pytest.skip("streets in two parts")
    paths = _bits(_simple_paths(network, 15, 0), network)
    least = min(
        HARM * (one & other).bit_count() + RISK_HARM * (risks & others).bit_count()
        for row, (one, risks) in enumerate(paths)
        for other, others in paths[row:]
    )
    regrown = _regrowth(network, np.array([[15, 15]]))
    regrown.improve(100, rng)
    assert regrown.harm() == least


@pytest.mark.parametrize(("near", "far"), [(50.0, 50.0), (50.0, 400.0)])
def test_two_bridges_of_one_group_are_both_used(near: float, far: float) -> None:
    """Over one bridge both ways would share the link and the risk: over two of any length only the risk."""
    table = np.array([(0, 1, 10.0), (0, 2, 10.0), (1, 3, near), (2, 4, far), (3, 5, 10.0), (4, 5, 10.0),
                      (1, 2, 1.0), (3, 4, 1.0)])  # fmt: skip
    network = LinkNetwork(
        num_nodes=6, tails=table[:, 0].astype(np.int64), heads=table[:, 1].astype(np.int64), costs=table[:, 2],
        risk_links=np.array([2, 3]), risk_groups=np.array([0, 0]),
    )  # fmt: skip
    regrown = _regrowth(network, np.array([[5, 5]]))
    regrown.improve(50, np.random.default_rng(0))
    assert regrown.harm() == RISK_HARM
    assert (regrown.twins.uses[[2, 3]] == 1).all()
