"""Prize-collecting Steiner trees: join a node, or forgo its prize.

Each node with a prize gets a leaf that must be joined, either to the node or, for the prize, to the root. Both
edges of a leaf cost in addition what the shortest path from the root to the node costs; so a leaf is no way
through, and the cheapest Steiner tree is the cheapest choice (after the transformation of Ljubic et al. 2006).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.incumbent import Incumbent
from ponplan.optimise.progress import gap_percent
from ponplan.optimise.steiner.problem import SteinerProblem
from ponplan.optimise.steiner.prune import prune_unworthy
from ponplan.optimise.steiner.solve import solve_steiner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.optimise.progress import Observer, Progress
    from ponplan.optimise.stop import Stop

_TINY = 2.0**-50


@dataclass(frozen=True, slots=True, eq=False)
class PrizeProblem:
    """Find the tree from `root` that costs least together with the prizes it forgoes.

    Parameters
    ----------
    num_nodes, tails, heads, costs
        As in `SteinerProblem`.
    prizes
        Of each node, what it costs not to join it; not negative, inf for nodes that must be joined.
    root
        A node that is in the tree whatever its prize.

    Raises
    ------
    ValueError
        If an array has another length than its partners or a value out of range.
    """

    num_nodes: int
    tails: NDArray[np.int64]
    heads: NDArray[np.int64]
    costs: NDArray[np.float64]
    prizes: NDArray[np.float64]
    root: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "prizes", np.ascontiguousarray(self.prizes, np.float64))
        if len(self.prizes) != self.num_nodes:
            raise ValueError(f"prizes has {len(self.prizes)} values; allowed: one for each of {self.num_nodes} nodes")
        wrong = np.flatnonzero(~(self.prizes >= 0))
        if len(wrong):
            raise ValueError(f"prizes[{wrong[0]}] is {self.prizes[wrong[0]]}; allowed: not negative")
        graph = SteinerProblem(self.num_nodes, self.tails, self.heads, self.costs, np.empty(0, np.int64), self.root)
        for name in ("tails", "heads", "costs"):
            object.__setattr__(self, name, getattr(graph, name))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PrizeSolution:
    """A tree from the root.

    Parameters
    ----------
    edges
        Ascending numbers of the chosen edges.
    is_joined
        Of each node, whether the tree contains it.
    cost
        Cost of the edges and prizes of the nodes left out.
    bound
        No choice can cost less.
    work
        Counted work of the search.
    """

    edges: NDArray[np.int64]
    is_joined: NDArray[np.bool_]
    cost: float
    bound: float
    work: int

    @property
    def gap_percent(self) -> float:
        """Give 100 (cost - bound) / cost."""
        return gap_percent(self.cost, self.bound)


def solve_prize_collecting(
    problem: PrizeProblem,
    *,
    stop: Stop,
    rng: np.random.Generator,
    observers: Sequence[Observer[NDArray[np.int64]]] = (),
) -> PrizeSolution:
    """Choose which nodes to join and how, and prove how cheap any choice must be.

    Parameters
    ----------
    problem
        The graph, the prizes and the root.
    stop
        When to end, as for `solve_steiner`.
    rng
        Draws roots, starts and parents.
    observers
        Told of each better choice (the edges of its tree) and each higher bound.

    Raises
    ------
    DisconnectedTerminals
        If a node that must be joined cannot be.
    """
    leaves = _Leaves(problem)
    shown: Incumbent[NDArray[np.int64]] = Incumbent(stop, observers)

    def translate(progress: Progress, edges: NDArray[np.int64] | None) -> None:
        shown.work = progress.work
        shown.raise_bound(leaves.true_bound(progress.bound))
        if edges is not None:
            tree = prune_unworthy(
                problem.tails,
                problem.heads,
                problem.costs,
                problem.prizes,
                problem.root,
                edges[edges < len(problem.tails)],
            )
            shown.offer(problem_cost(problem, tree), tree)

    solution = solve_steiner(leaves.steiner, stop=stop, rng=rng, observers=[translate])
    if shown.solution is None:
        shown.offer(problem_cost(problem, solution.edges), solution.edges)
        shown.raise_bound(leaves.true_bound(solution.bound))
    assert shown.solution is not None  # noqa: S101 - offered just now at the latest
    return PrizeSolution(
        edges=shown.solution,
        is_joined=joined_nodes(problem, shown.solution),
        cost=shown.cost,
        bound=min(shown.bound, shown.cost),
        work=solution.work,
    )


def joined_nodes(problem: PrizeProblem, edges: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the root and the ends of the edges."""
    is_joined = np.zeros(problem.num_nodes, np.bool_)
    is_joined[problem.tails[edges]] = True
    is_joined[problem.heads[edges]] = True
    is_joined[problem.root] = True
    return is_joined


def problem_cost(problem: PrizeProblem, edges: NDArray[np.int64]) -> float:
    """Give the cost of the edges and the prizes of all nodes they leave out; inf if one of these must be joined."""
    return float(problem.costs[edges].sum() + problem.prizes[~joined_nodes(problem, edges)].sum())


class _Leaves:
    """The Steiner problem with a leaf for each prize, and what to take off its costs."""

    def __init__(self, problem: PrizeProblem) -> None:
        distance = _root_distances(problem)
        is_open = np.isfinite(problem.prizes) & (problem.prizes > 0)
        is_open[problem.root] = False
        wanted = np.flatnonzero(is_open & np.isfinite(distance))
        extra = np.ceil(distance[wanted])
        leaves = problem.num_nodes + np.arange(len(wanted))
        self.steiner = SteinerProblem(
            problem.num_nodes + len(wanted),
            np.concatenate([problem.tails, wanted, np.full(len(wanted), problem.root)]),
            np.concatenate([problem.heads, leaves, leaves]),
            np.concatenate([problem.costs, extra, extra + problem.prizes[wanted]]),
            np.concatenate([np.flatnonzero(np.isinf(problem.prizes)), leaves]),
            problem.root,
        )
        # a prize out of reach is paid in any case
        self._shift = float(problem.prizes[is_open & ~np.isfinite(distance)].sum()) - float(extra.sum())
        all_costs = self.steiner.costs
        is_whole = not np.any(all_costs % 1.0) and float(all_costs.sum()) < 2**52
        self._rounding = 0.0 if is_whole else _TINY * float(all_costs.sum())

    def true_bound(self, bound: float) -> float:
        """Give the bound on edges and prizes behind one on the Steiner problem."""
        return bound + self._shift - self._rounding if math.isfinite(bound) else bound


def _root_distances(problem: PrizeProblem) -> NDArray[np.float64]:
    graph = SparseGraph.from_edges(problem.num_nodes, problem.tails, problem.heads, problem.costs)
    # stored zeros are edges to csgraph when the matrix is given in compressed rows
    shape = (problem.num_nodes, problem.num_nodes)
    matrix: csr_array[np.float64] = csr_array((graph.lengths, graph.neighbours, graph.first), shape=shape)
    distances: NDArray[np.float64] = dijkstra(matrix, indices=[problem.root])[0]
    return distances
