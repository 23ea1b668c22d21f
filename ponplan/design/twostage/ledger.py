"""What the ways to splitters cost, and the cabinets they stand in, kept up to date while ports are merged."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.fan import fan_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.design.layout_costs import LayoutCosts
    from ponplan.design.twostage.pons import BuiltPon

    IntArray = NDArray[np.int64]

HOST = "host"
Key = tuple[str, int]  # feeders of an office, or what leaves a place for splitters elsewhere, or a place's host
SPLITTERS, LEGS = 0, 1  # what a host counts: splitters, and their legs that feed other splitters


class Ledger:
    """Counts of splitters by place and of the fibres between them, with what each office and place costs.

    Parameters
    ----------
    given
        A hub: what is added to its host, and the cables from it to other splitters, are counted as nothing while
        ports are merged, so that the mergers together find whether they pay for them.
    """

    def __init__(self, costs: LayoutCosts, pons: Iterable[BuiltPon], *, given: int | None = None) -> None:
        self.costs = costs
        self.given = given
        self.counts: dict[Key, Counter[int]] = defaultdict(Counter)
        self.priced: dict[Key, float] = {}
        self.customers: Counter[int] = Counter()  # never changed: each is served where it is
        self.drops: Counter[int] = Counter()
        self.cables: dict[int, int] = {}
        self._known: dict[tuple[Key, tuple[tuple[int, int], ...]], float] = {}
        members: dict[int, list[int]] = defaultdict(list)
        for built in pons:
            for key, counts in _entries(built).items():
                self.counts[key].update(counts)
            for one in built.splitters:
                members[one.place] += one.members
        for place, group in members.items():
            self.customers[place] = len(group)
            targets = costs.layout.access[group]
            away = targets[targets != costs.layout.junctions[place]]
            self.drops[place] = len(targets) - len(away)
            self.cables[place] = _branches(costs, int(costs.layout.junctions[place]), away)
        self.priced = {key: self._price(key, counts) for key, counts in self.counts.items()}
        self.hub_before = self._hub_cost()

    def change(self, removed: Sequence[BuiltPon], added: BuiltPon) -> tuple[float, Mapping[Key, Counter[int]]]:
        """Give by how much ways and hosts get dearer when one port takes the place of others, and the counts then."""
        counts: dict[Key, Counter[int]] = {}
        for sign, builts in ((-1, removed), (1, [added])):
            for built in builts:
                for key, more in _entries(built).items():
                    after = counts.setdefault(key, Counter(self.counts.get(key, Counter())))
                    for place, count in more.items():
                        after[place] += sign * count
        counts = {key: +after for key, after in counts.items()}
        cost = sum(self._price(key, after) - self.priced.get(key, 0.0) for key, after in counts.items())
        return cost, counts

    def commit(self, counts: Mapping[Key, Counter[int]]) -> None:
        """Take the counts of a change over."""
        for key, after in counts.items():
            self.counts[key] = after
            self.priced[key] = self._price(key, after)

    def _price(self, key: Key, counts: Counter[int]) -> float:
        if key[0] != "feeders" and key[1] == self.given:
            return 0.0
        known = (key, tuple(sorted(counts.items())))
        if known not in self._known:
            self._known[known] = self._price_anew(key, counts)
        return self._known[known]

    def to_pay(self) -> float:
        """Give what was not counted at the hub."""
        return self._hub_cost() - self.hub_before

    def _hub_cost(self) -> float:
        if self.given is None:
            return 0.0
        keys = [(HOST, self.given), ("onward", self.given)]
        return sum(self._price_anew(key, self.counts[key]) for key in keys)

    def _price_anew(self, key: Key, counts: Counter[int]) -> float:
        kind, where = key
        if kind == "feeders":
            return self.costs.feeder_cost(where, counts)
        if kind == "onward":
            return self.costs.cables_cost(int(self.costs.layout.junctions[where]), counts)
        splitters, legs = counts[SPLITTERS], counts[LEGS]
        return self.costs.host_cost(
            where,
            splitters=splitters,
            fibres=self.customers[where] + legs,
            drops=self.drops[where],
            cables=self.cables.get(where, 0) + (legs > 0),
        )


def _entries(built: BuiltPon) -> dict[Key, Counter[int]]:
    """Give what a port adds to the counts."""
    first = built.splitters[0]
    entries: dict[Key, Counter[int]] = {("feeders", first.office): Counter([first.place])}
    for one in built.splitters:
        entries.setdefault((HOST, one.place), Counter())[SPLITTERS] += 1
    below = [one.place for one in built.splitters[1:]]
    if below:
        entries["onward", first.place] = Counter(place for place in below if place != first.place)
        entries[HOST, first.place][LEGS] += len(below)
    return entries


def _branches(costs: LayoutCosts, root: int, targets: IntArray) -> int:
    """Give how many cables leave a place for customers, at least."""
    if not len(targets):
        return 0
    _, before = fan_nodes(costs.layout.ground, root, targets)
    return int(np.count_nonzero(before == 0))
