"""The part of a network that a change can affect, so that its rules can be checked without checking everything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.rules import RULES
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.design.quote.change import Change
    from ponplan.design.standing.plant import Plant
    from ponplan.topology.network import Network

# what an excerpt cannot judge: the whole bill, the number of customers, the map; the rest of a chassis' load; how
# full an enclosure is (counted apart); how many fibres of a cable are lit (kept when the fibres are chosen)
UNJUDGED = frozenset(
    (
        "bill-quantity",
        "bill-price",
        "bill-total",
        "customer-present",
        "crs",
        "uplink-load",
        "uplink-spare",
        "bearer-end",
        "bearer-ports",
        "bearer-trunk",
        "bearer-ring",
        "bearer-capacity",
        "enclosure-capacity",
        "spare-fibres",
    )
)
LIGHT = frozenset(("light-down", "light-up", "overload-down", "overload-up", "reach"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that a part of a network breaks."""

    rule: str
    subject: str
    message: str


def excerpt(plant: Plant, change: Change, *, whole: bool) -> Network:
    """Give the records that share a port or a changed route with a change, as they are before it.

    Parameters
    ----------
    whole
        Whether everything on the port is wanted, or only the way that light takes to the change.
    """
    network = plant.network
    links, routes = _links_near(plant, change, whole=whole), set(change.replaced_routes)
    cables = {plant.index.cable_rows[name] for row in links for name, _ in network.links[row].strands}
    new = {cable.id for cable in change.cables}
    cables |= {plant.index.cable_rows[name] for link in change.links for name, _ in link.strands if name not in new}
    cables |= {row for name in routes for row in plant.survey.route_cables.get(name, ())}
    routes |= {name for row in cables for name in network.cables[row].routes}
    junctions = {junction for row in cables for junction in plant.survey.tracks[row].junctions}
    devices = {name for row in links for name in (network.links[row].from_device, network.links[row].to_device)}
    devices |= {name for link in change.links for name in (link.from_device, link.to_device)}
    nodes = change.entered | {plant.index.device_nodes.get(device, "") for device in devices}
    nodes |= {node.id for junction in junctions for node in plant.index.nodes_at.get(junction, ())}
    route_rows = sorted(plant.route_rows[name] for name in routes if name in plant.route_rows)
    onus = plant.chosen("onus", devices)
    used_cards = {port.card for port in change.ports}
    ports = devices | {port.id for port in network.ports if port.card in used_cards}
    lines = np.empty(len(route_rows), object)
    lines[:] = [network.route_lines[row] for row in route_rows]
    return replace(
        network,
        customers=plant.chosen("customers", {onu.customer for onu in onus}),
        nodes=plant.chosen("nodes", nodes | {office.id for office in plant.offices}),
        routes=tuple(network.routes[row] for row in route_rows),
        route_lines=lines,
        cables=tuple(network.cables[row] for row in sorted(cables)),
        ports=plant.chosen("ports", ports),
        splitters=plant.chosen("splitters", devices),
        onus=onus,
        links=tuple(network.links[row] for row in sorted(links)),
        relaxed=(),
        bill=(),
        facts={},
    )


def newly_broken(before: Survey, after: Survey) -> list[Broken]:
    """Give the rules that are broken after a change and were not before."""
    known = {(broken.rule, broken.subject, broken.message) for broken in _broken(before)}
    return [broken for broken in _broken(after) if (broken.rule, broken.subject, broken.message) not in known]


def too_dark_or_bright(network: Network, onu: str) -> list[Broken]:
    """Give the rules of light and reach that a terminal's paths break."""
    survey = Survey(network)
    rules = (rule for rule in RULES if rule.id in LIGHT)
    return [
        Broken(rule=rule.id, subject=finding.subject, message=finding.message)
        for rule in rules
        for finding in rule.find(survey)
        if finding.subject == onu
    ]


def _broken(survey: Survey) -> Iterator[Broken]:
    for rule in RULES:
        if rule.id not in UNJUDGED:
            for finding in rule.find(survey):
                yield Broken(rule=rule.id, subject=finding.subject, message=finding.message)


def _links_near(plant: Plant, change: Change, *, whole: bool) -> set[int]:
    """Give the links on the ways of light to a change, or all of its ports' links."""
    new = {port.id for port in change.ports} | {splitter.id for splitter in change.splitters}
    rows: set[int] = set()
    for link in change.links:
        if link.from_device not in new:
            rows |= _tree(plant, link.from_device) if whole else _stem(plant, link.from_device)
    return rows


def _stem(plant: Plant, device: str) -> set[int]:
    """Give the links over which light comes to a device."""
    waiting, rows = [device], set[int]()
    while waiting:
        for row in plant.index.links_into.get(waiting.pop(), ()):
            if row not in rows:
                rows.add(row)
                waiting.append(plant.network.links[row].from_device)
    return rows


def _tree(plant: Plant, device: str) -> set[int]:
    """Give the links of all ports that light a device, whole."""
    waiting = [plant.network.ports[row].id for row in plant.splitter_ports.get(device, ())] or [device]
    rows: set[int] = set()
    while waiting:
        for row in plant.index.links_from.get(waiting.pop(), ()):
            if row not in rows:
                rows.add(row)
                waiting.append(plant.network.links[row].to_device)
    return rows
