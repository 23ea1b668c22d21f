"""Rules of the network behind the OLTs: one link to spare, ports, capacity, VC-12, no cascades, the right bearer."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ponplan.topology.bearerload import handed_by_olts, reaching_elements
from ponplan.topology.load import STM_BPS, VC12_PER_STM
from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.catalogue.model import BearerElement as ElementType
    from ponplan.topology.survey import Survey

TOLERANCE_BPS = 1.0
OUTSIDE = ("metro", "core", "transport")


def uplink_not_spare(survey: Survey) -> Iterator[Finding]:
    """Find chassis that cannot carry the horizon's load when one uplink fails."""
    if not survey.network.rules.bearer:
        return
    rates: dict[str, list[int]] = defaultdict(list)
    for uplink in survey.network.uplinks:
        rates[uplink.olt].append(uplink.rate_bps)
    handed = handed_by_olts(survey)
    for olt in survey.network.olts:
        own = rates.get(olt.id, [])
        left = sum(own) - max(own, default=0)
        load = float(handed[olt.id].load_bps.max()) if olt.id in handed else 0.0
        if load > left + TOLERANCE_BPS or len(own) < 2:
            message = (
                f"chassis {olt.id} hands on {load / 1e6:.0f} Mbit/s at the horizon; with one of its {len(own)}"
                f" uplinks lost it has {left / 1e6:.0f}"
            )
            yield Finding(subject=olt.id, value=round(load), limit=left, message=message)


def end_missing(survey: Survey) -> Iterator[Finding]:
    """Find uplinks that reach no element of their bearer in their office, and elements that lead nowhere."""
    network = survey.network
    if network.rules.bearer not in ("office", "metro"):
        return
    elements = {element.id: element for element in network.bearer_elements}
    for uplink in network.uplinks:
        olt, element = survey.index.olts.get(uplink.olt), elements.get(uplink.to)
        if olt is None:
            continue
        chassis = survey.catalogue.olt_chassis.get(olt.type)
        if olt.bearer == "ip" and chassis is not None and chassis.takes == "direct":
            if uplink.to not in OUTSIDE:
                message = f"uplink {uplink.id} of the service router's shelf leads to {uplink.to!r}, not to {OUTSIDE}"
                yield Finding(subject=uplink.id, message=message)
        elif element is None or element.bearer != olt.bearer or element.node != olt.node:
            message = f"uplink {uplink.id} leads to {uplink.to!r}, which is no {olt.bearer} element in its office"
            yield Finding(subject=uplink.id, message=message)
    joined = {end for link in network.bearer_links for end in (link.from_element, link.to_element)}
    for element in network.bearer_elements:
        if element.id not in joined:
            yield Finding(subject=element.id, message=f"nothing leads on from element {element.id}")
    for link in network.bearer_links:
        if link.to_element not in elements and link.to_element not in OUTSIDE:
            message = f"link {link.id} leads to {link.to_element!r}, which is neither an element nor {OUTSIDE}"
            yield Finding(subject=link.id, message=message)


def bearer_wrong(survey: Survey) -> Iterator[Finding]:
    """Find customers whose light begins at a chassis of another bearer than their class needs."""
    network, paths = survey.network, survey.onu_paths
    classes = survey.catalogue.customer_classes
    customers = {customer.id: customer for customer in network.customers}
    for onu, port in zip(paths.onus.tolist(), paths.ports.tolist(), strict=True):
        card = survey.index.cards.get(network.ports[port].card)
        olt = survey.index.olts.get(card.olt) if card else None
        customer = customers.get(network.onus[onu].customer)
        wanted = classes.get(customer.customer_class) if customer else None
        if olt is not None and customer is not None and wanted is not None and olt.bearer != wanted.bearer:
            message = (
                f"customer {customer.id} of class {wanted.id} needs {wanted.bearer}; {olt.id} is on {olt.bearer}"
            )
            yield Finding(subject=customer.id, message=message)


