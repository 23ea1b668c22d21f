"""Faults of a bare PON: what each kind breaks unless a subject is named."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from ponplan.errors import Fault, ScenarioError
from ponplan.failover.durations import NS_PER_MS
from ponplan.failover.plant import Break
from ponplan.scenario import FaultSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.failover.plant import Plant
    from ponplan.scenario import Scenario

DEFAULT_SUBJECT = {
    "feeder-cut": "feeder-a",
    "distribution-cut": "distribution-0-a",
    "drop-cut": "drop-0-a",
    "fading": "feeder-a",
    "span": "feeder-a",
    "trench": "feeder-a",
    "duct": "feeder-a",
    "node": "splitter-a",
    "splitter": "splitter-a",
    "cabinet": "splitter-0-a",
    "port": "port-a",
    "card": "card-a",
    "chassis": "chassis-a",
    "office": "office-a",
    "onu": "onu-0",
}


def bare_faults(scenario: Scenario) -> Sequence[FaultSettings]:
    """Give the faults of a bare PON; if none is named, its working feeder is cut at once."""
    return scenario.fault or (FaultSettings(what="feeder-cut"),)


def bare_breaks(plant: Plant, faults: Sequence[FaultSettings]) -> tuple[Break, ...]:
    """Give what breaks when in a bare PON.

    Raises
    ------
    ScenarioError
        A subject is no element of the PON; every fault is listed.
    """
    known = sorted({element for way in plant.ways for element in way.elements})
    found: list[Break] = []
    wrong = []
    for number, fault in enumerate(faults, start=1):
        subject = fault.subject or DEFAULT_SUBJECT[fault.what]
        if subject not in known:
            near = difflib.get_close_matches(subject, known, n=3)
            wrong.append(
                Fault(
                    file="scenario",
                    field=f"fault[{number}].subject",
                    problem="no such element in this PON",
                    value=subject,
                    limit=f"such as {', '.join(near or known[:8])}",
                )
            )
            continue
        found += breaks_of(fault, frozenset((subject,)))
    if wrong:
        raise ScenarioError(wrong)
    return tuple(found)


def told(fault: FaultSettings, *, subject: str | None = None) -> dict[str, object]:
    """Give a fault as an answer repeats it, with what it strikes."""
    return {
        "what": fault.what,
        "subject": subject or fault.subject or DEFAULT_SUBJECT[fault.what],
        "at_ms": fault.at_ms,
        "until_ms": fault.until_ms,
        "times": fault.times,
    }


def breaks_of(fault: FaultSettings, elements: frozenset[str]) -> list[Break]:
    """Give every time that a fault strikes."""
    every_ms = fault.every_ms or 0.0
    return [
        Break(
            at_ns=_ns(fault.at_ms + turn * every_ms),
            until_ns=None if fault.until_ms is None else _ns(fault.until_ms + turn * every_ms),
            elements=elements,
            db_per_s=fault.db_per_s,
        )
        for turn in range(fault.times)
    ]


def _ns(time_ms: float) -> int:
    return round(time_ms * NS_PER_MS)
