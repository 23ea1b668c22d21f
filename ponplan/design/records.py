"""From a draft to the finished network: routes with what lies in them, rules, relaxed rules and the bill."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.bill import bill_of
from ponplan.design.ducts import bores_needed
from ponplan.topology.network import Network, PlanRules, Relaxed, Route

if TYPE_CHECKING:
    from ponplan.design.draft import Draft
    from ponplan.design.problem import PlanProblem


def finish(draft: Draft) -> Network:
    """Give the network with its bill."""
    problem = draft.problem
    area, rules = problem.area, problem.area.rules
    routes, relaxed = _routes(draft)
    network = Network(
        name=area.name,
        crs=area.crs,
        catalogue=problem.catalogue,
        rules=PlanRules(
            max_split=rules.max_split,
            spare_fibres=rules.spare_fibres,
            cable_slack=rules.cable_slack,
            oversubscription=rules.oversubscription,
            growth_per_year=rules.growth_per_year,
            horizon_years=rules.horizon_years,
            fibre=rules.fibre,
        ),
        customers=problem.customers,
        nodes=tuple(draft.nodes),
        routes=routes,
        route_lines=problem.graph.lines,
        cables=tuple(draft.cables),
        olts=tuple(draft.olts),
        cards=tuple(draft.cards),
        ports=tuple(draft.ports),
        uplinks=tuple(draft.uplinks),
        splitters=tuple(draft.splitters),
        onus=tuple(draft.onus),
        links=tuple(draft.links),
        relaxed=(*draft.relaxed, *relaxed),
    )
    return replace(network, bill=bill_of(network))


def _routes(draft: Draft) -> tuple[tuple[Route, ...], list[Relaxed]]:
    """Give all segments of the area, and the existing ducts that more cables enter than they have room for."""
    problem, graph = draft.problem, draft.problem.graph
    routes, relaxed = [], []
    for edge, identity in enumerate(graph.segment_ids):
        parent = problem.area.routes[int(graph.routes[edge])] if graph.routes[edge] >= 0 else None
        duct, bores = _ducts(draft, edge)
        route = Route(
            id=identity,
            parent=parent.id if parent else "",
            kind=str(graph.kinds[edge]),
            from_junction=graph.junction_ids[int(graph.tails[edge])],
            to_junction=graph.junction_ids[int(graph.heads[edge])],
            length_m=float(graph.lengths_m[edge]),
            surface=graph.surfaces[edge],
            state="new" if edge in draft.diameters_mm else "unused",
            duct=duct,
            bores=bores,
            free_bores=parent.free_bores if parent else None,
            risk_groups=parent.risk_groups if parent else (),
        )
        routes.append(route)
        if route.free_bores is not None and bores > route.free_bores:
            limit = float(route.free_bores)
            relaxed.append(Relaxed(rule="duct-free-bores", subject=identity, value=float(bores), limit=limit))
    return tuple(routes), relaxed


def _ducts(draft: Draft, edge: int) -> tuple[str, int]:
    """Give the duct type and the bores that the cables of a segment take; drops, poles and trays have none."""
    problem = draft.problem
    method = problem.catalogue.surfaces[problem.graph.surfaces[edge]].method
    has_ducts = problem.graph.kinds[edge] in ("route", "lead-in") and method in ("trench", "existing-duct")
    if edge not in draft.diameters_mm or not has_ducts:
        return "", 0
    duct = problem.area.rules.duct
    return duct, bores_needed(problem.catalogue.duct_types[duct], draft.diameters_mm[edge])


def used_lengths_m(problem: PlanProblem, network: Network) -> dict[str, float]:
    """Give the metres dug or strung, and the metres of bores used."""
    methods = {row.id: row.method for row in problem.catalogue.surfaces.values()}
    new = [route for route in network.routes if route.state == "new"]
    return {
        "trench": float(np.sum([route.length_m for route in new if methods[route.surface] == "trench"])),
        "duct": float(np.sum([route.length_m * route.bores for route in new])),
    }
