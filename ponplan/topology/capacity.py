"""What a network could still take: dark fibres, free legs, free ports, free slots."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ponplan.topology.network import Network


def spare_capacity(network: Network) -> dict[str, float]:
    """Give what is free in trunk cables (fibres, and kilometres of them), splitters, cards and chassis."""
    catalogue = network.catalogue
    used: dict[str, set[int]] = {}
    legs: Counter[str] = Counter()
    for link in network.links:
        legs[link.from_device] += 1
        for name, fibre in link.strands:
            used.setdefault(name, set()).add(fibre)
    fibres, fibre_m = 0, 0.0
    for cable in network.cables:
        if cable.role != "drop":
            free = catalogue.cable_types[cable.type].fibres - len(
                {*used.get(cable.id, ()), *cable.faulty, *cable.taken}
            )
            fibres += free
            fibre_m += free * cable.length_m
    ports = Counter(port.card for port in network.ports)
    cards = Counter(card.olt for card in network.cards)
    return {
        "trunk_fibres": fibres,
        "trunk_fibre_km": round(fibre_m / 1000.0, 3),
        "splitter_legs": sum(catalogue.splitters[s.type].outputs - legs[s.id] for s in network.splitters),
        "pon_ports": sum(catalogue.olt_cards[card.type].ports - ports[card.id] for card in network.cards),
        "card_slots": sum(catalogue.olt_chassis[olt.type].card_slots - cards[olt.id] for olt in network.olts),
    }
