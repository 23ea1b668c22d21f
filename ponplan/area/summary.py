"""What is in an area, counted: for the answer of an import and for people who look before they plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from ponplan.area.graph import build_route_graph
from ponplan.area.plant.consistency import cable_type_of, splitter_type_of
from ponplan.catalogue import read_catalogue

if TYPE_CHECKING:
    from ponplan.area.model import Area

SCHEMA = "ponplan.area/1"


def summarise_plant(area: Area) -> dict[str, object]:
    """Count what stands already, and what of it is free."""
    plant, catalogue = area.plant, read_catalogue()
    fibres = free = 0
    for cable in plant.cables:
        kind = cable_type_of(cable, catalogue)
        count = cable.fibres or (kind.fibres if kind else 0)
        fibres += count
        free += count - len({*cable.taken, *cable.faulty})
    kinds = [(splitter, splitter_type_of(splitter.type, catalogue)) for splitter in plant.splitters]
    fed = {splitter.port for splitter in plant.splitters}
    idle = [port for port in plant.ports if port.id not in fed and not (port.onus or port.down_bps or port.up_bps)]
    return {
        "cables": len(plant.cables),
        "fibres": fibres,
        "fibres_free": free,
        "fibres_faulty": sum(len(cable.faulty) for cable in plant.cables),
        "boxes_by_kind": dict(sorted(Counter(box.kind for box in plant.boxes).items())),
        "splitters": len(plant.splitters),
        "legs_free": sum(kind.outputs - len(splitter.taken) for splitter, kind in kinds if kind),
        "ports": len(plant.ports),
        "ports_idle": len(idle),
        "terminals_of_others": sum(port.onus for port in plant.ports),
        "free_bores_m": round(sum(route.line.length for route in area.routes if route.free_bores), 1),
    }


def summarise_area(area: Area) -> dict[str, object]:
    """Count customers, sites and routes, and name whom no route reaches and what the import left out."""
    graph = build_route_graph(area) if area.routes and area.offices else None
    surfaces: dict[str, float] = defaultdict(float)
    for route in area.routes:
        surfaces[route.surface] += route.line.length
    return {
        "schema": SCHEMA,
        "name": area.name,
        "crs": area.crs,
        "customers_total": len(area.customers),
        "customers_by_class": dict(sorted(Counter(c.customer_class for c in area.customers).items())),
        "customers_in_rooms": sum(customer.room is not None for customer in area.customers),
        "customers_out_of_reach": [
            {"id": name, "reason": reason} for name, reason in (graph.unreachable if graph else ())
        ],
        "customers_by_tier": dict(sorted(Counter(c.account_tier for c in area.customers if c.account_tier).items())),
        "customers_by_group": dict(
            sorted(Counter(c.account_group for c in area.customers if c.account_group).items())
        ),
        "customers_by_phase": dict(sorted(Counter(c.phase for c in area.customers if c.phase).items())),
        "circuits": len(area.circuits),
        "sites_by_kind": dict(sorted(Counter(site.kind for site in area.sites).items())),
        "routes": len(area.routes),
        "route_km": round(sum(surfaces.values()) / 1000, 3),
        "route_km_by_surface": {name: round(surfaces[name] / 1000, 3) for name in sorted(surfaces)},
        "routes_left_out": [{"id": name, "reason": reason} for name, reason in (graph.left_out if graph else ())],
        "junctions": len(graph.junction_ids) if graph else 0,
        "offices": [
            {"id": o.id, "name": o.name, "x_m": o.x_m, "y_m": o.y_m, "allowed": o.allowed} for o in area.offices
        ],
        "plant": summarise_plant(area),
        "omissions": [
            {"what": o.what, "count": o.count, "reason": o.reason, "examples": list(o.examples)}
            for o in area.omissions
        ],
    }
