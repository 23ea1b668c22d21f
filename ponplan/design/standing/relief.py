"""What kept plant takes off a bound: legs, ports, slots, closures and frames that a plan may use for nothing.

Everything here errs towards more relief than a plan can have, so that the bound stays below every permitted plan:
each plane is allowed all free legs of its technology and bearer, and a closure or frame is taken to have room.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.places import Place, places_of
from ponplan.design.standing.ports import takes_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.design.standing.standing import Standing

    IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Relief:
    """What a plan may have for nothing; without kept plant, nothing."""

    problem: PlanProblem

    @property
    def _standing(self) -> Standing | None:
        return self.problem.standing

    @cached_property
    def legs(self) -> Mapping[str, int]:
        """Free legs of each kept splitter that has light and any."""
        if self._standing is None:
            return {}
        plant = self._standing.plant
        counts = {one.id: len(plant.free_legs(one.id)) for one in self._standing.network.splitters}
        return {name: count for name, count in counts.items() if count}

    def need(self, plane: Plane) -> tuple[int, int]:
        """Give how many customers of a plane need new legs, and the least ports for them."""
        free = self._legs_for(plane)
        if not free:
            return len(plane.members), plane.least_ports
        if self.problem.area.rules.cascades:
            return 0, 0  # behind one free leg a second splitter may serve many
        count = max(0, len(plane.members) - free)
        return count, -(-count // plane.most_customers)

    def _legs_for(self, plane: Plane) -> int:
        if self._standing is None:
            return 0
        plant, index = self._standing.plant, self._standing.plant.index
        return sum(
            count
            for name, count in self.legs.items()
            if index.splitters[name].technology == plane.technology.id
            and any(plant.bearer_of(row) == plane.bearer for row in plant.splitter_ports.get(name, ()))
        )

    def dark_ports(self, technology: str, bearer: str) -> int:
        """Give how many kept ports wait for a splitter."""
        if self._standing is None:
            return 0
        plant, ports = self._standing.plant, self._standing.network.ports
        return sum(
            port.technology == technology and plant.bearer_of(row) == bearer and plant.is_dark(port)
            for row, port in enumerate(ports)
        )

    def free_spots(self, technology: str, bearer: str) -> int:
        """Give how many more ports the kept cards take."""
        if self._standing is None:
            return 0
        network, index = self._standing.network, self._standing.plant.index
        found = 0
        for card in network.cards:
            kind = network.catalogue.olt_cards.get(card.type)
            if kind is not None and kind.technology == technology and index.olts[card.olt].bearer == bearer:
                found += kind.ports - sum(port.card == card.id for port in network.ports)
        return found

    def free_slots(self, bearer: str, *, takes: str = "pon") -> int:
        """Give how many more cards the kept chassis take, of PONs or of direct fibres."""
        if self._standing is None:
            return 0
        network, kinds = self._standing.network, self._standing.network.catalogue.olt_chassis
        own = {o.id: o.type for o in network.olts if o.bearer == bearer and takes_of(network.catalogue, o) == takes}
        return sum(kinds[kind].card_slots for kind in own.values()) - sum(card.olt in own for card in network.cards)

    @cached_property
    def enclosed(self) -> frozenset[int]:
        """Junctions where a kept enclosure stands."""
        if self._standing is None:
            return frozenset()
        index_of = {name: index for index, name in reversed(list(enumerate(self.problem.graph.junction_ids)))}
        nodes = (node for node in self._standing.network.nodes if node.enclosure)
        return frozenset(index_of[node.junction] for node in nodes if node.junction in index_of)

    @cached_property
    def has_frame(self) -> bool:
        """Whether a frame is kept anywhere."""
        if self._standing is None:
            return False
        return bool(self._standing.frames)

    @cached_property
    def dark_feeders(self) -> int:
        """How many dark fibres of kept cables begin at an office itself: a feeder on one of them needs no frame."""
        if self._standing is None:
            return 0
        plant, types = self._standing.plant, self.problem.catalogue.cable_types
        offices = {node.id for node in plant.offices}
        cables = [cable for cable in self._standing.network.cables if cable.from_node in offices]
        gone = [{*cable.faulty, *cable.taken, *plant.used_fibres.get(cable.id, ())} for cable in cables]
        return sum(types[cable.type].fibres - len(lost) for cable, lost in zip(cables, gone, strict=True))

    @cached_property
    def leg_junctions(self) -> IntArray:
        """Junctions of kept splitters with free legs: light is there already."""
        if self._standing is None:
            return np.empty(0, np.int64)
        index_of = {name: index for index, name in reversed(list(enumerate(self.problem.graph.junction_ids)))}
        places = self._standing.plant.index.device_junctions
        return np.array(sorted({index_of[places[name]] for name in self.legs if places[name] in index_of}), np.int64)

    def places(self) -> list[Place]:
        """Give the places of the plan, and every kept splitter with free legs as one that costs nothing to open."""
        places = places_of(self.problem)
        lit = set(self.leg_junctions.tolist())
        free = {"office"} if self.has_frame else set()  # splitters in an office may stand in a kept frame
        told = [
            replace(place, existing=True) if place.junction in lit or place.kind in free else place
            for place in places
        ]
        known = {place.junction for place in told if place.kind != "room"}
        extra = [
            Place(id=f"legs/{junction}", name="", kind="cabinet", junction=junction, enclosure=None, existing=True)
            for junction in sorted(lit - known)
        ]
        return told + extra


def lit_places(relief: Relief, places: Sequence[Place]) -> NDArray[np.bool_]:
    """Say at which places light is there already, so that no feeder is needed."""
    return np.isin(np.array([place.junction for place in places], np.int64), relief.leg_junctions)
