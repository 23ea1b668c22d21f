"""One round on a shrinking graph: ascend, grow trees where the ascent saturated arcs, reduce by the bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.steiner.ascent import Ascent
from ponplan.optimise.steiner.base import Tree
from ponplan.optimise.steiner.bound_tests import shrink_by_bound
from ponplan.optimise.steiner.construct import grow_tree, span_tree
from ponplan.optimise.steiner.degree_tests import shrink_by_degree
from ponplan.optimise.steiner.distance_tests import shrink_by_distance
from ponplan.optimise.steiner.effort import PER_LIVE_EDGE, PER_SEARCH_STEP, PER_SHRINK_STEP
from ponplan.optimise.steiner.rooted import direct_tree
from ponplan.optimise.steiner.shrink import (
    FIXED,
    OFFSET,
    TERMINALS,
    WORK,
    Shrinking,
    compact,
    edges_within,
    original_edges,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ponplan.optimise.incumbent import Incumbent
    from ponplan.optimise.steiner.core import Arcs, Ints

_SLICE = 3_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Ascended:
    """A compacted graph with the reduced costs of one ascent.

    `offset` is the cost of what is fixed, the first `num_fixed` of the graph's fixed edges.
    """

    arcs: Arcs
    is_terminal: NDArray[np.bool_]
    nodes: Ints
    edges: Ints
    root: int
    bound: int
    reduced: Ints
    offset: int
    num_fixed: int

    def mixed_costs(self) -> Ints:
        """Give what both directions of an arc have left, plus a share of its cost."""
        return self.reduced + self.reduced[self.arcs.twin] + self.arcs.cost // 8


def ascend_graph(
    graph: Shrinking,
    incumbent: Incumbent[NDArray[np.int64]],
    rng: np.random.Generator,
    *,
    guide: Ints | None = None,
) -> Ascended | None:
    """Run an ascent from a random root on what is left of `graph`; None once nothing is left.

    `guide` are the original edges of a good tree.
    """
    if graph.tally[TERMINALS] < 2:
        return None
    arcs, is_terminal, nodes, edges = compact(graph)
    incumbent.spend(PER_LIVE_EDGE * len(edges))
    root = int(rng.choice(np.flatnonzero(is_terminal)))
    marked = None if guide is None else direct_tree(arcs, edges_within(graph, guide)[edges], root)
    ascent = Ascent(arcs, is_terminal, root, guide=marked)
    while not ascent.is_done and not incumbent.is_over():
        incumbent.spend(ascent.run(_SLICE))
    offset, num_fixed = int(graph.tally[OFFSET]), int(graph.tally[FIXED])
    bound = ascent.bound + offset
    return Ascended(arcs, is_terminal, nodes, edges, root, bound, ascent.reduced, offset, num_fixed)


def grow_trees(
    graph: Shrinking, seen: Ascended, incumbent: Incumbent[NDArray[np.int64]], starts: Ints
) -> Iterator[Tree]:
    """Grow trees along saturated arcs from several starts, until the search is over."""
    for start in starts:
        for costs in (seen.reduced, seen.mixed_costs()):
            if incumbent.is_over():
                return
            yield tree_by_costs(graph, seen, incumbent, costs, int(start))


def tree_by_costs(
    graph: Shrinking, seen: Ascended, incumbent: Incumbent[NDArray[np.int64]], costs: Ints, start: int
) -> Tree:
    """Grow a tree by given arc costs and give it in original edges at its true cost."""
    in_tree, grown = grow_tree(seen.arcs, costs, seen.is_terminal, start)
    edges, cost, spanned = span_tree(seen.arcs, seen.is_terminal, in_tree)
    incumbent.spend(PER_SEARCH_STEP * (grown + spanned))
    return Tree(cost + seen.offset, original_edges(graph, seen.edges[edges], seen.num_fixed))


def reduce_graph(graph: Shrinking, seen: Ascended, incumbent: Incumbent[NDArray[np.int64]], best_cost: int) -> None:
    """Take off `graph` what no tree of at most `best_cost` can use, and what falls then."""
    slack = best_cost - seen.bound
    before = int(graph.tally[WORK])
    work = shrink_by_bound(graph, seen.arcs, seen.is_terminal, seen.nodes, seen.edges, seen.reduced, seen.root, slack)
    shrink_by_degree(graph)
    shrink_by_distance(graph, max_passes=1)
    incumbent.spend(PER_SEARCH_STEP * work + PER_SHRINK_STEP * (int(graph.tally[WORK]) - before))


def spread_starts(seen: Ascended, rng: np.random.Generator, count: int) -> Ints:
    """Give the root and up to `count` other random terminals."""
    return np.append(seen.root, rng.permutation(np.flatnonzero(seen.is_terminal))[:count])
