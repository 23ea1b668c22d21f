"""The cheapest new route that would end an exposure: a straight way round what both paths share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from ponplan.design.prices import build_costs_per_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.area.model import Rules
    from ponplan.topology.survey import Survey

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

APART_M = 10.0  # a new route begins and ends at least so far from the ends of what is shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """A new route in words, with its length and what digging it costs."""

    words: str
    length_m: float
    cost: float


NO_CURE = Cure(words="", length_m=0.0, cost=0.0)


class Cures:
    """Looks for new routes between the part of the streets that is cut off with a device and the rest."""

    def __init__(self, survey: Survey, rules: Rules) -> None:
        self.survey = survey
        self.cost_per_m = build_costs_per_m(survey.catalogue, rules)[rules.lead_in_surface]
        self.known: dict[tuple[str, tuple[str, ...]], Cure] = {}

    def of(self, device: str, shared: Sequence[str]) -> Cure:
        """Give the shortest straight route that joins the device's part with the rest once the shared are cut."""
        junction = self.survey.index.device_junctions.get(device)
        if not shared or junction is None:
            return NO_CURE
        key = (junction, tuple(shared))
        if key not in self.known:
            self.known[key] = self._cure(self._numbers[junction], {self._rows[name] for name in shared})
        return self.known[key]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        routes = self.survey.network.routes
        names = (name for route in routes for name in (route.from_junction, route.to_junction))
        return {name: number for number, name in enumerate(dict.fromkeys(names))}

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {route.id: row for row, route in enumerate(self.survey.network.routes)}

    @cached_property
    def _ends(self) -> IntArray:
        """(routes, 2) junctions by number."""
        routes, numbers = self.survey.network.routes, self._numbers
        ends = [(numbers[route.from_junction], numbers[route.to_junction]) for route in routes]
        return np.array(ends, np.int64).reshape(-1, 2)

    @cached_property
    def _xy_m(self) -> FloatArray:
        xy_m = np.zeros((len(self._numbers), 2))
        lines = self.survey.network.route_lines
        for column, place in ((0, 0), (1, -1)):
            xy_m[self._ends[:, column]] = shapely.get_coordinates(shapely.get_point(lines, place))
        return xy_m

    @cached_property
    def _is_street(self) -> NDArray[np.bool_]:
        """(junctions,) whether a route of the area passes, where a new one may begin."""
        on_street = np.zeros(len(self._numbers), bool)
        kinds = np.array([route.kind == "route" for route in self.survey.network.routes], bool)
        on_street[self._ends[kinds].reshape(-1)] = True
        return on_street

    def _cure(self, device: int, cut: set[int]) -> Cure:
        kept = np.array([row not in cut for row in range(len(self._ends))], bool)
        tails, heads = self._ends[kept].T
        count = len(self._numbers)
        matrix = coo_array((np.ones(len(tails)), (tails, heads)), shape=(count, count))
        _, labels = connected_components(matrix, directed=False)
        is_behind = labels == labels[device]
        spared = np.zeros(count, bool)
        for end in {int(end) for row in cut for end in self._ends[row]}:
            spared |= np.hypot(*(self._xy_m - self._xy_m[end]).T) < APART_M
        behind = np.flatnonzero(is_behind & self._is_street & ~spared)
        if not len(behind):
            behind = np.array([device])
        # what is cut off between the shared pieces would not help
        offices = {self._numbers[node.junction] for node in self.survey.network.nodes if node.kind == "office"}
        outside = np.isin(labels, labels[sorted(offices)]) & ~is_behind & self._is_street & ~spared
        ahead = np.flatnonzero(outside)
        if not len(ahead):
            return NO_CURE
        found = cKDTree(self._xy_m[ahead]).query(self._xy_m[behind])
        lengths_m, nearest = np.asarray(found[0]), np.asarray(found[1])
        best = int(np.argmin(lengths_m))
        names = list(self._numbers)
        length_m = round(float(lengths_m[best]), 1)
        words = f"straight from {_where(self._xy_m[behind[best]], names[behind[best]])} to "
        words += _where(self._xy_m[ahead[nearest[best]]], names[ahead[nearest[best]]])
        return Cure(words=words, length_m=length_m, cost=round(length_m * self.cost_per_m, 2))


def _where(xy_m: FloatArray, name: str) -> str:
    return f"{name} ({xy_m[0]:.1f}, {xy_m[1]:.1f})"
