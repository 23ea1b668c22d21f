"""A network whose links may share risks, and the pair of paths found in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.progress import gap_percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


def _no_numbers() -> IntArray:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkNetwork:
    """An undirected network; parallel links stay apart, links may cost nothing.

    Parameters
    ----------
    num_nodes
        Nodes are numbered from 0.
    tails, heads, costs
        Ends and cost of each link.
    risk_links, risk_groups
        Entry k says that link `risk_links[k]` belongs to shared-risk group `risk_groups[k]`: what fails together.
    """

    num_nodes: int
    tails: IntArray
    heads: IntArray
    costs: FloatArray
    risk_links: IntArray = field(default_factory=_no_numbers)
    risk_groups: IntArray = field(default_factory=_no_numbers)

    def __post_init__(self) -> None:
        if not len(self.tails) == len(self.heads) == len(self.costs):
            raise ValueError("links need as many tails as heads and costs")
        if len(self.risk_links) != len(self.risk_groups):
            raise ValueError("risk_links and risk_groups differ in length")
        for name, numbers, limit in (
            ("tails", self.tails, self.num_nodes),
            ("heads", self.heads, self.num_nodes),
            ("risk_links", self.risk_links, len(self.costs)),
        ):
            if len(numbers) and not 0 <= int(numbers.min()) <= int(numbers.max()) < limit:
                raise ValueError(f"{name} must lie in 0..{limit - 1}")
        if len(self.costs) and not (np.isfinite(self.costs).all() and self.costs.min() >= 0.0):
            raise ValueError("link costs must be finite and not negative")

    @property
    def num_groups(self) -> int:
        """Number of shared-risk groups."""
        return int(self.risk_groups.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DisjointPair:
    """Two paths as link numbers from source to target, their summed cost, and a lower bound on it.

    Without a pair both paths are empty and the cost is inf; the bound is inf, too, when none exists.
    """

    first: IntArray
    second: IntArray
    cost: float
    bound: float

    @property
    def is_found(self) -> bool:
        """Whether there is a pair."""
        return bool(np.isfinite(self.cost))

    @property
    def gap_percent(self) -> float:
        """Give 100 (cost - bound) / cost."""
        return gap_percent(self.cost, self.bound)


def no_pair(bound: float) -> DisjointPair:
    """Say that no pair was found and how cheap one could be at best."""
    return DisjointPair(first=_no_numbers(), second=_no_numbers(), cost=np.inf, bound=bound)
