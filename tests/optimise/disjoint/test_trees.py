"""Two trees whose ways to every terminal share no link but bridges."""

from __future__ import annotations

import numpy as np
import pytest

from ponplan.optimise.disjoint.bridges import find_bridges
from ponplan.optimise.disjoint.paths import both_directions
from ponplan.optimise.disjoint.problem import LinkNetwork
from ponplan.optimise.disjoint.trees import grow_two_trees
from ponplan.optimise.disjoint.twice import cheapest_pair


def _network(seed: int, *, groups: int = 0) -> LinkNetwork:
    """Give a connected network with parallel links, dead ends and links that cost nothing."""
    rng = np.random.default_rng([seed, 5])
    nodes = int(rng.integers(5, 40))
    more = rng.integers(0, nodes, (int(nodes * rng.uniform(0.0, 1.0)), 2))
    tails = np.concatenate([np.arange(1, nodes), more[:, 0]])
    heads = np.concatenate([[int(rng.integers(0, node)) for node in range(1, nodes)], more[:, 1]]).astype(np.int64)
    costs = rng.integers(0, 20, len(tails)).astype(float)
    risks = rng.integers(0, len(tails), 2 * groups)
    return LinkNetwork(
        num_nodes=nodes,
        tails=tails,
        heads=heads,
        costs=costs,
        risk_links=risks,
        risk_groups=np.repeat(np.arange(groups), 2),
    )


@pytest.mark.parametrize("seed", range(200))
def test_both_ways_share_no_link_but_bridges(seed: int) -> None:
    """The two ways to every terminal have nothing in common that some pair of ways could avoid."""
    network = _network(seed)
    order = np.random.default_rng(seed).permutation(np.arange(1, network.num_nodes)).tolist()
    terminals = order[: 1 + seed % len(order)]
    trees = grow_two_trees(network, 0, terminals)
    for terminal in terminals:
        first, second = trees.path(0, terminal), trees.path(1, terminal)
        assert first
        assert second
        assert trees.bridges[sorted(set(first) & set(second))].all()


@pytest.mark.parametrize("seed", range(60))
def test_one_terminal_gets_the_cheapest_pair(seed: int) -> None:
    """The first ear is the pair that Suurballe's method proves cheapest."""
    network = _network(seed)
    pair = cheapest_pair(network, network.num_nodes - 1, 0, node_disjoint=False)
    trees = grow_two_trees(network, 0, [network.num_nodes - 1])
    if pair.is_found:
        assert trees.cost == pytest.approx(pair.cost)


def test_a_ring_is_gone_round_both_ways() -> None:
    """Four nodes in a ring: the ways to each go round opposite sides."""
    network = LinkNetwork(
        num_nodes=4, tails=np.array([0, 1, 2, 3]), heads=np.array([1, 2, 3, 0]), costs=np.array([1.0, 2.0, 3.0, 4.0])
    )
    trees = grow_two_trees(network, 0, [2])
    assert trees.cost == 10.0
    for node in (1, 2, 3):
        assert sorted(trees.path(0, node) + trees.path(1, node)) == [0, 1, 2, 3]


def test_bridges_are_what_cuts_when_lost() -> None:
    """A link is a bridge exactly if its ends are apart without it."""
    for seed in range(40):
        network = _network(seed)
        bridges = find_bridges(both_directions(network), len(network.costs))
        for link in range(len(network.costs)):
            assert bridges[link] == _are_apart(network, link)


def _are_apart(network: LinkNetwork, lost: int) -> bool:
    reached, tail, head = {int(network.tails[lost])}, network.tails, network.heads
    while True:
        more = {
            int(end)
            for link in range(len(tail))
            if link != lost
            for end, other in ((tail[link], head[link]), (head[link], tail[link]))
            if other in reached
        }
        if more <= reached:
            return int(network.heads[lost]) not in reached
        reached |= more


def test_sides_of_an_ear_share_no_risk_where_that_can_be() -> None:
    """The cheap pair runs over two spans of one bridge; the ear takes the dear way round instead."""
    # 0-1 and 0-2 are one risk; 0-3-1 goes round
    network = LinkNetwork(
        num_nodes=4,
        tails=np.array([0, 0, 1, 0, 3]),
        heads=np.array([1, 2, 2, 3, 2]),
        costs=np.array([1.0, 1.0, 0.0, 5.0, 5.0]),
        risk_links=np.array([0, 1]),
        risk_groups=np.array([0, 0]),
    )
    trees = grow_two_trees(network, 0, [2])
    assert not {0, 1} <= set(trees.path(0, 2) + trees.path(1, 2))
