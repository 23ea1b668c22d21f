"""What a merger of cables saves: cable, splices, closures and ducts, each as the bill prices it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.draft import holds
from ponplan.design.joints import BOXES
from ponplan.design.prices import installed_cost, unit_cost
from ponplan.design.sheaths.plant import FIXED, Held
from ponplan.topology.ducts import bores_needed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ponplan.catalogue.model import Enclosure
    from ponplan.design.draft import Draft
    from ponplan.design.prices import CablePrices
    from ponplan.design.sheaths.merging import Merger
    from ponplan.design.sheaths.plant import Plant, Sheath
    from ponplan.topology.network import Network

NEW = "+"  # before a junction: the closure that would be set there


@dataclass(frozen=True, slots=True)
class _Ducts:
    """Ducts of a route: what laying one costs, and how many are free."""

    cost: float
    free_bores: float


class Prices:
    """Prices of what mergers change in one plan."""

    def __init__(self, draft: Draft, network: Network, cables: CablePrices, plant: Plant) -> None:
        self.draft, self.cables, self.plant = draft, cables, plant
        self.size_for = _sizes_for(cables)
        self.duct = network.catalogue.duct_types[draft.problem.area.rules.duct]
        self.ducts = dict(_ducts(network, unit_cost(network.catalogue, self.duct.id)))
        self.nodes = {node.id: node for node in network.nodes}
        self.costs = {row.id: installed_cost(network.catalogue, row) for row in network.catalogue.enclosures.values()}
        self.splitters = Counter(splitter.node for splitter in network.splitters)
        self.chosen: dict[str, Enclosure | None] = {}  # at nodes that mergers have changed
        sites = {site.id: site for site in draft.problem.area.sites}
        self.told = {entry.subject for entry in network.relaxed}  # whose numbers stand in the list of relaxed rules
        self.given = {
            node.id
            for node in network.nodes
            if node.state != "new" or (node.site in sites and sites[node.site].enclosure is not None)
        }

    def size_of(self, riders: Sequence[int]) -> int:
        """Give the cheapest size that may light so many links; FIXED if there is none."""
        lit = self.plant.num_lit(riders)
        return self.size_for[lit] if lit < len(self.size_for) else FIXED

    def cost_per_m(self, size: int) -> float:
        """Give what a metre of a size costs with slack."""
        return float(self.cables.cost_per_m[size])

    def gain(self, merger: Merger, sizes: Mapping[int, int]) -> float:
        """Give what a merger saves; minus infinity where something has no room."""
        plant = self.plant
        cables = 0.0
        for key in replaced(merger, plant):
            cables += self.cost_per_m(plant.sheaths[key].size) * plant.sheaths[key].track.length_m
        for key, sheath in merger.sheaths.items():
            cables -= self.cost_per_m(sizes[key]) * sheath.track.length_m
        splices = sum(len(plant.ways[row]) - len(way) for row, way in merger.ways.items())
        saved = cables + splices * self.cables.splice_cost
        return saved + self._saved_ducts(merger, sizes) + self._saved_boxes(merger)

    def _saved_ducts(self, merger: Merger, sizes: Mapping[int, int]) -> float:
        """Give what ducts cost less; minus infinity where the free ones do not do."""
        plant, types = self.plant, self.cables.types
        before: dict[str, list[float]] = {}
        for key in replaced(merger, plant):
            for route in plant.sheaths[key].routes:
                if route in self.ducts and route not in before:
                    before[route] = [
                        types[plant.sheaths[other].size].diameter_mm
                        for other in plant.on_route[route]
                        if plant.sheaths[other].size != FIXED
                    ]
        after: dict[str, list[float]] = defaultdict(list)
        for key, sheath in merger.sheaths.items():
            for route in sheath.routes:
                after[route].append(types[sizes[key]].diameter_mm)
        saved = 0.0
        for route, there_mm in before.items():
            stay = list(there_mm)
            for key in replaced(merger, plant):
                if route in plant.sheaths[key].routes:
                    stay.remove(types[plant.sheaths[key].size].diameter_mm)
            old, new = bores_needed(there_mm, self.duct), bores_needed([*stay, *after[route]], self.duct)
            if old is None or new is None or (new > old and new > self.ducts[route].free_bores):
                return -np.inf
            saved += (old - new) * self.ducts[route].cost
        return saved

    def changed_nodes(self, merger: Merger) -> dict[str, Held]:
        """Give what each node holds after a merger that holds something else then."""
        plant = self.plant
        changes: dict[str, Held] = defaultdict(Held)
        for key in merger.gone:
            for node in (plant.sheaths[key].begin, plant.sheaths[key].end):
                changes[node].add(key, 0, times=-1)
        for key, sheath in merger.sheaths.items():
            for node in (sheath.begin, sheath.end) if key not in plant.sheaths else ():
                changes[node].add(key, 0, times=1)
        old, new = plant.sheaths, BothSheaths(merger.sheaths, plant.sheaths)
        for row, way in merger.ways.items():
            for node, cable, fibres in plant.needs(row, plant.ways[row], old):
                changes[node].add(cable, fibres, times=-1)
            for node, cable, fibres in plant.needs(row, way, new):
                changes[node].add(cable, fibres, times=1)
        found = {}
        for node, change in changes.items():
            held = plant.holds.get(node, Held())
            cables = Counter(held.cables)
            cables.update(change.cables)
            found[node] = Held(held.fibres + change.fibres, Counter({key: n for key, n in cables.items() if n}))
        return found

    def _saved_boxes(self, merger: Merger) -> float:
        saved = 0.0
        for node, held in self.changed_nodes(merger).items():
            now = self.enclosure_at(node)
            if now is None and not node.startswith(NEW):
                continue  # an office or premises
            new = self.enclosure_for(node, held)
            if new is now:
                continue
            if new is None and held.cables:
                return -np.inf
            saved += self._cost(now) - self._cost(new)
        return saved

    def choose(self, node: str, held: Held) -> None:
        """Let a node hold something else, in the cheapest enclosure for it."""
        if self.enclosure_at(node) is not None or node.startswith(NEW):
            self.chosen[node] = self.enclosure_for(node, held)
        self.plant.holds[node] = held

    def closure_cost(self, node: str) -> float:
        """Give what is saved where a closure is not needed; nothing for any other node."""
        enclosure = self.enclosure_at(node)
        return self._cost(enclosure) if enclosure is not None and enclosure.kind in BOXES else 0.0

    def _cost(self, enclosure: Enclosure | None) -> float:
        return 0.0 if enclosure is None else self.costs[enclosure.id]

    def enclosure_at(self, node: str) -> Enclosure | None:
        """Give the cabinet, box, closure or frame of a node, if it has one."""
        if node in self.chosen:
            return self.chosen[node]
        record = self.nodes.get(node)
        return self.draft.problem.catalogue.enclosures.get(record.enclosure) if record else None

    def enclosure_for(self, node: str, held: Held) -> Enclosure | None:
        """Give the cheapest enclosure that holds so much at a node; None if it holds nothing, or nothing does."""
        now, was = self.enclosure_at(node), self.plant.holds.get(node, Held())
        if not held.cables and not self.splitters[node]:
            return None
        size = {"fibres": held.fibres, "splitters": self.splitters[node], "cables": len(held.cables)}
        if node in self.told and (held.fibres != was.fibres or len(held.cables) != len(was.cables)):
            return None
        if node in self.given or node in self.told:
            grown = held.fibres > was.fibres or len(held.cables) > len(was.cables)
            return now if now is not None and (not grown or holds(now, **size)) else None
        kind = "closure" if now is None else now.kind
        return next((row for row, _ in self.draft.boxes_of(kind) if holds(row, **size)), None)


def replaced(merger: Merger, plant: Plant) -> tuple[int, ...]:
    """Give the cables that go, and one that stays with more light in it."""
    return (*merger.gone, *(key for key in merger.sheaths if key in plant.sheaths))


class BothSheaths(dict[int, "Sheath"]):
    """Cables that come, and behind them those that are there."""

    def __init__(self, come: Mapping[int, Sheath], there: Mapping[int, Sheath]) -> None:
        super().__init__(come)
        self._there = there

    def __missing__(self, key: int) -> Sheath:
        return self._there[key]


def _sizes_for(cables: CablePrices) -> list[int]:
    """Give the cheapest size for 0, 1, 2, ... lit fibres."""
    usable, costs = cables.usable, cables.cost_per_m
    return [
        int(min(np.flatnonzero(usable >= lit), key=lambda size: (costs[size], size)))
        for lit in range(int(usable[-1]) + 1)
    ]


def _ducts(network: Network, cost_per_m: float) -> Iterator[tuple[str, _Ducts]]:
    """Give the ducts of every route that has any."""
    for route in network.routes:
        if route.bores:
            is_there = network.catalogue.surfaces[route.surface].method == "existing-duct"
            free = np.inf if route.free_bores is None else float(route.free_bores)
            yield route.id, _Ducts(0.0 if is_there else cost_per_m * route.length_m, free)
