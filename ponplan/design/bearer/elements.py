"""Which elements the chassis of one office hang on: the cheapest set, one chassis on several of them if need be."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

from ponplan.design.bearer.bundles import optics_of
from ponplan.design.bearer.offices import METRO, few_groups, group_of, holds, role_of, types_on_ring, uplinks_to
from ponplan.design.prices import unit_cost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.catalogue.model import BearerElement
    from ponplan.design.bearer.bundles import Bundle
    from ponplan.design.bearer.needs import OltNeed
    from ponplan.design.bearer.offices import Group
    from ponplan.design.problem import PlanProblem

MOST_ELEMENTS = 6  # of a set that is tried; where more are needed each is full, and sets differ little
MOST_MORE_LINKS = 2  # uplinks of a chassis beyond the fewest, so that they can be shared out evenly
_TOLERANCE = 1.0 + 1e-9


def least_groups(
    problem: PlanProblem, bearer: str, needs: Sequence[OltNeed], *, ring_bps: int, is_lone_office: bool
) -> list[Group]:
    """Connect the chassis of one office and bearer to elements at least price; these have no names yet.

    Where one uplink of a chassis is lost, no other element gets more from it than it can put through.

    Parameters
    ----------
    ring_bps
        Line rate that one ring through all offices must have.
    is_lone_office
        Whether no other office has this bearer; if one has, stations of rings are chosen for the ring.
    """
    role = role_of(problem, bearer)
    usual = few_groups(problem, bearer, needs, ring_bps=ring_bps)
    if role != "aggregation-switch" and not (is_lone_office and problem.area.rules.bearer == "office"):
        return usual
    best, cost = usual, price_of(problem, usual)
    for price, rows in _sets(problem, types_on_ring(problem, role, 0), needs):
        if price >= cost:
            break
        groups = _spread(problem, rows, needs)
        if groups and price_of(problem, groups) < cost and _asks_no_more(groups, usual):
            best, cost = groups, price_of(problem, groups)
    return best


def _asks_no_more(groups: Sequence[Group], usual: Sequence[Group]) -> bool:
    """Say whether service edges, which these prices leave out, need no more and no faster ports for the trunks."""
    usual_trunks = _trunks_to_edges(usual)
    return all(
        links <= usual_trunks[edge][0] and rate_bps <= usual_trunks[edge][1]
        for edge, (links, rate_bps) in _trunks_to_edges(groups).items()
        if edge != METRO
    )


def _trunks_to_edges(groups: Sequence[Group]) -> dict[str, tuple[int, int]]:
    """Give how many trunks lead to each edge, and how fast the fastest is."""
    found: dict[str, tuple[int, int]] = {}
    for edge, trunk in ((edge, trunk) for group in groups for edge, trunk in group.trunks.items()):
        links, rate_bps = found.get(edge, (0, 0))
        found[edge] = links + trunk.links, max(rate_bps, trunk.rate_bps)
    return found


def price_of(problem: PlanProblem, groups: Sequence[Group]) -> float:
    """Give what elements, their uplinks and their ways onwards cost; infinite where one does not hold its chassis."""
    if not all(group.fits for group in groups):
        return math.inf
    bundles = [bundle for group in groups for bundle in (*group.uplinks, *group.trunks.values()) if bundle]
    return _elements_price(problem, [group.type for group in groups]) + math.fsum(bundle.cost for bundle in bundles)


def _elements_price(problem: PlanProblem, rows: Sequence[BearerElement]) -> float:
    """Give what elements and, of rings, their two sides cost."""
    catalogue, work = problem.catalogue, unit_cost(problem.catalogue, "bearer-commissioning")
    total = 0.0
    for row in rows:
        side = None if row.role == "aggregation-switch" else optics_of(catalogue, row.trunk_bps)
        total += unit_cost(catalogue, row.id) + work + (2.0 * unit_cost(catalogue, side) if side else 0.0)
    return total


def _sets(
    problem: PlanProblem, types: Sequence[BearerElement], needs: Sequence[OltNeed]
) -> Iterator[tuple[float, tuple[BearerElement, ...]]]:
    """Give sets of elements that might hold all chassis, cheapest first, with a price below what each comes to."""
    wanted = sum(_demand(types[0], need) for need in needs)
    fastest_bps = max(row.access_bps for row in types)
    uplinks = [uplinks_to(problem, need, fastest_bps, ends=2) for need in needs]
    if None in uplinks:
        return
    optics = math.fsum(bundle.cost for bundle in uplinks if bundle)
    found = [
        (_elements_price(problem, rows) + optics, rows)
        for count in range(1, MOST_ELEMENTS + 1)
        for rows in combinations_with_replacement(types, count)
        if sum(_room(row) for row in rows) * _TOLERANCE >= wanted
    ]
    yield from sorted(found, key=lambda entry: (entry[0], len(entry[1])))


def _demand(row: BearerElement, need: OltNeed) -> float:
    """Give what a chassis takes of an element's room: VC-12 of a multiplexer, bits per second of any other."""
    return need.vc12 if row.role == "multiplexer" else need.load_bps


