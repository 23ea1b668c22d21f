"""Two spans broken at once: which pairs take a customer that neither span alone would."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.failover.groups import Groups
from ponplan.failover.plant import ways_by_terminal
from ponplan.failover.subjects import Subjects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.failover.plant import Plant
    from ponplan.topology.network import Network

SHOWN = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """Two spans that together lose customers whom neither loses alone; `alike` pairs of spans do the very same."""

    first: str
    second: str
    alike: int
    customers_lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairResult:
    """All pairs of spans."""

    spans: int
    pairs: int
    pairs_that_lose: int  # somebody whom neither span alone loses
    customers: Mapping[str, int]  # by terminal: pairs that lose it though neither span alone does
    rows: tuple[PairRow, ...]  # those that lose most, at most a thousand


def pair_network(network: Network) -> PairResult:
    """Break every pair of spans: a question of what is connected, answered exactly and not played."""
    groups = Groups(network)
    spans = Subjects(groups).spans
    classes: dict[frozenset[str], list[str]] = {}
    for name, taken in spans.items():
        classes.setdefault(taken, []).append(name)
    sizes = [len(names) for names in classes.values()]
    lost_by: Counter[tuple[int, int]] = Counter()
    customers: Counter[str] = Counter()
    for plant, mine in _by_group(groups, list(classes)):
        for (a, b), onus in _losing_pairs(plant, mine):
            lost_by[a, b] += len(onus)
            for onu in onus:
                customers[plant.onus[onu].id] += sizes[a] * sizes[b]
    names = [members[0] for members in classes.values()]
    worst = heapq.nsmallest(SHOWN, lost_by.items(), key=lambda item: (-item[1], item[0]))
    return PairResult(
        spans=len(spans),
        pairs=len(spans) * (len(spans) - 1) // 2,
        pairs_that_lose=sum(sizes[a] * sizes[b] for a, b in lost_by),
        customers=dict(sorted(customers.items())),
        rows=tuple(
            PairRow(first=names[a], second=names[b], alike=sizes[a] * sizes[b], customers_lost=count)
            for (a, b), count in worst
        ),
    )


def _by_group(
    groups: Groups, classes: Sequence[frozenset[str]]
) -> list[tuple[Plant, list[tuple[int, frozenset[str]]]]]:
    """Give each group that has any protection with the classes of spans that touch it."""
    found: dict[int, list[tuple[int, frozenset[str]]]] = {}
    for number, taken in enumerate(classes):
        for group in sorted({groups.group_of_path(path) for one in taken for path in groups.paths_with(one)}):
            found.setdefault(group, []).append((number, taken))
    plants = [(groups.plant(group), mine) for group, mine in sorted(found.items())]
    return [(plant, mine) for plant, mine in plants if plant.scheme != "none"]


def _losing_pairs(
    plant: Plant, mine: Sequence[tuple[int, frozenset[str]]]
) -> list[tuple[tuple[int, int], list[int]]]:
    """Give pairs of classes with the terminals that only both together cut off."""
    ways = ways_by_terminal(plant.ways, len(plant.onus))
    # for each terminal: by class, which of its ways break
    found: dict[tuple[int, int], list[int]] = {}
    for onu, own in enumerate(ways):
        whole = (1 << len(own)) - 1
        masks: dict[int, list[int]] = {}
        for number, taken in mine:
            mask = sum(1 << bit for bit, way in enumerate(own) if not taken.isdisjoint(plant.ways[way].elements))
            if mask and mask != whole:
                masks.setdefault(mask, []).append(number)
        for one, firsts in masks.items():
            for other, seconds in masks.items():
                if one < other and one | other == whole:
                    for a in firsts:
                        for b in seconds:
                            found.setdefault((min(a, b), max(a, b)), []).append(onu)
    return sorted(found.items())
