"""Rings: which nodes or multiplexers share one, at which line rate, and how its stations follow each other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.bearer.offices import role_of, types_of
from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.nearest import nearest_tree
from ponplan.topology.load import STM_BPS, VC12_PER_STM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.design.bearer.needs import OltNeed
    from ponplan.design.bearer.offices import Group
    from ponplan.design.draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Stations in order; the ring closes through what is there already, at the first station's office."""

    bearer: str
    stations: tuple[str, ...]
    lengths_m: tuple[float, ...]  # of the stretch into each station, and of the one back
    rate_bps: int


def ring_bps(draft: Draft, needs: Sequence[OltNeed], bearer: str) -> int:
    """Give the least line rate at which one ring carries all chassis of a bearer; the greatest if none does."""
    rates = sorted({row.trunk_bps for row in types_of(draft.problem, role_of(draft.problem, bearer))})
    own = [need for need in needs if need.bearer == bearer]
    if bearer == "mstp":
        vc12 = sum(need.vc12 for need in own)
        fitting = [rate for rate in rates if vc12_of(rate) >= vc12]
    else:
        fitting = [rate for rate in rates if rate >= sum(need.load_bps for need in own)]
    return fitting[0] if fitting else rates[-1]


def vc12_of(line_bps: int) -> int:
    """Give how many VC-12 a line of STM-N carries."""
    return line_bps // STM_BPS * VC12_PER_STM


def rings_of(draft: Draft, groups: Sequence[Group]) -> list[Ring]:
    """Fill rings one after the other with the stations of one bearer, as many as the line rate carries."""
    rings = []
    for bearer in sorted({group.bearer for group in groups}):
        left = sorted((group for group in groups if group.bearer == bearer), key=lambda group: group.id)
        while left:
            count = max(n for n in range(1, len(left) + 1) if n == 1 or _carries(left[:n]))
            rings.append(_ring(draft, left[:count]))
            left = left[count:]
    return rings


def _carries(groups: Sequence[Group]) -> bool:
    line_bps = min(group.type.trunk_bps for group in groups)
    if groups[0].bearer == "mstp":
        return sum(need.vc12 for group in groups for need in group.needs) <= vc12_of(line_bps)
    return sum(group.load_bps for group in groups) <= line_bps


def _ring(draft: Draft, groups: Sequence[Group]) -> Ring:
    order = _order(draft, groups)
    nodes = [group.node for group in order]
    stretches = [_between_m(draft, here, there) for here, there in pairwise(nodes)]
    return Ring(
        bearer=groups[0].bearer,
        stations=tuple(group.id for group in order),
        lengths_m=(0.0, *stretches, _between_m(draft, nodes[-1], nodes[0])),
        rate_bps=min(group.type.trunk_bps for group in groups),
    )


def _order(draft: Draft, groups: Sequence[Group]) -> list[Group]:
    """Go from the first station to the nearest one left, again and again."""
    left = list(groups)
    order = [left.pop(0)]
    while left:
        here = order[-1].node
        nearest = min(range(len(left)), key=lambda i: (_between_m(draft, here, left[i].node), left[i].id))
        order.append(left.pop(nearest))
    return order


def _between_m(draft: Draft, here: str, there: str) -> float:
    return 0.0 if here == there else office_distance_m(draft, here, there)


def office_distance_m(draft: Draft, here: str, there: str) -> float:
    """Give the shortest way between two offices over routes; 0 where none leads from one to the other."""
    problem = draft.problem
    graph = problem.graph
    junction = {
        problem.area.offices[row].id: at
        for row, at in zip(problem.office_rows.tolist(), problem.offices.tolist(), strict=True)
    }
    routes = SparseGraph.from_edges(len(graph.junction_ids), graph.tails, graph.heads, graph.lengths_m)
    metres, _ = nearest_tree(routes, np.array([junction[here]], np.int64))
    away_m = float(metres[junction[there]])
    return away_m if np.isfinite(away_m) else 0.0
