"""Kept records told on the graph of a new plan: routes cut further, junctions and segments under their old names."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.demand import resolve_customers
from ponplan.design.problem import pose_problem
from ponplan.design.standing.standing import Standing
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.area.graph import RouteGraph
    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.design.problem import PlanProblem
    from ponplan.design.standing.ground import Ground
    from ponplan.design.standing.keep import Kept
    from ponplan.topology.network import Cable, Network

ROUNDED_M = 0.0005  # every length is in whole millimetres


def pose_on_standing(area: Area, ground: Ground, kept: Kept, catalogue: Catalogue) -> PlanProblem:
    """Pose the problem of those who are to be planned, on the ground of the kept plant.

    Raises
    ------
    AreaError
        As `pose_problem`.
    """
    problem = pose_problem(ground.area, catalogue)
    pieces = _pieces(problem.graph, ground)
    names = _junction_names(problem.graph, ground, pieces)
    segment_ids = _segment_ids(problem.graph, ground, pieces, kept.network)
    graph = replace(problem.graph, junction_ids=names, segment_ids=segment_ids)
    kinds = graph.kinds.copy()
    for number, edges in pieces.items():
        kinds[edges] = ground.segments[number].kind
    network = _retold(replace(kept.network, catalogue=catalogue), graph, ground, pieces)
    graph = replace(graph, kinds=kinds, site_junctions=_site_junctions(graph, ground.area, network))
    everybody = resolve_customers(area, catalogue)
    edge_of = {name: edge for edge, name in enumerate(segment_ids)}
    kept_routes = {route.id for route in network.routes}
    standing = Standing(
        network=replace(network, customers=tuple(c for c in everybody if c.id in kept.served)),
        edges={name: edge_of[name] for name in edge_of if name in kept_routes},
        num_edges=len(segment_ids),
        parents=ground.parents,
        customers={c.id: c for c in everybody if c.id in kept.served},
        order=tuple(c.id for c in everybody),
        rules=area.rules,
        surfaces=graph.surfaces,
        wished=kept.wished,
    )
    return replace(problem, graph=graph, standing=standing)


def _pieces(graph: RouteGraph, ground: Ground) -> dict[int, list[int]]:
    """Give the edges of each earlier segment, from its first junction to its last."""
    found: dict[int, list[int]] = defaultdict(list)
    for edge, row in enumerate(graph.routes.tolist()):
        if 0 <= row < len(ground.segments):
            found[row].append(edge)
    return found


def _junction_names(graph: RouteGraph, ground: Ground, pieces: Mapping[int, list[int]]) -> tuple[str, ...]:
    """Give the graph's junctions their earlier names, and the others names that nobody has."""
    old: dict[int, str] = {}
    for number, edges in pieces.items():
        segment = ground.segments[number]
        old.setdefault(int(graph.tails[edges[0]]), segment.from_junction)
        old.setdefault(int(graph.heads[edges[-1]]), segment.to_junction)
    taken = {name for s in ground.segments for name in (s.from_junction, s.to_junction)} | set(old.values())
    told: dict[str, str] = {}  # where a second way ends has the name of where the first one does
    names, number = [], 0
    for index, name in enumerate(graph.junction_ids):
        chosen = old.get(index, told.get(name, name))
        while index not in old and name not in told and chosen in taken:
            number += 1
            chosen = f"j{number}" if name.startswith("j") else f"{name}-{number}"
        taken.add(chosen)
        told.setdefault(name, chosen)
        names.append(chosen)
    return tuple(names)


def _segment_ids(
    graph: RouteGraph, ground: Ground, pieces: Mapping[int, list[int]], kept: Network
) -> tuple[str, ...]:
    """Name the pieces of earlier segments after them; nothing else gets the name of a kept route."""
    names = list(graph.segment_ids)
    for number, edges in pieces.items():
        name = ground.segments[number].id
        for place, edge in enumerate(edges, start=1):
            names[edge] = name if len(edges) == 1 else f"{name}/{place}"
    own = {edge for edges in pieces.values() for edge in edges}
    taken = {names[edge] for edge in own} | {route.id for route in kept.routes}
    for edge, name in enumerate(names):
        chosen, number = name, 1
        while edge not in own and chosen in taken:
            number += 1
            chosen = f"{name}-{number}"
        names[edge] = chosen
        taken.add(chosen)
    return tuple(names)


def _retold(network: Network, graph: RouteGraph, ground: Ground, pieces: Mapping[int, list[int]]) -> Network:
    """Give the kept network with its routes cut as the graph cuts them."""
    junction_of: dict[str, str] = {}
    cut: dict[str, list[int]] = {}
    for number, edges in pieces.items():
        segment = ground.segments[number]
        junction_of.setdefault(segment.from_junction, graph.junction_ids[int(graph.tails[edges[0]])])
        junction_of.setdefault(segment.to_junction, graph.junction_ids[int(graph.heads[edges[-1]])])
        cut[segment.id] = edges
    routes, lines = [], []
    for route, line in zip(network.routes, network.route_lines.tolist(), strict=True):
        if route.id not in cut:
            start, end = (junction_of.get(name, name) for name in (route.from_junction, route.to_junction))
            routes.append(replace(route, from_junction=start, to_junction=end))
            lines.append(line)
        for edge in cut.get(route.id, ()):
            routes.append(
                replace(
                    route,
                    id=graph.segment_ids[edge],
                    from_junction=graph.junction_ids[int(graph.tails[edge])],
                    to_junction=graph.junction_ids[int(graph.heads[edge])],
                    length_m=float(graph.lengths_m[edge]),
                )
            )
            lines.append(graph.lines[edge])
    route_lines = np.empty(len(lines), object)
    route_lines[:] = lines
    tracks = Survey(network).tracks
    begins = {route.id: route.from_junction for route in network.routes}
    lengths_m = {route.id: route.length_m for route in routes}
    cables = tuple(
        _recut(cable, track.junctions, begins, cut, graph, lengths_m)
        for cable, track in zip(network.cables, tracks, strict=True)
    )
    nodes = tuple(replace(node, junction=junction_of.get(node.junction, node.junction)) for node in network.nodes)
    return replace(network, routes=tuple(routes), route_lines=route_lines, cables=cables, nodes=nodes)


def _recut(
    cable: Cable,
    junctions: tuple[str, ...],
    begins: Mapping[str, str],
    cut: Mapping[str, list[int]],
    graph: RouteGraph,
    lengths_m: Mapping[str, float],
) -> Cable:
    """Give a cable over the pieces of its routes, as long as these are."""
    names: list[str] = []
    for place, name in enumerate(cable.routes):
        edges = cut.get(name)
        if edges is None:
            names.append(name)
            continue
        ahead = edges if junctions[place] == begins[name] else edges[::-1]
        names += [graph.segment_ids[edge] for edge in ahead]
    length_m = round(math.fsum(lengths_m.get(name, 0.0) for name in names), 3)
    if abs(length_m - cable.length_m) < ROUNDED_M * (1 + len(names)):
        length_m = cable.length_m
    return replace(cable, routes=tuple(names), length_m=length_m)


def _site_junctions(graph: RouteGraph, area: Area, network: Network) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Give the sites' junctions; a site on which a kept cabinet stands is where that stands."""
    index_of = {name: index for index, name in reversed(list(enumerate(graph.junction_ids)))}
    kept = {node.site: index_of[node.junction] for node in network.nodes if node.junction in index_of and node.site}
    junctions = graph.site_junctions.copy()
    for row, site in enumerate(area.sites):
        junctions[row] = kept.get(site.id, junctions[row])
    return junctions
