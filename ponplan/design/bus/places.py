"""Where taps may stand, which there are, and what the closures that hold them cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.places import Place, crossings

if TYPE_CHECKING:
    from ponplan.catalogue.model import Splitter
    from ponplan.design.problem import PlanProblem


def taps_for(problem: PlanProblem) -> list[Splitter]:
    """Give the taps that may be used; none where the rules permit none or no closure holds one."""
    if not problem.area.rules.taps:
        return []
    closures = problem.catalogue.enclosures.values()
    if not any(row.kind == "closure" and row.splitter_slots and row.allowed_in_design for row in closures):
        return []
    return [row for row in problem.catalogue.splitters.values() if row.kind == "tap" and row.allowed_in_design]


def tap_places(problem: PlanProblem) -> list[Place]:
    """Give closures at the junctions of routes as places for taps and the splitters that hang on them."""
    if not taps_for(problem):
        return []
    junctions = sorted({*crossings(problem), *np.unique(problem.access).tolist()})
    names = problem.graph.junction_ids
    return [
        Place(id=f"T-{names[at]}", name="", kind="closure", junction=at, enclosure=None, existing=False)
        for at in junctions
    ]
