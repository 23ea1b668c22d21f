"""Capacitated p-median: OR-Library pmedcap (floor of Euclid) and Lorena (Euclid), told apart by their heads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ponplan.optimise.location.candidates import CandidateLists
from ponplan.optimise.location.capacitated import solve_capacitated
from ponplan.optimise.location.problem import CapacitatedProblem
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.optimise.location.solution import LocationSolution
    from ponplan.optimise.stop import Stop

DEFAULT_SECONDS = 60.0
# above so many points each is given its nearest only
_COMPLETE_UP_TO = 800
_NEAREST = 150


class _Table(NamedTuple):
    """Points, capacities and demands of a file; `is_floored` says that distances are rounded down."""

    num_open: int
    points: np.ndarray
    capacities: np.ndarray
    demands: np.ndarray
    is_floored: bool


def read(path: Path, capacity: float | None) -> CapacitatedProblem:  # noqa: ARG001 - only cap has one
    """Read a problem; points are numbered from 0 afterwards."""
    table = _table(path)
    costs = np.hypot(*(table.points[:, None] - table.points[None]).transpose(2, 0, 1))
    if table.is_floored:
        costs = np.floor(costs)
    nearest = None if len(costs) <= _COMPLETE_UP_TO else _NEAREST
    return CapacitatedProblem(
        candidates=CandidateLists.from_matrix(costs, nearest=nearest),
        fixed_costs=np.zeros(len(costs)),
        capacities=table.capacities,
        demands=table.demands,
        single_source=True,
        num_open=table.num_open,
        is_site_list_complete=True,
    )


def _table(path: Path) -> _Table:
    """Read `number best`, `n p capacity`, rows `id x y demand`; or `n p`, rows `x y capacity demand`."""
    rows = [[float(word) for word in line.split()] for line in path.read_text(encoding="ascii").splitlines()]
    rows = [row for row in rows if row]
    if len(rows[1]) == 3:
        number, num_open, room = int(rows[1][0]), int(rows[1][1]), rows[1][2]
        body = np.array(rows[2 : 2 + number])
        return _Table(num_open, body[:, 1:3], np.full(number, room), body[:, 3], is_floored=True)
    number, num_open = int(rows[0][0]), int(rows[0][1])
    body = np.array(rows[1 : 1 + number])
    return _Table(num_open, body[:, :2], body[:, 2], body[:, 3], is_floored=False)


def warm_up() -> None:
    """Solve small random problems, on which every kernel has something to do."""
    rng = np.random.default_rng(0)
    for nearest in (None, 30):
        points = rng.random((60, 2))
        costs = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
        problem = CapacitatedProblem(
            candidates=CandidateLists.from_matrix(costs, nearest=nearest), fixed_costs=np.zeros(60),
            capacities=np.full(60, 14.0), demands=rng.random(60) + 0.5, single_source=True, num_open=6,
            is_site_list_complete=True,
        )  # fmt: skip
        solve_capacitated(problem, stop=MaxWork(40_000_000), rng=rng)


def solve(problem: CapacitatedProblem, stop: Stop, rng: np.random.Generator) -> LocationSolution:
    """Solve."""
    return solve_capacitated(problem, stop=stop, rng=rng)


def judge(path: Path, capacity: float | None, answer: LocationSolution) -> float:  # noqa: ARG001 - only cap has one
    """Add up the distances from the file's coordinates and hold the loads to the capacities."""
    table = _table(path)
    opened = set(answer.open.tolist())
    if len(opened) != table.num_open:
        raise ValueError(f"{len(opened)} points are open, {table.num_open} are asked")
    if len(answer.assignment) != len(table.points) or not set(answer.assignment.tolist()) <= opened:
        raise ValueError("a point is served by one that is not open")
    total, loads = 0.0, dict.fromkeys(opened, 0.0)
    for point, by in enumerate(answer.assignment.tolist()):
        (x1, y1), (x2, y2) = table.points[point].tolist(), table.points[by].tolist()
        distance = math.sqrt((x1 - x2) ** 2 + (y1 - y2) ** 2)
        total += math.floor(distance) if table.is_floored else distance
        loads[by] += float(table.demands[point])
    for by, load in loads.items():
        if load > table.capacities[by] * (1 + 1e-9):
            raise ValueError(f"point {by + 1} carries {load} of {table.capacities[by]}")
    return total


def write(problem: CapacitatedProblem, answer: LocationSolution) -> str:  # noqa: ARG001 - the answer says it all
    """Give the cost, the open points, then the point that serves each, all numbered from 1."""
    opened = " ".join(str(point + 1) for point in answer.open.tolist())
    return f"{answer.cost:.15g}\n{opened}\n" + "".join(f"{by + 1}\n" for by in answer.assignment.tolist())
