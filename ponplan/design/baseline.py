"""Yesterday's network for the same customers over the same routes: a fibre of its own for each of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.draft import pick_enclosure
from ponplan.design.ducts import bores_needed
from ponplan.design.prices import build_costs_per_m, cheapest_drop, installed_cost, unit_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.catalogue.model import CableType
    from ponplan.design.prices import CablePrices
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree


@dataclass(frozen=True, slots=True, kw_only=True)
class PointToPoint:
    """What a fibre per customer would take."""

    fibre_km: float
    duct_bores_km: float
    cost_total: float


def point_to_point(problem: PlanProblem, tree: RootedTree, cables: CablePrices) -> PointToPoint:
    """Price a dedicated fibre from the office to each customer over the opened routes.

    Every segment gets the cheapest cables that hold its fibres, side by side; closures, splices and the equipment at
    both ends are those of the customer's class.
    """
    graph, catalogue = problem.graph, problem.catalogue
    fibres = _fibres_per_edge(problem, tree)
    used = np.flatnonzero(fibres)
    used = used[used < len(graph.tails)]
    drops = np.isin(graph.kinds[used], ["drop", "indoor"])
    mixes = {count: _cable_mix(cables, count) for count in np.unique(fibres[used[~drops]]).tolist()}
    per_m = build_costs_per_m(catalogue, problem.area.rules)
    duct_m, duct_cost = 0.0, unit_cost(catalogue, problem.area.rules.duct)
    cost = _ends_cost(problem)
    for edge, is_drop in zip(used.tolist(), drops.tolist(), strict=True):
        length_m, surface = float(graph.lengths_m[edge]), graph.surfaces[edge]
        if is_drop:
            cost += length_m * unit_cost(catalogue, surface)
            continue
        mix, cable_cost = mixes[int(fibres[edge])]
        bores = bores_needed(catalogue.duct_types[problem.area.rules.duct], [row.diameter_mm for row in mix])
        duct_m += bores * length_m
        is_dug = catalogue.surfaces[surface].method == "trench"
        cost += length_m * (per_m[surface] + cable_cost + (bores - 1) * duct_cost * is_dug)
    fibre_m = float(fibres[used] @ graph.lengths_m[used])
    cost += _closures_cost(problem)
    return PointToPoint(
        fibre_km=round(fibre_m / 1000.0, 3), duct_bores_km=round(duct_m / 1000.0, 3), cost_total=round(cost, 2)
    )


def _fibres_per_edge(problem: PlanProblem, tree: RootedTree) -> NDArray[np.int64]:
    """Count the customers behind every edge of the tree."""
    below = np.zeros(len(tree.parents), np.int64)
    np.add.at(below, problem.premises, 1)
    fibres = np.zeros(len(problem.graph.tails) + len(problem.offices), np.int64)
    for junction in tree.order[:0:-1].tolist():
        fibres[tree.parent_edges[junction]] = below[junction]
        below[tree.parents[junction]] += below[junction]
    return fibres


def _cable_mix(cables: CablePrices, count: int) -> tuple[list[CableType], float]:
    """Give cables for so many fibres, full ones of the largest and the cheapest for the rest, and a metre's cost."""
    full, rest = divmod(count, int(cables.usable[-1]))
    chosen = [len(cables.usable) - 1] * full
    if rest:
        fitting = np.flatnonzero(cables.usable >= rest)
        chosen.append(int(fitting[np.argmin(cables.cost_per_m[fitting])]))
    return [cables.types[index] for index in chosen], float(sum(cables.cost_per_m[index] for index in chosen))


def _ends_cost(problem: PlanProblem) -> float:
    """Give ports, terminals, splices and drops of all customers."""
    catalogue = problem.catalogue
    work = unit_cost(catalogue, "drop-connection") + unit_cost(catalogue, "p2p-commissioning")
    splices = (catalogue.terminations["olt"].splices + catalogue.terminations["onu"].splices + 1) * unit_cost(
        catalogue, "splice"
    )
    drop_m = float(problem.graph.lengths_m[problem.drop_edges].sum()) * (1.0 + problem.area.rules.cable_slack)
    cost = drop_m * unit_cost(catalogue, cheapest_drop(catalogue).id)
    cost += len(problem.served) * (work + splices + unit_cost(catalogue, "odf-port"))
    for row in problem.served.tolist():
        group = catalogue.customer_classes[problem.customers[row].customer_class]
        cost += sum(
            unit_cost(catalogue, item.id)
            for item in catalogue.point_to_point.values()
            if item.baseline == group.point_to_point_baseline
        )
    return cost


def _closures_cost(problem: PlanProblem) -> float:
    drops = Counter(problem.access.tolist())
    costs = {
        count: installed_cost(
            problem.catalogue, pick_enclosure(problem, "closure", fibres=count, splitters=0, cables=count + 2)[0]
        )
        for count in set(drops.values())
    }
    return sum(costs[count] for count in drops.values())
