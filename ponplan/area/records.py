"""Tables in ponplan's own column names turned into customers, sites and routes, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import shapely

from ponplan.area.cells import count_of, flag_of, phase_of, services_of, services_text, words_of
from ponplan.area.columns import choices_in, demand_all, extras_in, ids_in, parsed_in, texts_in
from ponplan.area.model import Customer, Route, Site
from ponplan.area.table import Table, lines_of, points_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.errors import Fault

Record = TypeVar("Record", Customer, Site, Route)

CUSTOMER_COLUMNS = (
    "id", "name", "class", "services", "technology", "protection", "room",
    "account_tier", "account_group", "branch_of", "phase",
)  # fmt: skip
SITE_COLUMNS = ("id", "name", "kind", "enclosure", "existing", "forbidden", "locked")
ROUTE_COLUMNS = ("id", "name", "surface", "joinable", "free_bores", "risk_groups", "forbidden")
# the others are texts
COLUMN_TYPES = {
    "existing": bool,
    "forbidden": bool,
    "locked": bool,
    "joinable": bool,
    "free_bores": int,
}
SITE_FLAGS = ("existing", "forbidden", "locked")
SITE_KINDS = ("cabinet", "room")
PROTECTIONS = ("none", "trunk", "full")
ACCOUNT_TIERS = ("important", "high-value", "strategic", "group")
ACCOUNT_GROUPS = ("large-account", "commercial-building", "residential", "leased-line", "content-provider")


def customers_from(table: Table, faults: list[Fault]) -> tuple[Customer, ...]:
    """Read customers; every fault is added to `faults`, and its row is not among the answers."""
    count = len(faults)
    points = points_of(table, faults)
    ids = ids_in(table, faults)
    classes = texts_in(table, "class")
    demand_all(table, "class", classes, faults, remedy="name a customer class of the catalogue, e.g. ordinary")
    protections = choices_in(table, "protection", PROTECTIONS, faults)
    tiers = choices_in(table, "account_tier", ACCOUNT_TIERS, faults)
    groups = choices_in(table, "account_group", ACCOUNT_GROUPS, faults)
    services: list[tuple[tuple[str, int], ...]] = parsed_in(table, "services", services_of, missing=(), faults=faults)
    extras = extras_in(table, CUSTOMER_COLUMNS)
    names, technologies, rooms, accounts = (
        texts_in(table, column) for column in ("name", "technology", "room", "branch_of")
    )
    phases = table.column("phase")
    if len(faults) > count:
        return ()
    xy_m = shapely.get_coordinates(points).tolist()
    return tuple(
        Customer(
            id=ids[index],
            name=names[index],
            x_m=x_m,
            y_m=y_m,
            customer_class=classes[index],
            services=services[index],
            technology=technologies[index] or None,
            protection=protections[index] or None,
            room=rooms[index] or None,
            account_tier=tiers[index],
            account_group=groups[index],
            branch_of=accounts[index],
            phase=phase_of(phases[index]),
            attributes=extras[index],
        )
        for index, (x_m, y_m) in enumerate(xy_m)
    )


def sites_from(table: Table, faults: list[Fault]) -> tuple[Site, ...]:
    """Read candidate sites, as `customers_from` does."""
    count = len(faults)
    points = points_of(table, faults)
    ids = ids_in(table, faults)
    kinds = choices_in(table, "kind", SITE_KINDS, faults)
    flags = {name: parsed_in(table, name, flag_of, missing=False, faults=faults) for name in SITE_FLAGS}
    extras = extras_in(table, SITE_COLUMNS)
    names, enclosures = texts_in(table, "name"), texts_in(table, "enclosure")
    faults.extend(
        table.fault(index, "locked means that the site must be used, and it is forbidden", field="locked", value=True)
        for index, (locked, forbidden) in enumerate(zip(flags["locked"], flags["forbidden"], strict=True))
        if locked and forbidden
    )
    if len(faults) > count:
        return ()
    xy_m = shapely.get_coordinates(points).tolist()
    return tuple(
        Site(
            id=ids[index],
            name=names[index],
            kind=kinds[index] or "cabinet",
            x_m=x_m,
            y_m=y_m,
            enclosure=enclosures[index] or None,
            existing=flags["existing"][index],
            forbidden=flags["forbidden"][index],
            locked=flags["locked"][index],
            attributes=extras[index],
        )
        for index, (x_m, y_m) in enumerate(xy_m)
    )


def routes_from(table: Table, faults: list[Fault]) -> tuple[Route, ...]:
    """Read routes, as `customers_from` does; parts of one row that do not join are numbered `id-1`, `id-2` ..."""
    count = len(faults)
    lines, rows = lines_of(table, faults)
    ids = ids_in(table, faults)
    surfaces, names = texts_in(table, "surface"), texts_in(table, "name")
    demand_all(table, "surface", surfaces, faults, remedy="name a surface of the catalogue, e.g. asphalt")
    joinable = parsed_in(
        table, "joinable", lambda value: value is None or flag_of(value), missing=True, faults=faults
    )
    bores = parsed_in(table, "free_bores", count_of, missing=None, faults=faults)
    forbidden = parsed_in(table, "forbidden", flag_of, missing=False, faults=faults)
    risks = [words_of(value) for value in table.column("risk_groups")]
    extras = extras_in(table, ROUTE_COLUMNS)
    if len(faults) > count:
        return ()
    return tuple(
        Route(
            id=route_id,
            surface=surfaces[row],
            line=line,
            name=names[row],
            joinable=joinable[row],
            free_bores=bores[row],
            risk_groups=risks[row],
            forbidden=forbidden[row],
            attributes=extras[row],
        )
        for route_id, row, line in zip(_part_ids(ids, rows.tolist()), rows.tolist(), lines, strict=True)
    )


def customers_table(customers: Sequence[Customer], crs: str) -> Table:
    """Write customers as `customers_from` reads them."""
    columns: dict[str, list[object]] = {
        "id": [customer.id for customer in customers],
        "name": [customer.name for customer in customers],
        "class": [customer.customer_class for customer in customers],
        "services": [services_text(customer.services) for customer in customers],
        "technology": [customer.technology for customer in customers],
        "protection": [customer.protection for customer in customers],
        "room": [customer.room for customer in customers],
        "account_tier": [customer.account_tier or None for customer in customers],
        "account_group": [customer.account_group or None for customer in customers],
        "branch_of": [customer.branch_of or None for customer in customers],
        "phase": [customer.phase or None for customer in customers],
    }
    return _table("customers", columns, customers, _points(customers), crs)


def sites_table(sites: Sequence[Site], crs: str) -> Table:
    """Write sites as `sites_from` reads them."""
    columns: dict[str, list[object]] = {
        "id": [site.id for site in sites],
        "name": [site.name for site in sites],
        "kind": [site.kind for site in sites],
        "enclosure": [site.enclosure for site in sites],
        "existing": [site.existing for site in sites],
        "forbidden": [site.forbidden for site in sites],
        "locked": [site.locked for site in sites],
    }
    return _table("sites", columns, sites, _points(sites), crs)


def routes_table(routes: Sequence[Route], crs: str) -> Table:
    """Write routes as `routes_from` reads them."""
    columns: dict[str, list[object]] = {
        "id": [route.id for route in routes],
        "name": [route.name for route in routes],
        "surface": [route.surface for route in routes],
        "joinable": [route.joinable for route in routes],
        "free_bores": [route.free_bores for route in routes],
        "risk_groups": [";".join(route.risk_groups) for route in routes],
        "forbidden": [route.forbidden for route in routes],
    }
    geometry = np.empty(len(routes), object)
    geometry[:] = [route.line for route in routes]
    return _table("routes", columns, routes, geometry, crs)


def _table(
    name: str, columns: dict[str, list[object]], records: Sequence[Record], geometry: object, crs: str
) -> Table:
    # attributes keep the order in which they are first met
    extra = dict.fromkeys(key for record in records for key in record.attributes)
    for key in extra:
        columns[key] = [record.attributes.get(key) for record in records]
    return Table(
        file=name, rows=range(1, len(records) + 1), columns=columns, geometry=np.asarray(geometry, object), crs=crs
    )


def _points(records: Sequence[Customer] | Sequence[Site]) -> object:
    xy_m = np.array([(record.x_m, record.y_m) for record in records], np.float64).reshape(-1, 2)
    return shapely.points(xy_m)


def _part_ids(ids: list[str], rows: list[int]) -> list[str]:
    """Give each part its row's id, numbered where the row has several parts."""
    counts = np.bincount(rows, minlength=len(ids)) if rows else np.zeros(len(ids), int)
    seen: dict[int, int] = {}
    names = []
    for row in rows:
        seen[row] = seen.get(row, 0) + 1
        names.append(ids[row] if counts[row] == 1 else f"{ids[row]}-{seen[row]}")
    return names
