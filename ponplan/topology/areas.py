"""Whose each record is: the serving area it belongs to, and the phase in which it is built.

A serving area is named by what feeds it: the node of the first splitter on the light's way, or the office for what
lies between the office and that splitter. What several areas share goes to the one with most cables in it,
distribution before feeder. A phase is that of the customers; what several phases need is built in the
first of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ponplan.topology.index import NetworkIndex
    from ponplan.topology.network import Link

BEARER = ("uplinks", "bearer_elements", "bearer_links")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Area and phase of every record that has any: by the name of its table, then by its id."""

    areas: Mapping[str, Mapping[str, str]]
    phases: Mapping[str, Mapping[str, str]]

    def area(self, table: str, record: str) -> str:
        """Give a record's area; empty if it serves none."""
        return self.areas[table].get(record, "")

    def phase(self, table: str, record: str) -> str:
        """Give a record's phase; empty if its customers have none."""
        return self.phases[table].get(record, "")


def owners_of(index: NetworkIndex) -> Owners:
    """Give area and phase of nodes, routes, cables, splitters, ports, cards, chassis, terminals and links."""
    areas = _areas(index)
    return Owners(areas=areas, phases=_phases(index, areas["links"].keys()))


def _areas(index: NetworkIndex) -> dict[str, dict[str, str]]:
    network, places = index.network, index.device_nodes
    roots = {splitter.id: _root(index, splitter.id) for splitter in network.splitters}
    areas: dict[str, dict[str, str]] = {
        "links": {link.id: roots.get(link.from_device) or places.get(link.from_device, "") for link in network.links},
        "splitters": roots,
        "onus": {},
        "ports": {port.id: places.get(port.id, "") for port in network.ports},
        "cards": {card.id: index.olts[card.olt].node for card in network.cards if card.olt in index.olts},
        "olts": {olt.id: olt.node for olt in network.olts},
        "uplinks": {row.id: index.olts[row.olt].node for row in network.uplinks if row.olt in index.olts},
        "bearer_elements": {element.id: element.node for element in network.bearer_elements},
    }
    areas["bearer_links"] = {
        link.id: areas["bearer_elements"].get(link.from_element, "") for link in network.bearer_links
    }
    for link in network.links:
        if link.to_device in index.onus and link.role == "working":
            areas["onus"].setdefault(link.to_device, areas["links"][link.id])
    areas["cables"] = _cable_areas(index, areas["links"])
    areas["routes"] = _most(
        (route, areas["cables"].get(cable.id, ""), cable.role != "feeder")
        for cable in network.cables
        for route in cable.routes
    )
    areas["nodes"] = _node_areas(index, areas)
    return areas


def _root(index: NetworkIndex, splitter: str) -> str:
    """Give the node of the first splitter on the working way to this one."""
    passed = {splitter}
    here = splitter
    while True:
        above = [
            link.from_device
            for link in map(index.network.links.__getitem__, index.links_into.get(here, ()))
            if link.from_device in index.splitters and link.role == "working" and link.from_device not in passed
        ]
        if not above:
            return index.splitters[here].node
        here = above[0]
        passed.add(here)


def _cable_areas(index: NetworkIndex, links: Mapping[str, str]) -> dict[str, str]:
    ports = index.ports
    areas = _most(
        (cable, links[link.id], link.from_device not in ports)
        for link in index.network.links
        for cable, _ in link.strands
    )
    dark = (cable for cable in index.network.cables if cable.id not in areas)
    hosts = {splitter.node for splitter in index.network.splitters} | {olt.node for olt in index.network.olts}
    return areas | {cable.id: cable.from_node for cable in dark if cable.from_node in hosts}


