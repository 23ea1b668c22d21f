"""Two drawings of one customer found and made one."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

SAME_ADDRESS_M = 150.0  # the same street and number farther apart than this is another town's
SAME_NAME_M = 100.0  # a school's ground and a school's building


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may be a customer."""

    id: str
    tags: Mapping[str, str]
    name: str
    street: str
    number: str  # of the house; empty without an address
    x_m: float
    y_m: float
    customer_class: str
    services: tuple[str, ...]
    kind: str  # the tag that makes it a business; empty for a plain address
    building: int  # -1 outside of buildings
    is_building: bool


def merge_addresses(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[str]]:
    """Count each address once.

    Of plain drawings of one address a node is kept before a building, because it shows the entrance. Businesses
    at the address take its place; all of them stay.

    Returns
    -------
    Who stays, in the order given, and the ids of the others.
    """
    plain_gone: set[str] = set()
    for cluster in _clusters(((_address(c), c) for c in candidates if c.number), SAME_ADDRESS_M):
        businesses = [candidate for candidate in cluster if candidate.kind]
        plain = sorted((c for c in cluster if not c.kind), key=lambda c: (c.is_building, c.id))
        plain_gone.update(candidate.id for candidate in (plain if businesses else plain[1:]))
    return _without(candidates, plain_gone)


def merge_namesakes(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[str]]:
    """Count a business once that is drawn several times under one name and class, as ground and building or node.

    The one with an address is kept, else the node. Two with different addresses are two branches.
    """
    gone: set[str] = set()
    named = (((c.name.casefold(), c.customer_class), c) for c in candidates if c.kind and c.name)
    for cluster in _clusters(named, SAME_NAME_M):
        ordered = sorted(cluster, key=lambda c: (not c.number, c.is_building, c.id))
        addresses = {_address(ordered[0])}
        for candidate in ordered[1:]:
            if candidate.number and _address(candidate) not in addresses:
                addresses.add(_address(candidate))
            else:
                gone.add(candidate.id)
    return _without(candidates, gone)


def _clusters(keyed: Iterable[tuple[Hashable, Candidate]], reach_m: float) -> list[list[Candidate]]:
    """Group candidates of one key that lie within reach of the group's first."""
    groups: dict[Hashable, list[Candidate]] = defaultdict(list)
    for key, candidate in keyed:
        groups[key].append(candidate)
    clusters: list[list[Candidate]] = []
    for group in groups.values():
        if len(group) > 1:
            clusters.extend(_near_ones(group, reach_m))
    return clusters


def _near_ones(group: list[Candidate], reach_m: float) -> list[list[Candidate]]:
    xy_m = np.array([(candidate.x_m, candidate.y_m) for candidate in group])
    tree = cKDTree(xy_m)
    taken = [False] * len(group)
    clusters = []
    for index in range(len(group)):
        if not taken[index]:
            near = [other for other in sorted(tree.query_ball_point(xy_m[index], reach_m)) if not taken[other]]
            for other in near:
                taken[other] = True
            clusters.append([group[other] for other in near])
    return clusters


def _address(candidate: Candidate) -> tuple[str, ...]:
    unit = candidate.tags.get("addr:unit", candidate.tags.get("addr:flats", candidate.tags.get("addr:door", "")))
    return tuple(re.sub(r"\s+", "", part).casefold() for part in (candidate.street, candidate.number, unit))


def _without(candidates: Sequence[Candidate], gone: set[str]) -> tuple[list[Candidate], list[str]]:
    kept = [candidate for candidate in candidates if candidate.id not in gone]
    return kept, [candidate.id for candidate in candidates if candidate.id in gone]
