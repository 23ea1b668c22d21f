"""A number for every resource that people must find again: unique, by a pattern, and the same when others change.

A resource is known by a key that says where and what it is, not by its place in a list: a closure by its position, a
cable by its two ends, a splitter by where it stands and the first of its customers. What has no name of its own is
numbered by a hash of that key, so that a closure more or less elsewhere changes no other number.
"""

from __future__ import annotations

import hashlib
import re
import string
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ponplan.errors import Fault, LabelError
from ponplan.topology.areas import owners_of
from ponplan.topology.works.keys import resource_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ponplan.topology.areas import Owners
    from ponplan.topology.survey import Survey
    from ponplan.topology.works.keys import Keyed

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # base 32 without I, L, O and U, which are misread (Crockford)
NAME = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,23}"
)  # ids that may stand on a label and in any barcode as they are
MOST_TRIES = 32
PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "office": "{name}",
        "olt": "{name}",
        "card": "{name}",
        "port": "{name}",
        "odf": "{name}",
        "cabinet": "{name}",
        "room": "{name}",
        "closure": "{area}-{name}",
        "cable": "{area}-{name}",
        "fibre": "{parent}-{number:03d}",
        "splitter": "{parent}-{name}",
        "leg": "{parent}-{number:02d}",
        "onu": "{name}",
    }
)
FIELDS = ("name", "id", "area", "office", "parent", "number", "letter", "hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How numbers look: one pattern per kind, with fields of `FIELDS` in braces, and the digits of a hash."""

    patterns: Mapping[str, str] = field(default_factory=lambda: PATTERNS)
    digits: int = 4


class Resource(NamedTuple):
    """A numbered thing."""

    code: str
    kind: str
    record: str  # id in the design file; of a fibre its cable's, of a leg its splitter's
    number: int | None  # of a fibre or leg
    key: str


def number_resources(
    survey: Survey, *, scheme: Scheme | None = None, kept: Mapping[tuple[str, str], str] | None = None
) -> list[Resource]:
    """Give every resource of a network with its number, kind by kind in the order of the file.

    Parameters
    ----------
    kept
        Codes by kind and key from an earlier time; they are used again.

    Raises
    ------
    LabelError
        A pattern has unknown fields, or gives two resources the same number.
    """
    scheme, kept = scheme or Scheme(), kept or {}
    _check(scheme)
    owners = owners_of(survey.index)
    offices = _offices(survey, owners)
    codes: dict[tuple[str, str], str] = {}  # by table and record
    taken: dict[str, Keyed] = {}
    given: dict[tuple[str, str], str] = {}
    things = list(resource_keys(survey))
    for thing in things:  # codes that are kept are out of reach for everything new
        code = kept.get((thing.kind, thing.key))
        if code is not None:
            given[thing.kind, thing.key] = code
            taken[code] = thing
    numbered, faults = [], []
    for thing in things:
        area = owners.area(thing.table, thing.owner)
        office = thing.office or offices.get(area, area)
        parts = {
            "id": thing.record,
            "area": codes.get(("nodes", area), area),
            "office": codes.get(("nodes", office), office),
            "parent": codes.get(thing.parent, ""),
            "number": thing.number or 0,
            "letter": thing.letter,
        }
        code = given.get((thing.kind, thing.key)) or _free_code(scheme, thing, parts, taken)
        if taken.setdefault(code, thing) is not thing:
            faults.append(_twice(thing, code, taken[code]))
        if thing.number is None:
            codes[thing.table, thing.record] = code
        numbered.append(Resource(code, thing.kind, thing.record, thing.number, thing.key))
    if faults:
        raise LabelError(faults)
    return numbered


def _offices(survey: Survey, owners: Owners) -> dict[str, str]:
    """Give the office that feeds each area."""
    index = survey.index
    fed = [link for link in survey.network.links if link.from_device in index.ports and link.role == "working"]
    return {owners.area("splitters", link.to_device): index.device_nodes.get(link.from_device, "") for link in fed}


def _free_code(scheme: Scheme, thing: Keyed, parts: Mapping[str, object], taken: Mapping[str, Keyed]) -> str:
    """Give the code by the pattern; where a hash is in use already, that of another hash of the same key."""
    pattern = scheme.patterns[thing.kind]
    code = ""
    for attempt in range(MOST_TRIES):
        hashed = _hash(thing.key, attempt, scheme.digits)
        name = thing.name if NAME.fullmatch(thing.name) else f"{thing.letter}{hashed}"
        code = pattern.format(**parts, hash=hashed, name=name)
        if code not in taken:
            break
    return code


def _hash(key: str, attempt: int, digits: int) -> str:
    number = int.from_bytes(hashlib.sha256(f"{key}#{attempt}".encode()).digest()[:10], "big")
    text = ""
    for _ in range(digits):
        number, digit = divmod(number, len(ALPHABET))
        text += ALPHABET[digit]
    return text


def _twice(thing: Keyed, code: str, other: Keyed) -> Fault:
    return Fault(
        file="label scheme",
        field=thing.kind,
        problem=f"the same number for {thing.kind} {thing.record} and {other.kind} {other.record}",
        value=code,
        remedy="put {name}, {hash} or {number} into the pattern, or more digits",
    )


def _check(scheme: Scheme) -> None:
    faults: list[Fault] = []
    for kind, pattern in scheme.patterns.items():
        try:
            fields = {name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(pattern) if name}
            pattern.format(**dict.fromkeys(FIELDS, "A") | {"number": 1})
        except (ValueError, KeyError, IndexError, AttributeError) as error:
            problem = f"no pattern: {error}" if not isinstance(error, KeyError) else f"unknown field {error}"
            faults.append(_bad(kind, pattern, problem))
            continue
        if not fields:
            faults.append(_bad(kind, pattern, "has no field"))
    faults += [_bad(kind, "", "is missing") for kind in PATTERNS if kind not in scheme.patterns]
    faults += [_bad(kind, "", "is no kind of resource") for kind in scheme.patterns if kind not in PATTERNS]
    if not 2 <= scheme.digits <= 12:
        faults.append(
            Fault(file="label scheme", field="digits", problem="out of bounds", value=scheme.digits, limit="2 to 12")
        )
    if faults:
        raise LabelError(faults)


def _bad(kind: str, pattern: str, problem: str) -> Fault:
    fields = ", ".join(f"{{{name}}}" for name in FIELDS)
    return Fault(file="label scheme", field=kind, problem=problem, value=pattern, limit=f"fields {fields}")


def by_code(resources: Iterable[Resource]) -> dict[str, Resource]:
    """Give the resources by their codes."""
    return {resource.code: resource for resource in resources}