def _room(row: BearerElement) -> float:
    if row.role == "multiplexer":
        return row.vc12
    return (row.trunk_ports - 1) * row.trunk_bps if row.role == "aggregation-switch" else row.trunk_bps


def _spread(problem: PlanProblem, rows: Sequence[BearerElement], needs: Sequence[OltNeed]) -> list[Group] | None:
    """Let a set of elements hold all chassis, with as few uplinks as can be; None if no way is found."""
    fastest_bps = min(row.access_bps for row in rows)
    for more in range(MOST_MORE_LINKS + 1 if len(rows) > 1 else 1):
        uplinks = [uplinks_to(problem, need, fastest_bps, ends=2) for need in needs]
        bundles = [
            _with_links(bundle, min(bundle.links + more, need.uplink_ports))
            for bundle, need in zip(uplinks, needs, strict=True)
            if bundle
        ]
        dealt = _dealt(rows, needs, bundles) if len(bundles) == len(needs) else None
        if dealt is None:
            continue
        groups = [_group(problem, row, own, needs, bundles) for row, own in zip(rows, dealt, strict=True)]
        if all(
            holds(problem, group) and _holds_more(group, needs, bundles, own)
            for group, own in zip(groups, dealt, strict=True)
        ):
            return groups
    return None


def _with_links(bundle: Bundle, links: int) -> Bundle:
    return replace(bundle, links=links, cost=bundle.cost * links / bundle.links)


def _dealt(
    rows: Sequence[BearerElement], needs: Sequence[OltNeed], bundles: Sequence[Bundle]
) -> list[Counter[int]] | None:
    """Deal uplinks out over elements, those of one chassis together where one has room; None if none is left over.

    Gives the uplinks of each chassis on each element; every element has some.
    """
    left, ports = [_room(row) * _TOLERANCE for row in rows], [row.access_ports for row in rows]
    dealt: list[Counter[int]] = [Counter() for _ in rows]
    for chassis in sorted(range(len(needs)), key=lambda index: (-_demand(rows[0], needs[index]), index)):
        links, each = bundles[chassis].links, _demand(rows[0], needs[chassis]) / bundles[chassis].links
        whole = [place for place in range(len(rows)) if ports[place] >= links and left[place] >= each * links]
        for _ in range(1 if whole else links):
            count = links if whole else 1
            place = max(whole or range(len(rows)), key=lambda index: (ports[index] >= count, left[index], -index))
            ports[place] -= count
            left[place] -= each * count
            dealt[place][chassis] += count
    fits = all(dealt) and min(ports) >= 0 and min(left) >= 0
    return dealt if fits else None


def _group(
    problem: PlanProblem,
    row: BearerElement,
    own: Counter[int],
    needs: Sequence[OltNeed],
    bundles: Sequence[Bundle],
) -> Group:
    chassis = sorted(own)
    parts = [needs[index].portion(own[index], bundles[index].links) for index in chassis]
    return group_of(problem, row, parts, [_with_links(bundles[index], own[index]) for index in chassis])


def _holds_more(group: Group, needs: Sequence[OltNeed], bundles: Sequence[Bundle], own: Counter[int]) -> bool:
    """Say whether an element and its whole trunks hold what comes to it when a chassis loses an uplink elsewhere."""
    row = group.type
    for index, links in own.items():
        need, of = needs[index], bundles[index].links
        if links == of:
            continue
        more = links / (of - 1) - links / of
        if row.role == "multiplexer":
            vc12 = sum(part.vc12 for part in group.needs) + math.ceil(need.vc12 * more)
            if vc12 > row.vc12:
                return False
        elif row.role == "ring-node":
            if group.load_bps + need.load_bps * more > row.trunk_bps:
                return False
        elif not _trunks_hold_more(group, need, more):
            return False
    return True


def _trunks_hold_more(group: Group, need: OltNeed, more: float) -> bool:
    for edge, trunk in group.trunks.items():
        is_metro = edge == METRO
        load_bps = group.load_bps if is_metro else math.fsum(part.edges_bps.get(edge, 0.0) for part in group.needs)
        load_bps += more * (need.load_bps if is_metro else need.edges_bps.get(edge, 0.0))
        if load_bps > trunk.links * trunk.rate_bps:
            return False
    return True
