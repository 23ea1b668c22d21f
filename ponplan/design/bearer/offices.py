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
    from ponplan.design.problem import PlanProblem

METRO = "metro"  # what trunks reach where the metro network is there already
UPLINKS_AT_LEAST = 2  # of every chassis: one, and one to spare
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


def role_of(problem: PlanProblem, bearer: str) -> str:
    """Give what OLTs of a bearer are connected to."""
    if bearer == "mstp":
        return "multiplexer"
    return "ring-node" if problem.area.rules.fibre_scarce else "aggregation-switch"


def types_of(problem: PlanProblem, role: str) -> list[BearerElement]:
    """Give the elements of a role that may be used, cheapest first.

    Raises
    ------
    CatalogueError
        There is none.
    """
    catalogue = problem.catalogue
    rows = [row for row in catalogue.bearer_elements.values() if row.role == role and row.allowed_in_design]
    if not rows:
        raise CatalogueError([Fault(file="bearer_elements", problem=f"no {role} is allowed in design")])
    return sorted(rows, key=lambda row: (unit_cost(catalogue, row.id), row.id))


def few_groups(problem: PlanProblem, bearer: str, needs: Sequence[OltNeed], *, ring_bps: int) -> list[Group]:
    """Connect the chassis of one office and bearer, in order, to as few elements as hold them.

    A chassis that no element holds is shared out evenly over several. The elements have no names yet.

    Parameters
    ----------
    ring_bps
        Line rate that nodes of a ring must have; of no matter for a tree.
    """
    types = types_on_ring(problem, role_of(problem, bearer), ring_bps)
    left = [part for need in needs for part in _parts(problem, need, types) or [need]]
    groups: list[Group] = []
    while left:
        group = next(
            (
                group
                for count in range(len(left), 0, -1)
                for row in types
                if (group := _group(problem, row, left[:count])) is not None
            ),
            None,
        )
        if group is None:  # not even one fits: the roomiest takes it, and the rules say what it lacks
            roomiest = max(types, key=lambda row: (row.access_ports, row.trunk_bps, row.vc12))
            group = replace(_forced(problem, roomiest, left[0]), fits=False)
        groups.append(group)
        left = left[len(group.needs) :]
    return groups


def types_on_ring(problem: PlanProblem, role: str, ring_bps: int) -> list[BearerElement]:
    """Give the elements of a role that may be used, cheapest first; those of rings have this line rate at least."""
    rows = types_of(problem, role)
    return [row for row in rows if role == "aggregation-switch" or row.trunk_bps >= ring_bps]


def cost_to_hand_on(problem: PlanProblem, need: OltNeed) -> float:
    """Give what the elements cost that a chassis alone needs; infinite where its uplinks are too few for them."""
    if problem.area.rules.bearer == "uplinks" or need.leads_straight:
        return 0.0 if uplinks_alone(problem, need) is not None else math.inf
    types = types_of(problem, role_of(problem, need.bearer))
    parts = _parts(problem, need, types)
    if not parts:
        return math.inf
    holder = next(row for row in types if _group(problem, row, parts[:1]) is not None)
    return len(parts) * unit_cost(problem.catalogue, holder.id)


def uplinks_alone(problem: PlanProblem, need: OltNeed) -> Bundle | None:
    """Give the uplinks of a chassis to what is there already, one to spare; None if it has not enough ports."""
    fastest_bps = max(row.line_bps for row in problem.catalogue.bearer_optics.values())
    return uplinks_to(problem, need, fastest_bps, ends=1)


def uplinks_to(problem: PlanProblem, need: OltNeed, access_bps: int, *, ends: int) -> Bundle | None:
    """Give the uplinks of a chassis to ports of this rate, one to spare; None if it has not enough ports."""
    fastest_bps = min(need.uplink_bps, access_bps)
    return bundle_for(problem.catalogue, need.load_bps, fastest_bps=fastest_bps, most=need.uplink_ports, ends=ends)


def _parts(problem: PlanProblem, need: OltNeed, types: Sequence[BearerElement]) -> list[OltNeed]:
    """Share a chassis, and its uplinks, out over as few elements as hold it; none where no number of them does."""
    for count in range(1, max(1, need.uplink_ports // UPLINKS_AT_LEAST) + 1):
        part = need.share(count)
        if any(_group(problem, row, [part]) for row in types):
            return [part] * count
    return []


def _group(problem: PlanProblem, row: BearerElement, needs: Sequence[OltNeed]) -> Group | None:
    """Give the group if the element has ports, VC-12 and trunks for all these chassis."""
    group = _forced(problem, row, *needs)
    return group if holds(problem, group) else None


def holds(problem: PlanProblem, group: Group) -> bool:
    """Say whether an element has ports, VC-12 and trunks for all its chassis."""
    row = group.type
    if None in group.uplinks:
        return False
    ports = sum(bundle.links for bundle in group.uplinks if bundle)
    trunks = sum(bundle.links for bundle in group.trunks.values())
    fits = ports <= row.access_ports and sum(need.vc12 for need in group.needs) <= row.vc12 * (
        row.role == "multiplexer"
    )
    if row.role == "aggregation-switch":
        fits = fits and trunks <= row.trunk_ports and len(group.trunks) == len(_onward_bps(problem, group.needs))
    if row.role == "ring-node":
        fits = fits and group.load_bps <= row.trunk_bps
    return fits


def _forced(problem: PlanProblem, row: BearerElement, *needs: OltNeed) -> Group:
    return group_of(problem, row, needs, [uplinks_to(problem, need, row.access_bps, ends=2) for need in needs])


def group_of(
    problem: PlanProblem, row: BearerElement, needs: Sequence[OltNeed], uplinks: Sequence[Bundle | None]
) -> Group:
    """Give an element with these chassis, their uplinks and the trunks that it needs, whether it has ports or not."""
    return Group(
        id="",
        bearer=needs[0].bearer,
        node=needs[0].node,
        type=row,
        needs=tuple(needs),
        uplinks=tuple(uplinks),
        trunks=_trunks(problem, row, needs) if row.role == "aggregation-switch" else {},
    )


def _onward_bps(problem: PlanProblem, needs: Sequence[OltNeed]) -> dict[str, float]:
    """Give the load toward each service edge, or toward the metro network where that is there already."""
    if problem.area.rules.bearer != "metro":
        return {METRO: math.fsum(need.load_bps for need in needs)}
    edges = sorted({edge for need in needs for edge in need.edges_bps})
    return {edge: math.fsum(need.edges_bps.get(edge, 0.0) for need in needs) for edge in edges}


def _trunks(problem: PlanProblem, row: BearerElement, needs: Sequence[OltNeed]) -> dict[str, Bundle]:
    ends = 2 if problem.area.rules.bearer == "metro" else 1
    found = {
        edge: bundle_for(problem.catalogue, load_bps, fastest_bps=row.trunk_bps, most=row.trunk_ports, ends=ends)
        for edge, load_bps in _onward_bps(problem, needs).items()
    }
    return {edge: bundle for edge, bundle in found.items() if bundle is not None}
