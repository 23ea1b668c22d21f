"""The cheapest new route that would end an exposure, told only if it gives two ways that share nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from ponplan.design.prices import build_costs_per_m
from ponplan.design.protection.roads import Roads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.area.model import Rules
    from ponplan.topology.survey import Survey

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

APART_M = 10.0  # a new route keeps so far from the ends of what is shared, and bends so far aside of it
TOUCH_M = 2.0  # what is nearer than this to a shared trench lies in it
ALONG_M = 25.0  # that much of it may: where it leaves and where it crosses
NEAREST = 8  # ends tried from each beginning
TRIES = 40  # new routes tried for one exposure


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """A new route in words, with its length and what digging it costs."""

    words: str
    length_m: float
    cost: float


NO_CURE = Cure(words="", length_m=0.0, cost=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _NewRoute:
    """A line with the junctions that it joins, in order; `end` is the one on the offices' side."""

    line: shapely.LineString
    junctions: tuple[int, ...]
    end: int

    @property
    def links(self) -> list[tuple[int, int]]:
        """Give the junctions that it joins by pairs."""
        return list(pairwise(self.junctions))


class Cures:
    """Looks for new routes between the part of the streets that is cut off with a device and the rest."""

    def __init__(self, survey: Survey, rules: Rules) -> None:
        self._survey = survey
        self._roads = Roads(survey)
        self._cost_per_m = build_costs_per_m(survey.catalogue, rules)[rules.lead_in_surface]
        self._known: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Cure] = {}

    def of(self, device: str, trenches: Sequence[str], risks: Sequence[str]) -> Cure:
        """Give the shortest new route with which two ways to a device share neither trench nor risk.

        It is straight, or bends aside where it would run along what is shared. Nothing is told where the streets
        leave two such ways as they are, so that something else, such as reach, stands against them.
        """
        junction = self._survey.index.device_junctions.get(device)
        if junction is None or junction not in self._roads.number or not (trenches or risks):
            return NO_CURE
        key = (junction, tuple(trenches), tuple(risks))
        if key not in self._known:
            self._known[key] = self._cure(self._roads.number[junction], trenches, risks)
        return self._known[key]

    def _cure(self, device: int, trenches: Sequence[str], risks: Sequence[str]) -> Cure:
        roads = self._roads
        start, cut = roads.room_of(device), roads.rows_of(trenches, risks)
        parts = roads.parts(cut)
        ahead = np.isin(parts, parts[roads.offices])
        if ahead[start]:
            return NO_CURE
        stubs = np.intersect1d(roads.stubs_at(start), cut) if start == device else cut[:0]
        if not roads.names[start].startswith("site/"):
            stubs = stubs[:0]  # other buildings may have two ways in
        begins, ends = self._begins(start, parts, cut), self._ends(ahead, cut)
        for line in self._lines(begins, ends, cut, roads.feet(start, stubs)):
            gone = np.union1d(stubs, roads.stubs_at(line.end)) if line.end in roads.offices else stubs
            if roads.has_two_ways(start, line.links, without=gone):
                return self._told(line)
        return NO_CURE

    def _begins(self, start: int, parts: IntArray, cut: IntArray) -> IntArray:
        """Give the junctions beyond what is shared: on streets, or the building itself where it is cut off alone."""
        roads = self._roads
        behind = np.flatnonzero((parts == parts[start]) & roads.is_street & ~self._spared(cut))
        return behind if len(behind) and not roads.is_street[start] else np.union1d(behind, [start])

    def _ends(self, ahead: NDArray[np.bool_], cut: IntArray) -> IntArray:
        """Give the junctions on this side of it, and the offices whose own way in is shared or on the street."""
        roads = self._roads
        shared = np.isin(roads.offices, roads.ends[cut])
        doors = roads.offices[shared | roads.is_street[roads.offices]]
        return np.union1d(np.flatnonzero(ahead & roads.is_street & ~self._spared(cut)), doors)

    def _spared(self, cut: IntArray) -> NDArray[np.bool_]:
        tips = self._roads.xy_m[np.unique(self._roads.ends[cut])]
        near = np.asarray(cKDTree(tips).query(self._roads.xy_m)[0])
        return np.asarray(near < APART_M)

    def _lines(self, begins: IntArray, ends: IntArray, cut: IntArray, feet: Sequence[int]) -> list[_NewRoute]:
        """Give the shortest new routes from a beginning to an end that keep off what is shared.

        A cabinet or an office off the street has one way in, so that a new route leads past it to where that begins.
        """
        roads = self._roads
        if not len(begins) or not len(ends):
            return []
        shared = shapely.buffer(roads.line(cut), TOUCH_M)
        count = min(len(ends), max(NEAREST, TRIES // len(begins)))
        distances_m, nearest = cKDTree(roads.xy_m[ends]).query(roads.xy_m[begins], k=list(range(1, count + 1)))
        found = []
        for place in np.argsort(np.asarray(distances_m).reshape(-1), kind="stable")[:TRIES].tolist():
            begin, end = int(begins[place // count]), int(ends[np.asarray(nearest).reshape(-1)[place]])
            behind = roads.feet(end, np.intersect1d(roads.stubs_at(end), cut)) if end in roads.offices else []
            found += [
                _NewRoute(
                    line=shapely.LineString([*roads.xy_m[feet], *way, *roads.xy_m[behind]]),
                    junctions=(*feet, begin, end, *behind),
                    end=end,
                )
                for way in _ways_off(roads.xy_m[begin], roads.xy_m[end], shared)
            ]
        return sorted(found, key=lambda one: (one.line.length, one.junctions))[:TRIES]

    def _told(self, route: _NewRoute) -> Cure:
        names = {tuple(self._roads.xy_m[one].tolist()): f"{self._roads.names[one]} " for one in route.junctions}
        places = [f"{names.get((x, y), '')}({x:.3f}, {y:.3f})" for x, y in route.line.coords]
        by = f" by {', '.join(places[1:-1])}" if len(places) > 2 else ""
        length_m = round(float(route.line.length), 1)
        words = f"{'' if by else 'straight '}from {places[0]}{by} to {places[-1]}"
        return Cure(words=words, length_m=length_m, cost=round(length_m * self._cost_per_m, 2))


def _ways_off(begin: FloatArray, end: FloatArray, shared: shapely.Geometry) -> list[list[FloatArray]]:
    """Give the straight way between two places, or ways beside it where it runs along what is shared."""
    length_m = float(np.hypot(*(end - begin)))
    if length_m <= 0.0:
        return []
    aside = np.array([begin[1] - end[1], end[0] - begin[0]]) * (APART_M / length_m)
    for bends in ((0.0,), (1.0, -1.0)):
        ways = [[begin, *((one + bend * aside for one in (begin, end)) if bend else ()), end] for bend in bends]
        clear = [way for way in ways if shapely.intersection(shapely.LineString(way), shared).length <= ALONG_M]
        if clear:
            return clear
    return []
