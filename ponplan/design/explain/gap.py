"""Where a design's gap sits: cost against bound by part of the bill, and what stands there half empty."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ponplan.design.proof import PART_OF_SECTION, PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """How much of something that was bought is used."""

    what: str
    used: float
    bought: float
    unit: str

    @property
    def percent(self) -> float:
        """Used of what was bought, in per cent."""
        return round(100.0 * self.used / self.bought, 1) if self.bought else 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GapPart:
    """One part of the bill.

    Parameters
    ----------
    sections
        What its sections of the bill cost.
    bound
        Its share of what no plan can undercut; only the sum over all parts is proved. None where nothing is.
    fills
        How full what was bought is: what the bound does not pay for.
    """

    part: str
    cost: float
    sections: Mapping[str, float]
    bound: float | None
    fills: tuple[Fill, ...]

    @property
    def gap_cost(self) -> float | None:
        """What is at most to be saved in it; None where nothing is proved."""
        return None if self.bound is None else round(self.cost - self.bound, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapWhy:
    """The whole gap, by part; the relaxed rules are why there is none."""

    cost: float
    bound: float | None
    gap_percent: float | None
    gap_avoidable_percent: float | None
    parts: tuple[GapPart, ...]
    relaxed: tuple[str, ...]


def explain_gap(network: Network) -> GapWhy:
    """Tell where the gap of a design sits, from its file alone."""
    facts = network.facts
    bounds: Any = facts.get("parts", {})
    is_proved = isinstance(facts.get("cost_bound"), int | float)
    sections: dict[str, dict[str, float]] = {part: {} for part in PARTS}
    for line in network.bill:
        costs = sections[PART_OF_SECTION[line.section]]
        costs[line.section] = round(costs.get(line.section, 0.0) + line.total_cost, 2)
    fills = _fills(network)
    return GapWhy(
        cost=round(sum(sum(costs.values()) for costs in sections.values()), 2),
        bound=_number(facts, "cost_bound"),
        gap_percent=_number(facts, "gap_percent"),
        gap_avoidable_percent=_number(facts, "gap_avoidable_percent"),
        parts=tuple(
            GapPart(
                part=part,
                cost=round(sum(sections[part].values()), 2),
                sections=sections[part],
                bound=float(bounds[part]["bound"]) if is_proved and part in bounds else None,
                fills=fills[part],
            )
            for part in PARTS
        ),
        relaxed=tuple(f"{entry.rule} of {entry.subject}" for entry in network.relaxed),
    )


def _number(facts: Mapping[str, object], name: str) -> float | None:
    value = facts.get(name)
    return float(value) if isinstance(value, int | float) else None


def _fills(network: Network) -> dict[str, tuple[Fill, ...]]:
    catalogue = network.catalogue
    legs = sum(catalogue.splitters[splitter.type].outputs for splitter in network.splitters)
    splitters = {splitter.id for splitter in network.splitters}
    used_legs = sum(link.from_device in splitters for link in network.links)
    places = sum(catalogue.olt_cards[card.type].ports for card in network.cards)
    slots = sum(catalogue.olt_chassis[olt.type].card_slots for olt in network.olts)
    trench_m = sum(route.length_m for route in network.routes if route.state == "new")
    trunk_m = sum(route.length_m for route in network.routes if route.state == "new" and route.kind != "drop")
    return {
        "trench": (Fill(what="route-m", used=round(trunk_m, 1), bought=round(trench_m, 1), unit="m"),),
        "cable": (_lit_fibre(network),),
        "passive": (Fill(what="splitter-legs", used=used_legs, bought=legs, unit=""), *_cabinets(network)),
        "active": (
            Fill(what="card-ports", used=len(network.ports), bought=places, unit=""),
            Fill(what="chassis-slots", used=len(network.cards), bought=slots, unit=""),
        ),
    }


def _lit_fibre(network: Network) -> Fill:
    """Give how much of the fibre in feeders and distribution cables is used; drops hold one customer's each."""
    types = network.catalogue.cable_types
    trunk = {cable.id: cable for cable in network.cables if cable.role != "drop"}
    lit = {strand for link in network.links for strand in link.strands if strand[0] in trunk}
    used = sum(trunk[cable].length_m for cable, _ in lit)
    bought = sum(cable.length_m * types[cable.type].fibres for cable in trunk.values())
    return Fill(what="trunk-fibre", used=round(used, 1), bought=round(bought, 1), unit="m")


def _cabinets(network: Network) -> tuple[Fill, ...]:
    """Give how many splitter places of the cabinets and boxes in use hold one."""
    nodes = {node.id: network.catalogue.enclosures.get(node.enclosure) for node in network.nodes}
    counts = Counter(splitter.node for splitter in network.splitters)
    rows = {node: row for node in counts if (row := nodes.get(node)) is not None}
    slots = sum(row.splitter_slots for row in rows.values())
    return (Fill(what="cabinet-places", used=sum(counts[node] for node in rows), bought=slots, unit=""),)
