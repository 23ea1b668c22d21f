"""Linear and mixed-integer programs handed to HiGHS: one thread, a fixed seed, every status looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


class SolverFailure(RuntimeError):
    """HiGHS refused a model or ended in a state from which nothing can be concluded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Minimise costs @ x with row_lower <= A x <= row_upper and lower <= x <= upper.

    The rows of A are compressed: the entries of row r stand at `row_first[r]:row_first[r + 1]` of `row_columns`
    and `row_values`. `integral` marks the columns that must be whole numbers; without any it is a linear program.
    """

    costs: FloatArray
    lower: FloatArray
    upper: FloatArray
    row_first: IntArray
    row_columns: IntArray
    row_values: FloatArray
    row_lower: FloatArray
    row_upper: FloatArray
    integral: NDArray[np.bool_] | None = None

    @property
    def num_columns(self) -> int:
        """Number of variables."""
        return len(self.costs)

    @property
    def num_rows(self) -> int:
        """Number of constraints."""
        return len(self.row_lower)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How far to go: nodes are counted and repeatable, seconds are not; the gap is relative."""

    seconds: float = math.inf
    max_nodes: int | None = None
    relative_gap: float = 0.0
    seed: int = 0
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Best values found (None when there are none), their cost, a lower bound, row duals of a linear program.

    `is_optimal` says that the search was finished; `is_infeasible` that no solution exists.
    """

    is_optimal: bool
    is_infeasible: bool
    values: FloatArray | None
    cost: float
    bound: float
    row_duals: FloatArray | None
    nodes: int


def solve_model(model: Model, *, effort: Effort | None = None, start: FloatArray | None = None) -> Answer:
    """Solve `model` as far as `effort` allows, from the values `start` when they are given.

    Raises
    ------
    SolverFailure
        If HiGHS rejects the model or ends with an error, so that no answer may be trusted.
    """
    effort = effort or Effort()
    if effort.seconds <= 0.0:
        return _nothing(is_infeasible=False)
    highs = _load(model, effort)
    if start is not None and model.integral is not None and _is_within(model, start):
        _check(highs.setSolution(model.num_columns, np.arange(model.num_columns, dtype=np.int32), start), "start")
    _check(highs.run(), "run")
    return _read(highs, model)


def _is_within(model: Model, start: FloatArray) -> bool:
    """Say whether a start keeps the columns' bounds; HiGHS refuses any other."""
    return bool((start >= model.lower).all() and (start <= model.upper).all())


def _load(model: Model, effort: Effort) -> Any:  # noqa: ANN401 - highspy carries no types
    import highspy

    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    options: dict[str, Any] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": effort.seed,
        "mip_rel_gap": effort.relative_gap,
        "mip_abs_gap": 1e-7,
    }
    if math.isfinite(effort.seconds):
        options["time_limit"] = effort.seconds
    if effort.max_nodes is not None:
        options["mip_max_nodes"] = effort.max_nodes
    for name, value in (options | effort.options).items():
        _check(highs.setOptionValue(name, value), f"option {name}")
    empty = np.zeros(0, dtype=np.int32)
    integral = model.integral
    kinds = np.zeros(model.num_columns, dtype=np.int32) if integral is None else integral.astype(np.int32)
    status = highs.passModel(
        model.num_columns, model.num_rows, len(model.row_columns), 0, int(highspy.MatrixFormat.kRowwise),
        0, int(highspy.ObjSense.kMinimize), 0.0, model.costs, model.lower, model.upper,
        model.row_lower, model.row_upper, model.row_first[:-1].astype(np.int32),
        model.row_columns.astype(np.int32), model.row_values, empty, empty, np.zeros(0), kinds,
    )  # fmt: skip
    _check(status, "model")
    return highs


def _read(highs: Any, model: Model) -> Answer:  # noqa: ANN401 - highspy carries no types
    import highspy

    outcome = highspy.HighsModelStatus
    status = highs.getModelStatus()
    if status == outcome.kInfeasible:
        return _nothing(is_infeasible=True)
    limits = (
        outcome.kTimeLimit, outcome.kIterationLimit, outcome.kSolutionLimit, outcome.kInterrupt,
        outcome.kObjectiveBound, outcome.kObjectiveTarget,
    )  # fmt: skip
    is_optimal = status in (outcome.kOptimal, outcome.kModelEmpty)
    if not is_optimal and status not in limits:
        raise SolverFailure(f"HiGHS ended with {highs.modelStatusToString(status)}")
    info = highs.getInfo()
    is_mip = model.integral is not None and bool(model.integral.any())
    has_values = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    solution = highs.getSolution()
    cost = float(info.objective_function_value) if has_values else math.inf
    bound = float(info.mip_dual_bound) if is_mip else (cost if is_optimal else -math.inf)
    return Answer(
        is_optimal=is_optimal,
        is_infeasible=False,
        values=np.array(solution.col_value) if has_values else None,
        cost=cost,
        bound=min(bound, cost),
        row_duals=np.array(solution.row_dual) if not is_mip and solution.dual_valid else None,
        nodes=max(0, int(info.mip_node_count)),
    )


def _nothing(*, is_infeasible: bool) -> Answer:
    bound = math.inf if is_infeasible else -math.inf
    return Answer(
        is_optimal=False,
        is_infeasible=is_infeasible,
        values=None,
        cost=math.inf,
        bound=bound,
        row_duals=None,
        nodes=0,
    )


def _check(status: Any, what: str) -> None:  # noqa: ANN401 - highspy carries no types
    import highspy

    if status == highspy.HighsStatus.kError:
        raise SolverFailure(f"HiGHS refused the {what}")


class CutProgram:
    """A program to which rows are added as they turn out to be broken; each answer starts from the last one."""

    def __init__(self, costs: FloatArray, upper: FloatArray) -> None:
        none = np.zeros(0)
        self._model = Model(
            costs=costs, lower=np.zeros(len(costs)), upper=upper, row_first=np.zeros(1, np.int64),
            row_columns=np.zeros(0, np.int64), row_values=none, row_lower=none, row_upper=none,
        )  # fmt: skip
        self._highs = _load(self._model, Effort())
        self._is_whole = False

    def add(self, columns: IntArray, values: FloatArray, lower: float, upper: float) -> None:
        """Add a row: lower <= values @ x[columns] <= upper."""
        status = self._highs.addRow(lower, upper, len(columns), columns.astype(np.int32), values)
        _check(status, "row")

    def solve(self, *, max_nodes: int | None = None) -> Answer:
        """Give the best values (None if none were found) and a lower bound on the cost of any.

        Parameters
        ----------
        max_nodes
            Columns are whole numbers, and so many nodes are looked at; None solves the linear program.

        Raises
        ------
        SolverFailure
            If HiGHS ends with an error, or there is no answer at all.
        """
        import highspy

        if max_nodes is not None and not self._is_whole:
            count = self._model.num_columns
            kinds = np.full(count, highspy.HighsVarType.kInteger)
            _check(self._highs.changeColsIntegrality(count, np.arange(count, dtype=np.int32), kinds), "whole columns")
            self._is_whole = True
        if max_nodes is not None:
            _check(self._highs.setOptionValue("mip_max_nodes", max_nodes), "option mip_max_nodes")
        _check(self._highs.run(), "run")
        integral = np.ones(self._model.num_columns, bool) if self._is_whole else None
        answer = _read(self._highs, replace(self._model, integral=integral))
        if answer.is_infeasible:
            raise SolverFailure("no values keep all rows")
        return answer
