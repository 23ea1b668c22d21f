"""How many bores the cables of one route take."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue.model import DuctType


def bores_needed(duct: DuctType, diameters_mm: Sequence[float]) -> int:
    """Give the least number of ducts such that neither the fill nor the count of cables per duct is exceeded.

    Cables are drawn in one after the other, largest first, each into the first duct that still takes it.
    """
    room_mm2 = duct.max_fill * math.pi / 4.0 * duct.inner_mm**2
    bores: list[tuple[float, int]] = []
    for diameter_mm in sorted(diameters_mm, reverse=True):
        area_mm2 = math.pi / 4.0 * diameter_mm**2
        for index, (filled, count) in enumerate(bores):
            if filled + area_mm2 <= room_mm2 and count < duct.max_cables:
                bores[index] = (filled + area_mm2, count + 1)
                break
        else:
            bores.append((area_mm2, 1))
    return len(bores)
