"""Cables that were redrawn on the map, laid along the routes under their new lines."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.errors import DesignFileError, Fault
from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.nearest import nearest_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely import LineString

    from ponplan.topology.network import Cable, Network

NEAR_M = 20.0  # how far a line may be drawn from the routes that it means
AWAY_WEIGHT = 50.0  # a metre of route so near to the line counts so much less than one away from it


def laid_as_drawn(
    network: Network, drawn: Mapping[str, tuple[LineString | None, float]], *, built: bool
) -> tuple[Network, tuple[str, ...]]:
    """Give the network with its kept cables along the routes that they are drawn on, and what was done in words.

    Parameters
    ----------
    drawn
        As `redrawn_cables` gives them: the line of each redrawn cable, and how far it is off its routes.
    built
        Whether every cable is kept; otherwise only the existing and the locked ones.

    Raises
    ------
    DesignFileError
        Names every cable whose line no joined routes lie under.
    """
    found: dict[str, Cable] = {}
    faults, words = [], []
    for cable in network.cables:
        line, off_m = drawn.get(cable.id, (None, 0.0))
        if line is None or not (built or cable.locked or cable.state == "existing"):
            continue
        again = _along(network, cable, line)
        if again is None:
            problem = f"the cable was drawn up to {off_m:.1f} m off its routes, where no joined routes lie"
            limit = f"{NEAR_M:g} m from routes between its nodes"
            remedy = "draw the route too, or draw the cable back"
            faults.append(
                Fault(file="cables", row=cable.id, field="geom", problem=problem, limit=limit, remedy=remedy)
            )
        elif again.routes != cable.routes:
            found[cable.id] = again
            words.append(f"cable {cable.id} lies where it was drawn, {again.length_m:.1f} m long")
    if faults:
        raise DesignFileError(faults)
    cables = tuple(found.get(cable.id, cable) for cable in network.cables)
    return replace(network, cables=cables), tuple(words)


def _along(network: Network, cable: Cable, line: LineString) -> Cable | None:
    """Give a cable along the routes under a line from one of its nodes to the other, None if there are none."""
    junctions = {node.id: node.junction for node in network.nodes}
    names = sorted({name for route in network.routes for name in (route.from_junction, route.to_junction)})
    number = {name: index for index, name in enumerate(names)}
    start, end = number.get(junctions.get(cable.from_node, "")), number.get(junctions.get(cable.to_node, ""))
    if start is None or end is None:
        return None
    away_m = shapely.hausdorff_distance(
        network.route_lines, shapely.intersection(network.route_lines, line.buffer(NEAR_M))
    )
    lengths_m = np.array([route.length_m for route in network.routes])
    is_near = np.isfinite(away_m) & (away_m < 1.0)
    weights = lengths_m * np.where(is_near, 1.0, AWAY_WEIGHT)
    graph = SparseGraph.from_edges(
        len(names),
        [number[route.from_junction] for route in network.routes],
        [number[route.to_junction] for route in network.routes],
        weights,
    )
    _, above = nearest_tree(graph, np.array([start], np.int64))
    rows: list[int] = []
    here = end
    while above[here] >= 0:
        row = int(above[here])
        rows.append(row)
        route = network.routes[row]
        here = number[route.from_junction] + number[route.to_junction] - here
    if here != start or not is_near[rows].all():
        return None
    length_m = round(math.fsum(network.routes[row].length_m for row in rows), 3)
    slack_m = math.ceil(length_m * network.rules.cable_slack * 1000.0 - 1e-6) / 1000.0
    routes = tuple(network.routes[row].id for row in reversed(rows))
    return replace(cable, routes=routes, length_m=length_m, slack_m=slack_m)
