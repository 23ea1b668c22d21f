"""Real last-mile fibre graphs with proven optima, where the shared data is at hand."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from ponplan.optimise.steiner import SteinerProblem, dual_ascent, solve_steiner, tree_faults
from ponplan.optimise.stop import MaxWork

FOLDER = Path(__file__).parents[3] / ".." / "shared" / "data" / "bench" / "steiner"

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the benchmark files are not here")


@pytest.mark.parametrize(
    ("name", "above_percent", "gap_percent"),
    [("I056", 0.1, 0.2), ("I085", 0.1, 0.2), ("I078", 0.1, 0.2), ("G304", 0.5, 2.0)],
)
def test_cost_and_bound_enclose_the_proven_optimum(name: str, above_percent: float, gap_percent: float) -> None:
    """Within about two seconds the tree is as near the published optimum, and as near proven, as was promised."""
    problem, optimum = _read(name)
    solution = solve_steiner(problem, stop=MaxWork(200_000_000), rng=np.random.default_rng(1))
    assert tree_faults(problem, solution.edges) == []
    assert solution.bound <= optimum <= solution.cost
    assert solution.cost <= optimum * (1 + above_percent / 100)
    assert solution.gap_percent <= gap_percent
    assert dual_ascent(problem)[0] <= optimum


def _read(name: str) -> tuple[SteinerProblem, int]:
    with gzip.open(FOLDER / f"{name}.gr.gz", "rt") as file:
        rows = [line.split() for line in file]
    edges = np.array([row[1:] for row in rows if row and row[0] == "E"], np.int64)
    terminals = np.array([row[1] for row in rows if len(row) == 2 and row[0] == "T"], np.int64)
    num_nodes = next(int(row[1]) for row in rows if row and row[0] == "Nodes")
    with (FOLDER / "optima.csv").open() as file:
        optima = {row["instance"]: int(row["optimum"]) for row in csv.DictReader(file)}
    tails, heads, costs = edges.T
    problem = SteinerProblem(num_nodes, tails - 1, heads - 1, costs.astype(float), terminals - 1)
    return problem, optima[f"steiner/{name}.gr.gz"]