def ports_too_few(survey: Survey) -> Iterator[Finding]:
    """Find elements with more or faster links than they have ports for."""
    access: dict[str, list[int]] = defaultdict(list)
    trunk: dict[str, list[int]] = defaultdict(list)
    kinds = _types(survey)
    for uplink in survey.network.uplinks:
        access[uplink.to].append(uplink.rate_bps)
    for link in survey.network.bearer_links:
        hands_over = link.kind == "trunk" and kinds.get(link.from_element, _NO_ROLE) == "ring-node"
        (access if hands_over else trunk)[link.from_element].append(link.rate_bps)
        (trunk if link.kind == "ring" else access)[link.to_element].append(link.rate_bps)
    for element in survey.network.bearer_elements:
        kind = survey.catalogue.bearer_elements.get(element.type)
        if kind is None:
            continue
        for word, used, ports, fastest in (
            ("access", access[element.id], kind.access_ports, kind.access_bps),
            ("trunk", trunk[element.id], kind.trunk_ports, kind.trunk_bps),
        ):
            if len(used) > ports:
                message = f"{len(used)} links take {word} ports of {element.id}, which has {ports}"
                yield Finding(subject=element.id, value=len(used), limit=ports, message=message)
            if used and max(used) > fastest:
                message = (
                    f"a link at {max(used) / 1e9:g} Gbit/s is on {word} ports of {element.id}: {fastest / 1e9:g}"
                )
                yield Finding(subject=element.id, value=max(used), limit=fastest, message=message)


def trunk_overloaded(survey: Survey) -> Iterator[Finding]:
    """Find bundles of trunks that cannot carry the horizon's load when one of them fails."""
    reaching, kinds = reaching_elements(survey), _types(survey)
    bundles: dict[tuple[str, str], list[int]] = defaultdict(list)
    for link in survey.network.bearer_links:
        if link.kind == "trunk":
            bundles[link.from_element, link.to_element].append(link.rate_bps)
    collected: dict[str, float] = defaultdict(float)
    for (source, target), rates in bundles.items():
        if source in reaching:
            edge, all_edges = kinds.get(target, ""), reaching[source].edges_bps
            load = all_edges.get(edge, 0.0) if target in kinds else reaching[source].load_bps
            if kinds.get(source) == "ring-node":
                load = sum(row.edges_bps.get(edge, 0.0) for name, row in reaching.items() if name in kinds)
            collected[target] += load
            yield from _overloaded(source, target, rates, load)
    for (source, target), rates in bundles.items():
        if source not in reaching:
            yield from _overloaded(source, target, rates, collected[source])


def _overloaded(source: str, target: str, rates: list[int], load: float) -> Iterator[Finding]:
    left = sum(rates) - max(rates)
    if load > left + TOLERANCE_BPS or len(rates) < 2:
        message = (
            f"{load / 1e6:.0f} Mbit/s go from {source} to {target} at the horizon; with one of {len(rates)} links"
            f" lost there are {left / 1e6:.0f}"
        )
        yield Finding(subject=source, value=round(load), limit=left, message=message)


def ring_overloaded(survey: Survey) -> Iterator[Finding]:
    """Find rings whose line cannot carry what all stations put on it, and stations without two sides."""
    reaching = reaching_elements(survey)
    neighbours: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for link in survey.network.bearer_links:
        if link.kind == "ring":
            neighbours[link.from_element].append((link.to_element, link.rate_bps))
            neighbours[link.to_element].append((link.from_element, link.rate_bps))
    elements = {element.id: element for element in survey.network.bearer_elements}
    for stations in _rings(neighbours, set(elements)):
        for name in stations:
            if len(neighbours[name]) != 2:
                message = f"{name} has {len(neighbours[name])} sides on its ring"
                yield Finding(subject=name, value=len(neighbours[name]), limit=2, message=message)
        line = min(rate for name in stations for _, rate in neighbours[name])
        own = [reaching[name] for name in stations if name in reaching]
        if elements[stations[0]].bearer == "mstp":
            need, most, unit = float(sum(row.vc12 for row in own)), line // STM_BPS * VC12_PER_STM, "VC-12"
        else:
            need, most, unit = sum(row.load_bps for row in own), line, "bit/s"
        if need > most + TOLERANCE_BPS * (unit == "bit/s"):
            message = f"the ring of {', '.join(stations)} must carry {need:.0f} {unit}; its line carries {most}"
            yield Finding(subject=stations[0], value=round(need), limit=most, message=message)


