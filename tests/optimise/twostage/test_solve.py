"""Two-stage location against an independent aggregated model in scipy's HiGHS."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from ponplan.errors import Infeasible
from ponplan.optimise.stop import MaxWork
from ponplan.optimise.twostage.judge import judge_two_stage
from ponplan.optimise.twostage.problem import Arcs, TwoStageProblem, Units
from ponplan.optimise.twostage.solve import solve_two_stage


def random_problem(seed: int) -> TwoStageProblem:
    """Draw a problem with one to three unit sizes per site, whole demands, and some arcs missing."""
    rng = np.random.default_rng(seed)
    num_upper, num_lower, num_clients = (int(rng.integers(low, high)) for low, high in ((2, 5), (2, 7), (3, 12)))
    demands = rng.integers(1, 9, num_clients).astype(float)
    stages = []
    for num in (num_upper, num_lower):
        sites = np.repeat(np.arange(num), rng.integers(1, 4, num))
        capacities = np.ceil(rng.uniform(0.2, 1.0, len(sites)) * demands.sum())
        stages.append(
            Units(sites=sites, costs=np.floor(20 + 3 * capacities * rng.random(len(sites))), capacities=capacities)
        )
    between, out = rng.integers(1, 30, (num_upper, num_lower)), rng.integers(1, 30, (num_lower, num_clients))
    arcs = [Arcs.from_matrix(np.where(rng.random(m.shape) < 0.9, m.astype(float), np.inf)) for m in (between, out)]
    return TwoStageProblem(upper=stages[0], lower=stages[1], feeds=arcs[0], drops=arcs[1], demands=demands)


@cache
def optimum(seed: int) -> float | None:
    """Give the optimum of a random problem, or None when there is no plan, by a model without strong inequalities."""
    problem = random_problem(seed)
    upper, lower, feeds, drops = problem.upper, problem.lower, problem.feeds, problem.drops
    a, b, f = (
        len(upper.costs),
        len(upper.costs) + len(lower.costs),
        len(upper.costs) + len(lower.costs) + len(feeds.costs),
    )
    total = f + len(drops.costs)
    rows, low, high = [], [], []

    def row(entries: list[tuple[int, float]], least: float, most: float) -> None:
        rows.append(entries)
        low.append(least)
        high.append(most)

    for k, demand in enumerate(problem.demands):
        row([(f + e, 1.0) for e in np.flatnonzero(drops.heads == k)], demand, demand)
    for j in range(lower.num_sites):
        through = [(f + e, 1.0) for e in np.flatnonzero(drops.tails == j)]
        row([(b + e, -1.0) for e in np.flatnonzero(feeds.heads == j)] + through, 0, 0)
        row(through + [(a + u, -lower.capacities[u]) for u in np.flatnonzero(lower.sites == j)], -np.inf, 0)
        row([(a + u, 1.0) for u in np.flatnonzero(lower.sites == j)], 0, 1)
    for i in range(upper.num_sites):
        through = [(b + e, 1.0) for e in np.flatnonzero(feeds.tails == i)]
        row(through + [(u, -upper.capacities[u]) for u in np.flatnonzero(upper.sites == i)], -np.inf, 0)
        row([(u, 1.0) for u in np.flatnonzero(upper.sites == i)], 0, 1)
    matrix = lil_matrix((len(rows), total))
    for r, entries in enumerate(rows):
        for column, value in entries:
            matrix[r, column] += value
    most = np.full(total, np.inf)
    most[:b] = 1.0
    costs = np.concatenate((upper.costs, lower.costs, feeds.costs, drops.costs))
    answer = milp(
        costs, constraints=LinearConstraint(matrix.tocsr(), low, high), integrality=np.arange(total) < b,
        bounds=Bounds(0, most), options={"mip_rel_gap": 0},
    )  # fmt: skip
    return None if answer.status == 2 else float(answer.fun)


@pytest.mark.parametrize("work", [1, 3_000, 10_000_000])
def test_bound_optimum_cost(work: int):
    """On 50 random problems bound <= optimum <= cost for any budget, and the optimum is found with a long one."""
    for seed in range(50):
        problem = random_problem(seed)
        best = optimum(seed)
        if best is None:
            with pytest.raises(Infeasible):
                solve_two_stage(problem, stop=MaxWork(work), rng=np.random.default_rng(0))
            continue
        try:
            answer = solve_two_stage(problem, stop=MaxWork(work), rng=np.random.default_rng(0))
        except Infeasible:
            assert work < 10_000_000, seed
            continue
        cost, faults = judge_two_stage(problem, answer)
        assert faults == [], seed
        assert answer.cost == pytest.approx(cost, rel=1e-9), seed
        assert answer.bound <= best * (1 + 1e-9), seed
        assert answer.cost >= best * (1 - 1e-7), seed
        if work == 10_000_000:
            assert answer.cost == pytest.approx(best, rel=1e-6), seed
            assert answer.bound == pytest.approx(best, rel=1e-5), seed


def test_whole_demands_give_whole_flows():
    """With whole demands and capacities every flow is a whole number."""
    answer = solve_two_stage(random_problem(3), stop=MaxWork(10_000_000), rng=np.random.default_rng(0))
    flows = np.concatenate((answer.feed_flows, answer.drop_flows))
    assert flows == pytest.approx(np.round(flows), abs=1e-6)


def test_same_seed_same_answer():
    """The same problem, seed and counted work give the same plan."""
    problem = random_problem(5)
    one, other = (solve_two_stage(problem, stop=MaxWork(50_000), rng=np.random.default_rng(2)) for _ in range(2))
    assert (one.cost, one.bound, one.work) == (other.cost, other.bound, other.work)
    assert (one.drop_flows == other.drop_flows).all()
