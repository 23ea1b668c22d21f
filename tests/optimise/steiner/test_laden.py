"""Trees under load end where no exchange of a stretch helps, by a recount that knows nothing of circles."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from ponplan.optimise.steiner.laden import LadenGround, Reach, exchange_laden

NOWHERE = np.zeros(0, np.int64)
ANYWHERE = Reach(one=NOWHERE, over=NOWHERE, other=NOWHERE, limits=np.zeros(0))


def _way(ground: LadenGround, edges: set[int], start: int, end: int) -> list[int] | None:
    """Give the edges of the way through a forest, by walking every branch."""
    waiting, seen = [(start, [])], {start}
    while waiting:
        node, way = waiting.pop()
        if node == end:
            return way
        for edge in edges:
            if node in (ground.tails[edge], ground.heads[edge]):
                other = int(ground.tails[edge] + ground.heads[edge] - node)
                if other not in seen:
                    seen.add(other)
                    waiting.append((other, [*way, edge]))
    return None


def _cost(ground: LadenGround, edges: set[int], loads: np.ndarray) -> float:
    """Give what opening and carrying cost; inf where the ends of loads are not all joined."""
    carried = dict.fromkeys(edges, 0)
    if any(_way(ground, edges, int(loads[0, 0]), end) is None for end in loads[:, :2].ravel().tolist()):
        return np.inf
    for one, other, weight in loads.tolist():
        for edge in _way(ground, edges, one, other) or ():
            carried[edge] += weight
    return float(sum(ground.opening[e] + ground.carrying[n] * ground.lengths[e] for e, n in carried.items()))


def _random(seed: int) -> tuple[LadenGround, np.ndarray, np.ndarray]:
    """Give a random graph of nine nodes, a spanning tree of it and loads between them."""
    rng = np.random.default_rng(seed)
    pairs = [(int(rng.integers(node)), node) for node in range(1, 9)]
    others = [pair for pair in combinations(range(9), 2) if pair not in pairs]
    pairs += [others[i] for i in rng.permutation(len(others))[:7]]
    tails, heads = np.array(pairs).T
    steps = np.cumsum(rng.uniform(0.0, 1.0, 40) * (rng.random(40) < 0.4))
    ground = LadenGround(
        num_nodes=9,
        tails=tails,
        heads=heads,
        opening=rng.uniform(0.0, 4.0, len(tails)),
        lengths=rng.uniform(1.0, 5.0, len(tails)),
        carrying=np.concatenate([[0.0], 1.0 + steps]),
    )
    ends = [rng.choice(np.arange(9), 2, replace=False) for _ in range(6)]
    loads = np.array([(one, other, rng.integers(1, 6)) for one, other in ends])
    return ground, np.arange(8), loads


@pytest.mark.parametrize("seed", range(60))
def test_no_exchange_of_one_edge_is_left(seed: int) -> None:
    """The tree joins all loads and costs no more than the first; no edge for another saves anything."""
    ground, start, loads = _random(seed)
    found = set(exchange_laden(ground, start, loads, ANYWHERE, root=int(loads[0, 0]), kept=NOWHERE).tolist())
    cost = _cost(ground, found, loads)
    assert cost <= _cost(ground, set(start.tolist()), loads) + 1e-6
    for new in set(range(len(ground.tails))) - found:
        for old in found:
            assert _cost(ground, found - {old} | {new}, loads) >= cost - 1e-5


def test_heavy_load_takes_the_short_way() -> None:
    """A ring of three: one fibre stays on the open detour, ten are worth opening the short way."""
    ground = LadenGround(
        num_nodes=3,
        tails=np.array([0, 1, 0]),
        heads=np.array([1, 2, 2]),
        opening=np.array([1.0, 1.0, 5.0]),
        lengths=np.array([10.0, 10.0, 10.0]),
        carrying=0.1 * np.arange(20.0),
    )
    one, ten = ([[0, 2, count], [0, 1, 1]] for count in (1, 10))
    trees = [
        exchange_laden(ground, np.array([0, 1]), np.array(loads), ANYWHERE, root=0, kept=NOWHERE).tolist()
        for loads in (one, ten)
    ]
    assert trees == [[0, 1], [0, 2]]


@pytest.mark.parametrize("seed", range(20))
def test_ways_stay_within_their_limits(seed: int) -> None:
    """Nobody's way becomes longer than the limit, which the first tree keeps exactly."""
    ground, start, loads = _random(seed)
    root = int(loads[0, 0])

    def ways(edges: np.ndarray) -> np.ndarray:
        tree = set(edges.tolist())
        pairs = [[(one, other), (other, root)] for one, other, _ in loads.tolist()]
        return np.array([sum(ground.lengths[e] for pair in two for e in _way(ground, tree, *pair)) for two in pairs])

    limits = ways(start)
    reach = Reach(one=loads[:, 0], over=loads[:, 1], other=np.full(len(loads), root), limits=limits)
    found = exchange_laden(ground, start, loads, reach, root=root, kept=NOWHERE)
    assert np.all(ways(found) <= limits + 1e-6)
