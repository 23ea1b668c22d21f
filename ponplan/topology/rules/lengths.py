"""Rules of ways and lengths: cables follow joined routes, and lengths say what the map says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ponplan.topology.survey import Survey

TOLERANCE_M = 0.011  # lengths are written in whole millimetres; a centimetre is never worth a complaint
TOLERANCE_SHARE = 1e-5
APART_M = 1.0  # ends of routes that meet, and nodes at a junction, lie at least this near each other
MAX_SCALE_ERROR = 0.01  # a metre on the map may be this much off a metre on the ground


def cable_disconnected(survey: Survey) -> Iterator[Finding]:
    """Find cables whose routes do not join end to end, or do not lead from node to node."""
    for cable, track in zip(survey.network.cables, survey.tracks, strict=True):
        if track.gap:
            yield Finding(subject=cable.id, message=f"cable {cable.id}: {track.gap}")


def cable_length_wrong(survey: Survey) -> Iterator[Finding]:
    """Find cables whose length is not that of their routes."""
    for cable, track in zip(survey.network.cables, survey.tracks, strict=True):
        # every route's length has been rounded to the millimetre
        allowed_m = TOLERANCE_M + 0.0005 * len(cable.routes)
        if abs(cable.length_m - track.length_m) > allowed_m:
            yield Finding(
                subject=cable.id,
                value=cable.length_m,
                limit=round(track.length_m, 3),
                message=f"cable {cable.id} is said to be {cable.length_m:.3f} m long; its routes are"
                f" {track.length_m:.3f} m",
            )


def slack_too_small(survey: Survey) -> Iterator[Finding]:
    """Find new cables with less slack than the rules want."""
    share = survey.network.rules.cable_slack
    for cable in survey.network.cables:
        wanted_m = cable.length_m * share
        if cable.state == "new" and cable.slack_m < wanted_m - TOLERANCE_M:
            message = f"cable {cable.id} has {cable.slack_m:.3f} m of slack; the rules want {wanted_m:.3f} m"
            yield Finding(subject=cable.id, value=cable.slack_m, limit=round(wanted_m, 3), message=message)


def longer_than_drum(survey: Survey) -> Iterator[Finding]:
    """Find new cables that no drum holds in one piece."""
    types = survey.catalogue.cable_types
    for cable in survey.network.cables:
        bought_m = cable.length_m + cable.slack_m
        if cable.state == "new" and cable.type in types and bought_m > types[cable.type].reel_m + TOLERANCE_M:
            limit_m = types[cable.type].reel_m
            message = f"cable {cable.id} is bought with {bought_m:.1f} m; a drum of {cable.type} holds {limit_m:g} m"
            yield Finding(subject=cable.id, value=round(bought_m, 3), limit=limit_m, message=message)


def route_length_wrong(survey: Survey) -> Iterator[Finding]:
    """Find routes whose length is not that of their line."""
    drawn_m = shapely.length(survey.network.route_lines)
    said_m = np.array([route.length_m for route in survey.network.routes], np.float64)
    wrong = np.abs(drawn_m - said_m) > np.maximum(TOLERANCE_M, drawn_m * TOLERANCE_SHARE)
    for row in np.flatnonzero(wrong).tolist():
        route = survey.network.routes[row]
        yield Finding(
            subject=route.id,
            value=route.length_m,
            limit=round(float(drawn_m[row]), 3),
            message=f"route {route.id} is said to be {route.length_m:.3f} m long; its line is {drawn_m[row]:.3f} m",
        )


def junction_apart(survey: Survey) -> Iterator[Finding]:
    """Find routes and nodes that are said to meet at a junction but lie apart on the map."""
    routes, nodes = survey.network.routes, survey.network.nodes
    lines = survey.network.route_lines
    names = [
        *(route.from_junction for route in routes),
        *(route.to_junction for route in routes),
        *(node.junction for node in nodes),
    ]
    subjects = [*(route.id for route in routes), *(route.id for route in routes), *(node.id for node in nodes)]
    places = np.concatenate(
        [
            shapely.get_coordinates(shapely.get_point(lines, 0)),
            shapely.get_coordinates(shapely.get_point(lines, -1)),
            np.array([(node.x_m, node.y_m) for node in nodes], np.float64).reshape(-1, 2),
        ]
    )
    first: dict[str, int] = {}
    reference = np.array([first.setdefault(name, row) for row, name in enumerate(names)], np.int64)
    apart_m = np.hypot(*(places - places[reference]).T)
    for row in np.flatnonzero(apart_m > APART_M).tolist():
        message = (
            f"{subjects[row]} lies {apart_m[row]:.2f} m from junction {names[row]},"
            f" where {subjects[reference[row]]} puts it"
        )
        yield Finding(subject=subjects[row], value=round(float(apart_m[row]), 3), limit=APART_M, message=message)


def map_stretched(survey: Survey) -> Iterator[Finding]:
    """Find a coordinate system whose metres are not metres on the ground."""
    name = survey.network.crs
    try:
        crs = CRS.from_user_input(name)
    except CRSError:
        yield Finding(subject="crs", message=f"coordinate system {name} is not known")
        return
    units = [axis.unit_conversion_factor for axis in crs.axis_info[:2]]
    if not crs.is_projected or any(abs(unit - 1.0) > 1e-9 for unit in units):
        yield Finding(subject="crs", message=f"coordinate system {name} is not in metres")
        return
    scale = _scale(crs, survey.network.route_lines)
    if not abs(scale - 1.0) <= MAX_SCALE_ERROR:
        message = f"a metre on the ground is {scale:.4f} m in coordinate system {name}: every length is wrong by that"
        yield Finding(subject="crs", value=round(scale, 5), limit=1.0 + MAX_SCALE_ERROR, message=message)


def _scale(crs: CRS, lines: NDArray[np.object_]) -> float:
    """Give the map's scale in the middle of the network; 1 for an empty one, nan far outside the system's range."""
    if not len(lines):
        return 1.0
    bounds = shapely.total_bounds(lines)
    x_m, y_m = (bounds[0] + bounds[2]) / 2.0, (bounds[1] + bounds[3]) / 2.0
    try:
        to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
        factors = Proj(crs).get_factors(*to_degrees.transform(x_m, y_m, errcheck=True), errcheck=True)
    except (ProjError, CRSError):
        return math.nan
    scales = (factors.meridional_scale, factors.parallel_scale)
    return float(max(scales, key=lambda scale: abs(scale - 1.0)))


RULES = (
    Rule(
        id="cable-path", subject="cable", meaning="A cable's routes join from node to node", find=cable_disconnected
    ),
    Rule(id="cable-length", subject="cable", meaning="A cable is as long as its routes", find=cable_length_wrong),
    Rule(id="cable-slack", subject="cable", meaning="New cables have the slack the rules want", find=slack_too_small),
    Rule(id="cable-drum", subject="cable", meaning="New cables fit on a drum in one piece", find=longer_than_drum),
    Rule(id="route-length", subject="route", meaning="A route is as long as its line", find=route_length_wrong),
    Rule(id="junction", subject="route or node", meaning="What meets at a junction lies there", find=junction_apart),
    Rule(id="crs", subject="crs", meaning="A metre on the map is a metre on the ground", find=map_stretched),
)
