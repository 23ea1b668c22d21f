"""Which records of an earlier design stay: all that has been built, or what the planner has locked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ponplan.design.onus import is_enough
from ponplan.design.standing.known import known_rules
from ponplan.topology.ducts import bores_needed
from ponplan.topology.index import NetworkIndex
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ponplan.topology.network import Link, Network, NetworkCustomer, Route, Splitter

GROUND_KINDS = ("route", "lead-in")
MOVED_M = 0.01  # a customer nearer than this to its old place has not moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What stays of an earlier design, and who stays connected.

    Parameters
    ----------
    network
        The records that stay, in the earlier design's words; those that have been built are existing.
    served
        Ids of the customers whose light goes on as it is.
    wished
        Locked splitters that are not built and lost their light: each wants to stand again where it stood.
    """

    network: Network
    served: frozenset[str]
    wished: tuple[Splitter, ...]


def kept_of(earlier: Network, customers: Mapping[str, NetworkCustomer], *, built: bool) -> Kept:
    """Give what stays of an earlier design.

    Parameters
    ----------
    customers
        Of the area as it is now, by id.
    built
        Whether everything in the earlier design has been built; otherwise only its existing and its locked records
        stay.

    Notes
    -----
    A cable keeps its nodes and routes, a splitter its node. A link stays when all its cables and both devices do;
    ports stay when they light something that does. Who is not in the area any more, or has moved or changed
    technology or protection, is let go, with terminal and drop.
    """
    network = _as_built(earlier) if built else earlier
    index = NetworkIndex(network)
    same = {c.id for c in network.customers if c.id in customers and _is_unchanged(c, customers[c.id])}
    onus = {
        onu.id
        for onu in network.onus
        if onu.customer in same and is_enough(network.catalogue, onu.type, customers[onu.customer])
    }
    cables = {cable.id for cable in network.cables if _stays(cable) and cable.id}
    splitters = {splitter.id for splitter in network.splitters if _stays(splitter) and splitter.id}
    ports = {port.id for port in network.ports}
    runs = Survey(network).runs
    sound = [link for link, run in zip(network.links, runs, strict=True) if not run.breaks]
    links = [link for link in sound if _link_stays(link, cables, splitters | ports, splitters | onus)]
    links, served = _lit(network, links, index)
    gone = {onu.node for onu in network.onus if onu.customer not in served}
    cables -= {cable.id for cable in network.cables if {cable.from_node, cable.to_node} & gone}
    fed = {link.to_device for link in links}
    wished = tuple(one for one in network.splitters if one.id in splitters - fed and one.state == "new")
    splitters -= {one.id for one in wished}
    onu_ids = fed
    port_ids = {link.from_device for link in links} | {port.id for port in network.ports if port.state == "existing"}
    kept_ports = [port for port in network.ports if port.id in port_ids]
    card_ids = {port.card for port in kept_ports} | {card.id for card in network.cards if card.state == "existing"}
    kept_cards = [card for card in network.cards if card.id in card_ids]
    olt_ids = {card.olt for card in kept_cards} | {olt.id for olt in network.olts if olt.state == "existing"}
    kept_cables = [cable for cable in network.cables if cable.id in cables]
    kept_splitters = [splitter for splitter in network.splitters if splitter.id in splitters]
    kept_onus = [onu for onu in network.onus if onu.id in onu_ids]
    nodes = {node for cable in kept_cables for node in (cable.from_node, cable.to_node)}
    nodes |= {splitter.node for splitter in kept_splitters} | {onu.node for onu in kept_onus}
    nodes |= {node.id for node in network.nodes if node.kind != "premises" and _stays(node) and node.id}
    nodes |= {one.node for one in wished}
    nodes |= {olt.node for olt in network.olts if olt.id in olt_ids}
    routes = {name for cable in kept_cables for name in cable.routes}
    rows = [row for row, route in enumerate(network.routes) if _route_stays(route, routes) and route.id]
    laid: dict[str, list[float]] = {}
    for cable in kept_cables:
        for name in cable.routes:
            laid.setdefault(name, []).append(network.catalogue.cable_types[cable.type].diameter_mm)
    duct = known_rules(network).duct
    opened = [_opened(network, network.routes[row], laid, duct, built=built) for row in rows]
    kept = replace(
        network,
        customers=tuple(c for c in network.customers if c.id in served),
        nodes=tuple(node for node in network.nodes if node.id in nodes),
        routes=tuple(opened),
        route_lines=network.route_lines[np.array(rows, np.int64)],
        cables=tuple(kept_cables),
        olts=tuple(olt for olt in network.olts if olt.id in olt_ids),
        cards=tuple(kept_cards),
        ports=tuple(kept_ports),
        uplinks=tuple(uplink for uplink in network.uplinks if uplink.olt in olt_ids),
        bearer_elements=network.bearer_elements if olt_ids else (),
        bearer_links=network.bearer_links if olt_ids else (),
        splitters=tuple(kept_splitters),
        onus=tuple(kept_onus),
        links=tuple(links),
        relaxed=(),
        bill=(),
        facts={},
    )
    return Kept(network=kept, served=frozenset(served), wished=wished)


