"""Listed ports on cards and in chassis, with transceivers and uplinks where the list does not tell them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.optics import ENDS
from ponplan.design.standing.plant import Plant
from ponplan.design.standing.ports import uplinks_for
from ponplan.topology.light import DIRECTIONS, budget, margin_db, path_loss
from ponplan.topology.network import Card, Olt, OltPort
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.area.model import Area
    from ponplan.area.plant.model import PlantPort
    from ponplan.catalogue.model import OltChassis, OltOptics
    from ponplan.topology.network import Network


def with_chassis(network: Network, area: Area) -> Network:
    """Give the network with the listed ports, each on a card in a chassis."""
    return _Chassis(network, area).filled() if area.plant.ports else network


@dataclass(slots=True)
class _Chassis:
    """Chassis and cards for the listed ports: those that the list names, the others as few as hold the rest."""

    network: Network
    area: Area

    def filled(self) -> Network:
        """Give the network with chassis, cards and ports."""
        groups: dict[tuple[str, str, str], list[PlantPort]] = defaultdict(list)
        only = self.area.offices[0].id
        for port in self.area.plant.ports:
            groups[port.office or only, port.bearer, port.olt].append(port)
        olts: list[Olt] = []
        cards: list[Card] = []
        ports: list[OltPort] = []
        slots = max((row.card_slots for row in self.network.catalogue.olt_chassis.values()), default=1)
        for (office, bearer, name), members in groups.items():
            placed = list(self._on_cards(members, slots))
            for shelf in range(1 + max(place for place, _, _, _ in placed) // slots):
                olt = (name or f"{office}-{bearer}") + (f"-{shelf + 1}" if shelf else "")
                own = [
                    (place % slots + 1, kind, port, n) for place, kind, port, n in placed if place // slots == shelf
                ]
                size = self._chassis(max((slot for slot, _, _, _ in own), default=1))
                olts.append(Olt(id=olt, node=office, type=size.id, bearer=bearer, state="existing"))
                for slot in sorted({slot for slot, _, _, _ in own}):
                    kind = next(k for s, k, _, _ in own if s == slot)
                    cards.append(Card(id=f"{olt}-C{slot}", olt=olt, slot=slot, type=kind, state="existing"))
                ports += [self._port(port, f"{olt}-C{slot}", number) for slot, _, port, number in own]
        return replace(self.network, olts=tuple(olts), cards=tuple(cards), ports=tuple(ports))

    def _on_cards(self, members: Sequence[PlantPort], slots: int) -> Iterator[tuple[int, str, PlantPort, int]]:
        """Give slot (from 0, going on in the next chassis), card type, port and number for each."""
        cards: dict[tuple[int | None, str], list[PlantPort]] = defaultdict(list)
        for port in members:
            cards[port.card, port.technology].append(port)
        taken = {slot for slot, _ in cards if slot is not None}
        free = (slot for slot in itertools.count(1) if slot not in taken or slot > slots)
        for (slot, technology), own in sorted(cards.items(), key=lambda item: (item[0][0] is None, item[0][0] or 0)):
            rows = [row for row in self.network.catalogue.olt_cards.values() if row.technology == technology]
            largest = max(row.ports for row in rows)
            used = {port.number for port in own if port.number is not None}
            numbers = (number for number in itertools.count(1) if number not in used)
            told = [(port, port.number or next(numbers)) for port in own]
            for page, group in itertools.groupby(
                sorted(told, key=_second), key=lambda pair: (pair[1] - 1) // largest
            ):
                pairs = [(port, (number - 1) % largest + 1) for port, number in group]
                most = max(number for _, number in pairs)
                kind = min((row for row in rows if row.ports >= most), key=lambda row: (row.ports, row.id))
                here = slot if slot is not None and page == 0 else next(free)
                for port, number in pairs:
                    yield here - 1, kind.id, port, number

    def _chassis(self, slots: int) -> OltChassis:
        rows = [row for row in self.network.catalogue.olt_chassis.values() if row.card_slots >= slots]
        return min(rows, key=lambda row: (row.card_slots, row.id))

    def _port(self, port: PlantPort, card: str, number: int) -> OltPort:
        legs = sum(len(s.taken) for s in self.area.plant.splitters if s.port == port.id)
        is_loaded = port.down_bps > 0 or port.up_bps > 0
        return OltPort(
            id=port.id,
            card=card,
            number=number,
            optics=port.optics,
            technology=port.technology,
            state="existing",
            taken_onus=max(port.onus, legs, int(is_loaded)),
            taken_down_bps=port.down_bps,
            taken_up_bps=port.up_bps,
        )


def _second(pair: tuple[PlantPort, int]) -> int:
    return pair[1]


def with_optics(network: Network, area: Area) -> Network:
    """Give the ports with a transceiver each: the one told, that of the rules, else the weakest that can be in use.

    A splitter that works shows that its port reaches it and a customer beside it.
    """
    survey = Survey(network)
    runs = {link.from_device: (link, run) for link, run in zip(network.links, survey.runs, strict=True)}
    ports = []
    for port in network.ports:
        if port.optics:
            ports.append(port)
            continue
        group = area.rules.technology_optics.get(port.technology)
        rows = [row for row in _transceivers(network, port.technology) if group in (None, row.optical_class)]
        link, run = runs.get(port.id, (None, None))
        if link is not None and run is not None:
            kind = network.catalogue.splitters[survey.index.splitters[link.to_device].type]
            joints = max(len(link.strands) - 1, 0)
            rows = [
                row for row in rows if reaches(network, row, port.technology, run.length_m, joints, kind.max_loss_db)
            ] or rows[-1:]
        ports.append(replace(port, optics=rows[0].id if rows else ""))
    return replace(network, ports=tuple(ports))


def _transceivers(network: Network, technology: str) -> list[OltOptics]:
    """Give a technology's transceivers allowed in design, weakest first."""
    classes = network.catalogue.optical_classes
    rows = [
        row
        for row in network.catalogue.olt_optics.values()
        if row.allowed_in_design and technology in classes[row.optical_class].technologies
    ]
    return sorted(rows, key=lambda row: (budget(classes[row.optical_class], "down").max_loss_db, row.id))


def reaches(
    network: Network, optics: OltOptics, technology: str, length_m: float, joints: int, splitter_db: float
) -> bool:
    """Say whether light of a transceiver comes so far, over so many splices between cables and through a splitter."""
    group = network.catalogue.optical_classes[optics.optical_class]
    ends = [network.catalogue.terminations[name] for name in ENDS]
    margin = float(margin_db(network.catalogue, length_m))
    for direction in DIRECTIONS:
        loss = path_loss(
            network.catalogue,
            network.catalogue.technologies[technology],
            direction,
            fibre=network.rules.fibre,
            length_m=length_m,
            splices=joints + sum(row.splices for row in ends),
            connectors=sum(row.connectors for row in ends),
            splitter_max_db=splitter_db,
            splitter_typical_db=splitter_db,
        )
        if float(np.asarray(loss.max_db)) + margin > budget(group, direction).max_loss_db:
            return False
    return True


def with_uplinks(network: Network) -> Network:
    """Give the network with as many uplinks of each chassis as carry its load now."""
    plant = Plant(network)
    uplinks = [
        replace(uplink, state="existing") for olt in network.olts for uplink in uplinks_for(plant, olt.id, 1.0) or ()
    ]
    return replace(network, uplinks=tuple(uplinks))
