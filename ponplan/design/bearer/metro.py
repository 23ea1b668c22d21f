"""The metro network: BRAS and multi-service routers at the office with most load, and what leads to them."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from ponplan.design.bearer.bundles import bundle_for
from ponplan.design.bearer.offices import SHORT, types_of
from ponplan.design.bearer.rings import office_distance_m

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.catalogue.model import BearerElement
    from ponplan.design.bearer.offices import Group
    from ponplan.design.draft import Draft

CORE = "core"  # the core routers, which are there already


def edges_of(draft: Draft, groups: Sequence[Group]) -> Iterator[tuple[str, str, BearerElement, list[Group]]]:
    """Give every service edge that is needed: its id, its office, its type and the groups that hang on it.

    One element serves as many groups as it has ports, sessions and trunks for.
    """
    ip = [group for group in groups if group.bearer == "ip"]
    if not ip:
        return
    hub = hub_of(ip)
    for edge in sorted({edge for group in ip for need in group.needs for edge in need.edges_bps}):
        types = types_of(draft.problem, edge)
        left = [group for group in ip if any(edge in need.edges_bps for need in group.needs)]
        number = 0
        while left:
            number += 1
            count, row = next(
                ((n, row) for n in range(len(left), 0, -1) for row in types if _fits(draft, edge, row, left[:n])),
                (1, max(types, key=lambda row: (row.access_ports, row.sessions))),
            )
            yield draft.fresh(f"{hub}-{SHORT[edge]}{number}"), hub, row, left[:count]
            left = left[count:]


def hub_of(groups: Sequence[Group]) -> str:
    """Give the office with most load; the first by name of equals."""
    loads: dict[str, float] = defaultdict(float)
    for group in groups:
        loads[group.node] += group.load_bps
    return min(loads, key=lambda node: (-loads[node], node))


def edge_load_bps(groups: Sequence[Group], edge: str) -> float:
    """Give what these groups send to a service edge."""
    return math.fsum(need.edges_bps.get(edge, 0.0) for group in groups for need in group.needs)


def _fits(draft: Draft, edge: str, row: BearerElement, groups: Sequence[Group]) -> bool:
    sessions = sum(need.sessions for group in groups for need in group.needs) if edge == "bras" else 0
    trunk = bundle_for(
        draft.problem.catalogue,
        edge_load_bps(groups, edge),
        fastest_bps=row.trunk_bps,
        most=row.trunk_ports,
        ends=1,
    )
    slow = any(group.trunks[edge].rate_bps > row.access_bps for group in groups if edge in group.trunks)
    return (
        _ports(groups, edge) <= row.access_ports
        and sessions <= row.sessions * (edge == "bras")
        and (trunk is not None and not slow)
    )


def _ports(groups: Sequence[Group], edge: str) -> int:
    """Give the ports that trunks take; a ring takes two."""
    return sum(group.trunks[edge].links if edge in group.trunks else 2 for group in groups)


def away_m(draft: Draft, here: str, there: str) -> float:
    """Give the way between two offices, 0 within one."""
    return 0.0 if here == there else office_distance_m(draft, here, there)
