"""Rules of records: ids are unique, words and numbers make sense."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ponplan.topology.network import Network
    from ponplan.topology.survey import Survey

TABLES = (
    "customers", "nodes", "routes", "cables", "olts", "cards", "ports", "uplinks", "splitters", "onus", "links",
    "circuits", "bearer_elements", "bearer_links",
)  # fmt: skip
STATES = ("new", "existing")
ROLES = ("working", "protecting")
WORDS = {
    ("nodes", "kind"): ("office", "cabinet", "room", "closure", "premises"),
    ("nodes", "state"): STATES,
    ("routes", "kind"): ("route", "lead-in", "drop", "indoor"),
    ("routes", "state"): ("unused", *STATES),
    ("cables", "role"): ("feeder", "distribution", "drop"),
    ("cables", "state"): STATES,
    ("customers", "protection"): ("none", "trunk", "full"),
    ("customers", "account_tier"): ("", "important", "high-value", "strategic", "group"),
    ("customers", "account_group"): (
        "",
        "large-account",
        "commercial-building",
        "residential",
        "leased-line",
        "content-provider",
    ),
    ("olts", "bearer"): ("ip", "mstp"),
    ("olts", "state"): STATES,
    ("cards", "state"): STATES,
    ("ports", "role"): ROLES,
    ("ports", "standby"): ("", "cold", "warm", "hot"),
    ("ports", "state"): STATES,
    ("uplinks", "role"): ROLES,
    ("uplinks", "state"): STATES,
    ("bearer_elements", "bearer"): ("ip", "mstp"),
    ("bearer_elements", "state"): STATES,
    ("bearer_links", "kind"): ("trunk", "ring"),
    ("bearer_links", "state"): STATES,
    ("splitters", "state"): STATES,
    ("onus", "state"): STATES,
    ("links", "role"): ROLES,
    ("links", "state"): STATES,
}
_FROM = "`ponplan design AREA --from` with this file"
_ADVICE = {
    "nodes": f"{_FROM} takes it over as a cabinet that must be used; or give it id, kind and junction yourself",
    "routes": f"{_FROM} takes it over as a route that may be used; or give it id, ends and length yourself",
    "customers": "draw new customers in the area, not in the design, and design again",
    "cables": "draw the route and design again, or give it id, type, nodes and routes yourself",
}
NOT_NEGATIVE = {
    "nodes": ("taken_fibres",),
    "routes": ("length_m", "bores", "free_bores"),
    "cables": ("length_m", "slack_m"),
    "ports": ("taken_onus", "taken_down_bps", "taken_up_bps"),
    "uplinks": ("rate_bps",),
    "bearer_links": ("rate_bps", "length_m"),
    "circuits": ("count",),
    "class_rules": ("max_split", "take_up_now", "take_up_horizon"),
    "exposures": ("length_m", "customers", "cure_m", "cure_cost"),
    "bill": ("quantity", "material_cost", "labour_cost", "total_cost"),
}


def id_repeated(survey: Survey) -> Iterator[Finding]:
    """Find ids that two records of a table bear, and devices of different kinds with the same id."""
    for table in TABLES:
        counts = Counter(_column(survey.network, table, "id"))
        for name, count in counts.items() if len(counts) < len(getattr(survey.network, table)) else ():
            if count > 1 and name:
                message = f"{count} records of {table} have the id {name!r}"
                yield Finding(subject=name, value=count, limit=1, message=message)
    devices = Counter(
        name for table in ("ports", "splitters", "onus") for name in set(_column(survey.network, table, "id"))
    )
    for name, count in devices.items() if devices else ():
        if count > 1:
            message = f"{name!r} is the id of devices of {count} kinds, so that links cannot tell them apart"
            yield Finding(subject=name, value=count, limit=1, message=message)


def id_missing(survey: Survey) -> Iterator[Finding]:
    """Find records without an id, such as features that somebody has drawn in a GIS and given no more."""
    for table in TABLES:
        for row, record in enumerate(getattr(survey.network, table), start=1):
            if record.id:
                continue
            where = f" at {record.x_m:.1f}, {record.y_m:.1f}" if hasattr(record, "x_m") else ""
            message = (
                f"record {row} of {table}{where} has no id; {_ADVICE.get(table, 'fill in its columns or delete it')}"
            )
            yield Finding(subject=f"{table} {row}", message=message)


def number_wrong(survey: Survey) -> Iterator[Finding]:
    """Find numbers that are not finite, and negative lengths, counts and costs."""
    network = survey.network
    for table in (*TABLES, "class_rules", "service_growth", "bill", "relaxed", "exposures"):
        records = getattr(network, table)
        for name in _number_fields(records):
            for row, value in enumerate(_column(network, table, name)):
                if value is None:
                    continue
                negative = value < 0 and name in NOT_NEGATIVE.get(table, ())
                if negative or not math.isfinite(value):
                    yield _bad_number(_subject(records[row]), f"{table} record", name, value)
    for name in _number_fields((network.rules,)):
        value = getattr(network.rules, name)
        if value is not None and not (math.isfinite(value) and value >= (-1 if name == "growth_per_year" else 0)):
            yield _bad_number("rules", "rule", name, value)
    if not network.rules.oversubscription > 0:
        yield _bad_number("rules", "rule", "oversubscription", network.rules.oversubscription)


def _bad_number(subject: str, what: str, name: str, value: float) -> Finding:
    message = f"{what} {subject}: {name} cannot be {value!r}"
    return Finding(subject=subject, value=value if math.isfinite(value) else None, message=message)


def word_unknown(survey: Survey) -> Iterator[Finding]:
    """Find words that a field does not know."""
    for (table, field), allowed in WORDS.items():
        strange = set(_column(survey.network, table, field)) - set(allowed)
        for record in getattr(survey.network, table) if strange else ():
            word = getattr(record, field)
            if word in strange:
                message = f"{table} record {record.id}: {field} is {word!r}; allowed: {', '.join(allowed)}"
                yield Finding(subject=record.id, message=message)


def _number_fields(records: Sequence[Any]) -> list[str]:
    if not records:
        return []
    return [field.name for field in fields(records[0]) if str(field.type) in ("float", "int", "int | None")]


def _column(network: Network, table: str, field: str) -> Iterable[Any]:
    return [getattr(record, field) for record in getattr(network, table)]


def _subject(record: object) -> str:
    for name in ("id", "item", "subject", "customer_class"):
        if hasattr(record, name):
            return str(getattr(record, name))
    return type(record).__name__


RULES = (
    Rule(id="record-id", subject="any record", meaning="Every record has an id", find=id_missing),
    Rule(id="duplicate-id", subject="any record", meaning="Ids are unique", find=id_repeated),
    Rule(id="number", subject="any record", meaning="Numbers are finite and not below nothing", find=number_wrong),
    Rule(id="word", subject="any record", meaning="Words are ones the field knows", find=word_unknown),
)
