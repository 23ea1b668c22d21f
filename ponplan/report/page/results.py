"""Results of other commands that the page shows, as their `--json` wrote them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ponplan.errors import Fault, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

# what the page reads of each answer; an answer without these is no such answer
NEEDED: Mapping[str, tuple[str, ...]] = {
    "ponplan.simulate/1": ("technology", "policy", "upstream", "downstream"),
    "ponplan.simulate-sweep/1": ("field", "points"),
    "ponplan.design/1": ("cost_total", "customers_served", "parts"),
    "ponplan.simulate-design/1": ("year", "seconds", "packets", "ports", "services"),
    "ponplan.failover-sweep/1": ("what", "faults", "rows", "customers_never_over_100_ms", "customers_total"),
    "ponplan.failover-pairs/1": ("pairs", "pairs_that_lose", "rows"),
    "ponplan.availability/1": ("customers", "elements", "rests_on", "currency", "downtime_mean_min"),
    "ponplan.failover/1": ("technology", "scheme", "recovery", "outage_ms", "steps", "customers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One answer of a command, and the file it stands in."""

    file: str
    schema: str
    answer: Mapping[str, Any]


def read_results(paths: Sequence[Path]) -> list[Result]:
    """Give every file's answer.

    Raises
    ------
    OutputError
        A file cannot be read, is no answer of a command, or of one that the page does not show; all are listed.
    """
    found: list[Result] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            found.append(_result(path))
        except OutputError as error:
            faults += error.faults
    if faults:
        raise OutputError(faults)
    return found


def of_schema(results: Iterable[Result], schema: str) -> list[Result]:
    """Give the results of one kind, in the order given."""
    return [result for result in results if result.schema == schema]


def _result(path: Path) -> Result:
    remedy = "give what a command printed with --json"
    try:
        answer = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
    except (OSError, ValueError) as error:
        problem = f"cannot be read as JSON: {error}"
        raise OutputError([Fault(file=str(path), problem=problem, remedy=remedy)]) from error
    schema = answer.get("schema") if isinstance(answer, dict) else None
    if not isinstance(schema, str) or schema not in NEEDED:
        limit = ", ".join(sorted(NEEDED))
        raise OutputError(
            [
                Fault(
                    file=str(path),
                    field="schema",
                    value=schema,
                    problem="is no result that a report shows",
                    limit=limit,
                    remedy=remedy,
                )
            ]
        )
    missing = [name for name in NEEDED[schema] if name not in answer]
    if missing:
        problem = f"lacks {', '.join(missing)}"
        raise OutputError([Fault(file=str(path), field="schema", value=schema, problem=problem, remedy=remedy)])
    return Result(file=path.name, schema=schema, answer=answer)


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")
