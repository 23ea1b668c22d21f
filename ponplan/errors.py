"""Complaints that a user can act on: whose input is wrong, where, what was found, what is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One mistake in one input, told so that its author can mend it.

    `file` and `row` (1-based as the user's program shows it; a feature's number for GIS layers) say where,
    `field` and `value` what was found, `limit` what is allowed, `remedy` what to do.
    """

    file: str
    problem: str
    row: int | str | None = None
    field: str | None = None
    value: object = None
    limit: str | None = None
    remedy: str | None = None

    def __str__(self) -> str:
        """Give the fault as one line."""
        where = self.file
        if self.row is not None:
            where += f", row {self.row}"
        if self.field is not None:
            where += f", field {self.field}"
        text = f"{where}: {self.problem}"
        if self.value is not None:
            text += f" (found {_shown(self.value)})"
        if self.limit is not None:
            text += f"; allowed: {self.limit}"
        if self.remedy is not None:
            text += f"; remedy: {self.remedy}"
        return text


class PonplanError(Exception):
    """Anything ponplan refuses, with every fault found, not only the first."""

    exit_code = 3

    def __init__(self, faults: Iterable[Fault] | str) -> None:
        self.faults: tuple[Fault, ...] = () if isinstance(faults, str) else tuple(faults)
        super().__init__(faults if isinstance(faults, str) else "\n".join(str(fault) for fault in self.faults))


class CatalogueError(PonplanError):
    """The catalogue, a price book or an equipment overlay is at fault."""


class AreaError(PonplanError):
    """The planner's customers, sites, routes, plant or rules are at fault."""


class DesignFileError(PonplanError):
    """A design file is broken, of another kind, or newer than this program."""


class ScenarioError(PonplanError):
    """A scenario or bare-PON file is at fault."""


class LabelError(PonplanError):
    """A scheme of numbers, a label format, a font or a code is at fault."""


class TemplateError(PonplanError):
    """A client's workbook cannot be filled."""


class OutputError(PonplanError):
    """A result cannot be written where it was asked for."""


class Infeasible(PonplanError):
    """No design at all can be made for this area."""

    exit_code = 5


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
