"""What it costs to serve a customer from a place, as far as plans differ in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.design.assignments import Assignments

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationPrices:
    """What serving a customer from a place costs, beside what every plan pays.

    Parameters
    ----------
    per_fibre_m
        A metre of one more fibre.
    splice_cost
        The joint between distribution cable and drop, saved where the splitter stands at the drop itself.
    feeder_m
        (places,) from each place to its office.
    opening
        (places,) fixed cost of a place.
    per_customer
        (places,) room for one more customer there.
    per_splitter
        (places,) room for one more splitter there; a customer pays by its share of a port.
    office_m
        (junctions,) to the nearest office.
    feeders
        (c,) how many feeders the splitter of each customer has at least; None where each has one.
    exposure, protected
        (places,) what a protected customer is charged for a place that no two disjoint feeders reach, or only dear
        ones, and who those customers are.
    assignments
        Who may be served from where, as far as the planner says so.
    """

    per_fibre_m: float
    splice_cost: float
    feeder_m: FloatArray
    opening: FloatArray
    per_customer: FloatArray
    per_splitter: FloatArray
    office_m: FloatArray
    feeders: IntArray | None = None
    exposure: FloatArray | None = None
    protected: IntArray | None = None
    assignments: Assignments | None = None

    def feeders_of(self, customers: IntArray) -> IntArray:
        """Give how many feeders the splitters of these customers have at least."""
        return np.ones(len(customers), np.int64) if self.feeders is None else self.feeders[customers]

    def exposed(self, customers: IntArray, places: IntArray) -> FloatArray:
        """Give what these customers are charged at their places, inf where they may not be; both arrays broadcast."""
        costs = np.zeros(1)
        if self.exposure is not None and self.protected is not None:
            costs = np.asarray(np.isin(customers, self.protected) * self.exposure[places])
        return costs if self.assignments is None else costs + self.assignments.cost(customers, places)
