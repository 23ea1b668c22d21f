"""Room in enclosures for what a quote brings: new ones as large as they must be, planned ones exchanged when full."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ponplan.design.draft import enclosure_for, holds
from ponplan.design.prices import installed_cost
from ponplan.design.quote.excerpt import Broken
from ponplan.topology.rules.enclosures import cables_entering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.catalogue.model import Enclosure
    from ponplan.design.quote.change import Change
    from ponplan.design.standing.plant import Plant
    from ponplan.topology.network import Node
    from ponplan.topology.survey import Survey

# in the bill an exchange is the difference of two enclosures: right for what is planned to its last splice and not
# yet set; cabinets and rooms are the planner's sites
EXCHANGED = ("closure", "odf")
WORDS = ("splices and fibre ends", "splitters", "cables")


class Load(NamedTuple):
    """What an enclosure holds, or is to hold more."""

    fibres: int
    splitters: int
    cables: int


class Room:
    """Which enclosures of a design take how much more, and what a larger one in their place costs."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._smallest: dict[tuple[str, Load], Enclosure | None] = {}

    def short(self, node: str, more: Load) -> list[tuple[str, int, int]]:
        """Give what does not fit into a node: in words, how many more there are to be, and how many fit."""
        plant = self._plant
        left = plant.fibres_left(node), plant.slots_left(node), plant.cables_left(node)
        told = ((word, count, max(room, 0)) for word, count, room in zip(WORDS, more, left, strict=True))
        return [(word, count, room) for word, count, room in told if count > room]

    def larger(self, node: str, more: Load) -> Enclosure | None:
        """Give the cheapest enclosure that holds what a node does and so much more; None if it stays as it is."""
        plant = self._plant
        record = plant.index.nodes[node]
        kind = plant.catalogue.enclosures.get(record.enclosure)
        if kind is None or kind.kind not in EXCHANGED or record.state != "new" or record.locked:
            return None
        there = len(plant.node_splitters.get(node, ())), len(plant.node_cables.get(node, ()))
        load = Load(plant.survey.node_fibres[node] + more.fibres, there[0] + more.splitters, there[1] + more.cables)
        key = kind.kind, load
        if key not in self._smallest:
            chosen, fits = enclosure_for(plant.catalogue, kind.kind, **load._asdict())
            self._smallest[key] = chosen if fits else None
        return self._smallest[key]

    def cost(self, node: str, *, fibres: int = 1, cables: int = 0) -> float:
        """Give what room for so much more in a node costs: nothing if it is there, infinite if it cannot be."""
        more, catalogue = Load(fibres, 0, cables), self._plant.catalogue
        if not self.short(node, more):
            return 0.0
        larger = self.larger(node, more)
        if larger is None:
            return math.inf
        kind = catalogue.enclosures[self._plant.index.nodes[node].enclosure]
        return max(0.0, installed_cost(catalogue, larger) - installed_cost(catalogue, kind))

    def make(self, old: Survey, new: Survey, change: Change) -> list[Broken]:
        """Give a change enclosures that hold what it puts into them; give those that cannot.

        Parameters
        ----------
        old, new
            The part of the network around the change, without it and with it.
        """
        splitters, entering = Counter(splitter.node for splitter in change.splitters), cables_entering(new)
        broken: list[Broken] = []
        for place, node in enumerate(change.nodes):
            load = Load(new.node_fibres[node.id], splitters[node.id], entering[node.id])
            change.nodes[place] = self._sized(node, load)
            broken += self._beyond(change.nodes[place], load)
        for name, more in self._additions(old, new, change, splitters):
            short, larger = self.short(name, more), None
            if short:
                larger = self.larger(name, more)
            if larger is not None:
                change.replaced_nodes[name] = replace(self._plant.index.nodes[name], enclosure=larger.id)
                continue
            broken += [_full(name, word, count, room) for word, count, room in short]
        return broken

    def _additions(
        self, old: Survey, new: Survey, change: Change, splitters: Counter[str]
    ) -> Iterator[tuple[str, Load]]:
        """Give what a change puts into each node that was there before."""
        plant = self._plant
        fuller = {node for node, count in new.node_fibres.items() if count > old.node_fibres[node]}
        for node in sorted((change.entered | fuller) - {node.id for node in change.nodes}):
            there = {plant.network.cables[row].id for row in plant.node_cables.get(node, ())}
            entering = {cable.id for cable in change.cables if node in (cable.from_node, cable.to_node)}
            entering |= {new.network.cables[row].id for name, row in new.opened_cables if name == node}
            fibres = new.node_fibres[node] - old.node_fibres[node]
            yield node, Load(fibres, splitters[node], len(entering - there))

    def _sized(self, node: Node, load: Load) -> Node:
        """Give a new node in an enclosure that holds its load, if there is any."""
        catalogue = self._plant.catalogue
        kind = catalogue.enclosures.get(node.enclosure)
        if kind is None or holds(kind, **load._asdict()):
            return node
        return replace(node, enclosure=enclosure_for(catalogue, kind.kind, **load._asdict())[0].id)

    def _beyond(self, node: Node, load: Load) -> list[Broken]:
        kind = self._plant.catalogue.enclosures.get(node.enclosure)
        most = (kind.fibres, kind.splitter_slots, kind.cables) if kind else load
        told = zip(WORDS, load, most, strict=True)
        return [_full(node.id, word, count, room) for word, count, room in told if count > room]


def _full(node: str, word: str, count: int, room: int) -> Broken:
    message = f"{node} has room for {room} more {word}; {count} are needed"
    return Broken(rule="enclosure-capacity", subject=node, message=message)
