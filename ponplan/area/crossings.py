"""Streets drawn through each other, split where they cross, for maps in which crossings were not drawn as such."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.polylines import Polylines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.area.model import Route

    IntArray = NDArray[np.int64]

NEAR_END_M = 0.5  # a crossing this close to a route's end is its end


def join_crossings(routes: Sequence[Route]) -> tuple[tuple[Route, ...], int]:
    """Split joinable routes without risk groups wherever two of them cross.

    Bridges and tunnels (not joinable, or with a risk group) pass unjoined. Pieces are named `id-1`, `id-2` ...

    Returns
    -------
    The routes, and how many cuts were made in them.
    """
    level = [index for index, route in enumerate(routes) if route.joinable and not route.risk_groups]
    lines = np.array([routes[index].line for index in level], object)
    if len(lines) < 2:
        return tuple(routes), 0
    polylines = Polylines.from_lines(lines)
    owners, points = _crossing_points(lines)
    positions_m = polylines.positions_of(owners, points)
    inside = (positions_m > NEAR_END_M) & (positions_m < polylines.lengths_m[owners] - NEAR_END_M)
    order = np.lexsort((positions_m, owners))
    order = order[inside[order]]
    owners, positions_m, points = owners[order], positions_m[order], points[order]
    fresh = np.ones(len(owners), bool)
    fresh[1:] = (np.diff(owners) != 0) | (np.diff(positions_m) > NEAR_END_M)
    pieces, piece_owners = polylines.cut(
        owners[fresh], positions_m[fresh], shapely.get_coordinates(points[fresh]).reshape(-1, 2)
    )
    parts = _by_owner(pieces.geometries(), piece_owners)
    split = {level[owner]: lines for owner, lines in parts.items()}
    joined = [piece for index, route in enumerate(routes) for piece in _pieces(route, split.get(index, [route.line]))]
    return tuple(joined), int(fresh.sum())


def _crossing_points(lines: NDArray[np.object_]) -> tuple[IntArray, NDArray[np.object_]]:
    """Give every point at which a line meets another, once for each of the two."""
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects").astype(np.int64)
    pairs = one != other
    shared = shapely.intersection(lines[one[pairs]], lines[other[pairs]])
    parts, index = shapely.get_parts(shared, return_index=True)
    # where two lines run together, the stretch's ends are where they meet
    stretches = shapely.get_type_id(parts) == 1
    parts[stretches] = shapely.get_point(parts[stretches], 0)
    points = shapely.get_type_id(parts) == 0
    return one[pairs][index[points]], parts[points]


def _by_owner(lines: NDArray[np.object_], owners: IntArray) -> dict[int, list[object]]:
    parts: dict[int, list[object]] = {}
    for owner, line in zip(owners.tolist(), lines, strict=True):
        parts.setdefault(owner, []).append(line)
    return parts


def _pieces(route: Route, lines: Sequence[object]) -> list[Route]:
    if len(lines) == 1:
        return [route]
    return [replace(route, id=f"{route.id}-{number}", line=line) for number, line in enumerate(lines, start=1)]
