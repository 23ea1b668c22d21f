"""A port for one more splitter or direct fibre: a dark one, one more on a card, a new card, or a new chassis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.design.bearer.build import end_of_straight
from ponplan.design.bearer.bundles import bundle_for
from ponplan.design.prices import unit_cost
from ponplan.topology.network import Card, Olt, OltPort, Uplink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import OltChassis, OltOptics
    from ponplan.design.standing.plant import Plant
    from ponplan.topology.network import Node

_MARKS = {"pon": "OLT", "direct": "DIR"}  # in the names of new chassis


@dataclass(frozen=True, slots=True, kw_only=True)
class PortPlan:
    """A port and what must be set up for it."""

    port: OltPort
    is_new: bool
    olt: str
    cost: float
    olts: tuple[Olt, ...] = ()
    cards: tuple[Card, ...] = ()
    uplinks: tuple[Uplink, ...] = ()


def port_plan(
    plant: Plant, office: Node, technology: str, bearer: str, optics: OltOptics, *, load_bps: float = 0.0
) -> PortPlan | None:
    """Give the cheapest port of a technology and bearer with this transceiver in an office, None if there is none.

    Parameters
    ----------
    load_bps
        What a direct fibre hands on: a new shelf for it gets uplinks for so much.
    """
    plans = [
        *_dark_ports(plant, office, technology, bearer, optics),
        *_next_ports(plant, office, technology, bearer, optics),
        *_new_cards(plant, office, technology, bearer, optics),
        *_new_chassis(plant, office, technology, bearer, optics, load_bps),
    ]
    return min(plans, key=lambda plan: plan.cost, default=None)


def uplinks_for(plant: Plant, olt: str, more_bps: float) -> tuple[Uplink, ...] | None:
    """Give the uplinks to add so that a chassis carries so much more now; None if it has not enough of them.

    Where the bearer is planned, `more_bps` and the load are those of the horizon, and one uplink is kept to spare.
    """
    record = plant.index.olts[olt]
    kind = plant.catalogue.olt_chassis.get(record.type)
    own = [uplink for uplink in plant.network.uplinks if uplink.olt == olt]
    rules = plant.network.rules
    years = rules.horizon_years if rules.bearer else 0
    load_bps = more_bps + max(_load_bps(plant, olt, years))
    rates = [uplink.rate_bps for uplink in own if uplink.role == "working"]
    rate_bps = max(rates, default=kind.uplink_bps if kind else 0)
    left_bps = sum(rates) - load_bps - (rate_bps if rules.bearer else 0)
    added: list[Uplink] = []
    numbers = iter(sorted(set(range(1, (kind.uplink_ports if kind else 0) + 1)) - {uplink.number for uplink in own}))
    while left_bps < 0:
        number = next(numbers, None)
        if number is None or kind is None:
            return None
        to = own[0].to if own else f"{record.bearer}-bearer"
        name = plant.fresh_id(f"{olt}-U{number}")
        added.append(Uplink(id=name, olt=olt, number=number, rate_bps=rate_bps, to=to))
        left_bps += rate_bps
    return tuple(added)


def _load_bps(plant: Plant, olt: str, years: int) -> tuple[float, float]:
    loads = plant.survey.port_loads_after_bps(years)
    rows = [row for row, port in enumerate(plant.network.ports) if plant.index.cards[port.card].olt == olt]
    return float(loads[rows, 0].sum()), float(loads[rows, 1].sum())


def _dark_ports(plant: Plant, office: Node, technology: str, bearer: str, optics: OltOptics) -> Iterator[PortPlan]:
    for port in plant.network.ports:
        card = plant.index.cards.get(port.card)
        olt = plant.index.olts.get(card.olt) if card else None
        fits = port.technology == technology and port.optics == optics.id and plant.is_dark(port)
        if fits and olt is not None and olt.node == office.id and olt.bearer == bearer:
            yield PortPlan(port=port, is_new=False, olt=olt.id, cost=0.0)


def _next_ports(plant: Plant, office: Node, technology: str, bearer: str, optics: OltOptics) -> Iterator[PortPlan]:
    for card in plant.network.cards:
        olt, kind = plant.index.olts.get(card.olt), plant.catalogue.olt_cards.get(card.type)
        if olt is None or kind is None or kind.technology != technology:
            continue
        taken = {port.number for port in plant.network.ports if port.card == card.id}
        number = next((n for n in range(1, kind.ports + 1) if n not in taken), None)
        if number is not None and olt.node == office.id and olt.bearer == bearer:
            port = _port(plant, card.id, number, optics, technology)
            yield PortPlan(port=port, is_new=True, olt=olt.id, cost=_port_cost(plant, optics))


def _new_cards(plant: Plant, office: Node, technology: str, bearer: str, optics: OltOptics) -> Iterator[PortPlan]:
    cheapest = _cheapest_card(plant, technology)
    if cheapest is None:
        return
    card_type, card_cost = cheapest
    for olt in plant.network.olts:
        kind = plant.catalogue.olt_chassis.get(olt.type)
        taken = {card.slot for card in plant.network.cards if card.olt == olt.id}
        free = range(1, kind.card_slots + 1) if kind and kind.takes == _takes(plant, technology) else ()
        slot = next((n for n in free if n not in taken), None)
        if slot is not None and olt.node == office.id and olt.bearer == bearer:
            card = Card(id=f"{olt.id}-C{slot}", olt=olt.id, slot=slot, type=card_type)
            port = _port(plant, card.id, 1, optics, technology)
            cost = _port_cost(plant, optics) + card_cost
            yield PortPlan(port=port, is_new=True, olt=olt.id, cost=cost, cards=(card,))


def _new_chassis(
    plant: Plant, office: Node, technology: str, bearer: str, optics: OltOptics, load_bps: float
) -> Iterator[PortPlan]:
    cheapest, takes = _cheapest_card(plant, technology), _takes(plant, technology)
    rows = [row for row in plant.catalogue.olt_chassis.values() if row.allowed_in_design and row.takes == takes]
    if cheapest is None or not rows:
        return
    kind = min(rows, key=lambda row: (unit_cost(plant.catalogue, row.id), row.id))
    mark = f"{office.id}-{_MARKS[takes]}"
    number = 1 + sum(olt.node == office.id and takes_of(plant.catalogue, olt) == takes for olt in plant.network.olts)
    taken = {olt.id for olt in plant.network.olts}
    while f"{mark}{number}" in taken:
        number += 1
    olt = Olt(id=f"{mark}{number}", node=office.id, type=kind.id, bearer=bearer)
    card = Card(id=f"{olt.id}-C1", olt=olt.id, slot=1, type=cheapest[0])
    led_on = _led_on(plant, olt, kind, load_bps)
    if led_on is None:
        return
    to, rate_bps, count = led_on
    uplinks = tuple(
        Uplink(id=f"{olt.id}-U{number}", olt=olt.id, number=number, rate_bps=rate_bps, to=to)
        for number in range(1, count + 1)
    )
    cost = _port_cost(plant, optics) + cheapest[1] + unit_cost(plant.catalogue, kind.id)
    port = _port(plant, card.id, 1, optics, technology)
    yield PortPlan(port=port, is_new=True, olt=olt.id, cost=cost, olts=(olt,), cards=(card,), uplinks=uplinks)


def _led_on(plant: Plant, olt: Olt, kind: OltChassis, load_bps: float) -> tuple[str, int, int] | None:
    """Give what uplinks of a new chassis reach, at which rate, and how many; None where nothing leads on."""
    extent = plant.network.rules.bearer
    if extent and kind.takes == "direct" and olt.bearer == "ip":
        most, fastest_bps = kind.uplink_ports, kind.uplink_bps
        bundle = bundle_for(plant.catalogue, load_bps, fastest_bps=fastest_bps, most=most, ends=1)
        return None if bundle is None else (end_of_straight(extent), bundle.rate_bps, bundle.links)
    at_office = [row.id for row in plant.network.bearer_elements if (row.node, row.bearer) == (olt.node, olt.bearer)]
    if extent in ("office", "metro") and not at_office:
        return None
    to = at_office[0] if at_office else f"{olt.bearer}-bearer"
    like = [row.rate_bps for row in plant.network.uplinks if row.to == to]
    return to, min(kind.uplink_bps, max(like, default=kind.uplink_bps)), 2 if extent else 1


def _takes(plant: Plant, technology: str) -> str:
    """Say which chassis a technology's cards go into."""
    return "direct" if plant.catalogue.technologies[technology].is_direct else "pon"


def takes_of(catalogue: Catalogue, olt: Olt) -> str:
    """Say what a chassis takes: PON cards, as one of unknown type does, or line cards for direct fibres."""
    row = catalogue.olt_chassis.get(olt.type)
    return "pon" if row is None else row.takes


def _cheapest_card(plant: Plant, technology: str) -> tuple[str, float] | None:
    rows = [
        (unit_cost(plant.catalogue, row.id), row.id)
        for row in plant.catalogue.olt_cards.values()
        if row.technology == technology and row.allowed_in_design
    ]
    return (min(rows)[1], min(rows)[0]) if rows else None


def _port(plant: Plant, card: str, number: int, optics: OltOptics, technology: str) -> OltPort:
    name = f"{card}-P{number}"
    return OltPort(id=plant.fresh_id(name), card=card, number=number, optics=optics.id, technology=technology)


def _port_cost(plant: Plant, optics: OltOptics) -> float:
    return unit_cost(plant.catalogue, optics.id) + unit_cost(plant.catalogue, "pon-port-commissioning")
