"""What closures cost at least at each junction, beyond those of its drops, when cables are spliced there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.covers import least_costs
from ponplan.design.places import ENCLOSURE_OF, enclosure_prices
from ponplan.design.prices import installed_cost
from ponplan.optimise.fan_floor import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ponplan.design.places import Place
    from ponplan.design.problem import PlanProblem


def boxes_at(problem: PlanProblem, places: Sequence[Place], most: int) -> Callable[[int], Box]:
    """Give a function from a junction to what its closures cost for 0, 1, 2, ... splices, `most` beside its drops.

    Where a cabinet might be set instead they cost no more than that. At offices, building rooms and sites with
    something there already they are taken to cost nothing, and wherever customers are fully protected, whose second
    drops may be in the same closures.
    """
    drops = np.bincount(problem.access, minlength=len(problem.graph.junction_ids))
    rows = [row for row in problem.catalogue.enclosures.values() if row.kind == "closure" and row.allowed_in_design]
    size = int(drops.max(initial=0)) + most
    costs = [installed_cost(problem.catalogue, row) for row in rows]
    closures = np.array(least_costs([row.fibres for row in rows], costs, size)) if rows else np.zeros(size + 1)
    nothing, free = np.zeros(size + 1), _free_junctions(problem)
    instead, is_twice = _cabinets_at(problem, places), bool(np.any(problem.protections == "full"))

    def box(junction: int) -> Box:
        own = np.minimum(closures, instead.get(junction, np.inf))
        is_known = not is_twice and junction not in free
        return Box(costs=own if is_known else nothing, ends=int(drops[junction]))

    return box


def _free_junctions(problem: PlanProblem) -> set[int]:
    graph = problem.graph
    held = [site.kind == "room" or site.existing for site in problem.area.sites]
    sites = [*graph.site_junctions[np.array(held, bool)].tolist(), *graph.second_sites.tolist()]
    return {*sites, *problem.offices.tolist()}


def _cabinets_at(problem: PlanProblem, places: Sequence[Place]) -> dict[int, float]:
    """Give the cheapest enclosure of splitters that may stand at each junction with a place."""
    found: dict[int, float] = {}
    known: dict[tuple[str, str | None], float] = {}
    for place in places:
        key = place.kind, place.enclosure
        if key not in known:
            prices = enclosure_prices(problem.catalogue, ENCLOSURE_OF[place.kind], max_legs=1, given=place.enclosure)
            known[key] = min(prices.costs)
        found[place.junction] = min(found.get(place.junction, np.inf), known[key])
    return found
