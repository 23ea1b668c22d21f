"""The location problems: what is given, checked on construction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.location.candidates import CandidateLists

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PMedianProblem:
    """Open exactly `num_open` sites so that the summed cost of serving every client from one of them is least."""

    candidates: CandidateLists
    num_open: int

    def __post_init__(self) -> None:
        _check_count(self.num_open, self.candidates.num_sites)


@dataclass(frozen=True, slots=True, kw_only=True)
class UncapacitatedProblem:
    """Open sites at their fixed costs; every client is served by one open site of its list.

    With `num_open` exactly so many sites are open; the p-median problem is the case without fixed costs.
    """

    candidates: CandidateLists
    fixed_costs: FloatArray
    num_open: int | None = None

    def __post_init__(self) -> None:
        _check_length("fixed_costs", self.fixed_costs, self.candidates.num_sites)
        if self.num_open is not None:
            _check_count(self.num_open, self.candidates.num_sites)

    @classmethod
    def from_p_median(cls, problem: PMedianProblem) -> UncapacitatedProblem:
        """See a p-median problem as one with no fixed costs."""
        fixed_costs = np.zeros(problem.candidates.num_sites)
        return cls(candidates=problem.candidates, fixed_costs=fixed_costs, num_open=problem.num_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacitatedProblem:
    """Open sites at their fixed costs; no site may serve more demand than its capacity.

    Parameters
    ----------
    candidates
        Listed sites of each client; an entry's cost is that of serving the client's whole demand.
    fixed_costs, capacities
        Of each site.
    demands
        Of each client, in the unit of the capacities.
    single_source
        Whether each client is served whole by one site, or may be shared out at proportional cost.
    num_open
        If given, exactly so many sites are open (the capacitated p-median problem).
    is_site_list_complete
        Whether the sites are all there are, so that the bound may ask the open ones to hold all demand even
        where the clients' lists were cut short. It always asks it where the lists are complete.
    """

    candidates: CandidateLists
    fixed_costs: FloatArray
    capacities: FloatArray
    demands: FloatArray
    single_source: bool
    num_open: int | None = None
    is_site_list_complete: bool = False

    def __post_init__(self) -> None:
        lists = self.candidates
        _check_length("fixed_costs", self.fixed_costs, lists.num_sites)
        _check_length("capacities", self.capacities, lists.num_sites)
        _check_length("demands", self.demands, lists.num_clients)
        if self.num_open is not None:
            _check_count(self.num_open, lists.num_sites)

    @property
    def must_cover(self) -> bool:
        """Whether the open sites' capacities must reach the whole demand in every permitted plan."""
        return self.candidates.is_complete or self.is_site_list_complete


def _check_length(name: str, values: FloatArray, length: int) -> None:
    if len(values) != length:
        raise ValueError(f"{name} has {len(values)} values, {length} are needed")
    if not np.isfinite(values).all() or (length and values.min() < 0.0):
        raise ValueError(f"{name} must be finite and not negative, found {values[~(values >= 0.0)][:3]}")


def _check_count(num_open: int, num_sites: int) -> None:
    if not 1 <= num_open <= num_sites:
        raise ValueError(f"cannot open {num_open} of {num_sites} sites")
