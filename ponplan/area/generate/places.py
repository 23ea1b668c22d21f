"""Where cabinets may stand and where central offices are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from ponplan.area.generate.streets import CM
from ponplan.area.model import Office, Site

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.area.generate.kinds import Kind
    from ponplan.area.generate.plots import Plots
    from ponplan.area.generate.streets import Bends, Streets

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

CUSTOMERS_PER_OFFICE = 8000
ENCLOSURES = ("cabinet-144", "cabinet-288")  # those that stand already


def cabinets_of(
    streets: Streets, lines: NDArray[np.object_], bends: Bends, kind: Kind, rng: np.random.Generator
) -> tuple[Site, ...]:
    """Give candidate cabinets: of the junctions in each square the one where most streets meet.

    Along a star's spokes, which meet in one place only, they stand at equal distances.
    """
    xy_m = _along(lines, kind.cabinet_spacing_m) if kind.layout == "star" else _junctions(streets, bends, kind)
    stands = rng.random(len(xy_m)) < kind.existing_cabinets
    sizes = rng.integers(0, len(ENCLOSURES), len(xy_m))
    width = max(len(str(len(xy_m))), 3)
    return tuple(
        Site(
            id=f"CAB{number:0{width}d}",
            name=f"Cabinet {number}",
            kind="cabinet",
            x_m=x_m,
            y_m=y_m,
            enclosure=ENCLOSURES[size] if existing else None,
            existing=existing,
        )
        for number, ((x_m, y_m), existing, size) in enumerate(
            zip(xy_m.tolist(), stands.tolist(), sizes.tolist(), strict=True), start=1
        )
    )


def offices_of(plots: Plots, centres_m: FloatArray, customers: int, kind: Kind) -> tuple[Office, ...]:
    """Put central offices on free plots in the middle of districts that lie far apart.

    One for a small area, more for large ones; on a road one at every centre.
    """
    count = len(centres_m) if kind.layout == "road" else min(-(-customers // CUSTOMERS_PER_OFFICE), len(centres_m))
    _, rows = cKDTree(plots.xy_m).query(_far_apart(centres_m, count))
    return tuple(
        Office(id=f"CO{number}", name=f"Central office {number}", x_m=x_m, y_m=y_m)
        for number, (x_m, y_m) in enumerate(plots.xy_m[rows].tolist(), start=1)
    )


def _junctions(streets: Streets, bends: Bends, kind: Kind) -> FloatArray:
    under_river = streets.ends[streets.ranks == "crossing"].reshape(-1)
    allowed = np.setdiff1d(np.flatnonzero(streets.degrees > 1), under_river)
    xy_m = bends(streets.xy_m[allowed])
    square = np.floor((xy_m - xy_m.min(axis=0)) / kind.cabinet_spacing_m).astype(np.int64)
    key = square[:, 0] * (int(square[:, 1].max()) + 1) + square[:, 1]
    order = np.lexsort((-streets.degrees[allowed], key))
    _, first = np.unique(key[order], return_index=True)
    return xy_m[np.sort(order[first])]


def _along(lines: NDArray[np.object_], spacing_m: float) -> FloatArray:
    lengths_m = shapely.length(lines)
    counts = np.maximum(np.floor(lengths_m / spacing_m), 1).astype(np.int64)
    owner = np.repeat(np.arange(len(lines)), counts)
    index = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    points = shapely.line_interpolate_point(lines[owner], (index + 0.5) * lengths_m[owner] / counts[owner])
    xy_m: FloatArray = np.round(shapely.get_coordinates(points), CM)
    return xy_m


def _far_apart(centres_m: FloatArray, count: int) -> FloatArray:
    """Choose centres, the most central one first and then always the one farthest from those chosen."""
    distance_m = -np.hypot(*(centres_m - centres_m.mean(axis=0)).T)
    chosen: list[int] = []
    for _ in range(count):
        chosen.append(int(np.argmax(distance_m)))
        away_m = np.hypot(*(centres_m - centres_m[chosen[-1]]).T)
        distance_m = away_m if len(chosen) == 1 else np.minimum(distance_m, away_m)
    return centres_m[chosen]
