"""What it costs to serve a customer from a place, as far as plans differ in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


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
    """

    per_fibre_m: float
    splice_cost: float
    feeder_m: FloatArray
    opening: FloatArray
    per_customer: FloatArray
    per_splitter: FloatArray
    office_m: FloatArray
