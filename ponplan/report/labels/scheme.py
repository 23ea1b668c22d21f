"""The planner's own scheme of numbers and labels, a TOML file.

digits = 5                      # of a hash
[numbers]
closure = "VD/{office}/{name}"  # one pattern per kind, fields in braces
[format]                        # a sheet of labels of one's own
name = "mine"
page_width_mm = 210
...
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.errors import Fault, LabelError
from ponplan.report.labels.formats import label_format
from ponplan.topology.works.numbers import PATTERNS, Scheme

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.report.labels.formats import LabelFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelScheme:
    """How numbers look, and the planner's own sheet of labels if there is one."""

    numbers: Scheme
    format: LabelFormat | None = None


def read_scheme(path: Path | None) -> LabelScheme:
    """Read a scheme; an empty file, and none, are the default.

    Raises
    ------
    LabelError
        The file cannot be read, is no TOML, or says something unknown; every fault is listed.
    """
    if path is None:
        return LabelScheme(numbers=Scheme())
    try:
        with path.open("rb") as file:
            given = tomllib.load(file)
    except OSError as error:
        raise LabelError([Fault(file=str(path), problem=f"cannot be read: {error.strerror}")]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LabelError([Fault(file=str(path), problem=f"no TOML: {error}")]) from error
    limit = "digits, numbers, format"
    faults = [
        Fault(file=path.name, field=name, problem="unknown", limit=limit)
        for name in given.keys() - {"digits", "numbers", "format"}
    ]
    digits, numbers = given.get("digits", 4), given.get("numbers", {})
    if not isinstance(digits, int) or isinstance(digits, bool):
        faults.append(Fault(file=path.name, field="digits", problem="no whole number", value=digits))
    if not isinstance(numbers, dict) or not all(isinstance(pattern, str) for pattern in numbers.values()):
        faults.append(
            Fault(file=path.name, field="numbers", problem="not a table of patterns", limit='kind = "text"')
        )
    if faults:
        raise LabelError(faults)
    own = label_format(given["format"], where=path.name) if "format" in given else None
    return LabelScheme(numbers=Scheme(patterns={**PATTERNS, **numbers}, digits=digits), format=own)
