"""Coordinates of a plan as longitude and latitude, as lists that JSON and XML are written from."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.coordinates import WGS84, transform_xy

if TYPE_CHECKING:
    from numpy.typing import NDArray

# eleven decimals of a degree are a micrometre: reading back gives the plan's metres again
DECIMALS = 11


def lonlat_lists(
    shapes: NDArray[np.object_], crs: str, *, decimals: int = DECIMALS
) -> list[list[list[float]] | None]:
    """Give the positions of each point or line as [longitude, latitude] pairs; None for a missing shape."""
    coordinates, owners = shapely.get_coordinates(shapes, return_index=True)
    positions = np.round(transform_xy(coordinates, crs, WGS84), decimals).tolist()
    found: list[list[list[float]] | None] = [None] * len(shapes)
    begins = np.searchsorted(owners, np.arange(len(shapes) + 1)).tolist()
    for row, (begin, end) in enumerate(pairwise(begins)):
        if end > begin:
            found[row] = positions[begin:end]
    return found
