"""The search for a cheap Steiner tree and a high bound on one graph, any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.steiner.base import Base, Tree
from ponplan.optimise.steiner.combine import combine_trees
from ponplan.optimise.steiner.construct import grow_tree, span_tree
from ponplan.optimise.steiner.effort import PER_SEARCH_STEP
from ponplan.optimise.steiner.explore import (
    Ascended,
    ascend_graph,
    grow_trees,
    reduce_graph,
    spread_starts,
    tree_by_costs,
)
from ponplan.optimise.steiner.improve import improve_tree
from ponplan.optimise.steiner.pool import Pool
from ponplan.optimise.steiner.shrink import original_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.incumbent import Incumbent

_ROUNDS = 3
_STARTS = 2
_POOL = 30
_STALE = 4


class Search:
    """Hold the graph as it shrinks, the pool of trees, and the last ascent."""

    def __init__(self, base: Base, incumbent: Incumbent[NDArray[np.int64]], rng: np.random.Generator) -> None:
        self._base = base
        self._incumbent = incumbent
        self._rng = rng
        self._graph = base.shrinking()
        self._pool = Pool(_POOL)
        self._seen: Ascended | None = None
        self._bound = -1
        incumbent.spend(base.work)

    def run(self) -> None:
        """Search until the stop rule ends it or the tree is proven to be the cheapest."""
        self._first_tree()
        for _ in range(_ROUNDS):
            if self._is_over():
                return
            self._round()
        self._breed(self._pool.trees)
        since = 0
        while not self._is_over():
            is_better = self._breed([*self._pool.draw(int(self._rng.integers(2, 12)), self._rng), self._fresh_tree()])
            since = 0 if is_better else since + 1
            if since >= _STALE and not self._is_over():
                self._round()
                since = 0

    def _first_tree(self) -> None:
        base = self._base
        if len(base.costs) == 0:
            self._take(Tree(0, np.empty(0, np.int64)))
            self._raise_bound(0)
            return
        start = int(np.argmax(base.is_terminal))
        in_tree, work = grow_tree(base.arcs, base.arcs.cost, base.is_terminal, start)
        edges, cost, more = span_tree(base.arcs, base.is_terminal, in_tree)
        self._incumbent.spend(PER_SEARCH_STEP * (work + more))
        self._take(Tree(cost, edges))

    def _round(self) -> None:
        """Ascend from a new root, grow trees by what it leaves, and reduce the graph."""
        guide = None if self._seen is None else self._pool.best.edges
        seen = ascend_graph(self._graph, self._incumbent, self._rng, guide=guide)
        if seen is None:
            # every optimal tree survives the reductions, so what is left is one
            self._take(self._base.settle(original_edges(self._graph, np.empty(0, np.int64))))
            self._raise_bound(self._pool.best.cost)
            return
        self._raise_bound(seen.bound)
        self._seen = seen
        for tree in grow_trees(self._graph, seen, self._incumbent, spread_starts(seen, self._rng, _STARTS)):
            self._take(self._improve(self._base.settle(tree.edges)))
        if not self._incumbent.is_over():
            reduce_graph(self._graph, seen, self._incumbent, self._pool.best.cost)

    def _fresh_tree(self) -> Tree:
        """Grow a tree by randomly disturbed costs."""
        seen = self._seen
        assert seen is not None  # noqa: S101 - rounds come before
        start = int(self._rng.choice(np.flatnonzero(seen.is_terminal)))
        noise = self._rng.random(len(seen.edges))[seen.arcs.edge]
        costs = (seen.mixed_costs() * (1.0 + 0.5 * noise)).astype(np.int64)
        tree = tree_by_costs(self._graph, seen, self._incumbent, costs, start)
        tree = self._improve(self._base.settle(tree.edges))
        self._take(tree)
        return tree

    def _breed(self, parents: list[Tree] | tuple[Tree, ...]) -> bool:
        """Combine trees, improve what comes out, and say whether it is the best so far."""
        tree = combine_trees(self._base, parents, self._incumbent, self._rng)
        return self._take(self._improve(self._base.settle(tree.edges)))

    def _is_over(self) -> bool:
        """Whether the stop rule ends the search, or the best tree costs no more than the bound in whole numbers."""
        return self._bound >= self._pool.best.cost or self._incumbent.is_over()

    def _improve(self, tree: Tree) -> Tree:
        base = self._base
        edges, cost = improve_tree(base.arcs, base.is_terminal, tree.edges, tree.cost, spend=self._spend)
        return Tree(cost, edges)

    def _spend(self, work: int) -> bool:
        self._incumbent.spend(work)
        return self._incumbent.is_over()

    def _take(self, tree: Tree) -> bool:
        is_best = len(self._pool) == 0 or tree.cost < self._pool.best.cost
        self._pool.add(tree)
        if is_best:
            edges = self._base.problem_edges(tree.edges)
            self._incumbent.offer(self._base.problem_cost(edges), edges)
        return is_best

    def _raise_bound(self, bound: int) -> None:
        self._bound = max(self._bound, bound)
        self._incumbent.raise_bound((self._bound + self._base.offset) / self._base.scale)
