"""Plans with their customers shared out better: serving area by serving area, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.layout import layout_of
from ponplan.design.layout_costs import LayoutCosts
from ponplan.design.regroup import regroup
from ponplan.design.serving import at_cuts, serving_areas
from ponplan.design.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ponplan.design.effort import Halt
    from ponplan.design.layout import Layout
    from ponplan.design.placement import Placed
    from ponplan.design.portfolio import Ground
    from ponplan.design.serving import ServingArea

SERVING_SIZES = (2_000, 1_200)  # customers of a serving area, in the first and in the second round


def share_out_better(ground: Ground, placed: Placed, halt: Halt) -> Placed:
    """Give customers to other places where that pays at true cost."""
    return share_out_all_better([(ground, placed)], jobs=1, halt=halt, tell=lambda _: None)[0][1]


def layout_costs(ground: Ground, placed: Placed) -> LayoutCosts:
    """Give what sharing customers out over the places of a plan is priced by."""
    return LayoutCosts(_layout(ground, placed))


def _layout(ground: Ground, placed: Placed) -> Layout:
    return layout_of(ground.problem, ground.planes, placed, ground.trunk, ground.joints, ground.limits_m)


def share_out_all_better(
    plans: Sequence[tuple[Ground, Placed]], *, jobs: int, halt: Halt, tell: Callable[[str], None]
) -> list[tuple[Ground, Placed]]:
    """Improve each serving area of each plan on its ground; then, in areas cut elsewhere, what lay next to a cut.

    Parameters
    ----------
    jobs
        Tasks at a time; how the plans are cut does not depend on it.
    halt
        When it is over, areas stay as they are by then.
    tell
        Told how many areas are done.
    """
    plans = list(plans)
    cuts: list[NDArray[np.int64] | None] = [None] * len(plans)
    for size in SERVING_SIZES:
        layouts = [_layout(ground, placed) for ground, placed in plans]
        areas = [
            serving_areas(layout.tree, layout.junctions, placed.assignment, size=size)
            for layout, (_, placed) in zip(layouts, plans, strict=True)
        ]
        tasks = [
            _RegroupTask.of(layout, placed.assignment, area, near)
            for layout, (_, placed), own, near in zip(layouts, plans, areas, cuts, strict=True)
            for area in own
        ]
        found = iter(_all_regrouped(tasks, jobs=jobs, halt=halt, tell=tell))
        for number, own in enumerate(areas):
            ground, placed = plans[number]
            assignment = placed.assignment.copy()
            for area in own:
                better = next(found, None)
                if better is not None:
                    assignment[area.customers] = area.places[better]
            cuts[number] = at_cuts(layouts[number], assignment, own)
            plans[number] = ground, replace(placed, assignment=assignment)
        if not any(near is not None and len(near) for near in cuts):
            break
    return plans


@dataclass(frozen=True, slots=True, kw_only=True)
class _RegroupTask:
    """One serving area as another process can improve it."""

    layout: Layout
    assignment: NDArray[np.int64]
    near: NDArray[np.int64] | None

    @classmethod
    def of(
        cls, layout: Layout, assignment: NDArray[np.int64], area: ServingArea, near: NDArray[np.int64] | None
    ) -> _RegroupTask:
        """Cut an area out of a plan; `near` are the places of the plan where to begin."""
        return cls(
            layout=layout.part(area.places, area.customers),
            assignment=area.within(assignment),
            near=None if near is None else np.flatnonzero(np.isin(area.places, near)),
        )


def _all_regrouped(
    tasks: Sequence[_RegroupTask], *, jobs: int, halt: Halt, tell: Callable[[str], None]
) -> list[NDArray[np.int64]]:
    """Give the customers' places in each serving area, until it is over, and tell how many are done."""
    found: list[NDArray[np.int64]] = []
    for better in side_by_side(partial(_regroup, halt), tasks, jobs=jobs, halt=halt):
        found.append(better)
        tell(f"sharing customers out better, {len(found)} of {len(tasks)} areas")
    return found


def _regroup(halt: Halt, task: _RegroupTask) -> NDArray[np.int64]:
    return regroup(task.layout, task.assignment, halt, near=task.near)