def _node_areas(index: NetworkIndex, areas: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Give the area of each node: of its splitters, else its office, else of the cables that end there."""
    network = index.network
    offices = {node.junction: node.id for node in network.nodes if node.kind == "office"}
    found = _most(
        (node, areas["cables"].get(cable.id, ""), cable.role != "feeder")
        for cable in network.cables
        for node in (cable.from_node, cable.to_node)
    )
    for node in network.nodes:
        kind = network.catalogue.enclosures.get(node.enclosure)
        if kind is not None and kind.kind == "odf":
            found[node.id] = offices.get(node.junction, node.id)
    found |= {splitter.node: areas["splitters"][splitter.id] for splitter in reversed(network.splitters)}
    return found | {node.id: node.id for node in network.nodes if node.kind == "office"}


def _most(votes: Iterable[tuple[str, str, bool]]) -> dict[str, str]:
    """Give each record's area of votes (record, area, weighty): weighty ones before many; ties by name."""
    counts: dict[str, Counter[tuple[bool, str]]] = defaultdict(Counter)
    for record, area, weighty in votes:
        if area:
            counts[record][weighty, area] += 1
    return {
        record: min(found.items(), key=lambda vote: (not vote[0][0], -vote[1], vote[0][1]))[0][1]
        for record, found in counts.items()
    }


def _phases(index: NetworkIndex, links: Iterable[str]) -> dict[str, dict[str, str]]:
    """Give the first phase of the customers behind every record."""
    network = index.network
    first: dict[str, dict[str, str]] = {
        table: {}
        for table in ("links", "splitters", "onus", "ports", "cards", "olts", "cables", "routes", "nodes", *BEARER)
    }
    phases = {customer.id: customer.phase for customer in network.customers}
    if not any(phases.values()):
        return first
    for onu in network.onus:
        _enter(first["onus"], onu.id, phases.get(onu.customer, ""))
        for link in _upward(index, onu.id):
            _enter(first["links"], link.id, first["onus"].get(onu.id, ""))
    by_id = {link.id: link for link in network.links}
    for name in links:
        link, phase = by_id[name], first["links"].get(name, "")
        for table in ("splitters", "ports"):
            if link.from_device in getattr(index, table):
                _enter(first[table], link.from_device, phase)
        for strand in link.strands:
            _enter(first["cables"], strand[0], phase)
    for cable in network.cables:
        phase = first["cables"].get(cable.id, "")
        for route in cable.routes:
            _enter(first["routes"], route, phase)
        for node in (cable.from_node, cable.to_node):
            _enter(first["nodes"], node, phase)
    for splitter in network.splitters:
        _enter(first["nodes"], splitter.node, first["splitters"].get(splitter.id, ""))
    for port in network.ports:
        _enter(first["cards"], port.card, first["ports"].get(port.id, ""))
    for card in network.cards:
        _enter(first["olts"], card.olt, first["cards"].get(card.id, ""))
    for uplink in network.uplinks:
        _enter(first["uplinks"], uplink.id, first["olts"].get(uplink.olt, ""))
        _enter(first["bearer_elements"], uplink.to, first["olts"].get(uplink.olt, ""))
    for _ in range(2):  # one row of elements behind another
        for bearer_link in network.bearer_links:
            phase = first["bearer_elements"].get(bearer_link.from_element, "")
            _enter(first["bearer_links"], bearer_link.id, phase)
            _enter(first["bearer_elements"], bearer_link.to_element, phase)
    return first


def _upward(index: NetworkIndex, device: str) -> list[Link]:
    """Give all links on the ways from ports to a device."""
    found: dict[int, None] = {}
    waiting = [device]
    while waiting:
        for row in index.links_into.get(waiting.pop(), ()):
            if row not in found:
                found[row] = None
                waiting.append(index.network.links[row].from_device)
    return [index.network.links[row] for row in found]


def _enter(first: dict[str, str], record: str, phase: str) -> None:
    """Keep the earlier phase of a record: numbers by size, before names by alphabet."""
    if phase and (record not in first or phase_key(phase) < phase_key(first[record])):
        first[record] = phase


def phase_key(phase: str) -> tuple[bool, float, str]:
    """Give what phases are ordered by."""
    try:
        return (False, float(phase), phase)
    except ValueError:
        return (True, 0.0, phase)
