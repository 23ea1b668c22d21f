"""What things cost per metre and per fibre, derived from the price book, for the optimiser and its bound."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import AreaError, CatalogueError, Fault
from ponplan.topology.ducts import bores_needed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.area.model import Rules
    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import CableType, Enclosure

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


def unit_cost(catalogue: Catalogue, item: str) -> float:
    """Give material plus labour of one unit."""
    price = catalogue.price(item)
    return price.material_cost + price.labour_cost


def installed_cost(catalogue: Catalogue, enclosure: Enclosure) -> float:
    """Give what a cabinet, box, closure or frame costs with the work of setting it."""
    return unit_cost(catalogue, enclosure.id) + unit_cost(catalogue, installation_of(enclosure))


def installation_of(enclosure: Enclosure) -> str:
    """Give the task of setting an enclosure of this kind."""
    return f"{enclosure.kind}-installation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An affine function below a stepwise price: `fixed + slope * n <= price(n)` for every n >= 1."""

    fixed: float
    slope: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CablePrices:
    """Trunk cables by size: how many fibres of each may be lit, and what a metre of route costs with slack."""

    types: tuple[CableType, ...]
    usable: IntArray  # (types,) ascending
    cost_per_m: FloatArray  # (types,)
    longest_m: FloatArray  # (types,) of route that one drum covers with its slack
    splice_cost: float

    def lines(self) -> list[Line]:
        """Give the supporting lines of the price per metre over the number of lit fibres.

        For n fibres within one cable the price is that of the cheapest type that may light n. Several cables side
        by side cost at least as much as the line allows, because each of them pays the fixed part on its own.
        """
        cheapest = np.minimum.accumulate(self.cost_per_m[::-1])[::-1]
        return supporting_lines(self.usable.astype(float), cheapest)


def supporting_lines(ends: FloatArray, costs: FloatArray) -> list[Line]:
    """Give lines below a rising step function: the flat one, the one through the origin, and its hull's.

    Parameters
    ----------
    ends, costs
        Up to `ends[i]`, and above the end before, the function is `costs[i]`. A rising line comes closest to a step
        at the step's end, so the corners of the lower hull are ends.
    """
    corners: list[tuple[float, float]] = []
    for corner in zip(ends.tolist(), costs.tolist(), strict=True):
        if corners and corner[0] == corners[-1][0]:
            continue  # two sizes that hold the same; the first is the cheaper
        while len(corners) > 1 and _is_above(corners[-2], corners[-1], corner):
            corners.pop()
        corners.append(corner)
    lines = [Line(fixed=corners[0][1], slope=0.0), Line(fixed=0.0, slope=float(np.min(costs / ends)))]
    for (x0, y0), (x1, y1) in pairwise(corners):
        slope = (y1 - y0) / (x1 - x0)
        if slope > 0.0 and y0 - slope * x0 > 0.0:
            lines.append(Line(fixed=y0 - slope * x0, slope=slope))
    return lines


def _is_above(left: tuple[float, float], middle: tuple[float, float], right: tuple[float, float]) -> bool:
    """Whether the middle corner lies on or above the chord of its neighbours."""
    return (middle[1] - left[1]) * (right[0] - left[0]) >= (right[1] - left[1]) * (middle[0] - left[0])


def trunk_prices(catalogue: Catalogue, rules: Rules) -> CablePrices:
    """Give the trunk cables that may be used, with slack and spare fibres as the rules want them.

    Raises
    ------
    AreaError
        When the duct of the rules is unknown.
    CatalogueError
        When no trunk cable is allowed in design, or none enters the duct.
    """
    if rules.duct not in catalogue.duct_types:
        known = ", ".join(catalogue.duct_types)
        raise AreaError(
            [Fault(file="area.toml", field="duct", value=rules.duct, problem="no such duct", limit=known)]
        )
    duct = catalogue.duct_types[rules.duct]
    allowed = [
        row
        for row in catalogue.cable_types.values()
        if row.role == "trunk" and row.allowed_in_design and bores_needed([row.diameter_mm], duct) is not None
    ]
    sized = sorted((usable_fibres(row.fibres, rules.spare_fibres), row.id, row) for row in allowed)
    sized = [entry for entry in sized if entry[0] >= 1]
    if not sized:
        raise CatalogueError(
            [Fault(file="cable_types", problem=f"no trunk cable that enters {duct.id} is allowed in design")]
        )
    return CablePrices(
        types=tuple(row for _, _, row in sized),
        usable=np.array([usable for usable, _, _ in sized], np.int64),
        cost_per_m=np.array([unit_cost(catalogue, row.id) * (1.0 + rules.cable_slack) for _, _, row in sized]),
        longest_m=np.array([row.reel_m for _, _, row in sized]) / (1.0 + rules.cable_slack),
        splice_cost=unit_cost(catalogue, "splice"),
    )


def cheapest_drop(catalogue: Catalogue) -> CableType:
    """Give the cheapest cable from a closure to one customer.

    Raises
    ------
    CatalogueError
        When no drop cable is allowed in design.
    """
    rows = [row for row in catalogue.cable_types.values() if row.role == "drop" and row.allowed_in_design]
    if not rows:
        raise CatalogueError([Fault(file="cable_types", problem="no drop cable is allowed in design")])
    return min(rows, key=lambda row: (unit_cost(catalogue, row.id), row.id))


def usable_fibres(fibres: int, spare: float) -> int:
    """Give how many fibres of a cable may be lit when a share of them on top is kept dark."""
    usable = int(fibres / (1.0 + spare))
    while (usable + 1) * (1.0 + spare) <= fibres + 1e-9:
        usable += 1
    while usable > 0 and usable * (1.0 + spare) > fibres + 1e-9:
        usable -= 1
    return usable


def existing_duct(catalogue: Catalogue) -> str | None:
    """Give the cheapest surface that stands for using a duct that is there already; None if none is allowed."""
    rows = [row for row in catalogue.surfaces.values() if row.method == "existing-duct" and row.allowed_in_design]
    return min((row.id for row in rows), key=lambda row: (unit_cost(catalogue, row), row), default=None)


def build_costs_per_m(catalogue: Catalogue, rules: Rules) -> Mapping[str, float]:
    """Give what a metre of each surface costs to open, with one duct where a duct is laid; no cable."""
    duct = unit_cost(catalogue, rules.duct)
    return {
        row.id: unit_cost(catalogue, row.id) + (duct if row.method == "trench" else 0.0)
        for row in catalogue.surfaces.values()
        if row.allowed_in_design
    }
