"""The answer of the two-stage solver: installed units, flows, cost and bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.optimise.progress import gap_percent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoStageSolution:
    """Numbers of the installed units (ascending), flow on each feed and drop arc, total cost, lower bound, work."""

    upper_units: NDArray[np.int64]
    lower_units: NDArray[np.int64]
    feed_flows: NDArray[np.float64]
    drop_flows: NDArray[np.float64]
    cost: float
    bound: float
    work: int = 0

    @property
    def gap_percent(self) -> float:
        """Give 100 (cost - bound) / cost."""
        return gap_percent(self.cost, self.bound)
