"""The fully protected customers told once more: their second legs are served from a second splitter's place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.topology.network import Network


def with_second_legs(
    problem: PlanProblem, planes: Sequence[Plane], network: Network
) -> tuple[PlanProblem, list[Plane]]:
    """Give the problem with another row, in the same plane, for each second leg, where its drop begins.

    Parameters
    ----------
    network
        The plan: whose drop is listed as shared may use either entry, and is not told again.
    """
    rows, access = [], []
    shared = {row.thing for row in network.exposures if row.kind == "trench"}
    for member in np.flatnonzero((problem.protections == "full") & ~problem.is_direct).tolist():
        if problem.graph.segment_ids[int(problem.drop_edges[member])] not in shared:
            rows.append(member)
            access.append(_second_access(problem, member))
    legs = problem.only(np.concatenate([np.arange(len(problem.served)), np.array(rows, np.int64)]))
    legs.access[len(problem.served) :] = access
    return legs, [_with(plane, np.array(rows, np.int64), len(problem.served)) for plane in planes]


def _second_access(problem: PlanProblem, member: int) -> int:
    """Give where a customer's second drop begins, which is where the first does if there is no second entry."""
    graph, second = problem.graph, int(problem.graph.second_premises[int(problem.served[member])])
    if second < 0:
        return int(problem.access[member])
    (edge,) = np.flatnonzero((graph.tails == second) | (graph.heads == second)).tolist()
    return int(graph.tails[edge] + graph.heads[edge]) - second


def _with(plane: Plane, rows: NDArray[np.int64], first: int) -> Plane:
    """Add to a plane the rows of its members' second legs, with the same shares of a port."""
    own = np.flatnonzero(np.isin(rows, plane.members))
    share = np.zeros(int(plane.members.max()) + 1)
    share[plane.members] = plane.port_shares
    return replace(
        plane,
        members=np.concatenate([plane.members, first + own]),
        port_shares=np.concatenate([plane.port_shares, share[rows[own]]]),
    )
