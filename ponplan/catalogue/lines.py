"""YAML read as plain text values, with the line of everything, so that faults can say where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from ponplan.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Place = tuple["str | int", ...]
MOST_VALUES = 100_000  # aliases can make a small file large


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One mapping of a YAML file; every value is text, so that NO stays NO and 0123 stays 0123."""

    file: str
    value: Mapping[str, Any]
    lines: Mapping[Place, int]

    def line(self, *place: str | int) -> int | None:
        """Give the line (from 1) of a value, or of what it would stand in."""
        return self.lines.get(place, self.lines.get(place[:-1]))

    def items(self, name: str, faults: list[Fault]) -> list[Mapping[str, Any]]:
        """Give a list of mappings; what is none is a fault."""
        found = self.value.get(name) or []
        if not isinstance(found, list):
            faults.append(Fault(file=self.file, row=self.line(name), field=name, problem="is no list"))
            return []
        for place, item in enumerate(found):
            if not isinstance(item, dict):
                faults.append(Fault(file=self.file, row=self.line(name, place), field=name, problem="is no mapping"))
        return [item for item in found if isinstance(item, dict)]

    def number(self, text: str, place: Place, faults: list[Fault]) -> float | None:
        """Give a text as a finite number; what is none is a fault."""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return value
        name = ".".join(map(str, place))
        faults.append(Fault(file=self.file, row=self.line(*place), field=name, value=text, problem="is no number"))
        return None


def read_yaml(path: Path, faults: list[Fault]) -> Document | None:
    """Read a file of one mapping; None, with a fault, if it is none."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)
    except OSError as error:
        faults.append(Fault(file=path.name, problem=f"cannot be read: {error.strerror}"))
        return None
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        row = None if mark is None else mark.line + 1
        problem = getattr(error, "problem", None) or type(error).__name__
        faults.append(Fault(file=path.name, row=row, problem=f"is no YAML: {problem}"))
        return None
    lines: dict[Place, int] = {}
    try:
        value = _value(node, (), lines)
    except (RecursionError, OverflowError):
        faults.append(
            Fault(file=path.name, problem="is too large or refers to itself", limit=f"{MOST_VALUES} values")
        )
        return None
    if not isinstance(value, dict):
        remedy = "name a file of NetBox's device-type library"
        faults.append(Fault(file=path.name, row=1, problem="is no mapping of fields", remedy=remedy))
        return None
    return Document(file=path.name, value=value, lines=lines)


def _value(node: yaml.Node | None, place: Place, lines: dict[Place, int]) -> Any:  # noqa: ANN401 - any YAML
    if node is None:
        return None
    lines[place] = node.start_mark.line + 1
    if len(lines) > MOST_VALUES:
        raise OverflowError
    if isinstance(node, yaml.MappingNode):
        return {
            str(key.value): _value(child, (*place, str(key.value)), lines)
            for key, child in node.value
            if isinstance(key, yaml.ScalarNode)
        }
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*place, number), lines) for number, child in enumerate(node.value)]
    return node.value
