"""The wrapper around HiGHS: answers, refusals, limits."""

from __future__ import annotations

import numpy as np
import pytest

from ponplan.optimise.milp import Effort, Model, SolverFailure, solve_model


def knapsack(*, integral: bool, most: float = 4.0) -> Model:
    """Make: maximise 5 a + 4 b + 3 c with 2 a + 3 b + c <= most, each at most 1."""
    return Model(
        costs=np.array([-5.0, -4.0, -3.0]), lower=np.zeros(3), upper=np.ones(3), row_first=np.array([0, 3]),
        row_columns=np.array([0, 1, 2]), row_values=np.array([2.0, 3.0, 1.0]), row_lower=np.array([-np.inf]),
        row_upper=np.array([most]), integral=np.ones(3, dtype=bool) if integral else None,
    )  # fmt: skip


def test_linear_program_gives_duals():
    """The relaxation takes a third of b, and the row's dual is b's cost per unit of the row."""
    answer = solve_model(knapsack(integral=False))
    assert answer.is_optimal
    assert answer.cost == pytest.approx(-5 - 4 / 3 - 3)
    assert answer.row_duals == pytest.approx([-4 / 3])


def test_whole_numbers_are_kept():
    """The whole answer takes a and c; cost and bound meet."""
    answer = solve_model(knapsack(integral=True), start=np.array([0.0, 1.0, 1.0]))
    assert answer.values == pytest.approx([1, 0, 1])
    assert answer.cost == pytest.approx(answer.bound) == pytest.approx(-8)


def test_infeasible_model_is_said_to_be_so():
    """A row that no values can keep gives an infeasible answer with infinite cost and bound."""
    answer = solve_model(knapsack(integral=True, most=-1.0))
    assert answer.is_infeasible
    assert answer.cost == answer.bound == np.inf


def test_no_time_no_answer():
    """Without any time nothing is claimed."""
    answer = solve_model(knapsack(integral=True), effort=Effort(seconds=0.0))
    assert (answer.values, answer.cost, answer.bound) == (None, np.inf, -np.inf)


def test_broken_model_is_refused():
    """A model that names a column which does not exist is a failure of ours, not an answer."""
    model = knapsack(integral=False)
    broken = Model(
        **{name: getattr(model, name) for name in Model.__dataclass_fields__} | {"row_columns": np.array([0, 1, 7])}
    )
    with pytest.raises(SolverFailure):
        solve_model(broken)
