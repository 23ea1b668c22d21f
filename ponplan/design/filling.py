"""How many customers each splitter of a place gets: as few splitters as can be, of sizes that cost least."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.design.planes import Plane

_STRIDE = 128  # tables of costs are made for so many customers more at a time


def splitter_costs(plane: Plane, more_cost: float, count: int, *, usual: int) -> float:
    """Give the cost of splitters, ports and `more_cost` for each of them, where a port serves `usual` customers."""
    prices = _usual_prices(_sizes(plane), usual, count // _STRIDE + 1)
    fewest = -(-count // min(usual, plane.splitters[-1].outputs))
    return prices[count] + fewest * (plane.port_cost + plane.optics_costs[0] + more_cost)


def fillings(plane: Plane, most: Sequence[int]) -> list[int]:
    """Give how many customers, from each one on, the next splitter takes so that all who follow cost least.

    Parameters
    ----------
    most
        From each customer on: how many one port serves.
    """
    return _fill(_sizes(plane), most)[0]


def _sizes(plane: Plane) -> tuple[tuple[int, float], ...]:
    return tuple((row.outputs, price) for row, price in zip(plane.splitters, plane.splitter_costs, strict=True))


@lru_cache(maxsize=256)
def _usual_prices(sizes: tuple[tuple[int, float], ...], most: int, strides: int) -> list[float]:
    """Give what splitters for 0, 1, 2, ... customers cost where a port serves `most` of them."""
    count = strides * _STRIDE
    return _fill(sizes, [min(most, left) for left in range(count, 0, -1)])[1][::-1]


def _fill(sizes: Sequence[tuple[int, float]], most: Sequence[int]) -> tuple[list[int], list[float]]:
    """Give the size of the next splitter from each customer on, and what splitters for all who follow cost.

    Fewer splitters come first, because each asks for a port on a card, a slot and a feeder.
    """
    count = len(most)
    taken, needed, prices = [0] * count, [0] * (count + 1), [0.0] * (count + 1)
    for start in range(count - 1, -1, -1):
        best = (np.inf, np.inf)
        for outputs, price in sizes:
            size = min(outputs, most[start])
            after = start + size
            cost = (needed[after] + 1, prices[after] + price)
            if size and cost < best:
                best, taken[start] = cost, size
        if taken[start]:
            needed[start], prices[start] = int(best[0]), best[1]
    return taken, prices
