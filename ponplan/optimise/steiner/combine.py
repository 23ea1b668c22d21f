"""Recombination: the union of good trees is a sparse graph in which a better tree is soon found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.steiner.base import Tree
from ponplan.optimise.steiner.degree_tests import shrink_by_degree
from ponplan.optimise.steiner.distance_tests import shrink_by_distance
from ponplan.optimise.steiner.effort import PER_LIVE_EDGE, PER_SHRINK_STEP
from ponplan.optimise.steiner.explore import ascend_graph, grow_trees, reduce_graph, spread_starts
from ponplan.optimise.steiner.shrink import OFFSET, WORK, original_edges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.optimise.incumbent import Incumbent
    from ponplan.optimise.steiner.base import Base

_ROUNDS = 8
_STARTS = 3


def combine_trees(
    base: Base, parents: Sequence[Tree], incumbent: Incumbent[NDArray[np.int64]], rng: np.random.Generator
) -> Tree:
    """Give the best tree found on the union of the parents; it costs no more than the best of them."""
    best = min(parents, key=lambda tree: tree.cost)
    union = np.unique(np.concatenate([tree.edges for tree in parents]))
    graph = base.shrinking(union)
    shrink_by_degree(graph)
    shrink_by_distance(graph, max_passes=2)
    incumbent.spend(PER_SHRINK_STEP * int(graph.tally[WORK]) + PER_LIVE_EDGE * len(base.costs))
    for _ in range(_ROUNDS):
        seen = ascend_graph(graph, incumbent, rng)
        if seen is None:
            edges = union[original_edges(graph, np.empty(0, np.int64))]
            return min(best, Tree(int(graph.tally[OFFSET]), edges), key=lambda tree: tree.cost)
        for tree in grow_trees(graph, seen, incumbent, spread_starts(seen, rng, _STARTS)):
            if tree.cost < best.cost:
                best = Tree(tree.cost, union[tree.edges])
        if incumbent.is_over() or seen.bound >= best.cost:
            break
        reduce_graph(graph, seen, incumbent, best.cost)
    return best
