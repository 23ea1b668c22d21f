"""Full protection: two trees to every fully protected customer, with a splitter on either, port to terminal apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.planes import planes_of
from ponplan.design.pricing import cable_floor_costs
from ponplan.design.protection.feeders import close_rings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.prices import CablePrices, Line
    from ponplan.design.problem import PlanProblem
    from ponplan.design.protection.feeders import Rings
    from ponplan.design.protection.ground import TwoWayGround

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    WayIn = tuple[int, int, int]  # junction on the street, segment of the drop, premises


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinGround:
    """Everything that both plants of the fully protected customers rest on.

    Parameters
    ----------
    whole
        The problem of all customers.
    rows
        (c,) their positions in it.
    sides
        Their own problem, with access, drop and premises of one tree and of the other.
    paths
        For each tree each customer's segments and links from the drop to the super-root.
    """

    whole: PlanProblem
    rows: IntArray
    planes: tuple[Plane, ...]
    rings: Rings
    sides: tuple[PlanProblem, PlanProblem]
    paths: tuple[tuple[frozenset[int], ...], tuple[frozenset[int], ...]]
    places: tuple[Place, ...]
    line: Line
    cables: CablePrices
    limits_m: FloatArray  # (c,)

    @property
    def segments(self) -> IntArray:
        """Give the segments of both trees."""
        edges = self.rings.edges
        return edges[edges < len(self.sides[0].graph.tails)]

    def over(self, rings: Rings) -> TwinGround:
        """Give the same with everybody's ways over other trees to the same ways in."""
        ways = [
            list(zip(side.access.tolist(), side.drop_edges.tolist(), side.premises.tolist(), strict=True))
            for side in self.sides
        ]
        paths = [tuple(_path(rings, tree, way) for way in ways[tree]) for tree in (0, 1)]
        return replace(self, rings=rings, paths=(paths[0], paths[1]))


def survey_twins(
    problem: PlanProblem,
    ground: TwoWayGround,
    opening: FloatArray,
    *,
    places: Sequence[Place],
    line: Line,
    cables: CablePrices,
    limits_m: FloatArray,
    rng: np.random.Generator,
    start: Rings | None = None,
) -> TwinGround:
    """Find both trees for the fully protected customers of a problem.

    Parameters
    ----------
    opening
        (m,) of opening each segment, nothing where it is open already.
    limits_m
        (all customers,) as `reach_limits_m`.
    start
        Both trees found before, when other routes were open.
    """
    rows = np.flatnonzero(problem.protections == "full")
    own = problem.only(problem.protections == "full")
    ways = [_ways_in(own, member) for member in range(len(rows))]
    left_m = [
        min(limit_m - float(own.graph.lengths_m[edge]) for _, edge, _ in way)
        for way, limit_m in zip(ways, limits_m[rows].tolist(), strict=True)
    ]
    rings = close_rings(
        own,
        ground,
        np.array([(way[0][0], way[-1][0]) for way in ways], np.int64),
        opening,
        cable_floor_costs(own, line.fixed),
        longest_m=np.array(left_m),
        rng=rng,
        start=start,
    )
    # the first tree takes the first way in unless the ends are swapped
    chosen = [
        (way[swap], way[-1 - swap]) if len(way) > 1 else (way[0], way[0])
        for way, swap in zip(ways, rings.regrown.swapped.tolist(), strict=True)
    ]
    sides = [_side(own, [pair[tree] for pair in chosen]) for tree in (0, 1)]
    paths = [tuple(_path(rings, tree, pair[tree]) for pair in chosen) for tree in (0, 1)]
    return TwinGround(
        whole=problem,
        rows=rows,
        planes=tuple(planes_of(own, protected=True)),
        rings=rings,
        sides=(sides[0], sides[1]),
        paths=(paths[0], paths[1]),
        # what stands at a place or is given there is left to the unprotected plant
        places=tuple(replace(place, enclosure=None, existing=False, locked=False, node="") for place in places),
        line=line,
        cables=cables,
        limits_m=limits_m[rows],
    )


def _ways_in(problem: PlanProblem, member: int) -> list[WayIn]:
    """Give each way into a customer's building."""
    ways = [(int(problem.access[member]), int(problem.drop_edges[member]), int(problem.premises[member]))]
    second = int(problem.graph.second_premises[int(problem.served[member])])
    if second >= 0:
        graph = problem.graph
        edge = int(np.flatnonzero((graph.tails == second) | (graph.heads == second))[0])
        ways.append((int(graph.tails[edge] + graph.heads[edge]) - second, edge, second))
    return ways


def _side(problem: PlanProblem, ways: Sequence[WayIn]) -> PlanProblem:
    """Give the problem with the way in that one tree takes to each customer."""
    table = np.array(ways, np.int64).reshape(-1, 3)
    return replace(problem, access=table[:, 0], drop_edges=table[:, 1], premises=table[:, 2])


def _path(rings: Rings, tree: int, way: WayIn) -> frozenset[int]:
    rooted, node, path = rings.trees[tree], way[0], {way[1]}
    while rooted.parent_edges[node] >= 0:
        path.add(int(rooted.parent_edges[node]))
        node = int(rooted.parents[node])
    return frozenset(path)
