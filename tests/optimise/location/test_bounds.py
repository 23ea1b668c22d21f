"""The law of this folder: bound <= optimum <= cost, on hundreds of small random problems of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ponplan.errors import Infeasible
from ponplan.optimise.location.candidates import CandidateLists
from ponplan.optimise.location.capacitated import solve_capacitated
from ponplan.optimise.location.judge import judge_capacitated, judge_uncapacitated
from ponplan.optimise.location.problem import CapacitatedProblem, PMedianProblem, UncapacitatedProblem
from ponplan.optimise.location.uncapacitated import solve_p_median, solve_uncapacitated
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.optimise.location.solution import LocationSolution

KINDS = {
    "uncapacitated": {"capacitated": False},
    "uncapacitated with forbidden pairs": {"capacitated": False, "forbid": True},
    "p-median": {"capacitated": False, "counted": True},
    "shared": {"capacitated": True, "whole": False},
    "shared with forbidden pairs": {"capacitated": True, "whole": False, "forbid": True},
    "shared with a count": {"capacitated": True, "whole": False, "counted": True},
    "whole": {"capacitated": True},
    "whole with forbidden pairs": {"capacitated": True, "forbid": True},
    "capacitated p-median": {"capacitated": True, "counted": True},
}
SEEDS = range(12)


def solve(
    case: Any,  # noqa: ANN401 - the fixture's Case
    *,
    work: int,
    seed: int = 0,
    nearest: int | None = None,
) -> tuple[LocationSolution, tuple[float, list[str]]]:
    """Solve a case with the public solvers; give the problem, the solution and the judge's verdict."""
    lists = CandidateLists.from_matrix(case.costs, nearest=nearest)
    stop, rng = MaxWork(work), np.random.default_rng(seed)
    if case.capacities is None:
        problem = UncapacitatedProblem(candidates=lists, fixed_costs=case.fixed, num_open=case.num_open)
        if case.num_open is not None:
            answer = solve_p_median(PMedianProblem(candidates=lists, num_open=case.num_open), stop=stop, rng=rng)
        else:
            answer = solve_uncapacitated(problem, stop=stop, rng=rng)
        return answer, judge_uncapacitated(problem, answer)
    problem = CapacitatedProblem(
        candidates=lists, fixed_costs=case.fixed, capacities=case.capacities, demands=case.demands,
        single_source=case.whole, num_open=case.num_open, is_site_list_complete=True,
    )  # fmt: skip
    answer = solve_capacitated(problem, stop=stop, rng=rng)
    return answer, judge_capacitated(problem, answer)


def check(best: float, answer: LocationSolution, verdict: tuple[float, list[str]]) -> None:
    """Hold an answer to the law and to the judge."""
    true_cost, faults = verdict
    slack = 1e-6 * (1.0 + abs(best))
    assert faults == []
    assert answer.cost == pytest.approx(true_cost, abs=slack)
    assert answer.bound <= best + slack
    assert answer.cost >= best - slack


@pytest.mark.parametrize("kind", KINDS)
def test_long_runs_keep_the_law_and_find_the_optimum(
    kind: str, draw: Callable[..., Any], optimum: Callable[[Any], float | None]
):
    """With work to spare the cost is the optimum and the bound never above it; what has no plan is refused."""
    for seed in SEEDS:
        case = draw(seed, **KINDS[kind])
        best = optimum(case)
        if best is None:
            with pytest.raises(Infeasible):
                solve(case, work=4_000_000)
            continue
        answer, verdict = solve(case, work=4_000_000)
        check(best, answer, verdict)
        assert answer.cost == pytest.approx(best, rel=1e-6), seed


@pytest.mark.parametrize("kind", KINDS)
def test_short_runs_keep_the_law(kind: str, draw: Callable[..., Any], optimum: Callable[[Any], float | None]):
    """A run that is cut short has a worse bound and a worse cost, but bound <= optimum <= cost still."""
    for seed in SEEDS:
        case = draw(1000 + seed, **KINDS[kind])
        best = optimum(case)
        if best is None:
            continue
        try:
            answer, verdict = solve(case, work=200)
        except Infeasible:
            continue
        check(best, answer, verdict)
        assert np.isfinite(answer.bound)


@pytest.mark.parametrize("kind", [k for k in KINDS if "forbidden" not in k])
def test_cut_lists_keep_the_bound_valid(kind: str, draw: Callable[..., Any], optimum: Callable[[Any], float | None]):
    """With only the nearest few sites listed the bound stays below the optimum over all sites."""
    for seed in SEEDS:
        case = draw(2000 + seed, **KINDS[kind])
        best = optimum(case)
        if best is None:
            continue
        for work in (200, 1_000_000):
            try:
                answer, verdict = solve(case, work=work, nearest=2 + seed % 3)
            except Infeasible:
                continue
            check(best, answer, verdict)


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_answer(kind: str, draw: Callable[..., Any]):
    """The same problem, seed and counted work give the same plan and bound, bit by bit."""
    case = draw(4, **KINDS[kind])
    one, _ = solve(case, work=1_000_000, seed=7)
    other, _ = solve(case, work=1_000_000, seed=7)
    assert (one.cost, one.bound, one.work) == (other.cost, other.bound, other.work)
    assert (one.assignment == other.assignment).all()
