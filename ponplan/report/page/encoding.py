"""Numbers and coordinates as short lists, so that a page with many thousand customers opens quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.coordinates import WGS84, transform_xy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

STEPS_PER_DEGREE = 1_000_000  # of a coordinate as written: about a decimetre on the ground
TOLERANCE_M = 0.5  # by which a line may be smoothed


class Names:
    """A list of words in which each stands once; `number` gives a word's place."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.places: dict[str, int] = {}
        for word in words:
            self.number(word)

    def number(self, word: str) -> int:
        """Give the place of a word, which is added if it is new."""
        return self.places.setdefault(word, len(self.places))

    @property
    def words(self) -> list[str]:
        """All words in order."""
        return list(self.places)


def points(xy: NDArray[np.float64], crs: str) -> dict[str, list[int]]:
    """Give points (n, 2) as differences of millionths of a degree, longitudes and latitudes apart."""
    if len(xy) == 0:
        return {"x": [], "y": []}
    steps = np.rint(transform_xy(xy, crs, WGS84) * STEPS_PER_DEGREE).astype(np.int64)
    return {"x": differences(steps[:, 0]), "y": differences(steps[:, 1])}


def lines(shapes: Sequence[object] | NDArray[np.object_], crs: str) -> dict[str, list[int]]:
    """Give lines as one row of points, and how many points each has."""
    if len(shapes) == 0:
        return {"x": [], "y": [], "n": []}
    smooth = shapely.simplify(np.asarray(shapes, object), TOLERANCE_M, preserve_topology=False)
    counts = shapely.get_num_coordinates(smooth)
    return {**points(shapely.get_coordinates(smooth), crs), "n": counts.tolist()}


def differences(values: ArrayLike) -> list[int]:
    """Give whole numbers as the first one and the steps from each to the next: shorter to write."""
    row = np.asarray(values, np.int64)
    return np.diff(row, prepend=0).tolist() if len(row) else []


def thousandths(values: ArrayLike) -> list[int | None]:
    """Give numbers as whole thousandths, None where they are not finite."""
    return [
        round(value * 1000.0) if np.isfinite(value) else None for value in np.asarray(values, np.float64).tolist()
    ]


def tenths(values: ArrayLike) -> list[int]:
    """Give lengths in metres as whole decimetres."""
    return [round(value * 10.0) for value in np.asarray(values, np.float64).tolist()]