def _rings(neighbours: Mapping[str, list[tuple[str, int]]], known: set[str]) -> Iterator[list[str]]:
    """Give the stations that hang together over ring links, what is outside left out."""
    left = sorted(set(neighbours) & known)
    while left:
        ring, waiting = [], [left[0]]
        while waiting:
            here = waiting.pop()
            if here in left:
                left.remove(here)
                ring.append(here)
                waiting.extend(name for name, _ in neighbours[here] if name in known)
        yield sorted(ring)


def cascade(survey: Survey) -> Iterator[Finding]:
    """Find aggregation switches behind another aggregation switch."""
    kinds = _types(survey)
    for link in survey.network.bearer_links:
        if kinds.get(link.from_element) == kinds.get(link.to_element) == "aggregation-switch":
            message = f"aggregation switch {link.from_element} hangs on {link.to_element}: no cascades"
            yield Finding(subject=link.from_element, message=message)


def capacity_exceeded(survey: Survey) -> Iterator[Finding]:
    """Find multiplexers with more VC-12, and broadband servers with more sessions, than they put through."""
    reaching = reaching_elements(survey)
    sessions: dict[str, float] = defaultdict(float)
    kinds = _types(survey)
    for source, target in {(link.from_element, link.to_element) for link in survey.network.bearer_links}:
        if kinds.get(target) == "bras" and kinds.get(source) == "aggregation-switch" and source in reaching:
            sessions[target] += reaching[source].sessions
    for element in survey.network.bearer_elements:
        kind = survey.catalogue.bearer_elements.get(element.type)
        if kind is None:
            continue
        if kind.role == "multiplexer" and element.id in reaching and reaching[element.id].vc12 > kind.vc12:
            yield _beyond(element.id, reaching[element.id].vc12, kind, kind.vc12, "VC-12")
        if kind.role == "bras" and sessions[element.id] > kind.sessions + 1e-6:
            yield _beyond(element.id, sessions[element.id], kind, kind.sessions, "sessions")


def _beyond(name: str, value: float, kind: ElementType, limit: int, unit: str) -> Finding:
    message = f"{name} must put through {value:g} {unit}; {kind.id} has {limit}"
    return Finding(subject=name, value=value, limit=limit, message=message)


_NO_ROLE = ""


def _types(survey: Survey) -> dict[str, str]:
    """Give the role of every element whose type is known."""
    rows = survey.catalogue.bearer_elements
    return {e.id: rows[e.type].role for e in survey.network.bearer_elements if e.type in rows}


RULES = (
    Rule(id="bearer-end", subject="uplink, element or link", meaning="OLTs reach their bearer", find=end_missing),
    Rule(id="bearer-class", subject="customer", meaning="Light begins at the class's own bearer", find=bearer_wrong),
    Rule(
        id="uplink-spare",
        subject="olt",
        meaning="Uplinks carry the horizon's load without one of them",
        find=uplink_not_spare,
    ),
    Rule(id="bearer-ports", subject="element", meaning="Elements have ports for their links", find=ports_too_few),
    Rule(
        id="bearer-trunk",
        subject="element",
        meaning="Trunks carry the horizon's load without one of them",
        find=trunk_overloaded,
    ),
    Rule(id="bearer-ring", subject="element", meaning="A ring's line carries all its stations", find=ring_overloaded),
    Rule(id="bearer-cascade", subject="element", meaning="No switch hangs on another one", find=cascade),
    Rule(
        id="bearer-capacity",
        subject="element",
        meaning="VC-12 and sessions are no more than elements put through",
        find=capacity_exceeded,
    ),
)
