"""What opening each segment of the route graph costs, with the part of its cable that any fibre there pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.prices import build_costs_per_m, cheapest_drop, existing_duct, unit_cost
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.design.problem import PlanProblem

    FloatArray = NDArray[np.float64]


def opening_costs(problem: PlanProblem) -> FloatArray:
    """Give (m,) what each segment costs at best to dig, string or pull through, with one duct where ducts are laid.

    Cables are not in it, and kept routes with room for one more cost nothing. A street with free bores costs what
    pulling through them costs; whether they hold all cables is known only when the cables are laid.

    Raises
    ------
    AreaError
        When a route's surface is not in the catalogue or not allowed in design.
    """
    graph, catalogue = problem.graph, problem.catalogue
    per_m = build_costs_per_m(catalogue, problem.area.rules)
    unknown = sorted(set(graph.surfaces) - set(per_m))
    if unknown:
        allowed = ", ".join(per_m)
        raise AreaError(
            [
                Fault(file="routes", field="surface", value=s, problem="unknown or not allowed", limit=allowed)
                for s in unknown
            ]
        )
    without_duct = {surface: unit_cost(catalogue, surface) for surface in per_m}
    is_trunk = carries_trunk(problem)
    each = [
        per_m[surface] if trunk else without_duct[surface]
        for surface, trunk in zip(hoped_surfaces(problem), is_trunk.tolist(), strict=True)
    ]
    costs = np.array(each) * graph.lengths_m
    return costs if problem.standing is None else np.where(problem.standing.is_free, 0.0, costs)


def hoped_surfaces(problem: PlanProblem) -> list[str]:
    """Give how each segment is built at best: through its free bores where it has any and that is cheaper."""
    graph, catalogue = problem.graph, problem.catalogue
    pulled = existing_duct(catalogue)
    per_m = build_costs_per_m(catalogue, problem.area.rules)
    surfaces = list(graph.surfaces)
    if pulled is None:
        return surfaces
    routes = problem.area.routes
    for edge, row in enumerate(graph.routes.tolist()):
        if row >= 0 and routes[row].free_bores and per_m[pulled] < per_m[surfaces[edge]]:
            surfaces[edge] = pulled
    return surfaces


def cable_floor_costs(problem: PlanProblem, fixed_per_m: float) -> FloatArray:
    """Give (m,) what any cable in each segment costs at least: the fixed part of a trunk, or the drop itself.

    Where a kept cable has a dark fibre it is nothing, unless the plan is not to hope for that.
    """
    slack = 1.0 + problem.area.rules.cable_slack
    drop_per_m = unit_cost(problem.catalogue, cheapest_drop(problem.catalogue).id) * slack
    costs = np.where(carries_trunk(problem), fixed_per_m, drop_per_m) * problem.graph.lengths_m
    return costs if problem.standing is None else np.where(problem.standing.is_lit_free, 0.0, costs)


def carries_trunk(problem: PlanProblem) -> NDArray[np.bool_]:
    """Say which segments may hold trunk cables; the others hold one customer's drop."""
    return np.isin(problem.graph.kinds, ["route", "lead-in"])
