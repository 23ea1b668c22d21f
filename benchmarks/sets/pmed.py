"""OR-Library p-median: `n m p`, then edges; of a repeated edge the last counts; costs are shortest paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from ponplan.optimise.location.candidates import CandidateLists
from ponplan.optimise.location.problem import PMedianProblem
from ponplan.optimise.location.uncapacitated import solve_p_median
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.optimise.location.solution import LocationSolution
    from ponplan.optimise.stop import Stop

DEFAULT_SECONDS = 60.0


def read(path: Path, capacity: float | None) -> PMedianProblem:  # noqa: ARG001 - only cap has one
    """Read a problem; nodes are numbered from 0 afterwards."""
    words = path.read_text(encoding="ascii").split()
    num_nodes, num_edges, num_open = (int(word) for word in words[:3])
    lengths: dict[tuple[int, int], float] = {}
    for k in range(3, 3 + 3 * num_edges, 3):
        one, other = int(words[k]) - 1, int(words[k + 1]) - 1
        lengths[min(one, other), max(one, other)] = float(words[k + 2])
    ends = np.array(list(lengths), dtype=np.int64).reshape(-1, 2)
    graph = csr_array((list(lengths.values()), (ends[:, 0], ends[:, 1])), shape=(num_nodes, num_nodes))
    costs = dijkstra(graph, directed=False)
    return PMedianProblem(candidates=CandidateLists.from_matrix(costs), num_open=num_open)


def warm_up() -> None:
    """Solve small random problems, on which every kernel has something to do."""
    rng = np.random.default_rng(0)
    for _ in range(3):
        points = rng.random((40, 2))
        costs = np.floor(100 * np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)))
        problem = PMedianProblem(candidates=CandidateLists.from_matrix(costs), num_open=5)
        solve_p_median(problem, stop=MaxWork(5_000_000), rng=rng)


def solve(problem: PMedianProblem, stop: Stop, rng: np.random.Generator) -> LocationSolution:
    """Solve."""
    return solve_p_median(problem, stop=stop, rng=rng)


def judge(path: Path, capacity: float | None, answer: LocationSolution) -> float:  # noqa: ARG001 - only cap has one
    """Add up each node's distance to its open node, by Floyd's algorithm on the file."""
    words = path.read_text(encoding="ascii").split()
    num_nodes, num_edges, num_open = (int(word) for word in words[:3])
    distances = np.full((num_nodes, num_nodes), np.inf)
    np.fill_diagonal(distances, 0.0)
    for k in range(3, 3 + 3 * num_edges, 3):
        one, other = int(words[k]) - 1, int(words[k + 1]) - 1
        distances[one, other] = distances[other, one] = float(words[k + 2])
    for through in range(num_nodes):
        distances = np.minimum(distances, distances[:, [through]] + distances[[through], :])
    opened = set(answer.open.tolist())
    if len(opened) != num_open:
        raise ValueError(f"{len(opened)} nodes are open, {num_open} are asked")
    if not set(answer.assignment.tolist()) <= opened:
        raise ValueError("a node is served by one that is not open")
    return float(sum(distances[node, by] for node, by in enumerate(answer.assignment.tolist())))


def write(problem: PMedianProblem, answer: LocationSolution) -> str:  # noqa: ARG001 - the answer says it all
    """Give the cost, the open nodes, then the node that serves each, all numbered from 1."""
    opened = " ".join(str(node + 1) for node in answer.open.tolist())
    return f"{answer.cost:.15g}\n{opened}\n" + "".join(f"{node + 1}\n" for node in answer.assignment.tolist())
