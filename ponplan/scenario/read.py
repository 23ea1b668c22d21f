"""Read a bare-PON file: TOML in, `Scenario` out, every fault at once."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from ponplan.errors import Fault, ScenarioError
from ponplan.scenario.pon import Scenario

if TYPE_CHECKING:
    from pathlib import Path

S = TypeVar("S", bound=BaseModel)

_SAID_PLAINLY = {
    "extra_forbidden": "no such field",
    "missing": "a required field is missing",
}


def read_scenario(path: Path) -> Scenario:
    """Read a scenario file; trace files in it are meant relative to its folder.

    Raises
    ------
    ScenarioError
        If the file cannot be read, is not TOML, or breaks a rule; every fault is listed.
    """
    table = toml_table(path)
    for source in table.get("source", []) if isinstance(table.get("source"), list) else []:
        if isinstance(source, dict) and isinstance(source.get("file"), str):
            source["file"] = str(path.parent / source["file"])
    return scenario_from_table(table, file=str(path))


def scenario_from_table(table: dict[str, Any], *, file: str = "scenario") -> Scenario:
    """Check a table as TOML gives it.

    Raises
    ------
    ScenarioError
        Every fault with its field and value.
    """
    return checked(Scenario, table, file=file)


def toml_table(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    ScenarioError
        If it cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError([Fault(file=str(path), problem=f"cannot be read: {error.strerror}")]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError([Fault(file=str(path), problem=f"is not TOML: {error}")]) from error


def checked(kind: type[S], table: dict[str, Any], *, file: str) -> S:
    """Hold a table to what a kind of scenario asks for.

    Raises
    ------
    ScenarioError
        Every fault with its field and value.
    """
    try:
        return kind.model_validate(with_pairs(table))
    except ValidationError as error:
        raise ScenarioError([fault_of(file, detail) for detail in error.errors()]) from None


def fault_of(file: str, detail: Any) -> Fault:  # noqa: ANN401 - pydantic's own dictionary
    """Say what pydantic found in our words."""
    kind = detail["type"]
    problem = _SAID_PLAINLY.get(kind, detail["msg"].removeprefix("Value error, "))
    value = None if isinstance(detail["input"], dict) else detail["input"]
    return Fault(file=file, field=_field(detail["loc"]), problem=problem, value=value)


def _field(location: tuple[int | str, ...]) -> str:
    """Give the field as the author wrote it; tables in lists count from one."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).lstrip(".") or "file"


def with_pairs(table: dict[str, Any]) -> dict[str, Any]:
    """Give a table with pairs for lists and numbers as strict checking wants them.

    TOML has no tuples and writes 5 for 5.0; strict checking wants both said.
    """
    changed = dict(table)
    if isinstance(changed.get("distance_km"), list):
        changed["distance_km"] = tuple(changed["distance_km"])
    sources = changed.get("source")
    if isinstance(sources, list):
        changed["source"] = [_with_size_pairs(source) for source in sources]
    dba = changed.get("dba")
    if isinstance(dba, dict) and isinstance(dba.get("frame_part"), list):
        changed["dba"] = {**dba, "frame_part": tuple(dba["frame_part"])}
    protection = changed.get("protection")
    if isinstance(protection, dict):
        changed["protection"] = {name: _with_edges(value) for name, value in protection.items()}
    faults = changed.get("fault")
    if isinstance(faults, list):
        changed["fault"] = [_with_edges(fault) for fault in faults]
    return changed


def _with_edges(value: Any) -> Any:  # noqa: ANN401 - not checked yet
    """Give a table whose lists of numbers are tuples, as spreads and faults have a fixed number of edges."""
    if not isinstance(value, dict):
        return value
    return {name: tuple(part) if isinstance(part, list) else part for name, part in value.items()}


def _with_size_pairs(source: Any) -> Any:  # noqa: ANN401 - not checked yet
    if not isinstance(source, dict) or not isinstance(source.get("packet_bytes"), list):
        return source
    rows = [tuple(row) if isinstance(row, list) else row for row in source["packet_bytes"]]
    return {**source, "packet_bytes": rows}
