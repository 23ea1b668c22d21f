"""The two-stage location problem: units that may be installed at either stage, arcs between them, demands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The units of one stage: unit u may be installed at `sites[u]` for `costs[u]` and passes up to `capacities[u]`.

    Of the units of one site at most one is installed.
    """

    sites: IntArray
    costs: FloatArray
    capacities: FloatArray

    def __post_init__(self) -> None:
        if not len(self.sites) == len(self.costs) == len(self.capacities):
            raise ValueError("units need as many sites as costs and capacities")
        _check(self.costs, "unit costs")
        _check(self.capacities, "unit capacities")

    @property
    def num_sites(self) -> int:
        """Number of sites of this stage."""
        return int(self.sites.max(initial=-1)) + 1

    @classmethod
    def one_per_site(cls, costs: FloatArray, capacities: FloatArray) -> Units:
        """Make a stage with one unit at each site."""
        return cls(
            sites=np.arange(len(costs)), costs=np.asarray(costs, float), capacities=np.asarray(capacities, float)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arcs:
    """The permitted ways from one stage to the next with their cost per unit of flow."""

    tails: IntArray
    heads: IntArray
    costs: FloatArray

    def __post_init__(self) -> None:
        if not len(self.tails) == len(self.heads) == len(self.costs):
            raise ValueError("arcs need as many tails as heads and costs")
        _check(self.costs, "arc costs")

    @classmethod
    def from_matrix(cls, costs: FloatArray) -> Arcs:
        """Make an arc of every finite entry of a tails x heads matrix."""
        tails, heads = np.nonzero(np.isfinite(costs))
        return cls(tails=tails, heads=heads, costs=np.asarray(costs, float)[tails, heads])


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoStageProblem:
    """Install units at both stages and send every client its demand from an upper through lower sites at least cost.

    Flow may be divided; where demands and capacities are whole numbers a solution's flows are, too.
    """

    upper: Units
    lower: Units
    feeds: Arcs
    drops: Arcs
    demands: FloatArray

    def __post_init__(self) -> None:
        _check(self.demands, "demands")
        ends = (
            ("feeds", self.feeds.tails, self.upper.num_sites),
            ("feeds", self.feeds.heads, self.lower.num_sites),
            ("drops", self.drops.tails, self.lower.num_sites),
            ("drops", self.drops.heads, len(self.demands)),
        )
        for name, numbers, limit in ends:
            if len(numbers) and not 0 <= int(numbers.min()) <= int(numbers.max()) < limit:
                raise ValueError(f"{name} have an end outside 0..{limit - 1}")


def _check(values: FloatArray, name: str) -> None:
    if not np.isfinite(values).all() or (len(values) and values.min() < 0.0):
        raise ValueError(f"{name} must be finite and not negative")
