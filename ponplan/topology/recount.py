"""Counts what must be bought and done, from the records alone."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from ponplan.topology.splicing import link_splices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.network import Network
    from ponplan.topology.survey import Survey


def recount(survey: Survey) -> dict[str, float]:
    """Give the quantity of every item of the bill: metres, pieces, tasks; what is not needed is left out.

    Only new records cost anything; what is there already is free. Ducts are laid in new trenches only.
    """
    parts: dict[str, list[float]] = defaultdict(list)
    for part in (_ground, _plant, _active, _bearer, _work):
        for item, quantity in part(survey.network):
            parts[item].append(quantity)
    for link in survey.network.links:
        if link.state != "new":
            continue
        parts["splice"].append(link_splices(survey.index, link))
        if link.from_device in survey.index.ports:
            parts["odf-port"].append(1.0)
    totals = {item: math.fsum(quantities) for item, quantities in sorted(parts.items())}
    return {item: total for item, total in totals.items() if total > 0}


def _ground(network: Network) -> Iterator[tuple[str, float]]:
    surfaces = network.catalogue.surfaces
    for route in network.routes:
        if route.state != "new":
            continue
        yield route.surface, route.length_m
        dug = route.surface in surfaces and surfaces[route.surface].method == "trench"
        if route.duct and dug:
            yield route.duct, route.length_m * route.bores


def _plant(network: Network) -> Iterator[tuple[str, float]]:
    enclosures = network.catalogue.enclosures
    for cable in network.cables:
        if cable.state == "new":
            yield cable.type, cable.length_m + cable.slack_m
    for node in network.nodes:
        if node.state == "new" and node.enclosure:
            yield node.enclosure, 1.0
            if node.enclosure in enclosures:
                yield f"{enclosures[node.enclosure].kind}-installation", 1.0
    for splitter in network.splitters:
        if splitter.state == "new":
            yield splitter.type, 1.0
            yield "splitter-installation", 1.0


def _active(network: Network) -> Iterator[tuple[str, float]]:
    for olt in network.olts:
        if olt.state == "new":
            yield olt.type, 1.0
    for card in network.cards:
        if card.state == "new":
            yield card.type, 1.0
    for port in network.ports:
        if port.state == "new":
            yield port.optics, 1.0
            yield "pon-port-commissioning", 1.0


def _bearer(network: Network) -> Iterator[tuple[str, float]]:
    ours = {element.id for element in network.bearer_elements}
    for element in network.bearer_elements:
        if element.state == "new":
            yield element.type, 1.0
            yield "bearer-commissioning", 1.0
    known = [row for row in network.uplinks if network.rules.bearer or row.to in ours]
    ends = [(row.rate_bps, row.to, row.state, 0.0) for row in known]
    ends += [(row.rate_bps, row.to_element, row.state, row.length_m) for row in network.bearer_links]
    for rate_bps, far, state, length_m in ends:
        if state == "new":
            yield _transceiver(network, rate_bps), 2.0 if far in ours else 1.0
            yield "backbone-fibre", 2.0 * length_m


def _transceiver(network: Network, rate_bps: int) -> str:
    """Give the cheapest transceiver of a rate."""
    rows = [
        (price.material_cost + price.labour_cost, name)
        for name, row in network.catalogue.bearer_optics.items()
        if row.allowed_in_design and row.line_bps == rate_bps and (price := network.catalogue.prices.get(name))
    ]
    return min(rows)[1] if rows else f"bearer-optics-{rate_bps}"


def _work(network: Network) -> Iterator[tuple[str, float]]:
    for onu in network.onus:
        if onu.state == "new":
            yield onu.type, 1.0
            yield "drop-connection", 1.0
            yield "onu-commissioning", 1.0
