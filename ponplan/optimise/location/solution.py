"""The answer of a location solver: open sites, who serves whom, cost and bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.optimise.progress import gap_percent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationSolution:
    """Open sites (ascending), the site of each client, total cost, lower bound on any plan, work counted.

    Where demand is shared out, `assignment` names the site with the largest part of each client, and the parts
    stand in `shares`: client `share_clients[k]` gets the fraction `shares[k]` of its demand from `share_sites[k]`.
    """

    open: NDArray[np.int64]
    assignment: NDArray[np.int64]
    cost: float
    bound: float
    work: int = 0
    share_clients: NDArray[np.int64] | None = None
    share_sites: NDArray[np.int64] | None = None
    shares: NDArray[np.float64] | None = None

    @property
    def gap_percent(self) -> float:
        """Give 100 (cost - bound) / cost."""
        return gap_percent(self.cost, self.bound)
