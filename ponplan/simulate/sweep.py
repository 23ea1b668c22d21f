"""Play one scenario over a range of values of any of its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from ponplan.errors import Fault, ScenarioError
from ponplan.scenario import Scenario, scenario_from_table
from ponplan.simulate.run import simulate_traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ponplan.catalogue import Catalogue
    from ponplan.simulate.policies import Policy
    from ponplan.simulate.result import TrafficResult

MOST_POINTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """A field and the values it takes."""

    field: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPoint:
    """One value and what came of it."""

    value: float
    result: TrafficResult


def parse_sweep(text: str) -> Sweep:
    """Read `field=from:to:step`; both ends count, and steps are decimal, so 0.1:1.2:0.1 has twelve values.

    Raises
    ------
    ScenarioError
        If the text is not of that form.
    """
    field, equals, numbers = text.partition("=")
    try:
        start, stop, step = (Decimal(part) for part in numbers.split(":"))
        steps = int((stop - start) / step)
    except (ValueError, InvalidOperation, ZeroDivisionError) as error:
        problem = "a sweep is field=from:to:step, for example load=0.1:1.2:0.1"
        raise ScenarioError([Fault(file="--sweep", problem=problem, value=text)]) from error
    if not equals or not field or steps < 0 or steps >= MOST_POINTS:
        limit = f"1 to {MOST_POINTS} values"
        raise ScenarioError([Fault(file="--sweep", problem="gives no sensible range", value=text, limit=limit)])
    return Sweep(field=field.strip(), values=tuple(float(start + step * k) for k in range(steps + 1)))


def sweep_traffic(
    scenario: Scenario,
    catalogue: Catalogue,
    sweep: Sweep,
    *,
    policy: Policy | None = None,
    on_point: Callable[[SweepPoint], None] | None = None,
) -> tuple[SweepPoint, ...]:
    """Play the scenario once for each value.

    Raises
    ------
    ScenarioError
        If the field is unknown or ambiguous, or a value breaks a rule of the scenario; nothing is played then.
    """
    scenarios = [with_value(scenario, sweep.field, value) for value in sweep.values]
    points = []
    for value, one in zip(sweep.values, scenarios, strict=True):
        points.append(SweepPoint(value=value, result=simulate_traffic(one, catalogue, policy=policy)))
        if on_point is not None:
            on_point(points[-1])
    return tuple(points)


def with_value(scenario: Scenario, field: str, value: float) -> Scenario:
    """Give the scenario with one number changed.

    `field` is a path such as `dba.max_grant_bytes` or `source[2].load`, or a bare name that only one table has;
    in a list of tables a bare name means every table that sets it.

    Raises
    ------
    ScenarioError
        If there is no such number or more than one table could be meant.
    """
    table = scenario.model_dump(exclude_unset=True, mode="python")
    holders = _holders(table, scenario, field)
    name = field.rpartition(".")[2]
    for holder in holders:
        old = holder.get(name)
        # a whole number stays one, or strict checking would refuse it
        whole = float(value).is_integer() and not isinstance(old, float)
        holder[name] = int(value) if whole else value
    return scenario_from_table(table, file=f"--sweep {field}={value:g}")


def _holders(table: dict[str, Any], scenario: Scenario, field: str) -> list[dict[str, Any]]:
    path, _, name = field.rpartition(".")
    if path:
        return [_table_at(table, path, field)]
    if name in Scenario.model_fields and _is_number(getattr(scenario, name)):
        return [table]
    found: dict[str, list[dict[str, Any]]] = {}
    for key in ("dba", "downstream", "run"):
        if name in type(getattr(scenario, key)).model_fields:
            found[key] = [table.setdefault(key, {})]
    for key in ("source", "tcont"):
        setting = [row for row in table.get(key, []) if _is_number(row.get(name))]
        if setting:
            found[key] = setting
    if len(found) != 1:
        problem = "no table has this number" if not found else "more than one table has this number"
        remedy = "name it in full, for example " + " or ".join(f"{key}.{name}" for key in found or ("dba",))
        raise ScenarioError([Fault(file="--sweep", field=field, problem=problem, remedy=remedy)])
    return next(iter(found.values()))


def _table_at(table: dict[str, Any], path: str, field: str) -> dict[str, Any]:
    """Follow `dba` or `source[2]`, counting from one."""
    name, bracket, number = path.partition("[")
    try:
        if not bracket:
            here = table.setdefault(name, {})
            return here if isinstance(here, dict) else here[0]
        place = int(number.removesuffix("]")) - 1
        if place < 0:
            raise IndexError
        return table[name][place]  # type: ignore[no-any-return]
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise ScenarioError([Fault(file="--sweep", field=field, problem="there is no such table")]) from error


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def rows_of(points: tuple[SweepPoint, ...]) -> list[Mapping[str, object]]:
    """Give one flat row for each point and direction, for tables and plots."""
    rows: list[Mapping[str, object]] = []
    for point in points:
        for direction in ("upstream", "downstream"):
            result = getattr(point.result, direction)
            if result is None:
                continue
            row: dict[str, object] = {"value": point.value, "direction": direction}
            row |= {name: getattr(result, name) for name in ("offered", "carried", "lost", "packets")}
            for name in ("mean", "ci95", "p50", "p99", "p999", "max"):
                row[f"delay_{name}_us"] = getattr(result.delay_us, name)
            row["queueing_mean_us"] = result.queueing_delay_us.mean
            row["cycle_mean_us"] = None if result.cycle_us is None else result.cycle_us["mean"]
            row["fairness"] = result.fairness
            rows.append(row)
    return rows
