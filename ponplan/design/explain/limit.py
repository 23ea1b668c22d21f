"""One limit of a port: how much is used, how much is allowed, and how many more customers that leaves room for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit and what is used of it.

    Parameters
    ----------
    direction
        Of the light: down or up; empty where it has none.
    customers
        How many more customers like those on the port it lets in; None where that is no question of number.
    subject
        What comes nearest to it, or where the limit comes from.
    """

    name: str
    value: float
    limit: float
    unit: str
    direction: str = ""
    customers: int | None = None
    subject: str = ""
    note: str = ""
    is_least: bool = False  # the value may not fall below the limit

    @property
    def room(self) -> float:
        """How much is left, in the limit's own unit."""
        return round(self.value - self.limit if self.is_least else self.limit - self.value, 6)
