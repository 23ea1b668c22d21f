"""How many ducts a set of cables needs."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue.model import DuctType


def fill_share(diameters_mm: Sequence[float], duct: DuctType, *, bores: int) -> float:
    """Give the share of the inner cross-section of some ducts that cables take; infinite without ducts."""
    if bores < 1:
        return math.inf if diameters_mm else 0.0
    return math.fsum(d * d for d in diameters_mm) / (bores * duct.inner_mm**2)


def bores_needed(diameters_mm: Sequence[float], duct: DuctType) -> int | None:
    """Give how many ducts hold the cables, none beyond its fill and number of cables; None if one cable is too thick.

    Cables go thickest first into the first duct with room (first fit decreasing: Johnson 1973).
    """
    return _first_fit(tuple(sorted(diameters_mm, reverse=True)), duct.inner_mm, duct.max_fill, duct.max_cables)


@functools.lru_cache(maxsize=65536)
def _first_fit(diameters_mm: tuple[float, ...], inner_mm: float, max_fill: float, max_cables: int) -> int | None:
    room = inner_mm**2 * max_fill * (1.0 + 1e-9)
    taken: list[float] = []
    counts: list[int] = []
    for diameter_mm in diameters_mm:
        section = diameter_mm**2
        if section > room:
            return None
        for bore, used in enumerate(taken):
            if counts[bore] < max_cables and used + section <= room:
                taken[bore] += section
                counts[bore] += 1
                break
        else:
            taken.append(section)
            counts.append(1)
    return len(taken)
