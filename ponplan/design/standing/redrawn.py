"""Cables that were redrawn on the map, laid along the routes under their new lines."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.design.standing.under import NEAR_M, RouteWays
from ponplan.errors import DesignFileError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely import LineString

    from ponplan.topology.network import Cable, Network


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
    ways = RouteWays(network.routes, network.route_lines)
    for cable in network.cables:
        line, off_m = drawn.get(cable.id, (None, 0.0))
        if line is None or not (built or cable.locked or cable.state == "existing"):
            continue
        again = _along(network, ways, cable, line)
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


def _along(network: Network, ways: RouteWays, cable: Cable, line: LineString) -> Cable | None:
    """Give a cable along the routes under a line from one of its nodes to the other, None if there are none."""
    junctions = {node.id: node.junction for node in network.nodes}
    way = ways.between(junctions.get(cable.from_node, ""), junctions.get(cable.to_node, ""), line)
    if way is None or not way.is_under:
        return None
    length_m = round(math.fsum(network.routes[row].length_m for row in way.rows), 3)
    slack_m = math.ceil(length_m * network.rules.cable_slack * 1000.0 - 1e-6) / 1000.0
    routes = tuple(network.routes[row].id for row in way.rows)
    return replace(cable, routes=routes, length_m=length_m, slack_m=slack_m)
