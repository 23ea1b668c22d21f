"""What the network behind the OLTs costs at least in every plan, as if all its chassis were one in one office.

Every element and every bundle of links is counted at the least that all customers of a bearer together need of it:
more offices or chassis only add to that.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.bearer.bundles import least_bundles_cost
from ponplan.design.bearer.joint import least_ring_end
from ponplan.design.bearer.needs import need_of
from ponplan.design.bearer.offices import UPLINKS_AT_LEAST
from ponplan.design.covers import cheapest_cover
from ponplan.design.prices import unit_cost
from ponplan.topology.rules.bearer import RULES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.catalogue.model import BearerElement
    from ponplan.design.bearer.needs import OltNeed
    from ponplan.design.problem import PlanProblem
    from ponplan.topology.network import Network


def bearer_bound(problem: PlanProblem) -> float:
    """Give what uplinks, elements and links cost at least, over all bearers of which nothing is kept."""
    return sum(near_bounds(problem).values()) + far_bound(problem)


def needs_of_bearers(problem: PlanProblem) -> dict[str, OltNeed]:
    """Give what all customers together need of each bearer of which nothing is kept, its own switches before it."""
    others, kept = np.flatnonzero(~_leads_straight(problem)), _kept_bearers(problem)
    bearers = problem.bearers[others]
    return {
        bearer: need_of(problem, others[bearers == bearer].tolist(), bearer)
        for bearer in sorted(set(bearers.tolist()) - kept)
    }


def near_bounds(problem: PlanProblem) -> dict[str, float]:
    """Give what uplinks, the elements that they reach and the ways onwards from these cost at least, by bearer."""
    return {bearer: least_behind(problem, need) for bearer, need in needs_of_bearers(problem).items()}


def least_behind(problem: PlanProblem, need: OltNeed) -> float:
    """Give what uplinks, the elements that they reach and the ways onwards from these cost at least for a need."""
    is_all = problem.area.rules.bearer == "uplinks"
    uplinks = least_bundles_cost(problem.catalogue, need.load_bps, ends=1 if is_all else 2)
    return uplinks + (0.0 if is_all else _office_bound(problem, need))


def far_bound(problem: PlanProblem) -> float:
    """Give what service edges cost at least, and the uplinks of the service router's own shelves."""
    total = sum(_metro_bound(problem, need) for need in needs_of_bearers(problem).values())
    straight = np.flatnonzero(_leads_straight(problem))
    if len(straight) and "ip" not in _kept_bearers(problem):  # into what is there already
        need = need_of(problem, straight.tolist(), "ip")
        total += least_bundles_cost(problem.catalogue, need.load_bps, ends=1)
    return total


def _leads_straight(problem: PlanProblem) -> NDArray[np.bool_]:
    """Give (c,) whose direct fibre ends on a shelf of the service router."""
    return np.asarray(problem.is_direct & (problem.bearers == "ip"), np.bool_)


def bearer_suffices(network: Network) -> bool:
    """Say whether a plan has uplinks, ports and capacity for everybody; what it lacks is listed as relaxed."""
    rules = {rule.id for rule in RULES}
    return not any(row.rule in rules for row in network.relaxed)


def _kept_bearers(problem: PlanProblem) -> set[str]:
    """Give the bearers of kept chassis and elements: their uplinks, ports and links may have room for everybody."""
    if problem.standing is None:
        return set()
    kept = problem.standing.network
    return {olt.bearer for olt in kept.olts} | {element.bearer for element in kept.bearer_elements}


def _office_bound(problem: PlanProblem, need: OltNeed) -> float:
    """Give the cheapest element or set of them, and its way onwards: a bundle, or two sides of a ring."""
    catalogue, rules = problem.catalogue, problem.area.rules
    if need.bearer == "mstp":
        rows = _rows(problem, "multiplexer")
        elements = _cover(problem, rows, [row.vc12 for row in rows], max(1, need.vc12))
        return elements + 2.0 * least_ring_end(problem, rows)
    if rules.fibre_scarce:
        rows = _rows(problem, "ring-node")
        elements = _cover(problem, rows, [row.access_ports for row in rows], UPLINKS_AT_LEAST)
        # a ring that closes in itself has no links where there is one station only
        return elements + (2.0 * least_ring_end(problem, rows) if rules.bearer == "office" else 0.0)
    rows = _rows(problem, "aggregation-switch")
    elements = _cover(problem, rows, [row.access_ports for row in rows], UPLINKS_AT_LEAST)
    onward_gbps = [math.ceil((row.trunk_ports - 1) * row.trunk_bps / 1e9) for row in rows]  # one link to spare
    elements = max(elements, _cover(problem, rows, onward_gbps, int(need.load_bps / 1e9)))
    ends = 2 if rules.bearer == "metro" else 1
    loads = list(need.edges_bps.values()) if rules.bearer == "metro" else [need.load_bps]
    return elements + sum(least_bundles_cost(catalogue, load_bps, ends=ends) for load_bps in loads)


def _metro_bound(problem: PlanProblem, need: OltNeed) -> float:
    """Give the cheapest service edges with their ways to the core."""
    if problem.area.rules.bearer != "metro" or need.bearer != "ip":
        return 0.0
    total = 0.0
    for edge, load_bps in need.edges_bps.items():
        rows = _rows(problem, edge)
        sizes = [row.sessions if edge == "bras" else row.access_ports for row in rows]
        total += _cover(problem, rows, sizes, max(1, need.sessions if edge == "bras" else 1))
        total += least_bundles_cost(problem.catalogue, load_bps, ends=1)
    return total


def _rows(problem: PlanProblem, role: str) -> list[BearerElement]:
    return [row for row in problem.catalogue.bearer_elements.values() if row.role == role and row.allowed_in_design]


def _cover(problem: PlanProblem, rows: list[BearerElement], sizes: list[int], need: int) -> float:
    work = unit_cost(problem.catalogue, "bearer-commissioning")
    return (
        cheapest_cover(sizes, [unit_cost(problem.catalogue, row.id) + work for row in rows], need)[0] if rows else 0.0
    )
