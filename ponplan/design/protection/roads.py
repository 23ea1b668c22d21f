"""The streets of a finished design as a network, to ask whether two disjoint ways would lead to a place."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ponplan.optimise.disjoint.problem import LinkNetwork
from ponplan.optimise.disjoint.solve import find_disjoint_pair

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from ponplan.topology.survey import Survey

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


class Roads:
    """Junctions by number, routes by row; routes on one line are one trench."""

    def __init__(self, survey: Survey) -> None:
        self._routes = survey.network.routes
        self._lines = survey.network.route_lines
        self._trenches = survey.trenches
        names = (name for route in self._routes for name in (route.from_junction, route.to_junction))
        self.number = {name: place for place, name in enumerate(dict.fromkeys(names))}
        self.names = list(self.number)
        offices = {node.junction for node in survey.network.nodes if node.kind == "office"}
        self.offices = np.array(sorted(self.number[name] for name in offices if name in self.number), np.int64)

    @cached_property
    def ends(self) -> IntArray:
        """(routes, 2) junctions."""
        ends = [(self.number[route.from_junction], self.number[route.to_junction]) for route in self._routes]
        return np.array(ends, np.int64).reshape(-1, 2)

    @cached_property
    def xy_m(self) -> FloatArray:
        """(junctions, 2)."""
        xy_m = np.zeros((len(self.number), 2))
        for column, place in ((0, 0), (1, -1)):
            xy_m[self.ends[:, column]] = shapely.get_coordinates(shapely.get_point(self._lines, place))
        return xy_m

    @cached_property
    def is_street(self) -> NDArray[np.bool_]:
        """(junctions,) whether a route of the area passes, where a new one may begin."""
        on_street = np.zeros(len(self.number), bool)
        on_street[self.ends[self._is_route].reshape(-1)] = True
        return on_street

    @cached_property
    def _is_route(self) -> NDArray[np.bool_]:
        return np.array([route.kind == "route" for route in self._routes], bool)

    def rows_of(self, trenches: Collection[str], risks: Collection[str]) -> IntArray:
        """Give the routes in these trenches, and those with one of these risks."""
        groups = set(risks)
        found = [
            row
            for row, route in enumerate(self._routes)
            if self._trenches[route.id] in trenches or groups.intersection(route.risk_groups)
        ]
        return np.array(found, np.int64)

    def stubs_at(self, junction: int) -> IntArray:
        """Give the ways off the streets, by row, that end at a junction."""
        return np.flatnonzero((self.ends == junction).any(axis=1) & ~self._is_route)

    def feet(self, junction: int, stubs: IntArray) -> list[int]:
        """Give where ways off the streets to a junction begin."""
        return [int(self.ends[row].sum()) - junction for row in stubs.tolist()]

    def room_of(self, junction: int) -> int:
        """Give the building room that a customer in it hangs on, else the junction itself."""
        indoor = [row for row in self.stubs_at(junction).tolist() if self._routes[row].kind == "indoor"]
        is_customer = self.names[junction].startswith("premises/")
        return self.feet(junction, np.array(indoor[:1], np.int64))[0] if indoor and is_customer else junction

    def line(self, rows: IntArray) -> shapely.Geometry:
        """Give the lines of routes as one shape."""
        return shapely.union_all(self._lines[rows])

    def parts(self, cut: IntArray) -> IntArray:
        """Give (junctions,) the part of the streets in which each lies when some routes are gone."""
        tails, heads = np.delete(self.ends, cut, axis=0).T
        size = len(self.number)
        matrix = coo_array((np.ones(len(tails)), (tails, heads)), shape=(size, size))
        return np.asarray(connected_components(matrix, directed=False)[1])

    def has_two_ways(self, junction: int, added: Sequence[tuple[int, int]], *, without: IntArray) -> bool:
        """Say whether two ways that share no trench and no risk lead to a junction from the offices.

        Parameters
        ----------
        added
            Junctions that new routes join.
        without
            Routes that the new ones take the place of.
        """
        if junction in self.offices:
            return True
        rows = np.setdiff1d(self._passable(junction), without)
        root = len(self.number)
        roots = np.repeat(self.offices, 2)
        more = np.array(added, np.int64).reshape(-1, 2)
        tails = np.concatenate([self.ends[rows, 0], more[:, 0], roots])
        heads = np.concatenate([self.ends[rows, 1], more[:, 1], np.full(len(roots), root)])
        lengths_m = np.array([self._routes[row].length_m for row in rows.tolist()])
        risks = self._risks(rows)
        network = LinkNetwork(
            num_nodes=root + 1,
            tails=tails,
            heads=heads,
            costs=np.concatenate([lengths_m, np.zeros(len(more) + len(roots))]),
            risk_links=risks[:, 0],
            risk_groups=risks[:, 1],
        )
        return find_disjoint_pair(network, root, junction, exact=False).is_found

    def _passable(self, junction: int) -> IntArray:
        """Give one route of each trench through which a way may lead there: no way passes other buildings."""
        ours = np.isin(self.ends, np.append(self.offices, junction)).any(axis=1)
        trenches: dict[str, int] = {}
        for row in np.flatnonzero(self._is_route | ours).tolist():
            trenches.setdefault(self._trenches[self._routes[row].id], row)
        return np.array(sorted(trenches.values()), np.int64)

    def _risks(self, rows: IntArray) -> IntArray:
        groups = sorted({group for route in self._routes for group in route.risk_groups})
        names = {group: number for number, group in enumerate(groups)}
        pairs = [
            (link, names[group]) for link, row in enumerate(rows.tolist()) for group in self._routes[row].risk_groups
        ]
        return np.array(pairs, np.int64).reshape(-1, 2)
