"""Existing plant from a planner's lists as a network: what design keeps, uses first and reports as reused."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.graph import build_route_graph
from ponplan.area.model import Site
from ponplan.area.plant.consistency import cable_type_of, plant_faults
from ponplan.area.plant.naming import with_plant_ids
from ponplan.design.records import plan_rules
from ponplan.design.standing.inventory_light import lit_network
from ponplan.design.standing.under import NEAR_M, RouteWays
from ponplan.errors import AreaError, Fault
from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.nearest import nearest_sources
from ponplan.topology.ducts import bores_needed
from ponplan.topology.network import Cable, Network, Node, Route

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.area.graph import RouteGraph
    from ponplan.area.model import Area
    from ponplan.area.plant.model import PlantBox, PlantCable
    from ponplan.catalogue import Catalogue

END_M = 5.0  # a cable drawn so near to an office or box ends there


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
    ends = _cable_ends(area)
    ground = _ground(area, ends)
    nodes = [*_offices(area, ground), *_boxes(area, ground, faults), *_bare_ends(ends, ground)]
    routes = _routes(area, ground)
    cables = _cables(area, catalogue, ends, ground, routes, nodes, faults)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """The route graph with the junction of every office and place by its id."""

    graph: RouteGraph
    junctions: Mapping[str, int]
    reasons: Mapping[str, str]  # why a place has none

    def node(self, identity: str, kind: str, *, name: str = "", enclosure: str = "", site: str = "") -> Node:
        """Give a node at the junction of a place."""
        index = self.junctions[identity]
        return Node(
            id=identity,
            kind=kind,
            junction=self.graph.junction_ids[index],
            x_m=round(float(self.graph.junction_x_m[index]), 3),
            y_m=round(float(self.graph.junction_y_m[index]), 3),
            name=name,
            enclosure=enclosure,
            site=site,
            state="existing",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """Where a cable ends: at an office or box, or at a bare place of its own."""

    place: str
    xy_m: tuple[float, float] | None = None  # of a bare one


def _cable_ends(area: Area) -> list[tuple[_End, _End]]:
    """Give both ends of every cable; an end without a name is the office or box near it, else a bare place."""
    places = [*((o.id, o.x_m, o.y_m) for o in area.offices), *((b.id, b.x_m, b.y_m) for b in area.plant.boxes)]
    xy_m = np.array([place[1:] for place in places], np.float64).reshape(-1, 2)
    taken = {place[0] for place in places}
    streets = np.array([route.line for route in area.routes if not route.forbidden], object)
    tree = shapely.STRtree(streets)
    ends = []
    for cable in area.plant.cables:
        pair = []
        for word, named, index in (("begin", cable.from_place, 0), ("end", cable.to_place, -1)):
            if named or cable.line is None:
                pair.append(_End(place=named))
                continue
            x_m, y_m = cable.line.coords[index][:2]
            away_m = np.hypot(*(xy_m - (x_m, y_m)).T)
            near = int(away_m.argmin()) if len(places) else -1
            if near >= 0 and away_m[near] <= END_M:
                pair.append(_End(place=places[near][0]))
                continue
            name = next(n for n in (f"{cable.id}-{word}{'-' * k}" for k in range(len(taken) + 1)) if n not in taken)
            taken.add(name)
            pair.append(_End(place=name, xy_m=_on_street(streets, tree, x_m, y_m)))
        ends.append((pair[0], pair[1]))
    return ends


def _on_street(streets: NDArray[np.object_], tree: shapely.STRtree, x_m: float, y_m: float) -> tuple[float, float]:
    """Give the place on a route that is nearest to where a line ends; the end itself if no route is near."""
    point = shapely.Point(x_m, y_m)
    near = tree.query_nearest(point, max_distance=NEAR_M, all_matches=False)
    if not len(near):
        return x_m, y_m
    street = streets[int(near[0])]
    on = shapely.line_interpolate_point(street, shapely.line_locate_point(street, point))
    return float(on.x), float(on.y)


def _ground(area: Area, ends: Sequence[tuple[_End, _End]]) -> _Ground:
    boxes = [(box.id, box.x_m, box.y_m, box.kind) for box in area.plant.boxes]
    bare = [(end.place, *end.xy_m, "cabinet") for pair in ends for end in pair if end.xy_m is not None]
    sites = tuple(
        Site(id=name, name="", kind="room" if kind == "room" else "cabinet", x_m=x_m, y_m=y_m)
        for name, x_m, y_m, kind in [*boxes, *bare]
    )
    graph = build_route_graph(replace(area, customers=(), circuits=(), sites=sites))
    offices = zip([office.id for office in area.offices], graph.office_junctions.tolist(), strict=True)
    places = zip([site.id for site in sites], graph.site_junctions.tolist(), strict=True)
    found = {name: junction for name, junction in [*offices, *places] if junction >= 0}
    return _Ground(graph=graph, junctions=found, reasons=dict(graph.left_out))


def _offices(area: Area, ground: _Ground) -> list[Node]:
    return [ground.node(o.id, "office", name=o.name) for o in area.offices if o.id in ground.junctions]


def _boxes(area: Area, ground: _Ground, faults: list[Fault]) -> list[Node]:
    sites = {site.id for site in area.sites}
    nodes = []
    for box in area.plant.boxes:
        if box.id in ground.junctions:
            site = box.id if box.id in sites else ""
            nodes.append(ground.node(box.id, box.kind, name=box.name, enclosure=box.enclosure, site=site))
        else:
            faults.append(_far(box, ground))
    return nodes


def _far(box: PlantBox, ground: _Ground) -> Fault:
    problem = f"no route leads to the {box.kind}: {ground.reasons.get(box.id, 'it is not connected')}"
    remedy = "draw a route to it, mend its place, or raise rules.max_drop_m"
    return Fault(file="plant_boxes", row=box.id, field="geometry", problem=problem, remedy=remedy)


def _bare_ends(ends: Sequence[tuple[_End, _End]], ground: _Ground) -> list[Node]:
    return [
        ground.node(end.place, "closure")
        for pair in ends
        for end in pair
        if end.xy_m is not None and end.place in ground.junctions
    ]


def _routes(area: Area, ground: _Ground) -> list[Route]:
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


def _cables(
    area: Area,
    catalogue: Catalogue,
    ends: Sequence[tuple[_End, _End]],
    ground: _Ground,
    routes: Sequence[Route],
    nodes: Sequence[Node],
    faults: list[Fault],
) -> list[Cable]:
    """Lay the cables along the routes, each as light goes: from the end that fewer cables part from an office."""
    ways = RouteWays(routes, ground.graph.lines)
    away_m, cables_away = _from_offices(ground), _cables_away(area, ends)
    junction_of = {node.id: node.junction for node in nodes}
    kinds = {node.id: node.kind for node in nodes}
    found = []
    for cable, (begin, end) in zip(area.plant.cables, ends, strict=True):
        lost = [one.place for one in (begin, end) if one.place not in junction_of]
        way = None if lost else ways.between(junction_of[begin.place], junction_of[end.place], cable.line)
        if way is None or not way.is_under or not way.rows:
            faults.append(_nowhere(cable, lost, ground, is_way=way is not None and bool(way.rows)))
            continue
        rows, from_node, to_node = way.rows, begin.place, end.place
        near, far = ((cables_away.get(one, math.inf), away_m[ground.junctions[one]]) for one in (from_node, to_node))
        if far < near:
            rows, from_node, to_node = rows[::-1], to_node, from_node
        kind = cable_type_of(cable, catalogue)
        assert kind is not None  # noqa: S101 - the lists have been judged
        missing = range((cable.fibres or kind.fibres) + 1, kind.fibres + 1)  # of a cable smaller than its type
        is_feeder = "office" in (kinds[from_node], kinds[to_node])
        length_m = round(math.fsum(routes[row].length_m for row in rows), 3)
        found.append(
            Cable(
                id=cable.id,
                role=cable.role or ("feeder" if is_feeder else "distribution"),
                type=kind.id,
                from_node=from_node,
                to_node=to_node,
                routes=tuple(routes[row].id for row in rows),
                length_m=length_m,
                slack_m=math.ceil(length_m * area.rules.cable_slack * 1000.0 - 1e-6) / 1000.0,
                state="existing",
                faulty=cable.faulty,
                taken=(*cable.taken, *missing),
            )
        )
    return found


def _cables_away(area: Area, ends: Sequence[tuple[_End, _End]]) -> dict[str, int]:
    """Give over how many listed cables light comes to each place; one to splitters whose feeder nobody lists."""
    beside: dict[str, list[str]] = defaultdict(list)
    for one, other in ends:
        beside[one.place].append(other.place)
        beside[other.place].append(one.place)
    found: dict[str, int] = {}
    reached = [office.id for office in area.offices]
    lit = [splitter.place for splitter in area.plant.splitters]
    for count in range(len(ends) + 2):
        reached = [place for place in dict.fromkeys(reached) if place not in found]
        found |= dict.fromkeys(reached, count)
        reached = [place for here in reached for place in beside[here]] + (lit if count == 0 else [])
    return found


def _from_offices(ground: _Ground) -> list[float]:
    """Give how far each junction is from the nearest office."""
    graph = ground.graph
    tree = SparseGraph.from_edges(len(graph.junction_ids), graph.tails, graph.heads, graph.lengths_m)
    offices = np.array([junction for junction in graph.office_junctions.tolist() if junction >= 0], np.int64)
    _, away_m = nearest_sources(tree, offices, width=1)
    distances: list[float] = away_m[:, 0].tolist()
    return distances


def _nowhere(cable: PlantCable, lost: Sequence[str], ground: _Ground, *, is_way: bool) -> Fault:
    """Complain about a cable that lies where no routes do."""
    if lost:
        problem = f"no route leads to its end {lost[0]}: {ground.reasons.get(lost[0], 'it is not connected')}"
    elif is_way:
        problem = "the cable is drawn where no joined routes lie"
    else:
        problem = "no routes lead from one end of the cable to the other"
    limit = f"{NEAR_M:g} m from routes between its ends"
    remedy = "draw the route that it lies in, or mend its line"
    return Fault(file="plant_cables", row=cable.id, field="geometry", problem=problem, limit=limit, remedy=remedy)


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
