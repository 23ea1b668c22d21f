"""The rule of references: what a record names must be there, in the network or in the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.network import Network
    from ponplan.topology.survey import Survey

# what a field names: a catalogue's table, or a table of the network
CATALOGUE_NAMES = (
    ("nodes", "enclosure", "enclosures"),
    ("routes", "surface", "surfaces"),
    ("routes", "duct", "duct_types"),
    ("cables", "type", "cable_types"),
    ("customers", "customer_class", "customer_classes"),
    ("customers", "technology", "technologies"),
    ("circuits", "service", "services"),
    ("olts", "type", "olt_chassis"),
    ("cards", "type", "olt_cards"),
    ("ports", "optics", "olt_optics"),
    ("ports", "technology", "technologies"),
    ("bearer_elements", "type", "bearer_elements"),
    ("splitters", "type", "splitters"),
    ("splitters", "technology", "technologies"),
    ("onus", "type", "onus"),
    ("onus", "technology", "technologies"),
)
RECORD_NAMES = (
    ("cables", "from_node", "nodes"),
    ("cables", "to_node", "nodes"),
    ("olts", "node", "nodes"),
    ("cards", "olt", "olts"),
    ("ports", "card", "cards"),
    ("ports", "partner", "ports"),
    ("uplinks", "olt", "olts"),
    ("bearer_elements", "node", "nodes"),
    ("bearer_links", "from_element", "bearer_elements"),
    ("splitters", "node", "nodes"),
    ("onus", "node", "nodes"),
    ("onus", "customer", "customers"),
)
MAY_BE_EMPTY = {("nodes", "enclosure"), ("routes", "duct"), ("ports", "partner")}


def reference_dangling(survey: Survey) -> Iterator[Finding]:
    """Find names of records and catalogue rows that do not exist."""
    network = survey.network
    for table, field, where in CATALOGUE_NAMES:
        yield from _unknown(
            network, table, field, set(getattr(network.catalogue, where)), f"{where} of the catalogue"
        )
    for table, field, where in RECORD_NAMES:
        yield from _unknown(network, table, field, set(_names(network, where, "id")), where)
    yield from _unknown_routes(network)
    yield from _unknown_in_links(network)
    for customer in network.customers:
        for service, _ in customer.services:
            if service not in network.catalogue.services:
                yield _dangling(customer.id, "customers", "services", service, "services of the catalogue")


def _unknown(network: Network, table: str, field: str, known: set[str], where: str) -> Iterator[Finding]:
    names = _names(network, table, field)
    empty = {""} if (table, field) in MAY_BE_EMPTY else set()
    missing = set(names) - known - empty
    for record in getattr(network, table) if missing else ():
        name = getattr(record, field)
        if name in missing:
            yield _dangling(record.id, table, field, name, where)


def _unknown_routes(network: Network) -> Iterator[Finding]:
    known = set(_names(network, "routes", "id"))
    for cable in network.cables:
        for route in cable.routes:
            if route not in known:
                yield _dangling(cable.id, "cables", "routes", route, "routes")


def _unknown_in_links(network: Network) -> Iterator[Finding]:
    cables = set(_names(network, "cables", "id"))
    ports, splitters, onus = (set(_names(network, table, "id")) for table in ("ports", "splitters", "onus"))
    for link in network.links:
        if link.from_device not in ports and link.from_device not in splitters:
            yield _dangling(link.id, "links", "from_device", link.from_device, "ports and splitters")
        if link.to_device not in splitters and link.to_device not in onus:
            yield _dangling(link.id, "links", "to_device", link.to_device, "splitters and onus")
        for cable, _ in link.strands:
            if cable not in cables:
                yield _dangling(link.id, "links", "strands", cable, "cables")


def _dangling(subject: str, table: str, field: str, name: str, where: str) -> Finding:
    return Finding(
        subject=subject, message=f"{table} record {subject}: {field} names {name!r}, which is not in {where}"
    )


def _names(network: Network, table: str, field: str) -> list[str]:
    return [getattr(record, field) for record in getattr(network, table)]


RULES = (
    Rule(id="dangling-reference", subject="any record", meaning="Names point at something", find=reference_dangling),
)
