"""The protection sheet: both ways of everything that is protected, and what they have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ponplan.topology.ways import KINDS, shared_m, shared_things

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.topology.survey import Survey


class ProtectedPair(NamedTuple):
    """A working path and its protecting one, from the port to where they meet again."""

    subject: str  # the splitter where a doubled trunk comes together, or the customer of a doubled path
    working_port: str
    protecting_port: str
    working_cables: str
    protecting_cables: str
    working_m: float
    protecting_m: float
    difference_m: float
    shared_trench_m: float
    shared_duct_m: float
    shared: str  # kind:thing
    verdict: str  # apart, shared


def protection_sheet(survey: Survey) -> Iterator[ProtectedPair]:
    """Give every pair of paths that are meant to be apart."""
    for pair in survey.path_pairs:
        common = {kind: shared_things(survey, pair, kind) for kind in KINDS}
        working_m, protecting_m = (
            round(sum(survey.runs[row].length_m for row in rows), 3) for rows in (pair.working, pair.protecting)
        )
        named = " ".join(f"{kind}:{thing}" for kind, things in common.items() for thing in things)
        yield ProtectedPair(
            pair.subject,
            survey.network.links[pair.working[0]].from_device,
            survey.network.links[pair.protecting[0]].from_device,
            _cables(survey, pair.working),
            _cables(survey, pair.protecting),
            working_m,
            protecting_m,
            round(abs(working_m - protecting_m), 3),
            shared_m(survey, "trench", common["trench"]),
            shared_m(survey, "duct", common["duct"]),
            named,
            "shared" if named else "apart",
        )


def _cables(survey: Survey, rows: Sequence[int]) -> str:
    links = survey.network.links
    return " ".join(dict.fromkeys(cable for row in rows for cable, _ in links[row].strands))
