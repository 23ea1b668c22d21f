"""Puts the network behind the OLTs into a draft: uplinks, what they reach in each office, and what that reaches."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from ponplan.design.bearer.bundles import bundle_for
from ponplan.design.bearer.elements import least_groups
from ponplan.design.bearer.metro import CORE, away_m, edge_load_bps, edges_of
from ponplan.design.bearer.needs import olt_needs
from ponplan.design.bearer.offices import METRO, SHORT, uplinks_alone
from ponplan.design.bearer.rings import ring_bps, rings_of
from ponplan.topology.network import BearerElement, BearerLink, Uplink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.design.bearer.bundles import Bundle
    from ponplan.design.bearer.needs import OltNeed
    from ponplan.design.bearer.offices import Group
    from ponplan.design.draft import Draft

OUTSIDE = {"ip": "ip-bearer", "mstp": "mstp-bearer"}  # what an uplink reaches where nothing behind it is planned
TRANSPORT = "transport"  # what an element of an MSTP network reaches that is there already


def add_bearer(draft: Draft) -> None:
    """Add uplinks, elements and links of the bearer, as far as the area's rules want them built."""
    needs = olt_needs(draft)
    numbers: Counter[str] = Counter()
    extent = draft.problem.area.rules.bearer
    if extent == "uplinks":
        for need in needs:
            _lead_out(draft, need, OUTSIDE[need.bearer], numbers)
        return
    for need in needs:
        if need.leads_straight:
            _lead_out(draft, need, end_of_straight(extent), numbers)
    needs = [need for need in needs if not need.leads_straight]
    groups = _groups(draft, needs)
    for group in groups:
        draft.has_full_bearer |= not group.fits
        draft.bearer_elements.append(
            BearerElement(id=group.id, node=group.node, type=group.type.id, bearer=group.bearer)
        )
        for need, bundle in zip(group.needs, group.uplinks, strict=True):
            _add_uplinks(draft, need, bundle, group.id, numbers)
    _add_rings(draft, groups)
    if extent == "metro":
        _add_metro(draft, groups)
        return
    for group in groups:
        for bundle in group.trunks.values():
            _add_links(draft, group.id, METRO, "trunk", bundle)


def end_of_straight(extent: str) -> str:
    """Give what uplinks of the service router's shelf reach where that much of the bearer is planned."""
    return {"office": METRO, "metro": CORE}.get(extent, OUTSIDE["ip"])


def _lead_out(draft: Draft, need: OltNeed, to: str, numbers: Counter[str]) -> None:
    """Add uplinks into what is there already."""
    _add_uplinks(draft, need, uplinks_alone(draft.problem, need), to, numbers)


def _groups(draft: Draft, needs: Sequence[OltNeed]) -> list[Group]:
    at_office: dict[tuple[str, str], list[OltNeed]] = defaultdict(list)
    for need in needs:
        at_office[need.bearer, need.node].append(need)
    offices = Counter(bearer for bearer, _ in at_office)
    found = []
    for (bearer, node), own in sorted(at_office.items()):
        rate_bps, is_lone = ring_bps(draft, needs, bearer), offices[bearer] == 1
        groups = least_groups(draft.problem, bearer, own, ring_bps=rate_bps, is_lone_office=is_lone)
        for number, group in enumerate(groups, start=1):
            found.append(replace(group, id=draft.fresh(f"{node}-{SHORT[group.type.role]}{number}")))
    return found


def _add_uplinks(draft: Draft, need: OltNeed, bundle: Bundle | None, to: str, numbers: Counter[str]) -> None:
    """Add the uplinks; a chassis with too few ports gets all it has, and the rule that it breaks is listed later."""
    count, rate_bps = (bundle.links, bundle.rate_bps) if bundle else (need.uplink_ports, need.uplink_bps)
    draft.has_full_bearer |= bundle is None
    for _ in range(count):
        numbers[need.olt] += 1
        number = numbers[need.olt]
        draft.uplinks.append(
            Uplink(id=f"{need.olt}-U{number}", olt=need.olt, number=number, rate_bps=rate_bps, to=to)
        )


def _add_links(
    draft: Draft, source: str, target: str, kind: str, bundle: Bundle | None, *, length_m: float = 0.0
) -> None:
    """Add the links of a bundle; None stands for a load that no bundle carries."""
    if bundle is None:
        draft.has_full_bearer = True
        return
    for _ in range(bundle.links):
        _add_link(draft, source, target, kind, bundle.rate_bps, length_m=length_m)


def _add_link(draft: Draft, source: str, target: str, kind: str, rate_bps: int, *, length_m: float) -> None:
    draft.bearer_links.append(
        BearerLink(
            id=draft.fresh(draft.next_id("BL")),
            from_element=source,
            to_element=target,
            kind=kind,
            rate_bps=rate_bps,
            length_m=round(length_m, 3),
        )
    )


def _add_rings(draft: Draft, groups: Sequence[Group]) -> None:
    """Join ring nodes and multiplexers in rings that close through what is there already."""
    for ring in rings_of(draft, [group for group in groups if group.type.role != "aggregation-switch"]):
        outside = TRANSPORT if ring.bearer == "mstp" else METRO
        stations, lengths_m = [outside, *ring.stations, outside], ring.lengths_m
        if ring.bearer == "ip" and draft.problem.area.rules.bearer == "metro":  # closed in itself
            stations, lengths_m = [*ring.stations, ring.stations[0]], ring.lengths_m[1:]
        for (here, there), length_m in zip(pairwise(stations), lengths_m, strict=True):
            source, target = (there, here) if here == outside else (here, there)
            if source != target:
                _add_link(draft, source, target, "ring", ring.rate_bps, length_m=length_m)


def _add_metro(draft: Draft, groups: Sequence[Group]) -> None:
    """Add service edges at the hub, trunks to them without a switch between, and trunks from them to the core."""
    for identity, hub, row, own in list(edges_of(draft, groups)):
        edge = row.role
        draft.bearer_elements.append(BearerElement(id=identity, node=hub, type=row.id, bearer="ip"))
        load_bps, catalogue = edge_load_bps(own, edge), draft.problem.catalogue
        for group in own:
            if edge in group.trunks:
                length_m = away_m(draft, group.node, hub)
                _add_links(draft, group.id, identity, "trunk", group.trunks[edge], length_m=length_m)
        on_ring = next((group for group in own if group.node == hub and group.type.role == "ring-node"), None)
        if on_ring is not None:  # the ring hands over at the hub
            bundle = bundle_for(catalogue, load_bps, fastest_bps=row.access_bps, most=row.access_ports, ends=2)
            _add_links(draft, on_ring.id, identity, "trunk", bundle)
        onward = bundle_for(catalogue, load_bps, fastest_bps=row.trunk_bps, most=row.trunk_ports, ends=1)
        _add_links(draft, identity, CORE, "trunk", onward)
