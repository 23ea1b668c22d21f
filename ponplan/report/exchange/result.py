"""What an export wrote, whether it reads back, and what the format could not hold."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Something of the design that is not in the export; `count` is how often, where it can be counted."""

    what: str
    reason: str
    count: int | None = None

    def __str__(self) -> str:
        """Give the loss as one line."""
        times = "" if self.count is None else f" ({self.count})"
        return f"{self.what}{times}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One export: its files, how many rows of each table it holds, and its losses.

    `reads_back` tells whether `ponplan import design` gives the same network from it.
    """

    format: str
    target: str
    reads_back: bool
    files: tuple[str, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    losses: tuple[Loss, ...] = ()
