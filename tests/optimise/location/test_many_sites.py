"""Whole clients and more sites than `_FEW_SITES`: one long annealing, then regions that grow."""

from __future__ import annotations

import numpy as np
import pytest

from ponplan.optimise.location.candidates import CandidateLists
from ponplan.optimise.location.capacitated import solve_capacitated
from ponplan.optimise.location.judge import judge_capacitated
from ponplan.optimise.location.problem import CapacitatedProblem
from ponplan.optimise.stop import MaxWork


@pytest.fixture(scope="module")
def problem() -> CapacitatedProblem:
    """Put 720 points in 36 groups of 20 far from each other, each group just fitting two sites of its own."""
    rng = np.random.default_rng(3)
    centres = 1000.0 * np.array([(x, y) for x in range(6) for y in range(6)], dtype=float)
    points = (centres[:, None] + rng.uniform(0, 10, (36, 20, 2))).reshape(-1, 2)
    costs = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    return CapacitatedProblem(
        candidates=CandidateLists.from_matrix(costs, nearest=60), fixed_costs=np.zeros(720),
        capacities=np.full(720, 11.0), demands=np.ones(720), single_source=True, num_open=72,
        is_site_list_complete=True,
    )  # fmt: skip


def test_far_groups_are_served_from_within(problem: CapacitatedProblem):
    """Every group opens two sites, so no client pays the way to another group; bound and cost come close."""
    answer = solve_capacitated(problem, stop=MaxWork(20_000_000), rng=np.random.default_rng(0))
    cost, faults = judge_capacitated(problem, answer)
    assert faults == []
    assert answer.cost == pytest.approx(cost, rel=1e-9)
    assert (answer.assignment // 20 == np.arange(720) // 20).all()
    assert answer.bound <= answer.cost <= 1.05 * answer.bound


def test_same_work_same_answer(problem: CapacitatedProblem):
    """Regions and the tree of bounds are repeatable when work is counted."""
    one, other = (
        solve_capacitated(problem, stop=MaxWork(12_000_000), rng=np.random.default_rng(5)) for _ in range(2)
    )
    assert (one.cost, one.bound, one.work) == (other.cost, other.bound, other.work)
    assert (one.assignment == other.assignment).all()
