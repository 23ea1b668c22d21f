"""Rules of courses: neither cables nor light come back to where they were.

A cable that goes into a street and out again saves joints that the bound counts on; plant that stands may lie so.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.topology.runs import Piece
    from ponplan.topology.survey import Survey


def cable_in_circle(survey: Survey) -> Iterator[Finding]:
    """Find new cables that come back to a junction; one may end where it begins."""
    for cable, track in zip(survey.network.cables, survey.tracks, strict=True):
        ways = (track.junctions[:-1], track.junctions[1:]) if cable.state == "new" else ()
        again = next((junction for way in ways if (junction := _first_again(way)) is not None), None)
        if again is not None:
            yield Finding(subject=cable.id, message=f"cable {cable.id} comes back to junction {again}")


def light_in_circle(survey: Survey) -> Iterator[Finding]:
    """Find links over new cables alone whose light comes back to a junction."""
    is_new = [cable.state == "new" for cable in survey.network.cables]
    for link, run in zip(survey.network.links, survey.runs, strict=True):
        if run.breaks or not all(is_new[piece.cable] for piece in run.pieces):
            continue
        again = _first_again(_passed(survey, run.pieces))
        if again is not None:
            yield Finding(subject=link.id, message=f"light of link {link.id} comes back to junction {again}")


def _passed(survey: Survey, pieces: Sequence[Piece]) -> list[str]:
    """Give the junctions that light passes, each splice once."""
    passed: list[str] = []
    for piece in pieces:
        track = survey.tracks[piece.cable]
        low, high = sorted((piece.enter_m, piece.leave_m))
        own = list(track.junctions[bisect_left(track.at_m, low) : bisect_right(track.at_m, high)])
        if piece.enter_m > piece.leave_m:
            own.reverse()
        passed += own[1:] if passed and own and passed[-1] == own[0] else own
    return [name for name, after in pairwise([*passed, ""]) if name != after]  # a route may have no length


def _first_again(junctions: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for junction in junctions:
        if junction in seen:
            return junction
        seen.add(junction)
    return None


RULES = (
    Rule(id="cable-circle", subject="cable", meaning="No new cable comes back to a junction", find=cable_in_circle),
    Rule(
        id="light-circle",
        subject="link",
        meaning="Light in new cables comes back to no junction",
        find=light_in_circle,
    ),
)
