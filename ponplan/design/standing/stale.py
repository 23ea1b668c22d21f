"""What of an earlier design the area does not offer any more: routes, sites and offices that changed or are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.prices import existing_duct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.area.model import Area
    from ponplan.area.model import Route as Street
    from ponplan.catalogue import Catalogue
    from ponplan.topology.network import Network, Route

NEAR_M = 1.0  # a site or office within it has not been moved


def stale_records(area: Area, earlier: Network, kept: Network, catalogue: Catalogue) -> set[str]:
    """Give ids of what a plan of the area as it is now could not have; what must stay is none of it."""
    stays = {one.id for table in ("nodes", "cables", "routes", "splitters") for one in getattr(kept, table)}
    found = {*_routes(area, earlier, catalogue), *_nodes(area, earlier), *_cascades(area, earlier)}
    tables = (
        (earlier.cables, "type", catalogue.cable_types),
        (earlier.splitters, "type", catalogue.splitters),
        (earlier.nodes, "enclosure", catalogue.enclosures),
        (earlier.olts, "type", catalogue.olt_chassis),
        (earlier.cards, "type", catalogue.olt_cards),
        (earlier.ports, "optics", catalogue.olt_optics),
        (earlier.onus, "type", catalogue.onus),
    )
    for records, field, known in tables:
        for record in records:
            value = getattr(record, field)
            if value and (value not in known or not known[value].allowed_in_design):
                found.add(record.id)
    return found - stays


def _routes(area: Area, earlier: Network, catalogue: Catalogue) -> Iterator[str]:
    """Give the built routes that the area forbids, has no more, or has built in another way now."""
    streets = {route.id: route for route in area.routes}
    pulled = existing_duct(catalogue)
    for route in earlier.routes:
        street = streets.get(route.parent)
        if route.state == "new" and route.parent and (street is None or not _is_as_before(route, street, pulled)):
            yield route.id


def _is_as_before(route: Route, street: Street, pulled: str | None) -> bool:
    surfaces = {street.surface, *([pulled] if pulled and street.free_bores else [])}
    same_groups = route.risk_groups == street.risk_groups
    same_bores = route.free_bores is None or route.free_bores == street.free_bores
    return not street.forbidden and route.surface in surfaces and same_groups and same_bores


def _nodes(area: Area, earlier: Network) -> Iterator[str]:
    """Give the nodes on sites that are forbidden, gone, moved or of another kind, and in offices likewise."""
    sites = {site.id: site for site in area.sites}
    offices = {office.id: office for office in area.offices}
    for node in earlier.nodes:
        if node.kind == "office":
            office = offices.get(node.id)
            if office is None or not office.allowed or _away_m(node.x_m, node.y_m, office.x_m, office.y_m) > NEAR_M:
                yield node.id
        elif node.site and node.site not in offices and node.kind in ("cabinet", "room"):
            site = sites.get(node.site)
            is_there = site is not None and not site.forbidden and site.kind == node.kind
            if site is None or not is_there or _away_m(node.x_m, node.y_m, site.x_m, site.y_m) > NEAR_M:
                yield node.id


def _away_m(x_m: float, y_m: float, other_x_m: float, other_y_m: float) -> float:
    return float(np.hypot(x_m - other_x_m, y_m - other_y_m))


def _cascades(area: Area, earlier: Network) -> Iterator[str]:
    """Give the splitters behind splitters, and the taps, that the rules do not permit."""
    rules, rows = area.rules, earlier.catalogue.splitters
    for splitter in earlier.splitters:
        row = rows.get(splitter.type)
        is_tap = row is not None and row.kind == "tap"
        if not rules.taps and (is_tap or splitter.stage > rules.stages):
            yield splitter.id
