"""Rules of cabinets, boxes, closures and frames: what stands in them fits."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.survey import Survey


def too_many_splitters(survey: Survey) -> Iterator[Finding]:
    """Find enclosures with more splitters than they have places for."""
    counts = Counter(splitter.node for splitter in survey.network.splitters)
    yield from _beyond(survey, counts, attribute="splitter_slots", word="splitters")


def too_many_fibres(survey: Survey) -> Iterator[Finding]:
    """Find enclosures with more splices and fibre ends than they hold."""
    yield from _beyond(survey, survey.node_fibres, attribute="fibres", word="splices and fibre ends")


def too_many_cables(survey: Survey) -> Iterator[Finding]:
    """Find enclosures that more cables enter than they have ports."""
    yield from _beyond(survey, cables_entering(survey), attribute="cables", word="cables")


def cables_entering(survey: Survey) -> Counter[str]:
    """Give how many cables enter each node; one that is opened there on its way counts once."""
    opened: dict[str, set[int]] = {}
    for row, cable in enumerate(survey.network.cables):
        for node in (cable.from_node, cable.to_node):
            opened.setdefault(node, set()).add(row)
    for node, row in survey.opened_cables:
        opened.setdefault(node, set()).add(row)
    return Counter({node: len(rows) for node, rows in opened.items()})


def _beyond(survey: Survey, counts: Counter[str], *, attribute: str, word: str) -> Iterator[Finding]:
    for node in survey.network.nodes:
        kind = survey.catalogue.enclosures.get(node.enclosure)
        if kind is None:
            continue
        limit = getattr(kind, attribute)
        if counts[node.id] > limit:
            message = f"{node.id} holds {counts[node.id]} {word}; a {kind.id} takes {limit}"
            yield Finding(subject=node.id, value=counts[node.id], limit=limit, message=message)


def enclosure_overfull(survey: Survey) -> Iterator[Finding]:
    """Find enclosures that hold more splitters, fibres or cables than they can."""
    yield from too_many_splitters(survey)
    yield from too_many_fibres(survey)
    yield from too_many_cables(survey)


def enclosure_missing(survey: Survey) -> Iterator[Finding]:
    """Find cabinets, rooms and closures that are said to hold something, in nothing."""
    used = {splitter.node for splitter in survey.network.splitters} | {joint.node for joint in survey.joints}
    for node in survey.network.nodes:
        if node.kind in ("cabinet", "room", "closure") and not node.enclosure and node.id in used:
            message = f"{node.kind} {node.id} holds splitters or splices, but has no cabinet, box or closure"
            yield Finding(subject=node.id, message=message)


RULES = (
    Rule(
        id="enclosure-missing",
        subject="node",
        meaning="Splitters and splices outside offices are in an enclosure",
        find=enclosure_missing,
    ),
    Rule(
        id="enclosure-capacity",
        subject="node",
        meaning="Splitters, splices, fibre ends and cables fit into their cabinet, box, closure or frame",
        find=enclosure_overfull,
    ),
)
