"""How a service area is shared out over map sheets of one scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Lines = NDArray[np.object_]

SCALES = (1000, 2000, 2500, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
MOST_SHEETS = 40  # of one service area, where the scale is not given


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One sheet's piece of ground: number from 1, column and row from the south-west, south-west corner."""

    number: int
    column: int
    row: int
    x_m: float
    y_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Sheets of one scale over an area, numbered line by line from the north-west; empty ones left out."""

    scale: int
    width_m: float
    height_m: float
    cells: tuple[Cell, ...]

    def at(self, column: int, row: int) -> Cell | None:
        """Give the sheet of a place in the grid, if there is one."""
        return next((cell for cell in self.cells if (cell.column, cell.row) == (column, row)), None)


def sheets_over(lines: Lines, window_mm: tuple[float, float], *, scale: int | None = None) -> Grid:
    """Give the grid of the given scale, or of the largest usual scale that needs few enough sheets."""
    if scale is not None:
        return _grid(lines, window_mm, scale)
    for usual in SCALES:
        bounds = shapely.total_bounds(lines)
        most = _count(bounds[2] - bounds[0], window_mm[0], usual) * _count(bounds[3] - bounds[1], window_mm[1], usual)
        if most > 100 * MOST_SHEETS:
            continue
        grid = _grid(lines, window_mm, usual)
        if len(grid.cells) <= MOST_SHEETS:
            return grid
    return _grid(lines, window_mm, SCALES[-1])


def fitting_scale(lines: Lines, window_mm: tuple[float, float]) -> int:
    """Give the largest usual scale at which everything stands on one sheet."""
    bounds = shapely.total_bounds(lines)
    for usual in SCALES:
        if all(_count(bounds[axis + 2] - bounds[axis], window_mm[axis], usual) == 1 for axis in (0, 1)):
            return usual
    return SCALES[-1]


def _count(extent_m: float, window_mm: float, scale: int) -> int:
    """Give how many sheets lie along an extent; a twentieth of each stays free, so that nothing ends on an edge."""
    return max(1, math.ceil(extent_m / (0.95 * window_mm * scale / 1000.0)))


def _grid(lines: Lines, window_mm: tuple[float, float], scale: int) -> Grid:
    width_m, height_m = (side * scale / 1000.0 for side in window_mm)
    bounds = shapely.total_bounds(lines)
    columns = _count(bounds[2] - bounds[0], window_mm[0], scale)
    rows = _count(bounds[3] - bounds[1], window_mm[1], scale)
    x_m = (bounds[0] + bounds[2] - columns * width_m) / 2
    y_m = (bounds[1] + bounds[3] - rows * height_m) / 2
    tree = shapely.STRtree(lines)
    cells: list[Cell] = []
    for row in range(rows - 1, -1, -1):
        for column in range(columns):
            corner = (float(x_m + column * width_m), float(y_m + row * height_m))
            ground = shapely.box(*corner, corner[0] + width_m, corner[1] + height_m)
            if len(tree.query(ground, predicate="intersects")):
                cells.append(Cell(number=len(cells) + 1, column=column, row=row, x_m=corner[0], y_m=corner[1]))
    return Grid(scale=scale, width_m=width_m, height_m=height_m, cells=tuple(cells))
