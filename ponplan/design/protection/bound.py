"""What protection adds to the bound, as far as it cannot be relaxed.

A protecting port stands by for one working port, and its splitter, with full protection, serves only those customers
of that port: so the protected customers need ports, and the fully protected splitters and legs, a second time.
On the trench side the fully protected customers' buildings, entered twice where there is a second entry, want two
ways apart from the offices. Ways pass through no building, so both entries of one are a pair of junctions, from each
of which a way is wanted; streets that the plan lists as shared, and those that no two ways avoid, may be used by
both. `streets` bounds the cheapest segments of this kind, everybody else joined once; where that is less than
the Steiner bound with second entries and drops added, that counts. That the feeders of a protected trunk must be
apart is left out of account: a splitter beside the office would do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.bearer.bound import bearer_suffices
from ponplan.design.equipment import shelves_bound, splitters_bound
from ponplan.design.planes import planes_at_least
from ponplan.design.prices import cheapest_drop, unit_cost
from ponplan.design.pricing import opening_costs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondBound:
    """Least cost of what is needed a second time, by part of the bill; `drops` belong to `cable`."""

    trench: float = 0.0
    drops: float = 0.0
    cable: float = 0.0
    passive: float = 0.0
    active: float = 0.0

    def of_part(self, name: str) -> float:
        """Give the cost of one part of the bill."""
        cable = self.cable + self.drops
        return {"trench": self.trench, "cable": cable, "passive": self.passive, "active": self.active}[name]


def second_bound(problem: PlanProblem, network: Network) -> SecondBound:
    """Give the least cost of second ports, splitters, drops and entries; nothing beside kept plant.

    Parameters
    ----------
    network
        The plan, which says what of its protection is relaxed.
    """
    is_protected = problem.protections != "none"
    if problem.standing is not None or not is_protected.any():
        return SecondBound()
    catalogue, ends = problem.catalogue, problem.catalogue.terminations
    splice_cost = unit_cost(catalogue, "splice")
    own = problem.only(problem.protections == "full")
    doubled, full = planes_at_least(problem.only(is_protected)), planes_at_least(own)
    ports = sum(plane.least_ports for plane in doubled)
    feeder_ends = (ends["olt"].splices + ends["splitter-input"].splices) * splice_cost
    legs = sum(len(plane.members) for plane in full) * (ends["splitter-output"].splices + ends["onu"].splices)
    optics = sum(plane.least_ports * plane.optics_costs[0] for plane in doubled)
    entries, drops = _second_ways(problem, network)
    return SecondBound(
        trench=entries,
        drops=drops,
        cable=ports * (feeder_ends + unit_cost(catalogue, "odf-port")) + legs * splice_cost,
        passive=sum(splitters_bound(own, plane).cost for plane in full),
        active=optics
        + ports * unit_cost(catalogue, "pon-port-commissioning")
        + _more_shelves(problem, doubled, network),
    )


def _more_shelves(problem: PlanProblem, doubled: Sequence[Plane], network: Network) -> float:
    """Give what cards, chassis and what is behind them cost more with second ports, none on its partner's card."""
    planes = planes_at_least(problem)
    once = [plane.least_ports for plane in planes]
    twice = [*once, *(plane.least_ports for plane in doubled)]
    apart = frozenset((plane.technology.id, plane.bearer) for plane in doubled)
    if problem.area.rules.protection_ports == "card" or any(row.rule == "standby-place" for row in network.relaxed):
        apart = frozenset()
    is_joint = bearer_suffices(network)
    more = shelves_bound(problem, [*planes, *doubled], twice, apart=apart, is_joint=is_joint)
    return more - shelves_bound(problem, planes, once, is_joint=is_joint)


def _second_ways(problem: PlanProblem, network: Network) -> tuple[float, float]:
    """Give the digging of second entries and the second drop cables of those fully protected."""
    graph, opening = problem.graph, opening_costs(problem)
    edge_of = {name: edge for edge, name in enumerate(graph.segment_ids)}
    shared = {row.thing for row in network.exposures if row.kind == "trench"}
    drop_cost = unit_cost(problem.catalogue, cheapest_drop(problem.catalogue).id) * (
        1.0 + problem.area.rules.cable_slack
    )
    entries: set[int] = set()
    drops = 0.0
    for member in np.flatnonzero(problem.protections == "full").tolist():
        first = int(problem.drop_edges[member])
        name = graph.segment_ids[first]
        second = edge_of.get(f"{name}/2")
        ways = [first] if second is None else [first, second]
        drops += drop_cost * float(graph.lengths_m[ways].min())
        if second is None or name in shared:
            continue
        entries.add(second)
        room = problem.area.customers[int(problem.served[member])].room
        lead_in = f"lead-in/site/{room}"
        if room and f"{lead_in}/2" in edge_of and lead_in not in shared:
            entries.add(edge_of[f"{lead_in}/2"])
    return float(opening[sorted(entries)].sum()), drops
