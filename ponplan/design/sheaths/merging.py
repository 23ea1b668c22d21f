"""One cable's light put into the sheath of another beside it, and two cables made one where they meet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from ponplan.topology.runs import meeting_of
from ponplan.topology.splicing import node_between
from ponplan.topology.tracks import Track

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.design.sheaths.plant import Plant, Sheath, Stretch, Way

Piece = tuple[int, int, int]  # of a cable: places along its track where it begins and ends, and its number
CARRIED = -2  # number of the piece of a mover whose light the carrier takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """A stretch along which the light of one cable is to ride in another.

    Parameters
    ----------
    first, last
        Places along the mover's track.
    nodes
        The nodes at both places where the mover is cut, and the carrier may be.
    cuts
        Whether the carrier is cut at either.
    """

    mover: int
    carrier: int
    first: int
    last: int
    nodes: tuple[str, str]
    cuts: tuple[bool, bool]

    @property
    def is_whole(self) -> bool:
        """Whether the carrier stays in one piece."""
        return not any(self.cuts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """What a ride changes: cables that go, cables that come, and links that take other ways.

    A carrier that is not cut stays under its number, with more light in it.
    """

    gone: tuple[int, ...]
    sheaths: Mapping[int, Sheath]
    ways: Mapping[int, Way]


def merge(plant: Plant, ride: Ride, number: int) -> Merger | None:
    """Give what a ride changes; None where it cannot be built, or would be told wrongly by the file.

    Parameters
    ----------
    number
        From which on cables that come are numbered.
    """
    mover, carrier = plant.sheaths[ride.mover], plant.sheaths[ride.carrier]
    borders, sheaths = _cut(carrier, ride, mover.track, number)
    along: list[Piece] = [(ride.first, ride.last, CARRIED)]
    number += len(borders)
    if ride.first > 0:
        along.insert(0, (0, ride.first, number))
        sheaths[number] = _piece(mover, 0, ride.first, mover.begin, ride.nodes[0])
    if ride.last < len(mover.routes):
        along.append((ride.last, len(mover.routes), number + 1))
        sheaths[number + 1] = _piece(mover, ride.last, len(mover.routes), ride.nodes[1], mover.end)
    moved = mover.riders if ride.is_whole else (*mover.riders, *carrier.riders)
    ways = {}
    for row in dict.fromkeys(moved):
        way = _moved(plant.ways[row], ride, mover, along, carrier, borders)
        if way is None or not _is_told_so(plant, row, way, sheaths):
            return None
        ways[row] = way
    riders: dict[int, set[int]] = {key: set() for key in sheaths}
    if ride.is_whole:
        riders[ride.carrier].update(carrier.riders)
    for row, way in ways.items():
        for key, _, _ in way:
            if key in riders:
                riders[key].add(row)
    lit = {key: replace(sheath, riders=tuple(sorted(riders[key]))) for key, sheath in sheaths.items() if riders[key]}
    gone = (ride.mover,) if ride.is_whole else (ride.mover, ride.carrier)
    return Merger(gone=gone, sheaths=lit, ways=ways)


def join(plant: Plant, one: int, other: int, number: int) -> Merger | None:
    """Give what changes where two cables that end in the same node are one; None where that cannot be."""
    first, second = plant.sheaths[one], plant.sheaths[other]
    shared = sorted(first.ends & second.ends)
    if len(shared) != 1:
        return None
    first = first if first.end == shared[0] else _turned(first)
    second = second if second.begin == shared[0] else _turned(second)
    junctions = (*first.track.junctions, *second.track.junctions[1:])
    if len(set(junctions)) < len(junctions):
        return None
    at_m = (*first.track.at_m, *(first.track.length_m + at_m for at_m in second.track.at_m[1:]))
    riders = tuple(sorted({*first.riders, *second.riders}))
    whole = replace(
        first,
        routes=(*first.routes, *second.routes),
        track=Track(junctions, at_m, ""),
        end=second.end,
        riders=riders,
    )
    ways = {}
    for row in riders:
        stretches = [(number if key in (one, other) else key, start, end) for key, start, end in plant.ways[row]]
        way = _joined(stretches)
        if way is None or not _is_told_so(plant, row, way, {number: whole}):
            return None
        ways[row] = way
    return Merger(gone=(one, other), sheaths={number: whole}, ways=ways)


def _turned(sheath: Sheath) -> Sheath:
    """Give a cable from its other end."""
    track, length_m = sheath.track, sheath.track.length_m
    turned = Track(track.junctions[::-1], tuple(length_m - at_m for at_m in reversed(track.at_m)), "")
    return replace(sheath, routes=sheath.routes[::-1], track=turned, begin=sheath.end, end=sheath.begin)


def _cut(carrier: Sheath, ride: Ride, mover: Track, number: int) -> tuple[list[Piece], dict[int, Sheath]]:
    """Give the pieces that a ride leaves of its carrier."""
    if ride.is_whole:
        return [(0, len(carrier.routes), ride.carrier)], {ride.carrier: carrier}
    at = carrier.track.junctions
    cuts = [
        (at.index(mover.junctions[place]), node)
        for place, node, is_cut in zip((ride.first, ride.last), ride.nodes, ride.cuts, strict=True)
        if is_cut
    ]
    stops = [(0, carrier.begin), *sorted(cuts), (len(carrier.routes), carrier.end)]
    pieces, sheaths = [], {}
    for key, ((low, begin), (high, end)) in enumerate(pairwise(stops), start=number):
        pieces.append((low, high, key))
        sheaths[key] = _piece(carrier, low, high, begin, end)
    return pieces, sheaths


def _piece(sheath: Sheath, low: int, high: int, begin: str, end: str) -> Sheath:
    """Cut a piece out of a cable."""
    track = sheath.track
    start_m = track.at_m[low]
    cut = Track(track.junctions[low : high + 1], tuple(at_m - start_m for at_m in track.at_m[low : high + 1]), "")
    return replace(sheath, routes=sheath.routes[low:high], track=cut, begin=begin, end=end)


def _moved(
    way: Way, ride: Ride, mover: Sheath, along: Sequence[Piece], carrier: Sheath, borders: Sequence[Piece]
) -> Way | None:
    """Give a link's way after the merger; None if it would go through one cable twice."""
    found: list[Stretch] = []
    for stretch in way:
        parts = _shared_out(stretch, mover.track, along) if stretch[0] == ride.mover else [stretch]
        for part in parts:
            if part[0] in (CARRIED, ride.carrier):
                found += _shared_out(part, carrier.track, borders)
            else:
                found.append(part)
    return _joined(found)


