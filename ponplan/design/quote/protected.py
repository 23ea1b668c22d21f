"""A protected customer, now: the design is planned on as if it were built, with this customer alone to be served."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ponplan.area.model import Area, Customer, Office, Site
from ponplan.area.model import Route as AreaRoute
from ponplan.design.bill import bill_of
from ponplan.design.protection.missing import why_not_twice
from ponplan.design.quote.accept import accept_quote
from ponplan.design.quote.alternative import alternative
from ponplan.design.quote.change import Change, applied
from ponplan.design.standing.known import known_rules, usual
from ponplan.design.standing.redesign import redesign_network
from ponplan.design.standing.standing import is_closed
from ponplan.errors import DesignFileError, Infeasible

if TYPE_CHECKING:
    from ponplan.design.quote.alternative import Alternative
    from ponplan.design.standing.plant import Plant
    from ponplan.topology.network import Network, NetworkCustomer, Route

KIND = "two-ways"
SERVICE_TABLES = (
    "nodes",
    "olts",
    "cards",
    "ports",
    "uplinks",
    "bearer_elements",
    "bearer_links",
    "splitters",
    "onus",
    "links",
)


class NoSecondWay(Exception):
    """The customer cannot be protected here; the text says why."""


def protected_alternative(plant: Plant, customer: NetworkCustomer) -> Alternative:
    """Give the cheapest way found to connect a customer with the protection that it wants.

    Everything in the design stays as it is; a second feeder, or everything twice, is built or found beside it. What
    both ways share all the same is listed in the change.

    Raises
    ------
    NoSecondWay
        There is none, or it would break a rule that the design keeps now.
    """
    network = plant.network
    # each segment as a route of its own: the lines of the area's are not in the file
    earlier = replace(
        network,
        routes=tuple(replace(one, parent=one.id) if one.parent else one for one in network.routes),
        facts={},
    )
    try:
        design = redesign_network(
            _area(plant, customer), earlier, built=True, catalogue=network.catalogue, effort="quick"
        ).design
    except (Infeasible, DesignFileError) as error:
        raise NoSecondWay(str(error)) from error
    told = next(one for one in design.network.customers if one.id == customer.id)
    if told.unserved:
        raise NoSecondWay(told.unserved)
    change = _change(network, design.network, customer)
    after = applied(network, change)
    chosen = alternative(plant, KIND, change, bill_of(network), after, after)
    try:
        accept_quote(network, chosen)
    except DesignFileError as broken:
        reasons = [fault.problem for fault in broken.faults[:3]]
        if any(row.rule == "protection" and row.subject == customer.id for row in design.network.relaxed):
            reasons.append(why_not_twice(design.network, known_rules(network), customer.id))
        raise NoSecondWay("; ".join(reasons)) from broken
    return chosen


def _area(plant: Plant, customer: NetworkCustomer) -> Area:
    """Give the area of a design as far as its file tells it, with those served and the one who asks."""
    network = plant.network
    lit = {onu.customer for onu in network.onus}
    methods = network.catalogue.surfaces
    trenches = (one.surface for one in network.routes if one.parent and methods[one.surface].method == "trench")
    dug = usual(trenches) or network.routes[0].surface  # beside a street that is full, nobody knows better
    everybody = [*(one for one in network.customers if one.id in lit and not one.unserved), customer]
    routes = [
        AreaRoute(
            id=route.id,
            surface=dug if is_closed(route) else route.surface,
            line=line,
            free_bores=None if is_closed(route) else route.free_bores,
            risk_groups=route.risk_groups,
        )
        for route, line in zip(network.routes, network.route_lines.tolist(), strict=True)
        if route.parent
    ]
    return Area(
        name=network.name,
        crs=network.crs,
        offices=tuple(Office(id=one.id, name=one.name, x_m=one.x_m, y_m=one.y_m) for one in plant.offices),
        customers=tuple(
            Customer(
                id=one.id,
                name=one.name,
                x_m=one.x_m,
                y_m=one.y_m,
                customer_class=one.customer_class,
                services=one.services,
                technology=one.technology,
                protection=one.protection,
            )
            for one in everybody
        ),
        sites=_sites(plant),
        routes=tuple(routes),
        rules=known_rules(network),
    )


def _sites(plant: Plant) -> tuple[Site, ...]:
    """Give the candidate sites that the file keeps, at their junctions."""
    told: Any = plant.network.facts.get("sites")
    found = []
    for row in told if isinstance(told, list) else ():
        x_m, y_m = plant.junction_xy_m(row["junction"])
        known = {name: row[name] for name in ("enclosure", "forbidden", "locked") if row.get(name)}
        found.append(Site(id=row["id"], name=row["name"], kind=row["kind"], x_m=x_m, y_m=y_m, **known))
    return tuple(found)


def _change(before: Network, after: Network, customer: NetworkCustomer) -> Change:
    """Give what the plan adds: records with new ids, routes cut or opened, cables in routes that were cut."""
    change = Change(customer=customer)
    for table in SERVICE_TABLES:
        there = {one.id for one in getattr(before, table)}
        setattr(change, table, [one for one in getattr(after, table) if one.id not in there])
    # the working fibre to the terminal comes last, as in every quote
    change.links.sort(key=lambda link: (link.to_device == change.onus[0].id, link.role == "working"))
    cables = {cable.id: cable for cable in before.cables}
    for cable in after.cables:
        old = cables.get(cable.id)
        if old is None:
            change.cables.append(cable)
        elif cable.routes != old.routes:
            change.replaced_cables[cable.id] = replace(old, routes=cable.routes, length_m=cable.length_m)
    fresh = {customer.id, *(one.id for one in change.splitters), *(one.id for one in change.ports)}
    change.relaxed += [one for one in after.relaxed if one.subject in fresh and one.rule.startswith("disjoint")]
    change.exposures += [one for one in after.exposures if one.subject in fresh]
    lines = dict(zip((one.id for one in after.routes), after.route_lines.tolist(), strict=True))
    old_routes = {route.id: route for route in before.routes}
    pieces: dict[str, list[Route]] = {}
    for route in after.routes:
        origin = _origin(route.id, old_routes)
        if origin:
            pieces.setdefault(origin, []).append(_as_it_was(route, old_routes[origin]))
        else:
            change.routes.append((route, lines[route.id]))
    for name, parts in pieces.items():
        if parts != [old_routes[name]]:
            change.replaced_routes[name] = tuple((part, lines[part.id]) for part in parts)
    return change


def _origin(name: str, known: dict[str, Route]) -> str:
    """Give the route of the earlier design that a route is, or is a piece of; empty for a new one."""
    if name in known:
        return name
    stem, cut, number = name.rpartition("/")
    return stem if cut and number.isdigit() and stem in known else ""


def _as_it_was(route: Route, old: Route) -> Route:
    """Give a route under its old parent and, where nothing is built for it, in its old state."""
    state = old.state if route.state in ("existing", "unused") else route.state
    same = {"parent": old.parent, "state": state}
    if state == old.state:
        same |= {"surface": old.surface, "duct": old.duct or route.duct, "free_bores": old.free_bores}  # type: ignore[dict-item]
    return replace(route, **same)  # type: ignore[arg-type]
