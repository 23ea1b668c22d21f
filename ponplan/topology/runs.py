"""How each link passes its cables: where it enters and leaves them, where it is spliced, and where it is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.topology.index import NetworkIndex
    from ponplan.topology.network import Link
    from ponplan.topology.tracks import Track


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one fibre that a link lights, in metres from the cable's beginning."""

    cable: int  # row
    fibre: int
    enter_m: float
    leave_m: float

    @property
    def length_m(self) -> float:
        """Metres lit."""
        return abs(self.leave_m - self.enter_m)


@dataclass(frozen=True, slots=True)
class Run:
    """A link's way: its pieces in order, the junctions between them, and whatever breaks it."""

    pieces: tuple[Piece, ...]
    joints: tuple[str, ...]
    breaks: tuple[str, ...]

    @property
    def length_m(self) -> float:
        """Metres lit."""
        return sum(piece.length_m for piece in self.pieces)


def link_runs(index: NetworkIndex, tracks: Sequence[Track]) -> list[Run]:
    """Give the run of every link, in the order of the network; strands of unknown cables are left out."""
    junctions = index.device_junctions
    return [
        _run(link, junctions.get(link.from_device), junctions.get(link.to_device), index, tracks)
        for link in index.network.links
    ]


def _run(link: Link, start: str | None, end: str | None, index: NetworkIndex, tracks: Sequence[Track]) -> Run:
    rows = [(index.cable_rows[cable], fibre) for cable, fibre in link.strands if cable in index.cable_rows]
    if not rows:
        apart = start != end and not link.strands
        return Run(
            (), (), (f"no fibre from {link.from_device} to {link.to_device}, which stand apart",) if apart else ()
        )
    here = start
    pieces, joints, breaks = [], [], []
    for place, (row, fibre) in enumerate(rows):
        track = tracks[row]
        name = index.network.cables[row].id
        enter_m = track.position_m(here) if here is not None else 0.0
        if enter_m is None:
            breaks.append(f"cable {name} does not pass junction {here}, where the light is")
            enter_m = 0.0
        if place + 1 < len(rows):
            after = tracks[rows[place + 1][0]]
            target = end if place + 2 == len(rows) else None
            meeting = meeting_of(track, after, here, target)
            if meeting is None:
                breaks.append(f"cables {name} and {index.network.cables[rows[place + 1][0]].id} do not meet")
                meeting = after.junctions[0]
                leave_m: float | None = track.length_m
            else:
                leave_m = track.position_m(meeting)
            joints.append(meeting)
            here = meeting
        else:
            leave_m = track.position_m(end) if end is not None else track.length_m
            if leave_m is None:
                breaks.append(f"cable {name} does not reach junction {end}, where {link.to_device} stands")
        pieces.append(Piece(row, fibre, enter_m, track.length_m if leave_m is None else leave_m))
    return Run(tuple(pieces), tuple(joints), tuple(breaks))


def meeting_of(track: Track, after: Track, here: str | None, target: str | None) -> str | None:
    """Give the junction where two cables are spliced: common ends first, then an end of one on the other's way.

    Parameters
    ----------
    here
        The junction that light comes from.
    target
        The junction where it ends in the second cable; None if it goes on into a third.
    """
    ends, next_ends = (track.junctions[-1], track.junctions[0]), (after.junctions[0], after.junctions[-1])
    passed = set(track.junctions)
    next_passed = set(after.junctions)
    families = (
        [end for end in ends if end in next_ends],
        [end for end in next_ends if end in passed],
        [end for end in ends if end in next_passed],
        [junction for junction in track.junctions if junction in next_passed],
    )
    for family in families:
        if family:
            # light that has just come from here, or that still has to reach its target, is not spliced there
            good = [junction for junction in family if junction not in (here, target)]
            fair = [junction for junction in family if junction != here]
            return (good or fair or family)[0]
    return None
