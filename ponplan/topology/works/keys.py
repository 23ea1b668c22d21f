"""What every resource is known by: a key that stays when other things of the design change."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.topology.network import Node
    from ponplan.topology.survey import Survey

LETTERS = {"feeder": "F", "distribution": "D", "drop": "W"}


class Keyed(NamedTuple):
    """A resource before it has a number."""

    kind: str
    record: str
    key: str
    letter: str
    name: str  # a name of its own that is stable; empty where only the key is
    table: str
    owner: str  # the record of that table whose area counts
    office: str
    parent: tuple[str, str] = ("", "")  # table and record of what it is part of
    number: int | None = None


def resource_keys(survey: Survey) -> Iterator[Keyed]:
    """Give every resource, what others are part of before its parts."""
    network, index = survey.network, survey.index
    nodes = _node_keys(survey)
    odfs = {node.id for node in network.nodes if _is_odf(survey, node)}
    offices = {node.junction: node.id for node in network.nodes if node.kind == "office"}
    for node in sorted(network.nodes, key=lambda node: node.kind != "office"):
        if node.kind == "premises":
            continue
        kind = "odf" if node.id in odfs else node.kind
        stable = kind in ("office", "odf") or node.site == node.id
        letter = {"cabinet": "C", "room": "R", "closure": "K"}.get(kind, "N")
        office = offices.get(node.junction, "")
        yield Keyed(kind, node.id, nodes[node.id], letter, node.id if stable else "", "nodes", node.id, office)
    for olt in network.olts:
        yield Keyed("olt", olt.id, f"olt {olt.id}", "O", olt.id, "olts", olt.id, olt.node, ("nodes", olt.node))
    for card in network.cards:
        yield Keyed("card", card.id, f"card {card.id}", "B", card.id, "cards", card.id, "", ("olts", card.olt), None)
    for port in network.ports:
        place = index.device_nodes.get(port.id, "")
        yield Keyed("port", port.id, f"port {port.id}", "P", port.id, "ports", port.id, place, ("cards", port.card))
    yield from _cables(survey, nodes)
    yield from _splitters(survey, nodes)
    for onu in network.onus:
        key, parent = f"onu {onu.customer}", ("nodes", onu.node)
        yield Keyed("onu", onu.id, key, "U", onu.id, "onus", onu.id, "", parent)


def _is_odf(survey: Survey, node: Node) -> bool:
    kind = survey.catalogue.enclosures.get(node.enclosure)
    return kind is not None and kind.kind == "odf"


def _node_keys(survey: Survey) -> dict[str, str]:
    """Give what each node is known by: its office, customer or site, else where it stands."""
    customers = {onu.node: onu.customer for onu in survey.network.onus}
    seen: Counter[str] = Counter()
    keys = {}
    for node in survey.network.nodes:
        if node.id in customers:
            key = f"premises of {customers[node.id]}"
        elif node.kind == "office" or _is_odf(survey, node) or node.site == node.id:
            key = f"{node.kind} {node.id}"
        else:
            key = f"{node.kind} {node.site} at {node.x_m:.1f} {node.y_m:.1f}"
        seen[key] += 1
        keys[node.id] = key if seen[key] == 1 else f"{key} no. {seen[key]}"
    return keys


def _cables(survey: Survey, nodes: Mapping[str, str]) -> Iterator[Keyed]:
    seen: Counter[str] = Counter()
    for cable in survey.network.cables:
        ends = [nodes.get(node, node) for node in (cable.from_node, cable.to_node)]
        key = f"{cable.role} cable from {ends[0]} to {ends[1]}"
        seen[key] += 1
        key = key if seen[key] == 1 else f"{key} no. {seen[key]}"
        letter = LETTERS.get(cable.role, "X")
        yield Keyed("cable", cable.id, key, letter, "", "cables", cable.id, "", ("nodes", cable.from_node))
        kind = survey.catalogue.cable_types.get(cable.type)
        for fibre in range(1, (kind.fibres if kind else 0) + 1):
            part = ("cables", cable.id)
            yield Keyed("fibre", cable.id, f"fibre {fibre} of {key}", "F", "", *part, "", part, fibre)


def _splitters(survey: Survey, nodes: Mapping[str, str]) -> Iterator[Keyed]:
    first = _first_customers(survey)
    seen: Counter[str] = Counter()
    for splitter in survey.network.splitters:
        known = first.get(splitter.id, "nobody")
        place = nodes.get(splitter.node, splitter.node)
        key = f"splitter of {splitter.technology} at {place}, stage {splitter.stage}, of {known}"
        seen[key] += 1
        key = key if seen[key] == 1 else f"{key} no. {seen[key]}"
        yield Keyed("splitter", splitter.id, key, "S", "", "splitters", splitter.id, "", ("nodes", splitter.node))
        kind = survey.catalogue.splitters.get(splitter.type)
        for leg in range(1, (kind.outputs if kind else 0) + 1):
            part = ("splitters", splitter.id)
            yield Keyed("leg", splitter.id, f"leg {leg} of {key}", "L", "", *part, "", part, leg)


def _first_customers(survey: Survey) -> dict[str, str]:
    """Give, for each splitter, the first customer by name that hangs on it."""
    index, links = survey.index, survey.network.links
    first: dict[str, str] = {}
    for onu in survey.network.onus:
        waiting, passed = [onu.id], {onu.id}
        while waiting:
            for row in index.links_into.get(waiting.pop(), ()):
                above = links[row].from_device
                if above in index.splitters and above not in passed:
                    passed.add(above)
                    first[above] = min(first.get(above, onu.customer), onu.customer)
                    waiting.append(above)
    return first
