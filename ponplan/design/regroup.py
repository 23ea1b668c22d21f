"""Better sharing-out of customers over places: pockets change hands, places close, move or open, when that pays.

The location problem that the search starts from prices a metre of fibre the same everywhere. Here every change is
priced with the cables, closures, cabinets and ports that it really asks for, for the places it touches.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from ponplan.design.layout_costs import LayoutCosts
from ponplan.design.trench import APART_M
from ponplan.optimise.fan import fan_nodes, tree_distances_m

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ponplan.design.effort import Halt
    from ponplan.design.layout import Layout

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

MOST_PASSES = 8
TAKERS = 3  # places that a pocket is offered to
LOOKED_AT = 16  # places by air, to find those nearest along the tree
SITES_NEAR = 4  # places that a cabinet may move to, or that may open for a pocket
SMALLEST_OPENING = 8  # customers that a place is opened for
GAIN = 0.01


def regroup(layout: Layout, assignment: IntArray, halt: Halt, *, near: IntArray | None = None) -> IntArray:
    """Give a sharing-out of customers over places that costs less, as far as this search finds one.

    Parameters
    ----------
    assignment
        (c,) place of each customer.
    halt
        When it is over, the best so far is given.
    near
        Places where to begin, whose changes lead on to others; None begins with all.
    """
    search = Regrouping(LayoutCosts(layout), assignment, halt=halt)
    search.improve(near=near)
    return search.assignment


class Regrouping:
    """A sharing-out of customers over places, and what each place costs, while it is being improved."""

    def __init__(self, costs: LayoutCosts, assignment: IntArray, *, halt: Halt) -> None:
        self.costs = costs
        self.layout = layout = costs.layout
        self.assignment = assignment.copy()
        self.halt = halt
        self.is_shared = np.array([place.kind != "room" for place in layout.places], bool)
        self.shared = np.flatnonzero(self.is_shared)
        at = layout.junctions[self.shared]
        self.around = cKDTree(np.stack([layout.x_m[at], layout.y_m[at]], axis=1))
        self.is_locked = np.array([place.locked for place in layout.places], bool)
        self.place_costs: dict[int, float] = {}
        self.versions: dict[int, int] = defaultdict(int)  # of each place's customers
        self.tried: set[tuple[int, ...]] = set()
        self.active: set[int] = set()  # places to look at
        self.feeder_costs: dict[int, float] = {}
        self.splitters: dict[int, dict[int, int]] = defaultdict(dict)  # of each office's places
        for place in np.unique(assignment).tolist():
            members = self.members(place)
            self.place_costs[place] = costs.place_cost(place, members)
            self.splitters[int(layout.offices[place])][place] = costs.num_splitters(place, members)
        for office in self.splitters:
            self.feeder_costs[office] = costs.feeder_cost(office, self.splitters[office])

    def members(self, place: int) -> IntArray:
        """Give the customers of a place."""
        return np.flatnonzero(self.assignment == place)

    def open_places(self) -> IntArray:
        """Give the places that serve somebody and may serve anybody."""
        places = np.array(sorted(self.place_costs), np.int64)
        return np.asarray(places[self.is_shared[places]], np.int64)

    def improve(self, *, near: IntArray | None = None) -> None:
        """Try all kinds of changes until a pass finds none, or for so many passes."""
        self.active = set(self.place_costs) if near is None else set(near.tolist())
        for _ in range(MOST_PASSES):
            changed = [
                change(place)
                for change in (self._hand_over_pockets, self._close_or_move, self._open_within)
                for place in sorted(self.active & self.place_costs.keys())
                if place in self.place_costs and not self.halt.is_over()
            ]
            if not any(changed):
                break

    def improve_around(self, places: IntArray) -> None:
        """Let these places hand pockets over, to whichever open place, until none does, or for so many passes."""
        for _ in range(MOST_PASSES):
            changed = [self._hand_over_pockets(place) for place in places.tolist() if place in self.place_costs]
            if not any(changed):
                break

    def _hand_over_pockets(self, place: int) -> bool:
        """Offer each pocket of a place, the larger ones first, to the places nearest to it."""
        changed = False
        for junction, pocket in self._pockets(place):
            pocket = pocket[self.assignment[pocket] == place]
            if len(pocket):
                takers = self._nearest(junction, self.open_places(), TAKERS, but=place)
                changed |= any(self._accept(place, {taker: pocket}) for taker in takers)
        return changed

    def _open_within(self, place: int) -> bool:
        """Offer each pocket of a place to a place near it that is not open yet."""
        changed = False
        for junction, pocket in self._pockets(place):
            pocket = pocket[self.assignment[pocket] == place]
            if len(pocket) >= SMALLEST_OPENING:
                changed |= any(self._accept(place, {new: pocket}) for new in self._shut_near(junction)[:1])
        return changed

    def _close_or_move(self, place: int) -> bool:
        members = self.members(place)
        if self.is_locked[place] or not self.layout.may_move[members].all():
            return False
        return self._close(place) or self._move(place)

    def _close(self, place: int) -> bool:
        """Share the customers of a place out over the places nearest to each."""
        members = self.members(place)
        others = self.open_places()
        others = others[others != place]
        if not len(others):
            return False
        access = self.layout.access[members]
        metres = self.layout.tree.distances_m(access[:, None], self.layout.junctions[others][None, :])
        to = others[np.argmin(metres, axis=1)]
        return self._accept(place, {int(taker): members[to == taker] for taker in np.unique(to)})

    def _move(self, place: int) -> bool:
        """Try the places near an open one in its stead; a room has none."""
        if not self.is_shared[place]:
            return False
        members = self.members(place)
        near = self._shut_near(int(self.layout.junctions[place]))
        near = [*near, *(other for other in self._at_office(place) if other not in near)]
        return any(self._accept(place, {other: members}) for other in near)

    def _pockets(self, place: int) -> list[tuple[int, IntArray]]:
        """Give the junctions of a place's fan, each with the customers at and behind it, the most first."""
        members = self.members(place)
        access = self.layout.access[members]
        root = int(self.layout.junctions[place])
        away = access != root
        if not away.any():
            return []
        junctions, before = fan_nodes(self.layout.ground, root, access[away])
        behind: list[list[int]] = [[] for _ in junctions]
        node_at = {junction: node for node, junction in enumerate(junctions.tolist())}
        for member, junction in zip(members.tolist(), access.tolist(), strict=True):
            behind[node_at[junction]].append(member)
        for node in range(len(junctions) - 1, 0, -1):
            behind[before[node]] += behind[node]
        pockets = [(j, np.array(b, np.int64)) for j, b in zip(junctions.tolist(), behind, strict=True)]
        pockets = [(junction, pocket[self.layout.may_move[pocket]]) for junction, pocket in pockets[1:]]
        return sorted(pockets, key=lambda pocket: -len(pocket[1]))

    def _nearest(self, junction: int, places: IntArray, count: int, *, but: int) -> Sequence[int]:
        places = places[places != but]
        metres = self._distances_m(junction, self.layout.junctions[places])
        return [int(place) for place in places[np.argsort(metres, kind="stable")[:count]]]

    def _shut_near(self, junction: int) -> Sequence[int]:
        """Give the nearest shared places that serve nobody: nearest along the tree of those nearest by air."""
        at = (self.layout.x_m[junction], self.layout.y_m[junction])
        _, found = self.around.query(at, k=min(LOOKED_AT, self.around.n))
        shut = [place for place in self.shared[np.atleast_1d(found)].tolist() if place not in self.place_costs]
        return self._nearest(junction, np.array(shut, np.int64), SITES_NEAR, but=-1)

    def _at_office(self, place: int) -> Iterator[int]:
        """Give the shared places at a place's own office that serve nobody: they need no feeder, and no frame."""
        office = self.layout.entries[self.layout.offices[place]]
        for other in self.shared[self.layout.junctions[self.shared] == office].tolist():
            if other not in self.place_costs:
                yield other

    def _distances_m(self, junction: int, others: IntArray) -> FloatArray:
        return tree_distances_m(self.layout.ground, self.layout.tree.depth_m, junction, others)

    def _accept(self, giver: int, moves: dict[int, IntArray]) -> bool:
        """Make these customers of a place change to others if all may and it pays; say so.

        What was tried before with the same customers at all these places is not tried again.
        """
        moved = np.concatenate(list(moves.values()))
        touched = sorted({giver, *moves})
        trial = (giver, len(moved), int(moved[0]), *(n for place in touched for n in (place, self.versions[place])))
        if trial in self.tried:
            return False
        self.tried.add(trial)
        if self.is_locked[giver] and len(moved) == len(self.members(giver)):
            return False
        if not all(self._within_reach(place, members) for place, members in moves.items()):
            return False
        before = self.assignment[moved]
        for place, members in moves.items():
            self.assignment[members] = place
        costs, splitters = {}, {}
        gain = 0.0
        for place in touched:
            members = self.members(place)
            costs[place] = self.costs.place_cost(place, members)
            splitters[place] = self.costs.num_splitters(place, members)
            gain += self.place_costs.get(place, 0.0) - costs[place]
        feeders: dict[int, float] = {}
        if gain + self._feeder_saving(splitters) > GAIN:
            feeders = dict(self._feeders_after(splitters))
            gain += sum(self.feeder_costs.get(office, 0.0) - cost for office, cost in feeders.items())
        if gain <= GAIN:
            self.assignment[moved] = before
            return False
        self._commit(costs, splitters, feeders)
        return True

    def _within_reach(self, place: int, members: IntArray) -> bool:
        metres = self._distances_m(int(self.layout.junctions[place]), self.layout.access[members])
        ways_m = metres + self.layout.feeder_m[place]
        return bool(np.all((ways_m <= self.layout.limits_m[members]) & (metres < APART_M)))

    def _feeder_saving(self, splitters: dict[int, int]) -> float:
        """Estimate what fewer splitters save of feeders at most: a cable of their own each, and their frames."""
        saved = self._frames_saving(splitters)
        for place, count in splitters.items():
            fewer = self.splitters[int(self.layout.offices[place])].get(place, 0) - count
            if fewer > 0:
                cable = float(self.layout.ground.cost_per_m[0] * self.layout.feeder_m[place])
                saved += cable + fewer * 2.0 * self.layout.ground.splice_cost
        return saved

    def _frames_saving(self, splitters: dict[int, int]) -> float:
        """Give what frames cost less when the number of splitters of some places changes; no feeders more."""
        saved = 0.0
        for office in {int(self.layout.offices[place]) for place in splitters}:
            now = self.splitters[office]
            fewer = {
                place: now.get(place, 0) - n for place, n in splitters.items() if self.layout.offices[place] == office
            }
            count, less = self.costs.num_leaving(office, now), self.costs.num_leaving(office, fewer)
            saved += self.costs.frames_cost(count) - self.costs.frames_cost(count - less)
        return max(saved, 0.0)

    def _feeders_after(self, splitters: dict[int, int]) -> Iterator[tuple[int, float]]:
        """Give the feeder costs of the offices where the number of splitters of some place changes."""
        for office in sorted({int(self.layout.offices[place]) for place in splitters}):
            now = self.splitters[office]
            after = now | {place: count for place, count in splitters.items() if self.layout.offices[place] == office}
            after = {place: count for place, count in after.items() if count}
            if after != now:
                yield office, self.costs.feeder_cost(office, after)

    def _commit(self, costs: dict[int, float], splitters: dict[int, int], feeders: dict[int, float]) -> None:
        self.active |= costs.keys()
        for place, cost in costs.items():
            self.versions[place] += 1
            at_office = self.splitters[int(self.layout.offices[place])]
            if splitters[place]:
                self.place_costs[place], at_office[place] = cost, splitters[place]
            else:
                self.place_costs.pop(place, None)
                at_office.pop(place, None)
        self.feeder_costs |= feeders
