"""Which buildings there are, where each stands, and who is in it: counts are exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.area.generate.kinds import Building, Kind
    from ponplan.area.generate.plots import Plots

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

FADING = 1.5  # how fast plots empty towards the edge of a district
STRENGTH = 3.0  # how firmly buildings of the centre keep to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """All buildings of an area."""

    kind: Kind
    types: IntArray  # (buildings,) row of the type in the kind's list
    tenants: IntArray  # (buildings,) customers in each

    def of(self, building: int) -> Building:
        """Give the type of a building."""
        return self.kind.buildings[int(self.types[building])][0]


def share_out(total: int, shares: Sequence[float]) -> list[int]:
    """Split a whole number by shares, the largest remainders rounded up."""
    exact = np.array(shares, np.float64) / sum(shares) * total
    counts = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(counts - exact, kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    listed: list[int] = counts.tolist()
    return listed


def draw_stock(kind: Kind, customers: int, rng: np.random.Generator) -> Stock:
    """Draw buildings until exactly so many customers are in them."""
    totals = _totals(kind, customers)
    drawn = [
        _tenants(total, *building.tenants, rng) for (building, _), total in zip(kind.buildings, totals, strict=True)
    ]
    types = np.repeat(np.arange(len(drawn)), [len(tenants) for tenants in drawn])
    return Stock(kind=kind, types=types, tenants=np.concatenate(drawn))


def place_stock(
    stock: Stock, plots: Plots, centres_m: FloatArray, rng: np.random.Generator
) -> tuple[Stock, Plots, Plots]:
    """Choose a plot for every building, fewer towards the edge.

    Returns
    -------
    The buildings in order of streets and houses, the plot of each, and the plots left.
    """
    radius_m = _radii(plots.xy_m, centres_m)
    eager = rng.exponential(size=len(radius_m)) * np.exp(FADING * radius_m)
    order = np.argsort(eager, kind="stable")
    chosen = np.sort(order[: len(stock.types)])
    outward = chosen[np.argsort(radius_m[chosen], kind="stable")]
    centrality = np.array([building.centrality for building, _ in stock.kind.buildings])[stock.types]
    wish = rng.random(len(stock.types)) - STRENGTH * centrality * rng.random(len(stock.types))
    placed = np.empty(len(stock.types), np.int64)
    placed[np.argsort(wish, kind="stable")] = outward
    by_address = np.lexsort((plots.house[placed], plots.street[placed]))
    ordered = Stock(kind=stock.kind, types=stock.types[by_address], tenants=stock.tenants[by_address])
    return ordered, plots.take(placed[by_address]), plots.take(np.sort(order[len(stock.types) :]))


def _totals(kind: Kind, customers: int) -> list[int]:
    """Share customers out over the types; a type too small for one building gives its customers to the largest."""
    totals = share_out(customers, [share for _, share in kind.buildings])
    largest = int(np.argmax(totals))
    for row, (building, _) in enumerate(kind.buildings):
        if row != largest and totals[row] < building.tenants[0]:
            totals[largest] += totals[row]
            totals[row] = 0
    return totals


def _tenants(total: int, least: int, most: int, rng: np.random.Generator) -> IntArray:
    """Draw sizes that add up exactly; the last building takes what is left, if that is enough for one."""
    if total < least:
        return np.full(int(total > 0), total, np.int64)
    drawn = rng.integers(least, most + 1, total // least + 1)
    count = int(np.searchsorted(np.cumsum(drawn), total, "right"))
    sizes, left = drawn[:count], total - int(drawn[:count].sum())
    if left >= least or not count:
        return np.append(sizes, left)
    sizes[:left] += 1  # there are fewer left than one building, and rarely fewer buildings than are left
    sizes[0] += max(left - count, 0)
    return sizes


def _radii(xy_m: FloatArray, centres_m: FloatArray) -> FloatArray:
    """Give how far out plots are, 1 on average."""
    distance_m = np.asarray(cKDTree(centres_m).query(xy_m)[0], np.float64)
    radius: FloatArray = distance_m / max(float(distance_m.mean()), 1.0)
    return radius
