"""The least cost of streets, drops and their cable where customers want two ways apart from the offices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.locks import locked_junctions
from ponplan.design.pricing import cable_floor_costs, opening_costs
from ponplan.optimise.twoway import TwoWayProblem, two_way_bound

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.design.prices import Line
    from ponplan.design.problem import PlanProblem
    from ponplan.topology.network import Network

    IntArray = NDArray[np.int64]


def streets_bound(problem: PlanProblem, network: Network, line: Line) -> float:
    """Bound what the trench side costs: opening segments, with the fixed part of a cable in each.

    Parameters
    ----------
    network
        The plan, which lists what both ways of somebody share: others may share it, too.
    line
        Of the cable price, as on the location side.
    """
    graph = problem.graph
    floors = cable_floor_costs(problem, line.fixed)
    full = {problem.customers[int(problem.served[member])].id for member in _full(problem)}
    listed = [row for row in network.exposures if row.subject in full]
    shared = {row.thing for row in listed if row.kind == "trench"}
    node_of = _nodes(problem)
    singles = np.concatenate([problem.premises, locked_junctions(problem)])
    return two_way_bound(
        TwoWayProblem(
            num_nodes=len(graph.junction_ids) + 1,
            tails=node_of[graph.tails],
            heads=node_of[graph.heads],
            costs=opening_costs(problem) + floors,
            second_costs=floors * (not any(row.kind == "cable" for row in listed)),
            is_shared=np.array([name in shared for name in graph.segment_ids], bool),
            root=len(graph.junction_ids),
            singles=node_of[singles],
            pairs=node_of[_pairs(problem, shared)],
        )
    )


def _full(problem: PlanProblem) -> list[int]:
    return [int(member) for member in np.flatnonzero(problem.protections == "full")]


def _nodes(problem: PlanProblem) -> IntArray:
    """Give each junction's node: its own number, or the root's for offices and their second entries."""
    nodes = np.arange(len(problem.graph.junction_ids))
    nodes[problem.offices] = len(nodes)
    second = problem.graph.second_offices
    nodes[second[second >= 0]] = len(nodes)
    return nodes


def _pairs(problem: PlanProblem, shared: set[str]) -> IntArray:
    """Give both premises of everybody fully protected, the first one twice where the second is missing or unused."""
    graph, pairs = problem.graph, []
    for member in _full(problem):
        first = int(problem.premises[member])
        second = int(graph.second_premises[int(problem.served[member])])
        is_one = second < 0 or graph.segment_ids[int(problem.drop_edges[member])] in shared
        pairs.append((first, first if is_one else second))
    return np.array(pairs, np.int64).reshape(-1, 2)