def _opened(network: Network, route: Route, laid: Mapping[str, list[float]], duct: str, *, built: bool) -> Route:
    """Give a kept route with ducts for the kept cables, opened for them where only a redrawn one lies in it."""
    if route.state == "existing" or (route.state == "new" and (route.locked or not laid.get(route.id))):
        return route
    surface = network.catalogue.surfaces.get(route.surface)
    has_ducts = surface is not None and surface.method in ("trench", "existing-duct") and route.kind in GROUND_KINDS
    bores = bores_needed(laid.get(route.id, ()), network.catalogue.duct_types[duct]) if has_ducts else 0
    return replace(
        route,
        state="existing" if built else "new",
        duct=duct if has_ducts else "",
        bores=max(bores or 0, int(has_ducts)),
    )


def _as_built(network: Network) -> Network:
    """Give a network in which everything is there already."""

    def existing(records: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(replace(record, state="existing") for record in records)

    routes = tuple(replace(route, state="existing") if route.state == "new" else route for route in network.routes)
    tables = (
        "nodes", "cables", "olts", "cards", "ports", "uplinks", "bearer_elements", "bearer_links", "splitters",
        "onus", "links",
    )  # fmt: skip
    told: dict[str, Any] = {name: existing(getattr(network, name)) for name in tables}
    return replace(network, routes=routes, **told)


def _is_unchanged(old: NetworkCustomer, new: NetworkCustomer) -> bool:
    moved_m = float(np.hypot(old.x_m - new.x_m, old.y_m - new.y_m))
    same = (old.technology, old.protection) == (new.technology, new.protection)
    return same and moved_m < MOVED_M and not old.unserved


def _stays(record: Any) -> bool:  # noqa: ANN401 - nodes, cables and splitters alike
    return bool(record.locked or record.state == "existing")


def _route_stays(route: Any, used: set[str]) -> bool:  # noqa: ANN401
    return route.id in used or (route.kind in ("route", "lead-in") and route.state != "unused" and _stays(route))


def _link_stays(link: Link, cables: set[str], sources: set[str], targets: set[str]) -> bool:
    if link.from_device not in sources or link.to_device not in targets:
        return False
    return all(cable in cables for cable, _ in link.strands)


def _lit(network: Network, links: list[Link], index: NetworkIndex) -> tuple[list[Link], set[str]]:
    """Give the links that lie on a whole way from a port, and the customers whose every link does."""
    into: dict[str, list[Link]] = {}
    for link in links:
        into.setdefault(link.to_device, []).append(link)
    total = {device: len(rows) for device, rows in index.links_into.items()}
    whole: dict[str, bool] = {port.id: True for port in network.ports}

    def is_whole(device: str) -> bool:
        """Whether every way by which light came to a device is still there."""
        if device not in whole:
            whole[device] = False  # a ring of links is no way
            here = into.get(device, [])
            whole[device] = len(here) == total.get(device, 0) > 0 and all(is_whole(one.from_device) for one in here)
        return whole[device]

    lost = {onu.customer for onu in network.onus if not is_whole(onu.id)}
    served = {onu.customer for onu in network.onus} - lost
    terminals = {onu.id for onu in network.onus if onu.customer not in served}
    stay = [link for link in links if is_whole(link.to_device) and link.to_device not in terminals]
    return stay, served
