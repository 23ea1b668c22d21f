"""The one bill: every record that this design adds, counted and priced."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ponplan.design.prices import installation_of
from ponplan.topology.network import BillLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ponplan.catalogue import Catalogue
    from ponplan.topology.network import Cable, Link, Network, Route

LENGTH_DECIMALS = 3


def bill_of(network: Network) -> tuple[BillLine, ...]:
    """Give the bill in the order of the catalogue's price book; quantities of the same item are one line."""
    quantities: dict[str, float] = defaultdict(float)
    for item, quantity in _take_off(network):
        quantities[item] += quantity
    order = {item: place for place, item in enumerate(network.catalogue.prices)}
    items = sorted(
        (item for item in quantities if quantities[item] > 0), key=lambda item: (order.get(item, -1), item)
    )
    return tuple(_line(network.catalogue, item, quantities[item]) for item in items)


def cost_total(bill: Iterable[BillLine]) -> float:
    """Give the sum to the cent."""
    return round(sum(line.total_cost for line in bill), 2)


def _line(catalogue: Catalogue, item: str, quantity: float) -> BillLine:
    price = catalogue.price(item)
    quantity = round(quantity, LENGTH_DECIMALS)
    return BillLine(
        item=item,
        section=price.section,
        description=price.description,
        unit=price.unit,
        quantity=quantity,
        material_cost=price.material_cost,
        labour_cost=price.labour_cost,
        total_cost=round(quantity * (price.material_cost + price.labour_cost), 2),
    )


def _take_off(network: Network) -> Iterator[tuple[str, float]]:
    for route in network.routes:
        yield from _route_items(network.catalogue, route)
    for cable in network.cables:
        yield from _cable_items(cable)
    for node in network.nodes:
        if node.enclosure and node.state == "new":
            yield node.enclosure, 1.0
            yield installation_of(network.catalogue.enclosures[node.enclosure]), 1.0
    for table in (network.splitters, network.olts, network.cards, network.onus):
        for record in table:
            if record.state == "new":
                yield record.type, 1.0
    for port in network.ports:
        if port.state == "new":
            yield port.optics, 1.0
            yield "pon-port-commissioning", 1.0
    yield from _work_items(network)


def _route_items(catalogue: Catalogue, route: Route) -> Iterator[tuple[str, float]]:
    if route.state != "new":
        return
    yield route.surface, route.length_m
    if route.duct and catalogue.surfaces[route.surface].method == "trench":
        yield route.duct, route.length_m * route.bores


def _cable_items(cable: Cable) -> Iterator[tuple[str, float]]:
    if cable.state == "new":
        yield cable.type, cable.length_m + cable.slack_m


def _work_items(network: Network) -> Iterator[tuple[str, float]]:
    """Give splices, frame ports and customer connections."""
    ports = {port.id for port in network.ports}
    splitters = {splitter.id for splitter in network.splitters}
    ends = network.catalogue.terminations
    for link in network.links:
        yield "splice", float(_splices(link, ports, splitters, {name: row.splices for name, row in ends.items()}))
        if link.from_device in ports:
            yield "odf-port", 1.0
    for onu in network.onus:
        if onu.state == "new":
            yield "drop-connection", 1.0
            yield "onu-commissioning", 1.0
    for splitter in network.splitters:
        if splitter.state == "new":
            yield "splitter-installation", 1.0


def _splices(link: Link, ports: set[str], splitters: set[str], at_end: dict[str, int]) -> int:
    begin = at_end["olt"] if link.from_device in ports else at_end["splitter-output"]
    end = at_end["splitter-input"] if link.to_device in splitters else at_end["onu"]
    return begin + max(len(link.strands) - 1, 0) + end
