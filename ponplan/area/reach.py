"""Which connected part of the routes is planned, and why somebody is outside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.snapping import snap_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.area.model import Area
    from ponplan.area.noding import NodedRoutes

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


def choose_component(area: Area, noded: NodedRoutes) -> IntArray:
    """Give the ascending numbers of the routes in the longest component that an allowed office can reach.

    A driveway that stands alone beside the office does not decide: every component within `rules.max_drop_m` is a
    candidate. When none is, the longest of all is taken, so that the offices' distance can be complained about.
    """
    component = noded.components()
    usable = ~noded.is_collapsed
    lengths = np.bincount(component, weights=np.where(usable, noded.polylines.lengths_m, 0.0))
    offices = shapely.points([(office.x_m, office.y_m) for office in area.offices if office.allowed])
    tree = shapely.STRtree(noded.polylines.geometries())
    _, near = tree.query(offices, predicate="dwithin", distance=area.rules.max_drop_m)
    candidates = np.unique(component[near]) if len(near) else np.arange(len(lengths))
    chosen = candidates[np.argmax(lengths[candidates])]
    return np.flatnonzero(usable & (component == chosen))


def reasons_out_of_reach(area: Area, noded: NodedRoutes, joinable: IntArray, points_xy_m: FloatArray) -> list[str]:
    """Say of each point why it was not snapped to one of the joinable routes."""
    limit_m = area.rules.max_drop_m
    connected = snap_points(noded, joinable, points_xy_m)
    anything = snap_points(noded, np.flatnonzero(~noded.is_collapsed), points_xy_m)
    reasons = []
    for distance, other, other_distance in zip(
        connected.distances_m.tolist(), anything.routes.tolist(), anything.distances_m.tolist(), strict=True
    ):
        reason = f"{distance:.0f} m from the nearest connected route, limit {limit_m:g} m (rules.max_drop_m)"
        if other_distance <= limit_m:
            reason += f"; route {area.routes[other].id}, {other_distance:.0f} m away, is not connected to an office"
        reasons.append(reason)
    return reasons
