"""Ways along routes: the shortest from place to place, or the one that lies under a drawn line."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.nearest import nearest_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import LineString

    from ponplan.topology.network import Route

NEAR_M = 20.0  # how far a line may be drawn from the routes that it means
OUTSIDE_M = 1.0  # so much of a route may lie farther away than that
AWAY_WEIGHT = 50.0  # a metre of route so near to the line counts so much less than one away from it


class Way(NamedTuple):
    """Rows of the routes from one junction to another, and whether all of them lie under the line."""

    rows: tuple[int, ...]
    is_under: bool


class RouteWays:
    """Routes as a graph in which ways are looked for."""

    def __init__(self, routes: Sequence[Route], lines: NDArray[np.object_]) -> None:
        self._routes = routes
        self._lines = lines
        names = sorted({name for route in routes for name in (route.from_junction, route.to_junction)})
        self.number = {name: index for index, name in enumerate(names)}
        self._tails = [self.number[route.from_junction] for route in routes]
        self._heads = [self.number[route.to_junction] for route in routes]
        self._lengths_m = np.array([route.length_m for route in routes], np.float64)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._lines)

    def between(self, start: str, end: str, line: LineString | None = None) -> Way | None:
        """Give the way from one junction to another, as far as possible under the line; None if there is none."""
        begin, here = self.number.get(start), self.number.get(end)
        if begin is None or here is None:
            return None
        is_near = np.ones(len(self._routes), bool) if line is None else self._under(line)
        weights = self._lengths_m * np.where(is_near, 1.0, AWAY_WEIGHT)
        graph = SparseGraph.from_edges(len(self.number), self._tails, self._heads, weights)
        _, above = nearest_tree(graph, np.array([begin], np.int64))
        rows: list[int] = []
        while above[here] >= 0:
            row = int(above[here])
            rows.append(row)
            here = self._tails[row] + self._heads[row] - here
        if here != begin:
            return None
        return Way(rows=tuple(reversed(rows)), is_under=bool(is_near[rows].all()))

    def _under(self, line: LineString) -> NDArray[np.bool_]:
        """Say which routes lie under a line over their whole length."""
        around = line.buffer(NEAR_M)
        found = np.zeros(len(self._routes), bool)
        rows = self._tree.query(around, predicate="intersects")
        outside_m = shapely.length(shapely.difference(self._lines[rows], around))
        found[rows[outside_m < OUTSIDE_M]] = True
        return found
