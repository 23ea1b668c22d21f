"""From a draft to the finished network: routes with what lies in them, rules, relaxed rules and the bill."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from ponplan.design.bill import bill_of
from ponplan.design.pricing import hoped_surfaces
from ponplan.design.protection.exposure import with_exposures
from ponplan.design.standing.merge import with_standing
from ponplan.topology.ducts import bores_needed
from ponplan.topology.network import Circuit, ClassRule, Network, PlanRules, Relaxed, Route, ServiceGrowth
from ponplan.topology.rules import bearer as bearer_rules
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.area.model import Rules
    from ponplan.design.draft import Draft
    from ponplan.design.problem import PlanProblem


def finish(draft: Draft) -> Network:
    """Give the network with its bill."""
    problem = draft.problem
    area, rules = problem.area, problem.area.rules
    routes, relaxed = _routes(draft)
    own = Network(
        name=area.name,
        crs=area.crs,
        catalogue=problem.catalogue,
        rules=plan_rules(rules, bearer=rules.bearer),
        customers=problem.customers,
        nodes=tuple(draft.nodes),
        routes=routes,
        route_lines=problem.graph.lines,
        cables=tuple(draft.cables),
        olts=tuple(draft.olts),
        cards=tuple(draft.cards),
        ports=tuple(draft.ports),
        uplinks=tuple(draft.uplinks),
        bearer_elements=tuple(draft.bearer_elements),
        bearer_links=tuple(draft.bearer_links),
        splitters=tuple(draft.splitters),
        onus=tuple(draft.onus),
        links=tuple(draft.links),
        circuits=tuple(
            Circuit(id=row.id, a=row.a, z=row.z, service=row.service, count=row.count) for row in area.circuits
        ),
        service_growth=tuple(
            ServiceGrowth(service=name, growth_per_year=rate) for name, rate in rules.service_growth.items()
        ),
        class_rules=tuple(ClassRule(customer_class=name, **asdict(rule)) for name, rule in rules.class_rules.items()),
        relaxed=(*draft.relaxed, *relaxed, *_longer_than_drums(draft)),
    )
    network = own if problem.standing is None else with_standing(own, problem.standing)
    network = with_exposures(network, rules)
    if draft.has_full_bearer or problem.standing is not None:
        network = replace(network, relaxed=(*network.relaxed, *_full_bearer(network)))
    return replace(network, bill=bill_of(network))


def plan_rules(rules: Rules, *, bearer: str) -> PlanRules:
    """Give an area's rules as far as checking needs them; how much of the bearer is planned is told apart."""
    return PlanRules(
        max_split=rules.max_split,
        spare_fibres=rules.spare_fibres,
        cable_slack=rules.cable_slack,
        oversubscription=rules.oversubscription,
        growth_per_year=rules.growth_per_year,
        horizon_years=rules.horizon_years,
        fibre=rules.fibre,
        bearer=bearer,
        protection_ports=rules.protection_ports,
    )


def _full_bearer(network: Network) -> Iterator[Relaxed]:
    """Give the rules of the bearer that chassis and elements as large as there are cannot keep."""
    survey = Survey(network)
    for rule in bearer_rules.RULES:
        for finding in rule.find(survey):
            if finding.value is not None and finding.limit is not None:
                yield Relaxed(rule=rule.id, subject=finding.subject, value=finding.value, limit=finding.limit)


def _longer_than_drums(draft: Draft) -> Iterator[Relaxed]:
    """Give the cables that lie in a single segment longer than their drum, and so cannot be jointed on the way."""
    types = draft.problem.catalogue.cable_types
    for cable in draft.cables:
        bought_m = round(cable.length_m + cable.slack_m, 3)
        if bought_m > types[cable.type].reel_m:
            yield Relaxed(rule="cable-drum", subject=cable.id, value=bought_m, limit=types[cable.type].reel_m)


def _routes(draft: Draft) -> tuple[tuple[Route, ...], list[Relaxed]]:
    """Give all segments of the area, and the existing ducts that more cables enter than they have room for."""
    problem, graph = draft.problem, draft.problem.graph
    hoped = hoped_surfaces(problem)
    routes, relaxed = [], []
    for edge, identity in enumerate(graph.segment_ids):
        parent = problem.area.routes[int(graph.routes[edge])] if graph.routes[edge] >= 0 else None
        parent_id = parent.id if parent else ""
        if parent and problem.standing is not None:
            parent_id = problem.standing.parents[int(graph.routes[edge])]
        free_bores = parent.free_bores if parent else None
        surface, bores = _build(draft, edge, hoped[edge], free_bores)
        route = Route(
            id=identity,
            parent=parent_id,
            kind=str(graph.kinds[edge]),
            from_junction=graph.junction_ids[int(graph.tails[edge])],
            to_junction=graph.junction_ids[int(graph.heads[edge])],
            length_m=float(graph.lengths_m[edge]),
            surface=surface,
            state="new" if edge in draft.diameters_mm else "unused",
            duct=problem.area.rules.duct if bores else "",
            bores=bores,
            free_bores=free_bores if _method(problem, surface) == "existing-duct" else None,
            risk_groups=parent.risk_groups if parent else (),
        )
        routes.append(route)
        if route.free_bores is not None and bores > route.free_bores:
            limit = float(route.free_bores)
            relaxed.append(Relaxed(rule="duct-free-bores", subject=identity, value=float(bores), limit=limit))
    return tuple(routes), relaxed


def _build(draft: Draft, edge: int, hoped: str, free_bores: int | None) -> tuple[str, int]:
    """Give how a segment is built, and its bores: through free bores if they hold all its cables, else as it must.

    Drops, pole lines and trays have no ducts.
    """
    problem = draft.problem
    given = problem.graph.surfaces[edge]
    is_trunk = problem.graph.kinds[edge] in ("route", "lead-in")
    if edge not in draft.diameters_mm or not is_trunk or _method(problem, hoped) not in ("trench", "existing-duct"):
        return given, 0
    bores = bores_needed(draft.diameters_mm[edge], problem.catalogue.duct_types[problem.area.rules.duct])
    assert bores is not None  # noqa: S101 - only cables that enter the duct are laid
    fits = free_bores is None or bores <= free_bores
    return (hoped if fits else given), bores


def _method(problem: PlanProblem, surface: str) -> str:
    return problem.catalogue.surfaces[surface].method
