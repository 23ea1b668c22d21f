"""Cables that lie side by side are merged as long as that saves money."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from ponplan.design.sheaths.merging import Ride, join, merge
from ponplan.design.sheaths.plant import FIXED
from ponplan.design.sheaths.prices import NEW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.design.sheaths.apart import Apart
    from ponplan.design.sheaths.light import Light
    from ponplan.design.sheaths.merging import Merger
    from ponplan.design.sheaths.plant import Plant, Sheath
    from ponplan.design.sheaths.prices import Prices

GAIN = 0.05  # what a merger must save: more than the rounding of some lines of a bill
MOST_BESIDE = 12  # cables that each one is tried with: those that lie beside it the farthest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A merger, the size of each cable that comes, and what it saves."""

    merger: Merger
    sizes: dict[int, int]
    gain: float


class Search:
    """Looks for mergers and carries them out, the one that saves most first."""

    def __init__(self, plant: Plant, prices: Prices, light: Light, apart: Apart, open_junctions: set[str]) -> None:
        self.plant, self.prices, self.light, self.apart = plant, prices, light, apart
        self.open_junctions = open_junctions  # where a closure may be set
        self.number = len(plant.sheaths)  # of the next cable
        self.waiting: list[tuple[float, int, int]] = []

    def run(self) -> bool:
        """Merge cables until nothing more is saved; say whether any were merged."""
        for key in [key for key, sheath in self.plant.sheaths.items() if sheath.size != FIXED]:
            self._weigh(key, [other for other in self._beside(key) if other > key])
        changed = False
        while self.waiting:
            _, mover, carrier = heapq.heappop(self.waiting)
            if mover not in self.plant.sheaths or carrier not in self.plant.sheaths:
                continue
            found = self._best(mover, carrier)
            if found is None:
                continue
            if self.waiting and -found.gain > self.waiting[0][0]:
                heapq.heappush(self.waiting, (-found.gain, mover, carrier))
                continue
            self._carry_out(found)
            changed = True
        return changed

    def _weigh(self, key: int, others: list[int]) -> None:
        """Put what merging a cable with others would save on the list, either way."""
        for other in others:
            for mover, carrier in ((key, other), (other, key)):
                found = self._best(mover, carrier)
                if found is not None:
                    heapq.heappush(self.waiting, (-found.gain, mover, carrier))

    def _beside(self, key: int) -> list[int]:
        """Give the cables that lie beside one, those that do so the farthest first."""
        plant = self.plant
        metres: defaultdict[int, float] = defaultdict(float)
        for route in plant.sheaths[key].routes:
            for other in plant.on_route[route]:
                if other != key and plant.sheaths[other].size != FIXED:
                    metres[other] += plant.lengths_m[route]
        beside = sorted(metres, key=lambda other: (-metres[other], other))[:MOST_BESIDE]
        met = {other for node in plant.sheaths[key].ends for other in plant.holds[node].cables}
        meeting = [other for other in sorted(met) if other != key and self._meet(key, other)]
        return list(dict.fromkeys((*beside, *(other for other in meeting if plant.sheaths[other].size != FIXED))))

    def _best(self, mover: int, carrier: int) -> _Found | None:
        """Give the merger of two cables that saves most, one cable's light in the other's sheath."""
        best = None
        for merger in self._mergers(mover, carrier):
            sizes = {key: self.prices.size_of(sheath.riders) for key, sheath in merger.sheaths.items()}
            if not self._fits_drums(merger, sizes):
                continue
            gain = self.prices.gain(merger, sizes)
            if gain > (GAIN if best is None else best.gain) and self._is_sound(merger):
                best = _Found(merger=merger, sizes=sizes, gain=gain)
        return best

    def _mergers(self, mover: int, carrier: int) -> Iterator[Merger]:
        """Give the ways to merge two cables: on a stretch where they lie side by side, or end to end."""
        tried = [merge(self.plant, ride, self.number) for ride in self._rides(mover, carrier)]
        if mover < carrier and self._meet(mover, carrier):
            tried.append(join(self.plant, mover, carrier, self.number))
        yield from (merger for merger in tried if merger is not None)

    def _meet(self, one: int, other: int) -> bool:
        """Say whether two cables end in the same node, and one of them is not as it was planned."""
        sheaths, changed = self.plant.sheaths, self.plant.changed
        return bool(sheaths[one].ends & sheaths[other].ends) and (one in changed or other in changed)

    def _fits_drums(self, merger: Merger, sizes: dict[int, int]) -> bool:
        longest_m = self.prices.cables.longest_m
        return all(
            size != FIXED
            and (len(merger.sheaths[key].routes) == 1 or merger.sheaths[key].track.length_m <= longest_m[size])
            for key, size in sizes.items()
        )

    def _is_sound(self, merger: Merger) -> bool:
        return self.light.bears(self._splices(merger)) and self.apart.stays(merger)

    def _splices(self, merger: Merger) -> dict[int, int]:
        """Give how many splices more each link has."""
        return {row: len(way) - len(self.plant.ways[row]) for row, way in merger.ways.items()}

    def _rides(self, mover: int, carrier: int) -> Iterator[Ride]:
        """Give the stretches along which a cable's light may ride in another's sheath."""
        one, other = self.plant.sheaths[mover], self.plant.sheaths[carrier]
        for first, last in side_by_side(one, other):
            if not self._may_pay(mover, carrier, first, last):
                continue
            starts = self._stops(mover, carrier, range(first, last))
            ends = self._stops(mover, carrier, range(last, first, -1))
            for (start, node), (end, far_node) in product(starts, ends):
                if start >= end:
                    continue
                passed = [not other.node_at(one.track.junctions[place]) for place in (start, end)]
                for cuts in product(*((False, True) if passing else (False,) for passing in passed)):
                    yield Ride(
                        mover=mover,
                        carrier=carrier,
                        first=start,
                        last=end,
                        nodes=(node, far_node),
                        cuts=(cuts[0], cuts[1]),
                    )

    def _may_pay(self, mover: int, carrier: int, first: int, last: int) -> bool:
        """Say whether a ride saves anything in cables, splices and the closures where the mover ends, at best."""
        plant, prices = self.plant, self.prices
        one, other = plant.sheaths[mover], plant.sheaths[carrier]
        at = one.track.junctions
        before, riding, behind, splices = [], [], [], 0
        for row in one.riders:
            way = plant.ways[row]
            place = next(place for place, stretch in enumerate(way) if stretch[0] == mover)
            low, high = sorted((at.index(way[place][1]), at.index(way[place][2])))
            if low < first:
                before.append(row)
            if high > last:
                behind.append(row)
            if low < last and high > first:
                riding.append(row)
                beside = [way[near][0] for near in (place - 1, place + 1) if 0 <= near < len(way)]
                splices += (low < first) + (high > last) - beside.count(carrier)
        together = prices.size_of((*riding, *other.riders))
        if together == FIXED:
            return False
        start_m, stop_m, end_m = one.track.at_m[first], one.track.at_m[last], one.track.length_m
        saved = prices.cost_per_m(one.size) * end_m - splices * prices.cables.splice_cost
        saved -= (stop_m - start_m) * max(0.0, prices.cost_per_m(together) - prices.cost_per_m(other.size))
        for rows, length_m in ((before, start_m), (behind, end_m - stop_m)):
            saved -= length_m * prices.cost_per_m(prices.size_of(rows)) if rows else 0.0
        return saved + sum(map(prices.closure_cost, (one.begin, one.end))) > GAIN

    def _stops(self, mover: int, carrier: int, places: range) -> list[tuple[int, str]]:
        """Give the first place with a node, and the first where one of both cables has been opened already."""
        one, other = self.plant.sheaths[mover], self.plant.sheaths[carrier]
        found: list[tuple[int, str]] = []
        for place in places:
            at = one.track.junctions[place]
            node = other.node_at(at) or one.node_at(at) or self._opened(mover, carrier, at)
            if node:
                return [*found, (place, node)]
            if place == places[0] and (node := self._any_node(at)):
                found.append((place, node))
        return found

    def _opened(self, mover: int, carrier: int, at: str) -> str:
        """Give a node at a junction where one of two cables is opened."""
        holds = self.plant.holds
        for name in self.plant.nodes_at.get(at, ()):
            if name in holds and self.prices.enclosure_at(name) is not None:
                cables = holds[name].cables
                if mover in cables or carrier in cables:
                    return name
        return ""

    def _any_node(self, at: str) -> str:
        """Give a node that holds splices at a junction, or the closure that might be set there."""
        here = [name for name in self.plant.nodes_at.get(at, ()) if self.prices.enclosure_at(name) is not None]
        if here or at not in self.open_junctions:
            return here[0] if here else ""
        name = NEW + at
        if name not in self.plant.nodes_at[at]:
            self.plant.nodes_at[at].append(name)
        return name

    def _carry_out(self, found: _Found) -> None:
        """Put the pieces in the place of the cables, and weigh them with those beside."""
        merger, plant = found.merger, self.plant
        self.light.use(self._splices(merger))
        self.apart.use(merger)
        for node, held in self.prices.changed_nodes(merger).items():
            self.prices.choose(node, held)
        for key in merger.gone:
            for route in plant.sheaths.pop(key).routes:
                plant.on_route[route].discard(key)
        for key, sheath in merger.sheaths.items():
            plant.sheaths[key] = replace(sheath, size=found.sizes[key])
            plant.changed.add(key)
            for route in sheath.routes:
                plant.on_route[route].add(key)
        for row, way in merger.ways.items():
            plant.ways[row] = way
        self.number = max(self.number, *merger.sheaths) + 1
        for key in merger.sheaths:
            self._weigh(key, self._beside(key))


def side_by_side(one: Sheath, other: Sheath) -> Iterator[tuple[int, int]]:
    """Give the stretches that two cables have in common, as places where they begin and end along the first one."""
    places = {route: place for place, route in enumerate(other.routes)}
    start, before, step = -1, -1, 0
    for place, route in enumerate((*one.routes, "")):
        here = places.get(route, -1)
        goes_on = start >= 0 and here >= 0 and abs(here - before) == 1 and step in (0, here - before)
        if start >= 0 and not goes_on:
            yield start, place
            start, step = -1, 0
        if here >= 0:
            step = here - before if goes_on else 0
            start = start if goes_on else place
        before = here