def _joined(stretches: Sequence[Stretch]) -> Way | None:
    """Put stretches that follow each other in one cable together; None if a way comes back to a cable."""
    joined: list[Stretch] = []
    for stretch in stretches:
        if joined and joined[-1][0] == stretch[0]:
            joined[-1] = (stretch[0], joined[-1][1], stretch[2])
        else:
            joined.append(stretch)
    is_once = len({key for key, _, _ in joined}) == len(joined)
    return tuple(joined) if joined and is_once else None


def _shared_out(stretch: Stretch, track: Track, pieces: Sequence[Piece]) -> list[Stretch]:
    """Give the stretches of a cable's pieces that one of the whole cable falls into, as light passes them."""
    start, end = track.junctions.index(stretch[1]), track.junctions.index(stretch[2])
    low, high = min(start, end), max(start, end)
    spans = [(max(low, first), min(high, last), key) for first, last, key in pieces]
    spans = [span for span in spans if span[0] < span[1]]
    if start > end:
        return [(key, track.junctions[last], track.junctions[first]) for first, last, key in reversed(spans)]
    return [(key, track.junctions[first], track.junctions[last]) for first, last, key in spans]


def _is_told_so(plant: Plant, row: int, way: Way, sheaths: Mapping[int, Sheath]) -> bool:
    """Say whether whoever reads a way's cables finds its joints where they are meant, in a node that holds them."""
    old = plant.ways[row]
    if not plant.hosts[row][0] and _frame(plant, old, sheaths) != _frame(plant, way, sheaths):
        return False
    for place, ((one, start, at), (other, _, stop)) in enumerate(pairwise(way), start=2):
        before = sheaths.get(one) or plant.sheaths[one]
        after = sheaths.get(other) or plant.sheaths[other]
        if meeting_of(before.track, after.track, start, stop if place == len(way) else None) != at:
            return False
        ends = before.ends | after.ends
        if node_between(plant.nodes_at[at], before.ends, after.ends) not in ends:
            return False
    return True


def _frame(plant: Plant, way: Way, sheaths: Mapping[int, Sheath]) -> str:
    """Give the node where a port's first cable begins."""
    key, start, _ = way[0]
    sheath = sheaths.get(key) or plant.sheaths[key]
    return sheath.begin if sheath.track.junctions[0] == start else sheath.end
