"""Frame sizes of traffic as a table of (bytes, share of packets)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ponplan.errors import ScenarioError

SizeMix = int | Sequence[tuple[int, float]]

# The three modes of EPON traffic studies with the shares of packets used there:
# thesis text on 1library.net, "Simulation model of dynamic bandwidth allocation" (62, 10 and 28 per cent).
IPACT_TRIMODAL: tuple[tuple[int, float], ...] = ((64, 0.62), (594, 0.10), (1518, 0.28))


def size_table(frame_bytes: SizeMix) -> tuple[tuple[int, float], ...]:
    """Give one size, or a mix weighted by packets, as pairs whose shares add up to one.

    Raises
    ------
    ScenarioError
        If the mix is empty, a size is not a positive whole number, or a weight is negative or not finite.
    """
    pairs = ((frame_bytes, 1.0),) if isinstance(frame_bytes, int) else tuple(frame_bytes)
    for size, weight in pairs:
        if size < 1 or weight < 0 or not math.isfinite(weight):
            raise ScenarioError(f"packet sizes: a size of {size} bytes with weight {weight} is not possible")
    total = sum(weight for _, weight in pairs)
    if total <= 0:
        raise ScenarioError("packet sizes: the weights must add up to more than nothing")
    return tuple((size, weight / total) for size, weight in pairs if weight > 0)


def mean_bytes(table: Sequence[tuple[int, float]]) -> float:
    """Give the mean over packets."""
    return sum(size * share for size, share in table)


def mean_remainder_bytes(table: Sequence[tuple[int, float]]) -> float:
    """Give the mean unused end of a long slot filled with whole frames of these (line) sizes.

    (E[Y^2] - E[Y]) / (2 E[Y]): the residual life of a renewal process on whole bytes, because the frame
    that does not fit is the one that would cover the slot's end.
    """
    first = mean_bytes(table)
    second = sum(size * size * share for size, share in table)
    return (second - first) / (2.0 * first)
