"""The planning problem of a design, posed again from its file alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ponplan.area.graph import RouteGraph
from ponplan.area.model import Area, Office, Site
from ponplan.area.model import Route as AreaRoute
from ponplan.design.problem import pose_on_graph
from ponplan.design.standing.known import known_rules
from ponplan.errors import DesignFileError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.design.problem import PlanProblem
    from ponplan.topology.network import Network, Node, Route

    IntArray = NDArray[np.int64]


def pose_again(network: Network) -> PlanProblem:
    """Give the problem that a design without protection or kept plant solves, as far as its file tells it.

    Routes, customers, rules and sites are in the file; a route's surface where free bores were used instead of it is
    not, unless some other piece of the route is dug.

    Raises
    ------
    DesignFileError
        The design holds protected customers or existing plant: only its area tells the rest.
    """
    _refuse_others(network)
    junctions = _junctions(network)
    parents = _parents(network)
    offices = [node for node in network.nodes if node.kind == "office"]
    sites = _sites(network)
    area = Area(
        name=network.name,
        crs=network.crs,
        offices=tuple(Office(id=node.id, name=node.name, x_m=node.x_m, y_m=node.y_m) for node in offices),
        customers=(),
        sites=tuple(site for site, _ in sites),
        routes=tuple(_area_route(name, pieces) for name, pieces in parents.items()),
        rules=known_rules(network),
    )
    rows = {name: row for row, name in enumerate(parents)}
    nodes = {node.id: node for node in network.nodes}
    premises = {onu.customer: nodes[onu.node].junction for onu in network.onus}
    graph = _graph(network, junctions, rows)
    graph = replace(
        graph,
        office_junctions=np.array([junctions[node.junction] for node in offices], np.int64),
        site_junctions=np.array([junctions.get(junction, -1) for _, junction in sites], np.int64),
        customer_junctions=np.array(
            [junctions.get(premises.get(customer.id, ""), -1) for customer in network.customers], np.int64
        ),
    )
    return pose_on_graph(area, network.catalogue, network.customers, graph)


def _refuse_others(network: Network) -> None:
    kept = [route for route in network.routes if route.state == "existing"]
    kept_nodes = [node for node in network.nodes if node.state == "existing" and node.kind == "closure"]
    protected = [customer for customer in network.customers if customer.protection != "none"]
    words = ["existing plant"] if kept or kept_nodes else []
    words += ["protected customers"] if protected else []
    if words:
        problem = f"holds {' and '.join(words)}: what else was possible is told by its area"
        raise DesignFileError([Fault(file=network.name, problem=problem, remedy="give the area: --area AREA")])


def _junctions(network: Network) -> dict[str, int]:
    names = [name for route in network.routes for name in (route.from_junction, route.to_junction)]
    return {name: index for index, name in enumerate(dict.fromkeys(names))}


def _parents(network: Network) -> dict[str, list[Route]]:
    pieces: dict[str, list[Route]] = defaultdict(list)
    for route in network.routes:
        if route.parent:
            pieces[route.parent].append(route)
    return pieces


def _area_route(name: str, pieces: Sequence[Route]) -> AreaRoute:
    """Give a route of the area from its pieces; one that is not used tells how it would be built."""
    free = [piece.free_bores for piece in pieces if piece.free_bores is not None]
    return AreaRoute(
        id=name,
        surface=_given(pieces),
        line=shapely.LineString(),
        free_bores=free[0] if free else None,
        risk_groups=pieces[0].risk_groups,
    )


def _given(pieces: Sequence[Route]) -> str:
    return next((piece.surface for piece in pieces if piece.free_bores is None), pieces[0].surface)


def _sites(network: Network) -> list[tuple[Site, str]]:
    """Give the area's sites, each with its junction; of a file that keeps none, those where splitters stand."""
    told: Any = network.facts.get("sites")
    nodes: Mapping[str, Node] = {node.id: node for node in network.nodes}
    if not isinstance(told, list):
        hosts = dict.fromkeys(nodes[splitter.node] for splitter in network.splitters)
        told = [
            {"id": node.site, "name": node.name, "kind": node.kind, "junction": node.junction}
            for node in hosts
            if node.kind in ("cabinet", "room") and node.site and node.site != node.junction
        ]
    return [
        (
            Site(
                id=row["id"],
                name=row["name"],
                kind=row["kind"],
                x_m=0.0,
                y_m=0.0,
                enclosure=row.get("enclosure"),
                existing=bool(row.get("existing")),
                forbidden=bool(row.get("forbidden")),
                locked=bool(row.get("locked")),
            ),
            row["junction"],
        )
        for row in told
    ]


def _graph(network: Network, junctions: Mapping[str, int], rows: Mapping[str, int]) -> RouteGraph:
    """Give the route graph: the file's routes in their order."""
    tails = np.array([junctions[route.from_junction] for route in network.routes], np.int64)
    heads = np.array([junctions[route.to_junction] for route in network.routes], np.int64)
    places = np.zeros((len(junctions), 2))
    places[tails] = shapely.get_coordinates(shapely.get_point(network.route_lines, 0))
    places[heads] = shapely.get_coordinates(shapely.get_point(network.route_lines, -1))
    parents = _parents(network)
    given = {name: _given(pieces) for name, pieces in parents.items()}
    none = np.empty(0, np.int64)
    return RouteGraph(
        junction_ids=tuple(junctions),
        junction_x_m=places[:, 0],
        junction_y_m=places[:, 1],
        segment_ids=tuple(route.id for route in network.routes),
        tails=tails,
        heads=heads,
        lengths_m=np.array([route.length_m for route in network.routes]),
        kinds=np.array([route.kind for route in network.routes], np.str_),
        surfaces=tuple(given.get(route.parent, route.surface) for route in network.routes),
        routes=np.array([rows.get(route.parent, -1) for route in network.routes], np.int64),
        lines=network.route_lines,
        office_junctions=none,
        site_junctions=none,
        customer_junctions=none,
        unreachable=(),
    )
