"""Where to dig: one tree of routes that joins every customer with an office, shared by all fibre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.joining import Groups, joined_parts
from ponplan.design.locks import locked_junctions
from ponplan.design.tree import RootedTree
from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.nearest import nearest_tree
from ponplan.optimise.steiner import SteinerProblem, solve_steiner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.design.problem import PlanProblem
    from ponplan.optimise.steiner import SteinerSolution
    from ponplan.optimise.stop import Stop

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

SUPER_ROOT = -1  # among the groups of junctions
APART_M = 1e9  # between two offices over the super-root: farther than any fibre goes


def open_routes(
    problem: PlanProblem, edge_costs: FloatArray, *, stop: Stop, rng: np.random.Generator
) -> SteinerSolution:
    """Give the cheapest routes found that join every served customer's premises with an office."""
    return solve_steiner(steiner_problem(problem, edge_costs), stop=stop, rng=rng)


def steiner_problem(problem: PlanProblem, edge_costs: FloatArray, *, lit: IntArray | None = None) -> SteinerProblem:
    """Pose the Steiner tree from one super-root (all offices) to every served customer's premises and locked site.

    Parameters
    ----------
    edge_costs
        (m,) of opening each segment of the route graph.
    lit
        Further junctions where light is there already, as good as offices.

    Notes
    -----
    The super-root is node n; its edges to the offices cost nothing and are numbered from m on.
    """
    graph = problem.graph
    num_junctions = len(graph.junction_ids)
    offices = problem.offices if lit is None else np.concatenate([problem.offices, lit])
    root = np.full(len(offices), num_junctions)
    locked = locked_junctions(problem)
    return SteinerProblem(
        num_nodes=num_junctions + 1,
        tails=np.concatenate([graph.tails, root]),
        heads=np.concatenate([graph.heads, offices]),
        costs=np.concatenate([edge_costs, np.zeros(len(offices))]),
        terminals=np.concatenate([[num_junctions], problem.premises, locked]),
        root=num_junctions,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """The tree that fibre may follow: the opened routes, and stubs from it to splitter places beside it.

    Parameters
    ----------
    tree
        Rooted at the super-root, junction n; offices hang on it `APART_M` away.
    stub_costs
        (n,) what it costs to open the way from the opened routes to a junction; 0 on them, inf out of reach.
    """

    tree: RootedTree
    stub_costs: FloatArray

    def office_of(self, junctions: IntArray, offices: IntArray) -> IntArray:
        """Give the index of the office whose part of the tree holds each junction."""
        order = np.argsort(self.tree.position[offices])
        starts = self.tree.position[offices][order]
        return np.asarray(order[np.searchsorted(starts, self.tree.position[junctions], side="right") - 1], np.int64)


def grow_trunk(problem: PlanProblem, chosen: IntArray, edge_costs: FloatArray, places: IntArray) -> Trunk:
    """Root the chosen routes and add the cheapest way from them to each place that lies beside them."""
    graph = problem.graph
    num_junctions, num_edges = len(graph.junction_ids), len(graph.tails)
    routes = chosen[chosen < num_edges]
    on_tree = np.zeros(num_junctions, bool)
    on_tree[problem.offices] = True
    on_tree[graph.tails[routes]] = True
    on_tree[graph.heads[routes]] = True
    stub_costs, above = _ways_to_tree(problem, edge_costs, on_tree)
    edges = _with_stubs(_without_cycles(problem, routes), places, above, on_tree, problem)
    edges = joined_parts(problem, edges, edge_costs, places)
    offices = _roots(problem, edges)
    tails = np.concatenate([graph.tails, np.full(len(offices), num_junctions)])
    heads = np.concatenate([graph.heads, offices])
    lengths_m = np.concatenate([graph.lengths_m, np.full(len(offices), APART_M)])
    all_edges = np.concatenate([np.array(sorted(edges), np.int64), np.arange(num_edges, len(tails))])
    tree = RootedTree.from_edges(num_junctions + 1, num_junctions, all_edges, tails, heads, lengths_m)
    return Trunk(tree=tree, stub_costs=stub_costs)


def _ways_to_tree(
    problem: PlanProblem, edge_costs: FloatArray, on_tree: NDArray[np.bool_]
) -> tuple[FloatArray, IntArray]:
    """Give each junction's cheapest way to the tree: its cost and its first edge (-1 on the tree)."""
    graph = SparseGraph.from_edges(len(on_tree), problem.graph.tails, problem.graph.heads, edge_costs)
    return nearest_tree(graph, np.flatnonzero(on_tree))


def _without_cycles(problem: PlanProblem, routes: IntArray) -> set[int]:
    """Give the routes without those that only close a ring; where digging is free, two offices may be joined."""
    groups, kept = Groups(), set()
    for office in problem.offices.tolist():
        groups.join(SUPER_ROOT, office)
    for edge in routes.tolist():
        if groups.join(int(problem.graph.tails[edge]), int(problem.graph.heads[edge])):
            kept.add(edge)
    return kept


def _roots(problem: PlanProblem, edges: set[int]) -> IntArray:
    """Give the offices that hang on the super-root: one of each part."""
    groups = Groups()
    for edge in edges:
        groups.join(int(problem.graph.tails[edge]), int(problem.graph.heads[edge]))
    return np.array([office for office in np.unique(problem.offices).tolist() if groups.join(SUPER_ROOT, office)])


def _with_stubs(
    edges: set[int], places: IntArray, above: IntArray, on_tree: NDArray[np.bool_], problem: PlanProblem
) -> set[int]:
    graph = problem.graph
    for place in places.tolist():
        here = place
        while not on_tree[here] and above[here] >= 0 and above[here] not in edges:
            edge = int(above[here])
            edges.add(edge)
            here = int(graph.tails[edge] + graph.heads[edge] - here)
    return edges
