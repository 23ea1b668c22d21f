"""The graph a search works on: the core after the reductions that need no bound, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.steiner.construct import span_tree
from ponplan.optimise.steiner.core import Arcs, Core, finish_tree
from ponplan.optimise.steiner.degree_tests import shrink_by_degree
from ponplan.optimise.steiner.distance_tests import shrink_by_distance
from ponplan.optimise.steiner.effort import PER_EDGE, PER_SHRINK_STEP
from ponplan.optimise.steiner.shrink import (
    OFFSET,
    WORK,
    Shrinking,
    compact,
    original_edges,
    start_shrinking,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Ints
    from ponplan.optimise.steiner.problem import SteinerProblem


_PASSES = 8


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A tree by the ascending numbers of its edges, and its integer cost."""

    cost: int
    edges: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """A connected simple graph with integer costs whose best trees are, with `offset`, the best of the problem.

    Parameters
    ----------
    arcs
        The graph.
    is_terminal
        Of each node.
    tails, heads, costs
        Of each edge, as `arcs.edge` numbers them.
    offset
        Integer cost of the edges that are in every tree.
    work
        Counted work of getting here.
    """

    arcs: Arcs
    is_terminal: NDArray[np.bool_]
    tails: Ints
    heads: Ints
    costs: Ints
    offset: int
    work: int
    _problem: SteinerProblem
    _core: Core
    _graph: Shrinking
    _edges: Ints

    @classmethod
    def from_problem(cls, problem: SteinerProblem) -> Base:
        """Round, merge and reduce a problem.

        Raises
        ------
        DisconnectedTerminals
            If there are terminals that no edges join.
        """
        core = Core.from_problem(problem)
        graph = start_shrinking(core.num_nodes, core.tails, core.heads, core.costs, core.is_terminal)
        shrink_by_degree(graph)
        shrink_by_distance(graph, max_passes=_PASSES)
        arcs, is_terminal, nodes, edges = compact(graph)
        number = np.full(core.num_nodes, -1, np.int64)
        number[nodes] = np.arange(len(nodes))
        work = PER_SHRINK_STEP * int(graph.tally[WORK]) + PER_EDGE * len(problem.tails)
        return cls(
            arcs, is_terminal, number[graph.end[2 * edges]], number[graph.end[2 * edges + 1]], graph.cost[edges],
            int(graph.tally[OFFSET]), work, problem, core, graph, edges,
        )  # fmt: skip

    @property
    def scale(self) -> float:
        """Integer cost per cost of the problem."""
        return self._core.scale

    def shrinking(self, edges: Ints | None = None) -> Shrinking:
        """Lay out the graph, or the part of it made of `edges`, for further reductions."""
        chosen = np.arange(len(self.costs)) if edges is None else edges
        return start_shrinking(
            len(self.is_terminal), self.tails[chosen], self.heads[chosen], self.costs[chosen], self.is_terminal
        )

    def settle(self, edges: Ints) -> Tree:
        """Give the cheapest tree on the nodes of connected `edges`, which may contain circles and loose ends."""
        in_tree = self.is_terminal.copy()
        in_tree[self.tails[edges]] = True
        in_tree[self.heads[edges]] = True
        kept, cost, _ = span_tree(self.arcs, self.is_terminal, in_tree)
        return Tree(cost, kept)

    def problem_edges(self, edges: Ints) -> Ints:
        """Give the tree of the problem behind a tree of this graph."""
        return finish_tree(self._problem, self._core, original_edges(self._graph, self._edges[edges]))

    def problem_cost(self, problem_edges: Ints) -> float:
        """Give the cost of edges of the problem."""
        return float(self._problem.costs[problem_edges].sum())
