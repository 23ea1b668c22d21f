"""Disjoint pairs against an exact program of its own in scipy's HiGHS, and against what can be seen by eye."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from ponplan.optimise.disjoint.judge import judge_pair
from ponplan.optimise.disjoint.problem import LinkNetwork
from ponplan.optimise.disjoint.solve import find_disjoint_pair


def network_of(links: list[tuple[int, int, float]], risks: list[tuple[int, int]] | None = None) -> LinkNetwork:
    """Make a network from (end, end, cost) and (link, group)."""
    table, pairs = np.array(links, dtype=float), np.array(risks or [], dtype=np.int64).reshape(-1, 2)
    return LinkNetwork(
        num_nodes=int(table[:, :2].max()) + 1, tails=table[:, 0].astype(np.int64), heads=table[:, 1].astype(np.int64),
        costs=table[:, 2], risk_links=pairs[:, 0], risk_groups=pairs[:, 1],
    )  # fmt: skip


def random_network(seed: int, *, with_groups: bool) -> LinkNetwork:
    """Draw a network of up to 12 nodes with parallel and free links, some of them in up to six groups."""
    rng = np.random.default_rng(seed)
    nodes, links = int(rng.integers(4, 13)), int(rng.integers(8, 30))
    tails, heads = rng.integers(0, nodes, links), rng.integers(0, nodes, links)
    costs = rng.integers(0, 10, links).astype(float)
    num = int(rng.integers(2, 14)) if with_groups else 0
    risks = np.unique(np.column_stack((rng.integers(0, links, num), rng.integers(0, 6, num))), axis=0)
    return LinkNetwork(
        num_nodes=nodes, tails=tails, heads=heads, costs=costs, risk_links=risks[:, 0], risk_groups=risks[:, 1]
    )


def exact_cost(network: LinkNetwork, source: int, target: int, *, node_disjoint: bool) -> float:
    """Give the cost of the cheapest pair, inf when there is none."""
    num, groups = len(network.costs), network.num_groups
    width = 2 * num + groups
    matrix, low, high = (
        lil_matrix((4 * num + 4 * network.num_nodes + 3 * groups + 4 * len(network.risk_links), 2 * width)),
        [],
        [],
    )

    def row(entries: list[tuple[int, float]], least: float, most: float) -> None:
        for column, value in entries:
            matrix[len(low), column] += value
        low.append(least)
        high.append(most)

    for p in (0, width):
        for node in range(network.num_nodes):
            entries = []
            for e in range(num):
                for side, (a, b) in enumerate(
                    ((network.tails[e], network.heads[e]), (network.heads[e], network.tails[e]))
                ):
                    entries += [(p + side * num + e, 1.0)] * int(a == node) + [(p + side * num + e, -1.0)] * int(
                        b == node
                    )
            balance = float(node == source) - float(node == target)
            row(entries, balance, balance)
        for link, group in zip(network.risk_links, network.risk_groups, strict=True):
            row([(p + link, 1.0), (p + num + link, 1.0), (p + 2 * num + group, -1.0)], -np.inf, 0)
    for e in range(num):
        row([(p + side * num + e, 1.0) for p in (0, width) for side in (0, 1)], -np.inf, 1)
    for group in range(groups):
        row([(p + 2 * num + group, 1.0) for p in (0, width)], -np.inf, 1)
    if node_disjoint:
        for node in set(range(network.num_nodes)) - {source, target}:
            entering = [(p + e, 1.0) for p in (0, width) for e in range(num) if network.heads[e] == node]
            entering += [(p + num + e, 1.0) for p in (0, width) for e in range(num) if network.tails[e] == node]
            row(entering, -np.inf, 1)
    costs = np.tile(np.concatenate((network.costs, network.costs, np.zeros(groups))), 2)
    rules = LinearConstraint(matrix.tocsr()[: len(low)], low, high)
    answer = milp(costs, constraints=rules, integrality=np.ones(2 * width), bounds=Bounds(0, 1))
    return np.inf if answer.status == 2 else float(answer.fun)


@pytest.mark.parametrize("node_disjoint", [False, True])
@pytest.mark.parametrize("with_groups", [False, True])
def test_cheapest_pair_on_random_networks(node_disjoint: bool, with_groups: bool):  # noqa: FBT001
    """On 100 random networks the cost is that of the exact program, and equals the bound."""
    for seed in range(100):
        network = random_network(seed, with_groups=with_groups)
        expected = exact_cost(network, 0, 1, node_disjoint=node_disjoint)
        pair = find_disjoint_pair(network, 0, 1, node_disjoint=node_disjoint)
        assert pair.cost == pytest.approx(expected, abs=1e-6), seed
        assert pair.bound == pytest.approx(expected, abs=1e-6), seed
        if pair.is_found:
            cost, faults = judge_pair(network, pair, 0, 1, node_disjoint=node_disjoint)
            assert (cost, faults) == (pytest.approx(pair.cost), []), seed


def test_trap_topology_is_escaped():
    """Where the shortest path alone blocks any second one, the pair still is found (Suurballe's case)."""
    network = network_of([(0, 2, 1), (2, 3, 1), (3, 1, 1), (0, 3, 4), (2, 1, 4)])
    pair = find_disjoint_pair(network, 0, 1)
    assert pair.cost == 10.0
    assert {tuple(pair.first.tolist()), tuple(pair.second.tolist())} == {(0, 4), (3, 2)}


def test_parallel_links_make_a_pair():
    """Two parallel links are disjoint links; between the same two nodes no node stands between."""
    network = network_of([(0, 1, 3), (0, 1, 5)])
    assert find_disjoint_pair(network, 0, 1, node_disjoint=True).cost == 8.0


def test_shared_duct_forces_a_detour():
    """Two links in one duct do not back each other up, however cheap they are."""
    links = [(0, 1, 1.0), (0, 1, 1.0), (0, 2, 5.0), (2, 1, 5.0)]
    pair = find_disjoint_pair(network_of(links, [(0, 0), (1, 0)]), 0, 1)
    assert pair.cost == pair.bound == 11.0


def test_bridge_leaves_no_pair():
    """Where every path crosses one bridge the answer says that none exists."""
    pair = find_disjoint_pair(network_of([(0, 2, 1), (0, 2, 1), (2, 1, 1)]), 0, 1)
    assert not pair.is_found
    assert pair.bound == np.inf
    assert len(pair.first) == 0


def test_grid_of_a_town_is_solved_to_proof():
    """On a grid of 900 crossings with a risk group per street the pair is proven cheapest."""
    rng = np.random.default_rng(1)
    side = 30
    node = np.arange(side * side).reshape(side, side)
    tails = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    heads = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    streets = np.concatenate([np.repeat(np.arange(side), side - 1), side + np.tile(np.arange(side), side - 1)])
    blocks = streets * 5 + np.concatenate(
        [np.tile(np.arange(side - 1) // 6, side), np.repeat(np.arange(side - 1) // 6, side)]
    )
    network = LinkNetwork(
        num_nodes=side * side, tails=tails, heads=heads, costs=rng.integers(50, 150, len(tails)).astype(float),
        risk_links=np.arange(len(tails)), risk_groups=blocks,
    )  # fmt: skip
    pair = find_disjoint_pair(network, 0, side * side - 1, node_disjoint=True)
    assert judge_pair(network, pair, 0, side * side - 1, node_disjoint=True)[1] == []
    assert pair.gap_percent < 1e-6


def _street_graph(seed: int) -> LinkNetwork:
    """Draw blocks of streets, some closed, with risk groups of two or three streets, at one crossing or apart."""
    rng = np.random.default_rng([seed, 31])
    rows, columns = int(rng.integers(3, 6)), int(rng.integers(3, 6))
    node = np.arange(rows * columns).reshape(rows, columns)
    tails = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    heads = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    kept = rng.random(len(tails)) > 0.12
    tails, heads = tails[kept], heads[kept]
    risks = []
    for group in range(int(rng.integers(0, 5))):
        crossing = int(rng.integers(rows * columns))
        there = np.flatnonzero((tails == crossing) | (heads == crossing))
        streets = there if rng.random() < 0.5 else rng.permutation(len(tails))
        risks += [(int(street), group) for street in streets[: int(rng.integers(2, 4))]]
    table = np.unique(np.array(risks, np.int64).reshape(-1, 2), axis=0)
    return LinkNetwork(
        num_nodes=rows * columns, tails=tails, heads=heads, costs=rng.uniform(30.0, 200.0, len(tails)).round(1),
        risk_links=table[:, 0], risk_groups=table[:, 1],
    )  # fmt: skip


@pytest.mark.parametrize("part", range(4))
def test_street_graphs_with_risk_groups(part: int):
    """On 200 random street graphs, apart in streets or in crossings too, pairs cost what the exact program says."""
    for seed in range(50 * part, 50 * part + 50):
        network, node_disjoint = _street_graph(seed), seed % 2 == 1
        target = network.num_nodes - 1
        table = np.stack([network.tails, network.heads])
        # the exact program's target is node 1
        renamed = np.where(table == target, 1, np.where(table == 1, target, table))
        exact = LinkNetwork(
            num_nodes=network.num_nodes, tails=renamed[0], heads=renamed[1], costs=network.costs,
            risk_links=network.risk_links, risk_groups=network.risk_groups,
        )  # fmt: skip
        expected = exact_cost(exact, 0, 1, node_disjoint=node_disjoint)
        pair = find_disjoint_pair(network, 0, target, node_disjoint=node_disjoint)
        assert pair.cost == pytest.approx(expected, abs=1e-6), seed
        assert pair.bound == pytest.approx(expected, abs=1e-6), seed
