"""Ports for new splitters in kept chassis: dark ports, free places on cards, new cards in free slots."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ponplan.design.prices import unit_cost
from ponplan.design.standing.ports import takes_of, uplinks_for
from ponplan.topology.network import Card, OltPort

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.design.draft import Draft
    from ponplan.design.planes import Plane
    from ponplan.design.splits import PlannedSplitter
    from ponplan.design.standing.standing import Standing
    from ponplan.topology.network import Olt

Spot = tuple[str, str, int]  # card, its type, port number


class KeptShelves:
    """Room in the kept chassis of one office and bearer, while splitters or direct fibres are lit from it."""

    def __init__(self, draft: Draft, standing: Standing, office: str, bearer: str, *, takes: str = "pon") -> None:
        self._draft = draft
        self._plant = standing.plant
        self._olts = [
            olt
            for olt in standing.network.olts
            if olt.node == office and olt.bearer == bearer and takes_of(self._plant.catalogue, olt) == takes
        ]
        self._more_bps: dict[str, float] = defaultdict(float)
        self._slots = {olt.id: list(self._free_slots(olt)) for olt in self._olts}
        self._spots: list[tuple[str, Spot]] = [(olt.id, spot) for olt in self._olts for spot in self._free_spots(olt)]
        own = {olt.id for olt in self._olts}
        self._dark = [
            (self._plant.index.cards[port.card].olt, port)
            for port in standing.network.ports
            if self._plant.is_dark(port) and self._plant.index.cards[port.card].olt in own
        ]

    def light(self, technology: str, optics: str, load_bps: float) -> str:
        """Give a port with this transceiver, empty where the kept chassis have none."""
        for place, (olt, port) in enumerate(self._dark):
            if (port.technology, port.optics) == (technology, optics) and self._carries(olt, load_bps):
                self._dark.pop(place)
                return port.id
        for place, (olt, (card, kind, number)) in enumerate(self._spots):
            row = self._plant.catalogue.olt_cards.get(kind)
            if row is not None and row.technology == technology and self._carries(olt, load_bps):
                self._spots.pop(place)
                return self._add_port(card, number, optics, technology)
        return self._on_new_card(technology, optics, load_bps)

    def _on_new_card(self, technology: str, optics: str, load_bps: float) -> str:
        catalogue = self._plant.catalogue
        kinds = [c for c in catalogue.olt_cards.values() if c.technology == technology and c.allowed_in_design]
        for olt in self._olts:
            if not self._slots[olt.id] or not kinds or not self._carries(olt.id, load_bps):
                continue
            kind = min(kinds, key=lambda row: (unit_cost(catalogue, row.id), row.id))
            slot = self._slots[olt.id].pop(0)
            card = self._draft.fresh(f"{olt.id}-C{slot}")
            self._draft.cards.append(Card(id=card, olt=olt.id, slot=slot, type=kind.id))
            self._spots += [(olt.id, (card, kind.id, number)) for number in range(2, kind.ports + 1)]
            return self._add_port(card, 1, optics, technology)
        return ""

    def add_uplinks(self) -> None:
        """Add the uplinks that the lit ports need."""
        for olt, more_bps in self._more_bps.items():
            self._draft.uplinks += uplinks_for(self._plant, olt, more_bps) or ()

    def _carries(self, olt: str, load_bps: float) -> bool:
        if uplinks_for(self._plant, olt, self._more_bps[olt] + load_bps) is None:
            return False
        self._more_bps[olt] += load_bps
        return True

    def _add_port(self, card: str, number: int, optics: str, technology: str) -> str:
        identity = self._draft.fresh(f"{card}-P{number}")
        self._draft.ports.append(OltPort(id=identity, card=card, number=number, optics=optics, technology=technology))
        return identity

    def _free_slots(self, olt: Olt) -> Iterator[int]:
        kind = self._plant.catalogue.olt_chassis.get(olt.type)
        taken = {card.slot for card in self._plant.network.cards if card.olt == olt.id}
        yield from (slot for slot in range(1, (kind.card_slots if kind else 0) + 1) if slot not in taken)

    def _free_spots(self, olt: Olt) -> Iterator[Spot]:
        for card in self._plant.network.cards:
            kind = self._plant.catalogue.olt_cards.get(card.type)
            if card.olt == olt.id and kind is not None:
                taken = {port.number for port in self._plant.network.ports if port.card == card.id}
                yield from ((card.id, card.type, n) for n in range(1, kind.ports + 1) if n not in taken)


def light_from_kept(
    draft: Draft,
    standing: Standing,
    office: str,
    bearer: str,
    members: Sequence[int],
    planned: Sequence[PlannedSplitter],
    planes: Sequence[Plane],
    loads_bps: Sequence[float],
    port_of: list[str],
) -> list[int]:
    """Light splitters from kept chassis as far as these go; give those that are left."""
    shelves, left = KeptShelves(draft, standing, office, bearer), []
    for member, load_bps in zip(members, loads_bps, strict=True):
        one = planned[member]
        port_of[member] = shelves.light(planes[one.plane].technology.id, one.optics.id, load_bps)
        if not port_of[member]:
            left.append(member)
    shelves.add_uplinks()
    return left
