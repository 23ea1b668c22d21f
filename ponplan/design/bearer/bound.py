"""What the network behind the OLTs costs at least in every plan, as if all its chassis were one in one office.

Every element and every bundle of links is counted at the least that all customers of a bearer together need of it:
more offices or chassis only add to that.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.bearer.bundles import least_bundles_cost, optics_of
from ponplan.design.bearer.needs import need_of
from ponplan.design.bearer.offices import UPLINKS_AT_LEAST
from ponplan.design.covers import cheapest_cover
from ponplan.design.prices import unit_cost

if TYPE_CHECKING:
    from ponplan.catalogue.model import BearerElement
    from ponplan.design.bearer.needs import OltNeed
    from ponplan.design.problem import PlanProblem


def bearer_bound(problem: PlanProblem) -> float:
    """Give what uplinks, elements and links cost at least, over all bearers of which nothing is kept."""
    total, kept = 0.0, _kept_bearers(problem)
    straight = problem.is_direct & (problem.bearers == "ip")
    for bearer in sorted(set(problem.bearers[~straight].tolist()) - kept):
        need = need_of(problem, np.flatnonzero(~straight & (problem.bearers == bearer)).tolist(), bearer)
        ends = 1 if problem.area.rules.bearer == "uplinks" else 2
        total += least_bundles_cost(problem.catalogue, need.load_bps, ends=ends)
        if problem.area.rules.bearer != "uplinks":
            total += _office_bound(problem, need) + _metro_bound(problem, need)
    if straight.any() and "ip" not in kept:  # from the service router's shelves into what is there already
        need = need_of(problem, np.flatnonzero(straight).tolist(), "ip")
        total += least_bundles_cost(problem.catalogue, need.load_bps, ends=1)
    return total


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
        return elements + 2.0 * _least_ring_end(problem, rows)
    if rules.fibre_scarce:
        rows = _rows(problem, "ring-node")
        elements = _cover(problem, rows, [row.access_ports for row in rows], UPLINKS_AT_LEAST)
        # a ring that closes in itself has no links where there is one station only
        return elements + (2.0 * _least_ring_end(problem, rows) if rules.bearer == "office" else 0.0)
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


def _least_ring_end(problem: PlanProblem, rows: list[BearerElement]) -> float:
    optics = [optics_of(problem.catalogue, row.trunk_bps) for row in rows]
    return min((unit_cost(problem.catalogue, name) for name in optics if name is not None), default=0.0)
