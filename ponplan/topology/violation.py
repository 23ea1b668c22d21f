"""What a rule finds, and what a rule is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ponplan.topology.survey import Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A record that breaks a rule, with the number and the limit where there are any."""

    subject: str
    message: str
    value: float | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the network: `subject` says what kind of record it names, `meaning` what must hold."""

    id: str
    subject: str
    meaning: str
    find: Callable[[Survey], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule that the network breaks; `relaxed` if the design itself says that it does not keep it."""

    rule: str
    subject: str
    value: float | None
    limit: float | None
    message: str
    relaxed: bool = False
