"""Rules of trench and duct: cables lie in what is built or there, and fit into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.topology.ducts import bores_needed, fill_share
from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.catalogue.model import DuctType
    from ponplan.topology.network import Route
    from ponplan.topology.survey import Survey

TOLERANCE = 1e-9


def duct_overfull(survey: Survey) -> Iterator[Finding]:
    """Find routes whose cables take more of the ducts' cross-section than they may."""
    for route, duct, diameters_mm in _ducted(survey):
        share = fill_share(diameters_mm, duct, bores=route.bores)
        if share > duct.max_fill + TOLERANCE:
            yield Finding(
                subject=route.id,
                value=round(share, 4),
                limit=duct.max_fill,
                message=f"cables fill {100 * share:.0f} % of {route.bores} x {duct.id} in route {route.id};"
                f" allowed: {100 * duct.max_fill:.0f} %",
            )


def duct_crowded(survey: Survey) -> Iterator[Finding]:
    """Find routes with more cables than their ducts may hold."""
    for route, duct, diameters_mm in _ducted(survey):
        limit = route.bores * duct.max_cables
        if len(diameters_mm) > limit:
            message = f"{len(diameters_mm)} cables in {route.bores} x {duct.id} in route {route.id}; allowed: {limit}"
            yield Finding(subject=route.id, value=len(diameters_mm), limit=limit, message=message)


def duct_unpackable(survey: Survey) -> Iterator[Finding]:
    """Find routes whose cables fit by total section and number, but cannot be shared out among the ducts."""
    for route, duct, diameters_mm in _ducted(survey):
        fits = fill_share(diameters_mm, duct, bores=route.bores) <= duct.max_fill + TOLERANCE
        if not fits or len(diameters_mm) > route.bores * duct.max_cables:
            continue
        needed = bores_needed(diameters_mm, duct)
        if needed is None or needed > route.bores:
            many = "no number" if needed is None else f"{needed}"
            message = f"{len(diameters_mm)} cables in route {route.id} need {many} of {duct.id}; it has {route.bores}"
            yield Finding(subject=route.id, value=needed, limit=route.bores, message=message)


def duct_taken(survey: Survey) -> Iterator[Finding]:
    """Find routes that use more existing ducts than are free."""
    for route in survey.network.routes:
        if route.free_bores is not None and route.bores > route.free_bores:
            message = f"route {route.id} uses {route.bores} existing ducts; {route.free_bores} are free"
            yield Finding(subject=route.id, value=route.bores, limit=route.free_bores, message=message)


def route_not_built(survey: Survey) -> Iterator[Finding]:
    """Find routes that cables lie in although they are neither built nor there."""
    for route in survey.network.routes:
        if route.state == "unused" and route.id in survey.route_cables:
            count = len(survey.route_cables[route.id])
            yield Finding(
                subject=route.id, value=count, limit=0, message=f"{count} cables lie in unused route {route.id}"
            )


def trench_empty(survey: Survey) -> Iterator[Finding]:
    """Find routes that are built although no cable lies in them."""
    for route in survey.network.routes:
        if route.state == "new" and not route.locked and route.id not in survey.route_cables:
            yield Finding(subject=route.id, message=f"route {route.id} is built, but no cable lies in it")


def _ducted(survey: Survey) -> Iterator[tuple[Route, DuctType, tuple[float, ...]]]:
    """Give every route with ducts and cables, and the cables' diameters."""
    types = survey.catalogue.cable_types
    diameters = [types[cable.type].diameter_mm if cable.type in types else 0.0 for cable in survey.network.cables]
    for route in survey.network.routes:
        duct = survey.catalogue.duct_types.get(route.duct)
        if duct is not None and route.id in survey.route_cables:
            yield route, duct, tuple(sorted(diameters[row] for row in survey.route_cables[route.id]))


RULES = (
    Rule(
        id="duct-fill", subject="route", meaning="Cables leave enough of the ducts' section free", find=duct_overfull
    ),
    Rule(id="duct-cables", subject="route", meaning="Ducts hold no more cables than they may", find=duct_crowded),
    Rule(id="duct-bores", subject="route", meaning="Cables can be shared out among the ducts", find=duct_unpackable),
    Rule(
        id="duct-free-bores",
        subject="route",
        meaning="No more existing ducts are used than are free",
        find=duct_taken,
    ),
    Rule(
        id="route-state",
        subject="route",
        meaning="Cables lie in routes that are built or there",
        find=route_not_built,
    ),
    Rule(id="trench-empty", subject="route", meaning="Nothing is dug without need", find=trench_empty),
)
