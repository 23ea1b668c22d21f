"""Rules of fibres: each exists, is sound, carries one link at a time and joins its neighbours; enough stay spare."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.survey import Survey

TOLERANCE_M = 0.001
MOST_SPARE = 1e6  # a share beyond all sense, which the rule of numbers tells, must not break this one


def fibre_missing(survey: Survey) -> Iterator[Finding]:
    """Find strands whose fibre number the cable does not have."""
    fibres = _fibre_counts(survey)
    for link in survey.network.links:
        for cable, fibre in link.strands:
            count = fibres.get(cable)
            if count is not None and not 1 <= fibre <= count:
                message = f"link {link.id} uses fibre {fibre} of cable {cable}, which has {count}"
                yield Finding(subject=f"{cable}:{fibre}", value=fibre, limit=count, message=message)


def fibre_faulty(survey: Survey) -> Iterator[Finding]:
    """Find links over fibres that are known to be faulty."""
    faulty = {cable.id: set(cable.faulty) for cable in survey.network.cables if cable.faulty}
    for link in survey.network.links if faulty else ():
        for cable, fibre in link.strands:
            if fibre in faulty.get(cable, ()):
                message = f"link {link.id} uses fibre {fibre} of cable {cable}, which is faulty"
                yield Finding(subject=f"{cable}:{fibre}", message=message)


def fibre_taken(survey: Survey) -> Iterator[Finding]:
    """Find links over fibres that others light."""
    taken = {cable.id: set(cable.taken) for cable in survey.network.cables if cable.taken}
    for link in survey.network.links if taken else ():
        for cable, fibre in link.strands:
            if fibre in taken.get(cable, ()):
                message = f"link {link.id} uses fibre {fibre} of cable {cable}, which others light"
                yield Finding(subject=f"{cable}:{fibre}", message=message)


def fibre_shared(survey: Survey) -> Iterator[Finding]:
    """Find fibres that two links light on the same stretch of cable."""
    stretches = [
        (piece.cable, piece.fibre, min(piece.enter_m, piece.leave_m), max(piece.enter_m, piece.leave_m), row)
        for row, run in enumerate(survey.runs)
        for piece in run.pieces
    ]
    for cable_row, fibre, members in _same_fibre(stretches):
        links = _overlapping(members)
        if links:
            cable = survey.network.cables[cable_row].id
            names = ", ".join(survey.network.links[row].id for row in links)
            message = f"fibre {fibre} of cable {cable} is used by links {names} on the same stretch"
            yield Finding(subject=f"{cable}:{fibre}", value=len(links), limit=1, message=message)


Stretch = tuple[int, int, float, float, int]


def _same_fibre(stretches: list[Stretch]) -> Iterator[tuple[int, int, list[tuple[float, float, int]]]]:
    """Give the stretches of every fibre that is used more than once."""
    if not stretches:
        return
    pairs = np.array([stretch[:2] for stretch in stretches], np.int64)
    _, group, counts = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(group.ravel(), kind="stable")
    starts = np.cumsum(counts) - counts
    for number in np.flatnonzero(counts > 1).tolist():
        members = [stretches[row] for row in order[starts[number] : starts[number] + counts[number]].tolist()]
        yield members[0][0], members[0][1], sorted(member[2:] for member in members)


def _overlapping(members: list[tuple[float, float, int]]) -> list[int]:
    """Give the links of stretches that overlap another; stretches that only touch do not."""
    found: dict[int, None] = {}
    reach, holder, begin = members[0][1], members[0][2], members[0][0]
    for low, high, row in members[1:]:
        same_place = high - low < TOLERANCE_M and abs(low - begin) < TOLERANCE_M and reach - begin < TOLERANCE_M
        if low < reach - TOLERANCE_M or same_place:
            found[holder] = found[row] = None
        if high >= reach:
            reach, holder, begin = high, row, low
    return list(found)


def link_broken(survey: Survey) -> Iterator[Finding]:
    """Find links whose cables do not lead from one device to the other."""
    for link, run in zip(survey.network.links, survey.runs, strict=True):
        for text in run.breaks:
            yield Finding(subject=link.id, message=f"link {link.id}: {text}")


def splice_in_the_open(survey: Survey) -> Iterator[Finding]:
    """Find splices at junctions where nothing stands that could hold them."""
    places = survey.index.nodes_at
    for link, run in zip(survey.network.links, survey.runs, strict=True):
        for junction in run.joints:
            if junction not in places:
                message = f"link {link.id} is spliced at junction {junction}, where no node stands"
                yield Finding(subject=link.id, message=message)


def spare_too_small(survey: Survey) -> Iterator[Finding]:
    """Find trunk cables that keep fewer fibres dark than the rules want."""
    fibres = _fibre_counts(survey)
    share = min(survey.network.rules.spare_fibres, MOST_SPARE)
    used: dict[str, set[int]] = {}
    for link in survey.network.links:
        for name, fibre in link.strands:
            used.setdefault(name, set()).add(fibre)
    for cable in survey.network.cables:
        lit = len(used.get(cable.id, ()))
        if cable.role == "drop" or cable.id not in fibres or not lit:
            continue
        wanted = math.ceil(lit * share - 1e-9)
        spare = fibres[cable.id] - len({*used[cable.id], *cable.faulty, *cable.taken})
        if spare < wanted:
            message = f"cable {cable.id} keeps {spare} fibres dark beside {lit} used; the rules want {wanted}"
            yield Finding(subject=cable.id, value=spare, limit=wanted, message=message)


def _fibre_counts(survey: Survey) -> dict[str, int]:
    types = survey.catalogue.cable_types
    return {cable.id: types[cable.type].fibres for cable in survey.network.cables if cable.type in types}


RULES = (
    Rule(id="fibre-exists", subject="cable:fibre", meaning="Every fibre used is in its cable", find=fibre_missing),
    Rule(id="fibre-faulty", subject="cable:fibre", meaning="No faulty fibre is used", find=fibre_faulty),
    Rule(id="fibre-taken", subject="cable:fibre", meaning="No fibre that others light is used", find=fibre_taken),
    Rule(
        id="fibre-single-use",
        subject="cable:fibre",
        meaning="A fibre carries one link on each stretch",
        find=fibre_shared,
    ),
    Rule(id="continuity", subject="link", meaning="A link's cables lead from device to device", find=link_broken),
    Rule(id="splice-place", subject="link", meaning="Every splice is at a node", find=splice_in_the_open),
    Rule(id="spare-fibres", subject="cable", meaning="Trunk cables keep enough fibres dark", find=spare_too_small),
)
