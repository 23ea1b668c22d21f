"""The tables that mapping files draw from: the design file's, the catalogue's, and some that follow from both."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ponplan.topology.file.stored import stored_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ponplan.topology.network import Network

Sources = dict[str, "Mapping[str, Sequence[Any]]"]

# what a junction is called by, when several things stand at it
_RANKS = ("office", "cabinet", "room", "closure", "premises")


def source_tables(network: Network) -> Sources:
    """Give columns by table: those of the design file, of the catalogue (`catalogue-` before them), and five more.

    `places` are the nodes with `drops` (drop cables that leave); `junctions` the ends of used routes and the places
    of nodes, once each, with the `kind` of what stands there (`none` where nothing does); `fibres` one row per cable
    and fibre with its tube; `strands` one row per link and fibre it passes, in order; `ducts` one per bore used.
    """
    tables: Sources = {table.name: columns for table, columns in stored_tables(network)}
    for name in network.catalogue.to_tables():
        rows = list(getattr(network.catalogue, name).values())
        names = [item.name for item in dataclasses.fields(rows[0])] if rows else []
        tables[f"catalogue-{name}"] = {column: [getattr(row, column) for row in rows] for column in names}
    tables["places"] = _places(network, tables["nodes"])
    tables["junctions"] = _junctions(network)
    tables["fibres"] = _fibres(network)
    tables["strands"] = _strands(network)
    tables["ducts"] = _ducts(network)
    return tables


def _places(network: Network, nodes: Mapping[str, Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
    leaving: dict[str, int] = {}
    for cable in network.cables:
        if cable.role == "drop":
            leaving[cable.from_node] = leaving.get(cable.from_node, 0) + 1
    drops = [leaving.get(node.id, 0) for node in network.nodes]
    return {**nodes, "drops": drops, "has_drops": ["true" if count else "false" for count in drops]}


def _junctions(network: Network) -> Mapping[str, Sequence[Any]]:
    kinds: dict[str, str] = {}
    points: dict[str, tuple[float, float]] = {}
    for node in network.nodes:
        before = kinds.get(node.junction)
        if before is None or _RANKS.index(node.kind) < _RANKS.index(before):
            kinds[node.junction] = node.kind
        points.setdefault(node.junction, (node.x_m, node.y_m))
    for route, line in zip(network.routes, network.route_lines, strict=True):
        if route.state == "unused":
            continue
        ends = shapely.get_coordinates(line)[[0, -1]].tolist()
        for junction, (x_m, y_m) in zip((route.from_junction, route.to_junction), ends, strict=True):
            kinds.setdefault(junction, "none")
            points[junction] = (x_m, y_m)  # routes meet exactly; a node may stand beside its junction
    names = list(kinds)
    shapes = np.asarray(shapely.points([points[name] for name in names]) if names else [], dtype=object)
    return {"id": names, "geom": list(shapes), "kind": [kinds[name] for name in names]}


def _columns(names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Mapping[str, Sequence[Any]]:
    turned = list(zip(*rows, strict=True))
    return dict(zip(names, turned or [()] * len(names), strict=True))


def _fibres(network: Network) -> Mapping[str, Sequence[Any]]:
    types = network.catalogue.cable_types
    rows = (
        (
            f"{cable.id}/{number + 1}",
            cable.id,
            number + 1,
            number // types[cable.type].fibres_per_tube + 1,
            number % types[cable.type].fibres_per_tube + 1,
            types[cable.type].fibre,
            "true" if number + 1 in cable.faulty else "false",
        )
        for cable in network.cables
        if cable.type in types
        for number in range(types[cable.type].fibres)
    )
    return _columns(("id", "cable", "number", "tube", "in_tube", "fibre", "faulty"), rows)


def _strands(network: Network) -> Mapping[str, Sequence[Any]]:
    rows = (
        (link.id, order, f"{cable}/{fibre}")
        for link in network.links
        for order, (cable, fibre) in enumerate(link.strands, start=1)
    )
    return _columns(("link", "order", "fibre"), rows)


def _ducts(network: Network) -> Mapping[str, Sequence[Any]]:
    rows = (
        (f"{route.id}/{bore + 1}", route.id, route.duct, route.length_m, route.state)
        for route in network.routes
        if route.duct and route.state != "unused"
        for bore in range(route.bores)
    )
    return _columns(("id", "route", "duct", "length_m", "state"), rows)
