"""What a quote adds to a design, as records, and the design with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.newrecords import NewRecords

if TYPE_CHECKING:
    from shapely import LineString

    from ponplan.topology.network import (
        Cable,
        Exposure,
        Network,
        NetworkCustomer,
        Node,
        Route,
    )

Drawn = "tuple[Route, LineString]"


@dataclass(slots=True, kw_only=True)
class Change(NewRecords):
    """Records to add, and records that others take the place of; relaxed is what two ways of a customer share.

    Parameters
    ----------
    replaced_routes
        Of a route's id: the route as it becomes, or its pieces in order.
    replaced_cables
        Cables whose routes have been cut into pieces.
    replaced_nodes
        Nodes that are planned with a larger enclosure now.
    """

    customer: NetworkCustomer
    routes: list[tuple[Route, LineString]] = field(default_factory=list)
    replaced_routes: dict[str, tuple[tuple[Route, LineString], ...]] = field(default_factory=dict)
    replaced_cables: dict[str, Cable] = field(default_factory=dict)
    replaced_nodes: dict[str, Node] = field(default_factory=dict)
    exposures: list[Exposure] = field(default_factory=list)
    entered: set[str] = field(default_factory=set)  # nodes that were there before and that the change works in


def applied(network: Network, change: Change) -> Network:
    """Give the network with the change; bill and facts are still those of before."""
    drawn = [
        piece
        for route, line in zip(network.routes, network.route_lines.tolist(), strict=True)
        for piece in change.replaced_routes.get(route.id, ((route, line),))
    ]
    drawn += change.routes
    lines = np.empty(len(drawn), object)
    lines[:] = [line for _, line in drawn]
    return replace(
        network,
        customers=(*network.customers, change.customer),
        nodes=(*(change.replaced_nodes.get(node.id, node) for node in network.nodes), *change.nodes),
        routes=tuple(route for route, _ in drawn),
        route_lines=lines,
        cables=(*(change.replaced_cables.get(cable.id, cable) for cable in network.cables), *change.cables),
        olts=(*network.olts, *change.olts),
        cards=(*network.cards, *change.cards),
        ports=(*network.ports, *change.ports),
        uplinks=(*network.uplinks, *change.uplinks),
        bearer_elements=(*network.bearer_elements, *change.bearer_elements),
        bearer_links=(*network.bearer_links, *change.bearer_links),
        splitters=(*network.splitters, *change.splitters),
        onus=(*network.onus, *change.onus),
        links=(*network.links, *change.links),
        relaxed=(*network.relaxed, *change.relaxed),
        exposures=(*network.exposures, *change.exposures),
    )
