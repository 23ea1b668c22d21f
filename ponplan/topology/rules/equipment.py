"""Rules of active equipment: slots, ports and uplinks exist and are taken once, and technologies agree."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.survey import Survey


def slot_misused(survey: Survey) -> Iterator[Finding]:
    """Find slots that the chassis does not have or that two cards are in."""
    taken = Counter((card.olt, card.slot) for card in survey.network.cards)
    for card in survey.network.cards:
        olt = survey.index.olts.get(card.olt)
        kind = survey.catalogue.olt_chassis.get(olt.type) if olt else None
        if kind is not None and not 1 <= card.slot <= kind.card_slots:
            message = f"card {card.id} is in slot {card.slot} of {card.olt}, which has {kind.card_slots}"
            yield Finding(subject=card.id, value=card.slot, limit=kind.card_slots, message=message)
        if taken[card.olt, card.slot] > 1:
            count = taken[card.olt, card.slot]
            message = f"{count} cards are in slot {card.slot} of {card.olt}"
            yield Finding(subject=card.id, value=count, limit=1, message=message)


def port_misused(survey: Survey) -> Iterator[Finding]:
    """Find port numbers that the card does not have or that two ports bear."""
    taken = Counter((port.card, port.number) for port in survey.network.ports)
    for port in survey.network.ports:
        card = survey.index.cards.get(port.card)
        kind = survey.catalogue.olt_cards.get(card.type) if card else None
        if kind is not None and not 1 <= port.number <= kind.ports:
            message = f"port {port.id} is number {port.number} of card {port.card}, which has {kind.ports}"
            yield Finding(subject=port.id, value=port.number, limit=kind.ports, message=message)
        if taken[port.card, port.number] > 1:
            count = taken[port.card, port.number]
            message = f"{count} ports are number {port.number} of card {port.card}"
            yield Finding(subject=port.id, value=count, limit=1, message=message)


def uplink_misused(survey: Survey) -> Iterator[Finding]:
    """Find uplinks that the chassis does not have, that share a number, or that are faster than it can."""
    taken = Counter((uplink.olt, uplink.number) for uplink in survey.network.uplinks)
    for uplink in survey.network.uplinks:
        olt = survey.index.olts.get(uplink.olt)
        kind = survey.catalogue.olt_chassis.get(olt.type) if olt else None
        if kind is not None and not 1 <= uplink.number <= kind.uplink_ports:
            message = f"uplink {uplink.id} is number {uplink.number} of {uplink.olt}, which has {kind.uplink_ports}"
            yield Finding(subject=uplink.id, value=uplink.number, limit=kind.uplink_ports, message=message)
        if kind is not None and uplink.rate_bps > kind.uplink_bps:
            rates = f"{uplink.rate_bps / 1e9:g} Gbit/s; {kind.id} has {kind.uplink_bps / 1e9:g}"
            message = f"uplink {uplink.id} runs at {rates}"
            yield Finding(subject=uplink.id, value=uplink.rate_bps, limit=kind.uplink_bps, message=message)
        if taken[uplink.olt, uplink.number] > 1:
            count = taken[uplink.olt, uplink.number]
            message = f"{count} uplinks are number {uplink.number} of {uplink.olt}"
            yield Finding(subject=uplink.id, value=count, limit=1, message=message)


def partner_wrong(survey: Survey) -> Iterator[Finding]:
    """Find protecting ports that stand by for no working port of their technology, and working ones that stand by."""
    ports = survey.index.ports
    for port in survey.network.ports:
        if port.role == "working" and (port.partner or port.standby):
            message = f"working port {port.id} is said to stand by for {port.partner or 'another'}"
            yield Finding(subject=port.id, message=message)
        if port.role != "protecting":
            continue
        partner = ports.get(port.partner)
        if partner is None or partner.role != "working" or partner.technology != port.technology:
            message = f"protecting port {port.id} names {port.partner!r}, which is no working {port.technology} port"
            yield Finding(subject=port.id, message=message)


def technology_mixed(survey: Survey) -> Iterator[Finding]:
    """Find neighbours along the light that are of different technologies."""
    catalogue, index = survey.catalogue, survey.index
    for port in survey.network.ports:
        card = index.cards.get(port.card)
        kind = catalogue.olt_cards.get(card.type) if card else None
        if kind is not None and kind.technology != port.technology:
            yield _mixed(port.id, port.technology, f"its card {port.card} is for {kind.technology}")
        group = index.optical_class(port)
        if group is not None and port.technology not in group.technologies:
            yield _mixed(port.id, port.technology, f"its transceiver's class {group.id} is not for that")
    splitters = {splitter.id: splitter.technology for splitter in survey.network.splitters}
    sides = {port.id: port.technology for port in survey.network.ports} | splitters
    ends = {onu.id: onu.technology for onu in survey.network.onus} | splitters
    for link in survey.network.links:
        before, after = sides.get(link.from_device), ends.get(link.to_device)
        if before is not None and after is not None and before != after:
            yield _mixed(link.to_device, after, f"light comes from {link.from_device}, which is {before}")
    customers = {customer.id: customer for customer in survey.network.customers}
    for onu in survey.network.onus:
        terminal, customer = catalogue.onus.get(onu.type), customers.get(onu.customer)
        if terminal is not None and terminal.technology != onu.technology:
            yield _mixed(onu.id, onu.technology, f"its type {onu.type} is for {terminal.technology}")
        if customer is not None and customer.technology != onu.technology:
            yield _mixed(onu.id, onu.technology, f"customer {customer.id} is planned for {customer.technology}")


def _mixed(subject: str, technology: str, text: str) -> Finding:
    return Finding(subject=subject, message=f"{subject} is {technology}, but {text}")


RULES = (
    Rule(id="card-slot", subject="card", meaning="Slots exist and hold one card", find=slot_misused),
    Rule(id="port-number", subject="port", meaning="Ports exist on their card, each once", find=port_misused),
    Rule(
        id="uplink-port", subject="uplink", meaning="Uplinks exist on their chassis, each once", find=uplink_misused
    ),
    Rule(id="port-partner", subject="port", meaning="Protecting ports name a working partner", find=partner_wrong),
    Rule(
        id="technology",
        subject="port, splitter or onu",
        meaning="Port, card, optics, splitter, terminal and customer are of one technology",
        find=technology_mixed,
    ),
)
