"""The terminals that a node of a tree serves."""

from __future__ import annotations

import numpy as np

from ponplan.optimise.disjoint.regrow_ways import Twins, passing


def test_those_passing_a_node_have_it_on_their_way() -> None:
    """Who passes a node is whoever meets it when every way is followed up by hand."""
    rng = np.random.default_rng(5)
    parents = np.array([[-1, *(int(rng.integers(node)) for node in range(1, 40))] for _ in range(2)])
    none = np.zeros((2, 40), np.int64)
    twins = Twins(parents, none, none, np.zeros(1, np.int64))
    ends, swapped = rng.integers(1, 40, (12, 2)), rng.integers(0, 2, 12)
    for tree in (0, 1):
        ways = []
        for terminal in range(12):
            way = [int(ends[terminal, swapped[terminal] ^ tree])]
            while way[-1] != 0:
                way.append(int(parents[tree, way[-1]]))
            ways.append(way)
        for node in range(40):
            found = passing(twins, tree, ends, swapped, node).tolist()
            assert found == [terminal for terminal, way in enumerate(ways) if node in way]
