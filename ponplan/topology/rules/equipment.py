"""Rules of active equipment: slots, ports and uplinks exist and are taken once, and technologies agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.topology.survey import Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seat:
    """A record in a numbered place of another one."""

    subject: str
    holder: str
    number: int
    seats: int | None  # numbered places that the holder has; None: its type is not known


def slot_misused(survey: Survey) -> Iterator[Finding]:
    """Find slots that the chassis does not have or that two cards are in."""
    olts = survey.index.olts
    chassis = survey.catalogue.olt_chassis
    seats = []
    for card in survey.network.cards:
        kind = chassis.get(olts[card.olt].type) if card.olt in olts else None
        count = kind.card_slots if kind else None
        seats.append(_Seat(subject=card.id, holder=card.olt, number=card.slot, seats=count))
    return _misseated(seats, "card", "in slot")


def port_misused(survey: Survey) -> Iterator[Finding]:
    """Find port numbers that the card does not have or that two ports bear."""
    cards = survey.index.cards
    seats = []
    for port in survey.network.ports:
        kind = survey.catalogue.olt_cards.get(cards[port.card].type) if port.card in cards else None
        count = kind.ports if kind else None
        seats.append(_Seat(subject=port.id, holder=port.card, number=port.number, seats=count))
    return _misseated(seats, "port", "number")


def uplink_misused(survey: Survey) -> Iterator[Finding]:
    """Find uplinks that the chassis does not have, that share a number, or that are faster than it can."""
    olts = survey.index.olts
    seats = []
    for uplink in survey.network.uplinks:
        kind = survey.catalogue.olt_chassis.get(olts[uplink.olt].type) if uplink.olt in olts else None
        count = kind.uplink_ports if kind else None
        seats.append(_Seat(subject=uplink.id, holder=uplink.olt, number=uplink.number, seats=count))
        if kind is not None and uplink.rate_bps > kind.uplink_bps:
            rates = f"{uplink.rate_bps / 1e9:g} Gbit/s; {kind.id} has {kind.uplink_bps / 1e9:g}"
            message = f"uplink {uplink.id} runs at {rates}"
            yield Finding(subject=uplink.id, value=uplink.rate_bps, limit=kind.uplink_bps, message=message)
    yield from _misseated(seats, "uplink", "number")


def _misseated(seats: Sequence[_Seat], what: str, where: str) -> Iterator[Finding]:
    """Find seats that do not exist or that several take."""
    taken = Counter((seat.holder, seat.number) for seat in seats)
    for seat in seats:
        place = f"{where} {seat.number} of {seat.holder}"
        if seat.seats is not None and not 1 <= seat.number <= seat.seats:
            message = f"{what} {seat.subject} is {place}, which has {seat.seats}"
            yield Finding(subject=seat.subject, value=seat.number, limit=seat.seats, message=message)
        count = taken[seat.holder, seat.number]
        if count > 1:
            yield Finding(subject=seat.subject, value=count, limit=1, message=f"{count} {what}s are {place}")


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
    Rule(
        id="technology",
        subject="port, splitter or onu",
        meaning="Port, card, optics, splitter, terminal and customer are of one technology",
        find=technology_mixed,
    ),
)
