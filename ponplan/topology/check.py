"""Checks a network by every rule, from its records alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ponplan.topology.rules import RULES
from ponplan.topology.survey import Survey
from ponplan.topology.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ponplan.topology.network import Network, Relaxed
    from ponplan.topology.violation import Rule

RELAXED_RULE = "relaxed"
_TOLERANCE = 1e-3  # relative; listed numbers may be rounded for reading


def check_network(network: Network) -> tuple[Violation, ...]:
    """Give everything that is wrong with a network, rule by rule.

    Rules that the design itself lists as not kept come back marked `relaxed`. Entries of that list which are not
    true - nothing of the kind is found, or with other numbers - are violations of the rule `relaxed`.

    Raises
    ------
    CatalogueError
        The catalogue in the file lacks a figure that the network's light or load is computed with.
    """
    survey = Survey(network)
    found = [violation for rule in RULES for violation in _violations(rule, survey)]
    listed: dict[tuple[str, str], list[Relaxed]] = {}
    for entry in network.relaxed:
        listed.setdefault((entry.rule, entry.subject), []).append(entry)
    marked = tuple(_marked(violation, listed) for violation in found)
    return (*marked, *_untrue_entries(network.relaxed, found))


def _violations(rule: Rule, survey: Survey) -> Iterator[Violation]:
    for finding in rule.find(survey):
        if not finding.subject:
            continue  # a record without an id: the rule of ids tells of it
        yield Violation(
            rule=rule.id,
            subject=finding.subject,
            value=_finite(finding.value),
            limit=_finite(finding.limit),
            message=finding.message,
        )


def _finite(number: float | None) -> float | None:
    return float(number) if number is not None and math.isfinite(number) else None


def _marked(violation: Violation, listed: dict[tuple[str, str], list[Relaxed]]) -> Violation:
    entries = listed.get((violation.rule, violation.subject), ())
    if not any(_agrees(entry, violation) for entry in entries):
        return violation
    return Violation(
        rule=violation.rule,
        subject=violation.subject,
        value=violation.value,
        limit=violation.limit,
        message=violation.message,
        relaxed=True,
    )


def _agrees(entry: Relaxed, violation: Violation) -> bool:
    pairs = ((entry.value, violation.value), (entry.limit, violation.limit))
    return all(have is None or abs(said - have) <= _TOLERANCE * max(1.0, abs(have)) for said, have in pairs)


def _untrue_entries(relaxed: Iterable[Relaxed], found: Iterable[Violation]) -> Iterator[Violation]:
    rules = {rule.id for rule in RULES}
    broken: dict[tuple[str, str], list[Violation]] = {}
    for violation in found:
        broken.setdefault((violation.rule, violation.subject), []).append(violation)
    for entry in relaxed:
        candidates = broken.get((entry.rule, entry.subject), [])
        if any(_agrees(entry, violation) for violation in candidates):
            continue
        if entry.rule not in rules:
            text = "there is no such rule"
        elif candidates:
            text = f"check finds {candidates[0].value} (limit {candidates[0].limit})"
        else:
            text = "check finds that it is kept"
        numbers = f"{entry.value:g} (limit {entry.limit:g})"
        message = f"{entry.rule} of {entry.subject} is listed as relaxed with {numbers}; {text}"
        yield Violation(
            rule=RELAXED_RULE, subject=entry.subject, value=entry.value, limit=entry.limit, message=message
        )
