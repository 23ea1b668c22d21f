"""Ports that are hardly used become one, behind an upper splitter near where their feeders part, when that pays."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from ponplan.design.trench import APART_M
from ponplan.design.twostage.pons import Pon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from ponplan.design.effort import Halt
    from ponplan.design.twostage.ledger import Ledger
    from ponplan.design.twostage.pons import BuiltPon, Group, PonBuilder

    IntArray = NDArray[np.int64]

GAIN = 0.01
PARTNERS = 12  # nearest ports along the tree that a port is merged with
LOOKED_AT = 8  # places by air, to find those nearest along the tree
UPPER_SITES = 2  # places near where both feeders part that an upper splitter may stand at, beside their own


@dataclass(frozen=True, slots=True)
class Merger:
    """Two ports made one, and what that saves."""

    saving: float
    removed: tuple[int, int]
    built: BuiltPon


@dataclass(frozen=True, slots=True)
class State:
    """The ports after some mergers, and what all of these save together."""

    saved: float
    pons: tuple[BuiltPon, ...]


class Merging:
    """The ports of a plan while they are being merged."""

    def __init__(
        self, builder: PonBuilder, ledger: Ledger, pons: Iterable[BuiltPon], may_merge: Sequence[bool], halt: Halt
    ) -> None:
        self.builder, self.ledger, self.halt = builder, ledger, halt
        self.pons: dict[int, BuiltPon] = dict(enumerate(pons))
        self.free = {number for number, may in enumerate(may_merge) if may}
        self.sites = np.array([p for p, place in enumerate(builder.places) if place.kind != "room"], np.int64)
        graph, at = builder.problem.graph, self._junctions(self.sites)
        self.around = cKDTree(np.stack([graph.junction_x_m[at], graph.junction_y_m[at]], axis=1)) if len(at) else None

    def run(self) -> list[State]:
        """Merge what saves the most first; give the ports before the first merger and after each."""
        waiting = [(-merger.saving, merger.removed, merger) for merger in self._first_mergers()]
        heapq.heapify(waiting)
        saved, states = 0.0, [State(0.0, tuple(self.pons.values()))]
        while waiting and not self.halt.is_over():
            _, removed, merger = heapq.heappop(waiting)
            if not all(number in self.pons for number in removed):
                continue
            now = self._priced(removed, merger.built)
            if now is None:
                continue
            if waiting and now.saving < -waiting[0][0]:
                heapq.heappush(waiting, (-now.saving, removed, now))
                continue
            for number, partner in self._commit(now):
                found = self._best(number, partner)
                if found is not None:
                    heapq.heappush(waiting, (-found.saving, found.removed, found))
            saved += now.saving
            states.append(State(saved - self.ledger.to_pay(), tuple(self.pons.values())))
        return states

    def _first_mergers(self) -> Iterator[Merger]:
        pairs = {
            (min(number, other), max(number, other)) for number in sorted(self.free) for other in self._near(number)
        }
        for one, other in sorted(pairs):
            if self.halt.is_over():
                return
            found = self._best(one, other)
            if found is not None:
                yield found

    def _commit(self, merger: Merger) -> list[tuple[int, int]]:
        """Make two ports one; give it with each of those near it."""
        _, counts = self.ledger.change([self.pons[number] for number in merger.removed], merger.built)
        self.ledger.commit(counts)
        for number in merger.removed:
            del self.pons[number]
            self.free.discard(number)
        new = max([*self.pons, *merger.removed]) + 1
        self.pons[new] = merger.built
        self.free.add(new)
        return [(other, new) for other in self._near(new)]

    def _near(self, number: int) -> list[int]:
        """Give the ports of the same plane and office that are nearest along the tree."""
        mine = self.pons[number].pon
        others = [
            other
            for other in sorted(self.free)
            if other != number
            and (self.pons[other].pon.plane, self.pons[other].pon.office) == (mine.plane, mine.office)
        ]
        if not others:
            return []
        at = self._junctions(np.array([self.pons[other].pon.place for other in others]))
        metres = self.builder.tree.distances_m(np.full(len(at), self._junctions(np.array([mine.place]))[0]), at)
        return [others[place] for place in np.argsort(metres, kind="stable")[:PARTNERS].tolist()]

    def _best(self, one: int, other: int) -> Merger | None:
        """Give the cheapest way of making two ports one, if any saves something."""
        first, second = self.pons[one].pon, self.pons[other].pon
        groups = tuple(sorted((*first.groups, *second.groups), key=lambda group: (group.place, group.members)))
        best: Merger | None = None
        for place in self._upper_places(groups):
            built = self.builder.build(Pon(first.plane, first.office, place, groups))
            if built is None:
                continue
            found = self._priced((one, other), built)
            if found is not None and (best is None or found.saving > best.saving):
                best = found
        return best

    def _priced(self, removed: tuple[int, int], built: BuiltPon) -> Merger | None:
        before = [self.pons[number] for number in removed]
        saving = sum(one.cost for one in before) - built.cost - self.ledger.change(before, built)[0]
        return Merger(saving, removed, built) if saving > GAIN else None

    def _upper_places(self, groups: Sequence[Group]) -> list[int]:
        """Give where an upper splitter may stand: at the groups' own places, or near where their ways part.

        A building room serves nobody outside it.
        """
        own = list(dict.fromkeys(group.place for group in groups))
        if len(own) == 1:
            return own
        shared = [place for place in own if self.builder.places[place].kind != "room"]
        at = self._junctions(np.array(own))
        meeting = int(self.builder.tree.meeting_points(at[:-1], at[1:])[np.argmin(self._depth(at))])
        given = [] if self.ledger.given is None else [self.ledger.given]
        return list(dict.fromkeys([*shared, *given, *self._sites_near(meeting)]))

    def _depth(self, at: IntArray) -> NDArray[np.float64]:
        return self.builder.tree.depth_m[self.builder.tree.meeting_points(at[:-1], at[1:])]

    def _sites_near(self, junction: int) -> list[int]:
        """Give the nearest places along the tree of those nearest by air; splitters in the office are always near."""
        graph = self.builder.problem.graph
        if self.around is None or junction >= len(graph.junction_ids):
            return []
        at = (graph.junction_x_m[junction], graph.junction_y_m[junction])
        _, found = self.around.query(at, k=min(LOOKED_AT, self.around.n))
        sites = self.sites[np.atleast_1d(found)]
        metres = self.builder.tree.distances_m(np.full(len(sites), junction), self._junctions(sites))
        near = [(metre, site) for metre, site in zip(metres.tolist(), sites.tolist(), strict=True) if metre < APART_M]
        return [site for _, site in sorted(near)[:UPPER_SITES]]

    def _junctions(self, places: IntArray) -> IntArray:
        return np.array([self.builder.places[place].junction for place in places.tolist()], np.int64)
