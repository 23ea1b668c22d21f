"""Splitters behind splitters: which legs feed which, how many stand in a row, and who is behind each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from ponplan.design.splits import PlannedSplitter

THROUGH = 1  # the leg of a tap by which light goes on


def fed_by(splitters: Sequence[PlannedSplitter]) -> Mapping[int, list[int]]:
    """Give the splitters that hang on each one, leg by leg; those without any are left out."""
    found: dict[int, list[int]] = defaultdict(list)
    for index, splitter in enumerate(splitters):
        if splitter.above is not None:
            found[splitter.above].append(index)
    return {above: sorted(below, key=lambda index: splitters[index].leg) for above, below in found.items()}


def in_stead(
    splitters: Sequence[PlannedSplitter], gone: Collection[int], rows: Iterable[Sequence[PlannedSplitter]]
) -> list[PlannedSplitter]:
    """Give the splitters without some, on which no other hangs, and with rows whose `above` counts within each."""
    kept = [index for index in range(len(splitters)) if index not in gone]
    place_of = {index: place for place, index in enumerate(kept)}
    told = [splitters[index] for index in kept]
    told = [row if row.above is None else replace(row, above=place_of[row.above]) for row in told]
    for row in rows:
        first = len(told)
        told += [one if one.above is None else replace(one, above=first + one.above) for one in row]
    return told


def row_of(splitters: Sequence[PlannedSplitter], index: int) -> list[int]:
    """Give the splitters that light passes from the port to this one, this one last."""
    row = [index]
    while (above := splitters[row[-1]].above) is not None:
        row.append(above)
    return row[::-1]


def ports_customers(splitters: Sequence[PlannedSplitter]) -> list[list[int]]:
    """Give, for each splitter on a port, the customers behind it; nobody for the others."""
    behind: list[list[int]] = [[] for _ in splitters]
    for index, splitter in enumerate(splitters):
        behind[row_of(splitters, index)[0]] += splitter.members
    return behind


def customer_legs(splitters: Sequence[PlannedSplitter], index: int, fed: Mapping[int, Sequence[int]]) -> list[int]:
    """Give the leg of each customer of a splitter: in order, but for those that feed other splitters."""
    taken = {splitters[below].leg for below in fed.get(index, ())}
    free = (leg for leg in range(1, splitters[index].splitter.outputs + 1) if leg not in taken)
    return [leg for _, leg in zip(splitters[index].members, free, strict=False)]


def threads(splitters: Sequence[PlannedSplitter]) -> Mapping[int, list[int]]:
    """Give the chains of splitters that one fibre runs through, by the one it comes to first.

    A tap's through leg goes on over the fibre that fed it, which is cut there; from any other leg a new fibre begins.
    """
    fed = fed_by(splitters)
    found: dict[int, list[int]] = {}
    for index in range(len(splitters)):
        if not _goes_on(splitters, index):
            chain = [index]
            while (after := _through(splitters, fed, chain[-1])) is not None:
                chain.append(after)
            found[index] = chain
    return found


def last_stop(
    splitters: Sequence[PlannedSplitter], chain: Sequence[int], fed: Mapping[int, Sequence[int]]
) -> int | None:
    """Give the customer at the end of a chain of taps, on the last one's through leg; None if there is none."""
    if splitters[chain[-1]].splitter.kind != "tap":
        return None
    legs = customer_legs(splitters, chain[-1], fed)
    return splitters[chain[-1]].members[legs.index(THROUGH)] if THROUGH in legs else None


def _goes_on(splitters: Sequence[PlannedSplitter], index: int) -> bool:
    above = splitters[index].above
    return above is not None and splitters[above].splitter.kind == "tap" and splitters[index].leg == THROUGH


def _through(splitters: Sequence[PlannedSplitter], fed: Mapping[int, Sequence[int]], index: int) -> int | None:
    return next((below for below in fed.get(index, ()) if _goes_on(splitters, below)), None)
