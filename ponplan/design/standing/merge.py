"""New records and kept ones as one network; new cables go into kept routes as far as these have room."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ponplan.topology.ducts import bores_needed
from ponplan.topology.network import Relaxed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.design.standing.standing import Standing
    from ponplan.topology.network import Cable, Network, Route

TABLES = (
    "nodes", "olts", "cards", "ports", "uplinks", "bearer_elements", "bearer_links", "splitters", "onus", "links",
)  # fmt: skip


def with_standing(own: Network, standing: Standing) -> Network:
    """Give the network of a plan together with the plant that it stands on.

    Where new cables do not fit beside those in a kept route, another trench is dug along it: a route of its own.
    Where they lie in ducts of somebody else's that have no room left, this is listed as a rule not kept.
    """
    kept = standing.network
    laid: dict[str, list[Cable]] = {}
    for cable in own.cables:
        for name in cable.routes:
            laid.setdefault(name, []).append(cable)
    sharing = [_shared(standing, own, laid, name, edge) for name, edge in standing.edges.items()]
    routes, lines = list(own.routes), own.route_lines.tolist()
    renamed: dict[tuple[str, str], str] = {}  # (cable, route) -> the route dug beside it
    for share in sharing:
        routes[share.edge] = share.route
        if share.beside is not None:
            routes.append(share.beside)
            lines.append(own.route_lines[share.edge])
            renamed |= {(cable, share.route.id): share.beside.id for cable in share.moved}
    for route, line in zip(kept.routes, kept.route_lines.tolist(), strict=True):
        if route.id not in standing.edges:
            routes.append(route)
            lines.append(line)
    route_lines = np.empty(len(lines), object)
    route_lines[:] = lines
    there = {node.id for node in kept.nodes}
    merged: dict[str, Any] = {name: (*getattr(kept, name), *getattr(own, name)) for name in TABLES}
    merged["nodes"] = (*kept.nodes, *(node for node in own.nodes if node.id not in there))
    everybody = {customer.id: customer for customer in own.customers} | dict(standing.customers)
    stands = {entry.subject for entry in own.relaxed} & set(standing.edges)
    return replace(
        own,
        **merged,
        # what was known of the bearer decides what check can hold it to
        rules=replace(own.rules, bearer=kept.rules.bearer) if kept.olts else own.rules,
        customers=tuple(everybody[name] for name in standing.order),
        routes=tuple(routes),
        route_lines=route_lines,
        cables=(*kept.cables, *(_renamed(cable, renamed) for cable in own.cables)),
        relaxed=(
            *(entry for entry in own.relaxed if entry.subject not in stands),
            *(share.overfull for share in sharing if share.overfull is not None),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """A kept route as it becomes, and the route dug beside it for the cables (by id) that it has no room for."""

    edge: int
    route: Route
    beside: Route | None = None
    moved: tuple[str, ...] = ()
    overfull: Relaxed | None = None


def _beside_closed(standing: Standing, own: Network, cables: Sequence[Cable], route: Route, edge: int) -> _Share:
    """Leave a route that takes no more as it is; new cables lie in one built beside it."""
    if not cables:
        return _Share(edge=edge, route=route)
    beside = replace(own.routes[edge], id=standing.fresh(f"{route.id}+"))
    overfull = next((replace(one, subject=beside.id) for one in own.relaxed if one.subject == route.id), None)
    moved = tuple(cable.id for cable in cables)
    return _Share(edge=edge, route=route, beside=beside, moved=moved, overfull=overfull)


def _shared(standing: Standing, own: Network, laid: Mapping[str, Sequence[Cable]], name: str, edge: int) -> _Share:
    route, catalogue = standing.route_at[edge], standing.network.catalogue
    if edge in standing.closed:
        return _beside_closed(standing, own, laid.get(name, ()), route, edge)
    inside: list[float] = []
    bores, moved = route.bores, []
    for cable in laid.get(name, ()):
        diameter_mm = catalogue.cable_types[cable.type].diameter_mm
        wanted = standing.bores_with(edge, [*inside, diameter_mm])
        if wanted is None:
            moved.append(cable)
        else:
            bores = wanted
            inside.append(diameter_mm)
    if not moved:
        return _Share(edge=edge, route=replace(route, bores=bores))
    duct = catalogue.duct_types[standing.rules.duct]
    more_mm = [catalogue.cable_types[cable.type].diameter_mm for cable in moved]
    if catalogue.surfaces[standing.surfaces[edge]].method == "existing-duct":
        bores = bores_needed([*standing.diameters_mm[name], *inside, *more_mm], duct) or bores
        overfull = Relaxed(
            rule="duct-free-bores", subject=name, value=float(bores), limit=float(route.free_bores or 0)
        )
        return _Share(edge=edge, route=replace(route, bores=bores), overfull=overfull)
    beside = replace(
        route,
        id=standing.fresh(f"{name}+"),
        surface=standing.surfaces[edge],
        state="new",
        duct=duct.id,
        bores=bores_needed(more_mm, duct) or 0,
        free_bores=None,
        locked=False,
    )
    moved_ids = tuple(cable.id for cable in moved)
    return _Share(edge=edge, route=replace(route, bores=bores), beside=beside, moved=moved_ids)


def _renamed(cable: Cable, renamed: Mapping[tuple[str, str], str]) -> Cable:
    if not renamed:
        return cable
    return replace(cable, routes=tuple(renamed.get((cable.id, name), name) for name in cable.routes))
