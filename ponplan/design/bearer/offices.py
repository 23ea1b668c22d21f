"""What the OLTs of one office are connected to: as few switches, ring nodes or multiplexers as hold them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ponplan.design.bearer.bundles import bundle_for
from ponplan.design.prices import unit_cost
from ponplan.errors import CatalogueError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.catalogue.model import BearerElement
    from ponplan.design.bearer.bundles import Bundle
    from ponplan.design.bearer.needs import OltNeed
    from ponplan.design.draft import Draft

SHORT = {
    "aggregation-switch": "AGG",
    "ring-node": "RPR",
    "multiplexer": "MSTP",
    "bras": "BRAS",
    "service-router": "MSR",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One element of an office with the chassis (or shares of one) that hang on it.

    `trunks` are its bundles onwards, by what they reach; rings have none.
    """

    id: str
    bearer: str
    node: str
    type: BearerElement
    needs: tuple[OltNeed, ...]
    uplinks: tuple[Bundle | None, ...]  # of each need; None where the chassis has too few ports
    trunks: Mapping[str, Bundle]
    fits: bool = True  # False: not even the roomiest element holds them

    @property
    def load_bps(self) -> float:
        """Load of all its chassis together."""
        return math.fsum(need.load_bps for need in self.needs)


def role_of(draft: Draft, bearer: str) -> str:
    """Give what OLTs of a bearer are connected to."""
    if bearer == "mstp":
        return "multiplexer"
    return "ring-node" if draft.problem.area.rules.fibre_scarce else "aggregation-switch"


def types_of(draft: Draft, role: str) -> list[BearerElement]:
    """Give the elements of a role that may be used, cheapest first.

    Raises
    ------
    CatalogueError
        There is none.
    """
    catalogue = draft.problem.catalogue
    rows = [row for row in catalogue.bearer_elements.values() if row.role == role and row.allowed_in_design]
    if not rows:
        raise CatalogueError([Fault(file="bearer_elements", problem=f"no {role} is allowed in design")])
    return sorted(rows, key=lambda row: (unit_cost(catalogue, row.id), row.id))


def share_out(draft: Draft, bearer: str, node: str, needs: Sequence[OltNeed], *, ring_bps: int) -> list[Group]:
    """Connect the chassis of one office and bearer to as few elements as hold them.

    Parameters
    ----------
    ring_bps
        Line rate that nodes of a ring must have; of no matter for a tree.
    """
    role = role_of(draft, bearer)
    types = [row for row in types_of(draft, role) if role == "aggregation-switch" or row.trunk_bps >= ring_bps]
    left = [part for need in needs for part in _parts(need, max(row.vc12 for row in types))]
    groups: list[Group] = []
    while left:
        identity = draft.fresh(f"{node}-{SHORT[role]}{len(groups) + 1}")
        group = next(
            (
                group
                for count in range(len(left), 0, -1)
                for row in types
                if (group := _group(draft, identity, row, left[:count])) is not None
            ),
            None,
        )
        if group is None:  # not even one fits: the roomiest takes it, and the rules say what it lacks
            roomiest = max(types, key=lambda row: (row.access_ports, row.trunk_bps, row.vc12))
            group = replace(_forced(draft, identity, roomiest, left[0]), fits=False)
        groups.append(group)
        left = left[len(group.needs) :]
    return groups


def uplink_bundle(draft: Draft, need: OltNeed, access_bps: int, *, ends: int) -> Bundle | None:
    """Give the uplinks of a chassis with one to spare, None if it has not enough ports."""
    record = next(olt for olt in draft.olts if olt.id == need.olt)
    chassis = draft.problem.catalogue.olt_chassis[record.type]
    fastest_bps = min(chassis.uplink_bps, access_bps)
    most = chassis.uplink_ports
    return bundle_for(draft.problem.catalogue, need.load_bps, fastest_bps=fastest_bps, most=most, ends=ends)


def _parts(need: OltNeed, most_vc12: int) -> list[OltNeed]:
    """Share a chassis that needs more VC-12 than any multiplexer has out over several."""
    count = -(-need.vc12 // most_vc12) if most_vc12 else 1
    if count < 2:
        return [need]
    return [replace(need, load_bps=need.load_bps / count, vc12=-(-need.vc12 // count)) for _ in range(count)]


def _group(draft: Draft, identity: str, row: BearerElement, needs: Sequence[OltNeed]) -> Group | None:
    """Give the group if the element has ports, VC-12 and trunks for all these chassis."""
    group = _forced(draft, identity, row, *needs)
    ports = sum(bundle.links if bundle else row.access_ports for bundle in group.uplinks)
    trunks = sum(bundle.links for bundle in group.trunks.values())
    fits = ports <= row.access_ports and sum(need.vc12 for need in needs) <= row.vc12 * (row.role == "multiplexer")
    if row.role == "aggregation-switch":
        fits = fits and trunks <= row.trunk_ports and len(group.trunks) == len(_onward_bps(draft, needs))
    if row.role == "ring-node":
        fits = fits and group.load_bps <= row.trunk_bps
    return group if fits else None


def _forced(draft: Draft, identity: str, row: BearerElement, *needs: OltNeed) -> Group:
    return Group(
        id=identity,
        bearer=needs[0].bearer,
        node=needs[0].node,
        type=row,
        needs=tuple(needs),
        uplinks=tuple(uplink_bundle(draft, need, row.access_bps, ends=2) for need in needs),
        trunks=_trunks(draft, row, needs) if row.role == "aggregation-switch" else {},
    )


def _onward_bps(draft: Draft, needs: Sequence[OltNeed]) -> dict[str, float]:
    """Give the load toward each service edge, or toward the metro network where that is there already."""
    if draft.problem.area.rules.bearer != "metro":
        return {"metro": math.fsum(need.load_bps for need in needs)}
    edges = sorted({edge for need in needs for edge in need.edges_bps})
    return {edge: math.fsum(need.edges_bps.get(edge, 0.0) for need in needs) for edge in edges}


def _trunks(draft: Draft, row: BearerElement, needs: Sequence[OltNeed]) -> dict[str, Bundle]:
    ends = 2 if draft.problem.area.rules.bearer == "metro" else 1
    found = {
        edge: bundle_for(
            draft.problem.catalogue, load_bps, fastest_bps=row.trunk_bps, most=row.trunk_ports, ends=ends
        )
        for edge, load_bps in _onward_bps(draft, needs).items()
    }
    return {edge: bundle for edge, bundle in found.items() if bundle is not None}
