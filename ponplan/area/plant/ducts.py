"""Existing ducts laid into the routes that they run along: what has free bores there need not be dug."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.ops import substring

from ponplan.area.model import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely import LineString
    from shapely.geometry.base import BaseGeometry

NEAR_M = 10.0  # a duct runs along a street that is no farther away
LEAST_M = 3.0 * NEAR_M  # of a street beside a duct, unless it is all of it; shorter pieces only cross it
ALONG = 0.7  # least share of such a piece that leads on along the duct too
CRUMB_M = 1.0  # a piece of street shorter than that is not cut off
WHOLE = 0.95  # a street of which so much is covered is covered
OWN_SURFACE = "existing-duct"

Span = tuple[float, float, int]  # metres along a route, and how many bores are free there


@dataclass(frozen=True, slots=True, kw_only=True)
class Duct:
    """A stretch of ducts, drawn or named by the route that it lies in."""

    id: str
    free_bores: int
    line: LineString | None = None
    route: str = ""


def with_ducts(routes: Sequence[Route], ducts: Sequence[Duct]) -> tuple[tuple[Route, ...], tuple[str, ...]]:
    """Give the routes, cut where ducts begin and end, with their free bores; and what was done in words.

    Where ducts run side by side their bores add up. A duct that leaves the routes becomes a route of its own there,
    joined to those that it leaves.
    """
    lines = np.array([route.line for route in routes], object)
    tree = shapely.STRtree(lines)
    row_of = {route.id: row for row, route in enumerate(routes)}
    spans: dict[int, list[Span]] = defaultdict(list)
    own: list[Route] = []
    for duct in ducts:
        if duct.line is None:
            row = row_of[duct.route]
            spans[row].append((0.0, lines[row].length, duct.free_bores))
            continue
        around = duct.line.buffer(NEAR_M, cap_style="flat")
        beside = []
        for row in sorted(tree.query(around, predicate="intersects").tolist()):
            for begin_m, end_m in _stretches(lines[row], duct.line, around):
                spans[row].append((begin_m, end_m, duct.free_bores))
                beside.append(substring(lines[row], begin_m, end_m))
        own += _apart(duct, beside, lines, tree)
    found = [piece for row, route in enumerate(routes) for piece in _cut(route, spans.get(row, ()))]
    metres = sum(end - begin for some in spans.values() for begin, end, _ in some)
    words = [f"{metres:,.0f} m of routes have ducts by these lists"]
    words += [f"{len(own)} pieces of duct run apart from the routes and are routes of their own"] if own else []
    return (*found, *own), tuple(words)


def _stretches(street: LineString, duct: LineString, around: BaseGeometry) -> Iterator[tuple[float, float]]:
    """Give from where to where a duct runs along a street, in metres along the street."""
    for part in shapely.get_parts(shapely.line_merge(shapely.intersection(street, around))).tolist():
        if part.geom_type != "LineString" or part.length == 0:
            continue
        ends = shapely.points([part.coords[0], part.coords[-1]])
        begin_m, end_m = sorted(shapely.line_locate_point(street, ends).tolist())
        along_m = abs(float(np.diff(shapely.line_locate_point(duct, ends))[0]))
        is_long = part.length >= min(LEAST_M, WHOLE * street.length)
        if is_long and along_m >= ALONG * part.length:
            is_whole = end_m - begin_m >= WHOLE * street.length
            begin_m = 0.0 if is_whole or begin_m < CRUMB_M else begin_m
            end_m = street.length if is_whole or end_m > street.length - CRUMB_M else end_m
            yield begin_m, end_m


def _cut(route: Route, spans: Sequence[Span]) -> Iterator[Route]:
    """Give a route in pieces of equal free bores, numbered if there are several."""
    if not spans:
        yield route
        return
    marks = sorted({0.0, route.line.length, *(mark for begin, end, _ in spans for mark in (begin, end))})
    pieces: list[Span] = []
    for begin, end in itertools.pairwise(marks):
        covering = [bores for low, high, bores in spans if low <= begin and high >= end]
        bores = sum(covering) if covering else -1
        if pieces and pieces[-1][2] == bores:
            pieces[-1] = (pieces[-1][0], end, bores)
        else:
            pieces.append((begin, end, bores))
    for number, (begin, end, bores) in enumerate(pieces, start=1):
        yield replace(
            route,
            id=route.id if len(pieces) == 1 else f"{route.id}/{number}",
            line=route.line if len(pieces) == 1 else substring(route.line, begin, end),
            free_bores=route.free_bores if bores < 0 else bores,
        )


def _apart(
    duct: Duct, beside: Sequence[LineString], lines: NDArray[np.object_], tree: shapely.STRtree
) -> list[Route]:
    """Give what of a duct lies away from all routes that it runs along, led to the routes at its ends."""
    assert duct.line is not None  # noqa: S101 - only drawn ducts come here
    if not duct.free_bores:
        return []
    rest = duct.line
    if beside:
        rest = shapely.line_merge(shapely.difference(rest, shapely.union_all(beside).buffer(NEAR_M + 1.0)))
    parts = [part for part in shapely.get_parts(rest).tolist() if part.length >= LEAST_M]
    return [
        Route(
            id=duct.id if len(parts) == 1 else f"{duct.id}/{number}",
            surface=OWN_SURFACE,
            line=_joined(part, lines, tree),
            joinable=False,
            free_bores=duct.free_bores,
        )
        for number, part in enumerate(parts, start=1)
    ]


def _joined(line: LineString, lines: NDArray[np.object_], tree: shapely.STRtree) -> LineString:
    """Give a line led on to the nearest route at either end, where one is near."""
    coords = [place[:2] for place in line.coords]
    for end in (0, -1):
        point = shapely.Point(coords[end])
        near = tree.query_nearest(point, max_distance=2.0 * NEAR_M, all_matches=False)
        if len(near):
            street = lines[int(near[0])]
            on = shapely.line_interpolate_point(street, shapely.line_locate_point(street, point))
            if on.distance(point) > 0:
                coords.insert(0 if end == 0 else len(coords), (on.x, on.y))
    return shapely.LineString(coords)
