"""Coordinates of a plan in other systems: longitude and latitude for JSON and XML, or one that is named."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.coordinates import WGS84, crs_fault, is_geographic, transform_xy
from ponplan.errors import OutputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.topology.network import Network

# eleven decimals of a degree are a micrometre: reading back gives the plan's metres again
DECIMALS = 11


def target_crs(network: Network, crs: str | None, *, metric: bool = False) -> str:
    """Give the coordinate system to write in: the one named, else the plan's.

    Raises
    ------
    OutputError
        The one named is not known, or not in metres where it must be.
    """
    if crs is None:
        return network.crs
    fault = crs_fault(crs, file="--crs")
    if fault is None or (not metric and is_geographic(crs)):
        return crs
    raise OutputError([fault])


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
