"""Where to find what in a network: records by id, devices' places, links by their ends."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.catalogue.model import OpticalClass
    from ponplan.topology.network import Cable, Card, Network, Node, Olt, OltPort, Onu, Route, Splitter


class NetworkIndex:
    """Look-ups over one network, each made when first asked for; of records with the same id the last one counts."""

    def __init__(self, network: Network) -> None:
        self.network = network

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Nodes by id."""
        return {node.id: node for node in self.network.nodes}

    @cached_property
    def routes(self) -> Mapping[str, Route]:
        """Routes by id."""
        return {route.id: route for route in self.network.routes}

    @cached_property
    def cables(self) -> Mapping[str, Cable]:
        """Cables by id."""
        return {cable.id: cable for cable in self.network.cables}

    @cached_property
    def cable_rows(self) -> Mapping[str, int]:
        """Place of each cable in the network's tuple."""
        return {cable.id: row for row, cable in enumerate(self.network.cables)}

    @cached_property
    def olts(self) -> Mapping[str, Olt]:
        """Chassis by id."""
        return {olt.id: olt for olt in self.network.olts}

    @cached_property
    def cards(self) -> Mapping[str, Card]:
        """Cards by id."""
        return {card.id: card for card in self.network.cards}

    @cached_property
    def ports(self) -> Mapping[str, OltPort]:
        """PON ports by id."""
        return {port.id: port for port in self.network.ports}

    @cached_property
    def splitters(self) -> Mapping[str, Splitter]:
        """Splitters by id."""
        return {splitter.id: splitter for splitter in self.network.splitters}

    @cached_property
    def onus(self) -> Mapping[str, Onu]:
        """Terminals by id."""
        return {onu.id: onu for onu in self.network.onus}

    @cached_property
    def device_nodes(self) -> Mapping[str, str]:
        """Node id of every port, splitter and terminal whose place is known."""
        places = {splitter.id: splitter.node for splitter in self.network.splitters}
        places |= {onu.id: onu.node for onu in self.network.onus}
        for port in self.network.ports:
            card = self.cards.get(port.card)
            olt = self.olts.get(card.olt) if card else None
            if olt:
                places[port.id] = olt.node
        return places

    @cached_property
    def device_junctions(self) -> Mapping[str, str]:
        """Junction of every port, splitter and terminal whose place is known."""
        nodes = self.nodes
        return {device: nodes[node].junction for device, node in self.device_nodes.items() if node in nodes}

    @cached_property
    def links_from(self) -> Mapping[str, list[int]]:
        """Rows of the links that leave each device."""
        rows: dict[str, list[int]] = defaultdict(list)
        for row, link in enumerate(self.network.links):
            rows[link.from_device].append(row)
        return rows

    @cached_property
    def links_into(self) -> Mapping[str, list[int]]:
        """Rows of the links that reach each device."""
        rows: dict[str, list[int]] = defaultdict(list)
        for row, link in enumerate(self.network.links):
            rows[link.to_device].append(row)
        return rows

    @cached_property
    def nodes_at(self) -> Mapping[str, list[Node]]:
        """Nodes at each junction."""
        found: dict[str, list[Node]] = defaultdict(list)
        for node in self.network.nodes:
            found[node.junction].append(node)
        return found

    def optical_class(self, port: OltPort) -> OpticalClass | None:
        """Give the optical class of a port's transceiver, None if either is not in the catalogue."""
        optics = self.network.catalogue.olt_optics.get(port.optics)
        return self.network.catalogue.optical_classes.get(optics.optical_class) if optics else None
