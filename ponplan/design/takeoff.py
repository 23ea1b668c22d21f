"""Every quantity that a network needs, record by record: what it is, how much, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ponplan.design.bearer.bundles import optics_of
from ponplan.design.prices import installation_of
from ponplan.topology.splicing import splitter_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ponplan.catalogue import Catalogue
    from ponplan.topology.network import Cable, Link, Network, Route

NEW, REUSED = "new", "reused"
NET, SLACK = "net", "slack"


class Taken(NamedTuple):
    """A quantity of an item for one record."""

    item: str
    quantity: float
    table: str  # of the record
    record: str  # its id
    state: str = NEW  # reused: there already and in use
    part: str = NET  # slack: bought on top of the length laid
    connects: bool = False  # needed to connect one customer rather than to pass the premises


def take_off(network: Network) -> Iterator[Taken]:
    """Give every quantity: what is bought and done anew, and what is there already and used."""
    lit = {cable for link in network.links for cable, _ in link.strands}
    drop_only = _routes_of_drops(network)
    for route in network.routes:
        yield from _route_items(network.catalogue, route, connects=route.id in drop_only)
    for cable in network.cables:
        yield from _cable_items(cable, is_lit=cable.id in lit)
    yield from _enclosures(network, lit)
    yield from _devices(network)
    yield from _bearer(network)
    yield from _work(network)


def _routes_of_drops(network: Network) -> set[str]:
    """Give the routes in which nothing but drop cables lies."""
    drops: set[str] = set()
    trunks: set[str] = set()
    for cable in network.cables:
        (drops if cable.role == "drop" else trunks).update(cable.routes)
    return drops - trunks


def _route_items(catalogue: Catalogue, route: Route, *, connects: bool) -> Iterator[Taken]:
    if route.state == "unused":
        return
    state = NEW if route.state == "new" else REUSED
    yield Taken(route.surface, route.length_m, "routes", route.id, state, connects=connects)
    if route.duct and catalogue.surfaces[route.surface].method == "trench":
        yield Taken(route.duct, route.length_m * route.bores, "routes", route.id, state, connects=connects)


def _cable_items(cable: Cable, *, is_lit: bool) -> Iterator[Taken]:
    connects = cable.role == "drop"
    if cable.state == "new":
        yield Taken(cable.type, cable.length_m, "cables", cable.id, connects=connects)
        yield Taken(cable.type, cable.slack_m, "cables", cable.id, part=SLACK, connects=connects)
    elif is_lit:
        yield Taken(cable.type, cable.length_m, "cables", cable.id, REUSED, connects=connects)


def _enclosures(network: Network, lit: set[str]) -> Iterator[Taken]:
    """Give enclosures and their installation; one that is there already is reused if anything of ours is in it."""
    used = {splitter.node for splitter in network.splitters}
    used |= {node for cable in network.cables if cable.id in lit for node in (cable.from_node, cable.to_node)}
    for node in network.nodes:
        if node.enclosure and node.state == "new":
            yield Taken(node.enclosure, 1.0, "nodes", node.id)
            yield Taken(installation_of(network.catalogue.enclosures[node.enclosure]), 1.0, "nodes", node.id)
        elif node.enclosure and node.id in used:
            yield Taken(node.enclosure, 1.0, "nodes", node.id, REUSED)


def _devices(network: Network) -> Iterator[Taken]:
    for splitter in network.splitters:
        yield Taken(splitter.type, 1.0, "splitters", splitter.id, _state(splitter.state))
        yield from _anew(splitter.state, ("splitter-installation",), "splitters", splitter.id)
    for olt in network.olts:
        yield Taken(olt.type, 1.0, "olts", olt.id, _state(olt.state))
    for card in network.cards:
        yield Taken(card.type, 1.0, "cards", card.id, _state(card.state))
    for port in network.ports:
        yield Taken(port.optics, 1.0, "ports", port.id, _state(port.state))
        yield from _anew(port.state, ("pon-port-commissioning",), "ports", port.id)
    for onu in network.onus:
        yield Taken(onu.type, 1.0, "onus", onu.id, _state(onu.state), connects=True)
        yield from _anew(onu.state, ("drop-connection", "onu-commissioning"), "onus", onu.id, connects=True)


def _bearer(network: Network) -> Iterator[Taken]:
    """Give elements, transceivers at the ends that are ours, and fibres between offices."""
    places = {element.id: element for element in network.bearer_elements}
    for element in network.bearer_elements:
        yield Taken(element.type, 1.0, "bearer_elements", element.id, _state(element.state))
        yield from _anew(element.state, ("bearer-commissioning",), "bearer_elements", element.id)
    for uplink in network.uplinks:
        if not network.rules.bearer and uplink.to not in places:
            continue  # nothing is known of transceivers where no bearer was planned
        far = 1.0 if uplink.to in places else 0.0
        yield Taken(_optics(network, uplink.rate_bps), 1.0 + far, "uplinks", uplink.id, _state(uplink.state))
    for link in network.bearer_links:
        far = 1.0 if link.to_element in places else 0.0
        yield Taken(_optics(network, link.rate_bps), 1.0 + far, "bearer_links", link.id, _state(link.state))
        if link.length_m:
            yield Taken("backbone-fibre", 2.0 * link.length_m, "bearer_links", link.id, _state(link.state))


def _optics(network: Network, rate_bps: int) -> str:
    """Give the cheapest transceiver of a rate; any name that has no price shows as one in the bill."""
    return optics_of(network.catalogue, rate_bps) or f"bearer-optics-{rate_bps}"


def _state(state: str) -> str:
    return NEW if state == "new" else REUSED


def _anew(state: str, items: Iterable[str], table: str, record: str, *, connects: bool = False) -> Iterator[Taken]:
    """Give work that only something new needs."""
    if state == "new":
        for item in items:
            yield Taken(item, 1.0, table, record, connects=connects)


def _work(network: Network) -> Iterator[Taken]:
    """Give splices and frame ports; what joins a drop and its terminal connects a customer."""
    ports = {port.id for port in network.ports}
    splitters = {splitter.id: splitter.type for splitter in network.splitters}
    drops = {cable.id for cable in network.cables if cable.role == "drop"}
    catalogue, rows = network.catalogue, network.catalogue.terminations
    for link in network.links:
        if link.state != "new":
            continue
        above, below = splitters.get(link.from_device, ""), splitters.get(link.to_device)
        begin = (rows["olt"] if link.from_device in ports else splitter_end(catalogue, above, "output")).splices
        end = (rows["onu"] if below is None else splitter_end(catalogue, below, "input")).splices
        joined = _joints_before_drops(link, drops)
        connecting = joined + (0 if link.to_device in splitters else end)
        passing = begin + max(len(link.strands) - 1, 0) + end - connecting
        for count, connects in ((passing, False), (connecting, True)):
            if count:
                yield Taken("splice", float(count), "links", link.id, connects=connects)
        if link.from_device in ports:
            yield Taken("odf-port", 1.0, "links", link.id)


def _joints_before_drops(link: Link, drops: set[str]) -> int:
    return sum(cable in drops for cable, _ in link.strands[1:])
