"""Existing plant from a planner's lists as a network: what design keeps, uses first and reports as reused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.area.plant.consistency import plant_faults
from ponplan.area.plant.naming import with_plant_ids
from ponplan.design.records import plan_rules
from ponplan.design.standing.inventory_cables import listed_cables
from ponplan.design.standing.inventory_ground import End, Ground, cable_ends, ground_of
from ponplan.design.standing.inventory_light import lit_network
from ponplan.errors import AreaError, Fault
from ponplan.topology.ducts import bores_needed
from ponplan.topology.network import Network, Node, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.area.model import Area
    from ponplan.area.plant.model import PlantBox
    from ponplan.catalogue import Catalogue


def plant_network(area: Area, catalogue: Catalogue) -> Network:
    """Give the plant that an area lists, on its routes, with what others use of it.

    A cable follows the routes under its line, or the shortest way between its ends. It takes no room in ducts: free
    bores are counted without those that are taken, and a trench with nothing told of its ducts takes no more cables.

    Raises
    ------
    AreaError
        Names everything that contradicts the area, the catalogue or other lists, or lies where no route does.
    """
    area = replace(area, plant=with_plant_ids(area))
    faults = plant_faults(area, catalogue)
    if faults:
        raise AreaError(faults)
    ends = cable_ends(area)
    ground = ground_of(area, ends)
    nodes = [*_offices(area, ground), *_boxes(area, ground, faults), *_bare_ends(ends, ground)]
    routes = _routes(area, ground)
    cables = listed_cables(area, catalogue, ends, ground, routes, nodes, faults)
    if faults:
        raise AreaError(faults)
    network = Network(
        name=area.name,
        crs=area.crs,
        catalogue=catalogue,
        rules=plan_rules(area.rules, bearer=""),
        customers=(),
        nodes=tuple(nodes),
        routes=tuple(routes),
        route_lines=ground.graph.lines,
        cables=tuple(cables),
        olts=(),
        cards=(),
        ports=(),
        uplinks=(),
        splitters=(),
        onus=(),
        links=(),
    )
    network = lit_network(network, area, faults)
    if faults:
        raise AreaError(faults)
    return _with_laid_routes(network, area.rules.duct)


def _offices(area: Area, ground: Ground) -> list[Node]:
    return [ground.node(o.id, "office", name=o.name) for o in area.offices if o.id in ground.junctions]


def _boxes(area: Area, ground: Ground, faults: list[Fault]) -> list[Node]:
    sites = {site.id for site in area.sites}
    nodes = []
    for box in area.plant.boxes:
        if box.id in ground.junctions:
            site = box.id if box.id in sites else ""
            nodes.append(ground.node(box.id, box.kind, name=box.name, enclosure=box.enclosure, site=site))
        else:
            faults.append(_far(box, ground))
    return nodes


def _far(box: PlantBox, ground: Ground) -> Fault:
    problem = f"no route leads to the {box.kind}: {ground.reasons.get(box.id, 'it is not connected')}"
    remedy = "draw a route to it, mend its place, or raise rules.max_drop_m"
    return Fault(file="plant_boxes", row=box.id, field="geometry", problem=problem, remedy=remedy)


def _bare_ends(ends: Sequence[tuple[End, End]], ground: Ground) -> list[Node]:
    return [
        ground.node(end.place, "closure")
        for pair in ends
        for end in pair
        if end.xy_m is not None and end.place in ground.junctions
    ]


def _routes(area: Area, ground: Ground) -> list[Route]:
    graph, routes = ground.graph, []
    for edge, identity in enumerate(graph.segment_ids):
        parent = area.routes[int(graph.routes[edge])] if graph.routes[edge] >= 0 else None
        routes.append(
            Route(
                id=identity,
                parent=parent.id if parent else "",
                kind=str(graph.kinds[edge]),
                from_junction=graph.junction_ids[int(graph.tails[edge])],
                to_junction=graph.junction_ids[int(graph.heads[edge])],
                length_m=float(graph.lengths_m[edge]),
                surface=graph.surfaces[edge],
                free_bores=parent.free_bores if parent else None,
                risk_groups=parent.risk_groups if parent else (),
            )
        )
    return routes


def _with_laid_routes(network: Network, duct: str) -> Network:
    """Give the network with the routes of its cables, and the ways into its boxes, as there already.

    Of the ducts in a street nothing is known but those that are free: the cables take none, and none is theirs. A box
    has one duct more into it than its cables need.
    """
    types = network.catalogue.cable_types
    laid: dict[str, list[float]] = {}
    for cable in network.cables:
        for name in cable.routes:
            laid.setdefault(name, []).append(types[cable.type].diameter_mm)
    entered = {node.junction for node in network.nodes if node.kind != "office"}
    routes = []
    for route in network.routes:
        if route.kind == "lead-in" and {route.from_junction, route.to_junction} & entered:
            bores = bores_needed(laid.get(route.id, ()), network.catalogue.duct_types[duct]) or 0
            routes.append(replace(route, state="existing", duct=duct, bores=bores + 1))
        elif route.id in laid:
            routes.append(replace(route, state="existing", free_bores=0))
        else:
            routes.append(route)
    return replace(network, routes=tuple(routes))
