"""How far light reaches behind the smallest splitter for so many customers, for search before ways are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.optics import PathShape, light_fits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem

STEP_M = 500.0


def light_reach_m(problem: PlanProblem, plane: Plane, *, joints: int, is_switched: bool) -> NDArray[np.float64]:
    """Give (most legs,) the longest way over which 1, 2, ... customers on one port get light, in steps of `STEP_M`.

    Where light would not even do over the shortest way, one step is given: whoever is there is tried, and told.
    """
    reach_m: list[float] = []
    for splitter in plane.splitters:
        fewer = len(reach_m)
        reach_m += [_reach_m(problem, plane, splitter.id, joints, is_switched)] * (splitter.outputs - fewer)
    return np.array(reach_m)


def _reach_m(problem: PlanProblem, plane: Plane, splitter: str, joints: int, is_switched: bool) -> float:  # noqa: FBT001
    most_m = max(min(plane.technology.max_reach_m, group.max_reach_m) for group in plane.classes)
    for length_m in np.arange(most_m, STEP_M, -STEP_M).tolist():
        shape = PathShape(length_m=length_m, joints=joints, is_switched=is_switched)
        row = problem.catalogue.splitters[splitter]
        if any(light_fits(problem, plane.technology, group, row, [shape]) for group in plane.classes):
            return float(length_m)
    return STEP_M
