"""Clashes of ways over two splitters, against sets of edges."""

from __future__ import annotations

import numpy as np
import pytest

from ponplan.design.protection.clashes import Upwards, clashes


def _tree(rng: np.random.Generator, num: int) -> Upwards:
    """Give a random tree over nodes; both trees have edges of the same numbers, so that they share some."""
    parents = np.array([-1, *(max(0, node - int(rng.integers(1, 4))) for node in range(1, num))])
    return Upwards(parents, np.where(parents >= 0, np.arange(num) + num * (rng.random(num) < 0.8), -1))


def _way(tree: Upwards, node: int) -> set[int]:
    return set() if node == 0 else {int(tree.edges[node])} | _way(tree, int(tree.parents[node]))


@pytest.mark.parametrize("seed", range(20))
def test_clashes_are_those_of_sets(seed: int) -> None:
    """Feeder and way up over one tree meet those over the other beyond what both ways up share."""
    rng = np.random.default_rng(seed)
    first, second = _tree(rng, 30), _tree(rng, 30)
    access = rng.integers(1, 30, 15), rng.integers(1, 30, 15)
    at = int(rng.integers(1, 30)), int(rng.integers(1, 30))
    wanted = 0
    for one, other in zip(*(column.tolist() for column in access), strict=True):
        up = _way(first, one), _way(second, other)
        ways = _way(first, at[0]) | up[0], _way(second, at[1]) | up[1]
        wanted += bool(ways[0] & ways[1] - (up[0] & up[1]))
    assert clashes(first, second, at, access) == wanted
