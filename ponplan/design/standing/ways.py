"""What the light of customers passes in a design, and whose light passes what."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Set

    from ponplan.topology.network import Link, Network


def on_ways_of(network: Network, served: Container[str]) -> Mapping[str, set[str]]:
    """Give ids of the nodes, cables and splitters on every way of light to these customers, table by table."""
    found: dict[str, set[str]] = defaultdict(set)
    hosts = {one.id: one.node for one in network.splitters}
    ends = {one.id: (one.from_node, one.to_node) for one in network.cables}
    for customer, links in _ways(network).items():
        if customer not in served:
            continue
        for link in links:
            for device in {link.from_device, link.to_device} & hosts.keys():
                found["splitters"].add(device)
                found["nodes"].add(hosts[device])
            for cable, _ in link.strands:
                found["cables"].add(cable)
                found["nodes"].update(ends[cable])
    return found


def customers_behind(network: Network, subjects: Set[str]) -> set[str]:
    """Give the customers whose light passes one of these: device, card, chassis, cable, fibre, link, node, route."""
    if not subjects:
        return set()
    above: dict[str, set[str]] = defaultdict(set)  # of each device: what it is in
    cards = {one.id: one.olt for one in network.cards}
    offices = {one.id: one.node for one in network.olts}
    for port in network.ports:
        olt = cards.get(port.card, "")
        above[port.id] = {port.card, olt, offices.get(olt, "")}
    for splitter in network.splitters:
        above[splitter.id] = {splitter.node}
    along = {one.id: {one.id, one.from_node, one.to_node, *one.routes} for one in network.cables}

    def is_met(link: Link) -> bool:
        """Whether a link, an end of it or a cable of it is among the subjects."""
        if not subjects.isdisjoint({link.id, link.from_device, link.to_device}):
            return True
        if not subjects.isdisjoint(above[link.from_device] | above[link.to_device]):
            return True
        names = (along.get(cable, {cable}) | {f"{cable}:{fibre}"} for cable, fibre in link.strands)
        return any(not subjects.isdisjoint(one) for one in names)

    met = {link.id: is_met(link) for link in network.links}
    behind = {name for name, links in _ways(network).items() if any(met[link.id] for link in links)}
    own = {one.customer for one in network.onus if {one.id, one.node} & subjects}
    return behind | own | {one.id for one in network.customers if one.id in subjects}


def _ways(network: Network) -> Mapping[str, set[Link]]:
    """Give the links of all ways of light to each customer."""
    into: dict[str, list[Link]] = defaultdict(list)
    for link in network.links:
        into[link.to_device].append(link)
    found: dict[str, set[Link]] = defaultdict(set)
    for onu in network.onus:
        found[onu.customer].update(_upwards(onu.id, into))
    return found


def _upwards(device: str, into: Mapping[str, list[Link]]) -> Iterator[Link]:
    waiting, seen = [device], {device}
    while waiting:
        for link in into.get(waiting.pop(), ()):
            yield link
            if link.from_device not in seen:
                seen.add(link.from_device)
                waiting.append(link.from_device)
