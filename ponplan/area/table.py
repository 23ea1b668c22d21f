"""Rows of any file as columns of plain values with geometry: what every reader hands on and every writer takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    ObjectArray = NDArray[np.object_]

POINT, LINE, POLYGON, MULTIPOINT, MULTILINE, MULTIPOLYGON = 0, 1, 3, 4, 5, 6  # shapely's numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One layer or sheet; `None` is a missing value.

    `file` names it in complaints (with the layer or sheet, if there are several); `rows` are the numbers by which
    the user's own program shows the rows; `geometry` holds shapely geometries in `crs`, or is None; `notes` are
    what the reading library remarked.
    """

    file: str
    rows: Sequence[int]
    columns: Mapping[str, Sequence[object]]
    geometry: ObjectArray | None = None
    crs: str | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.rows)

    def column(self, name: str) -> Sequence[object]:
        """Give a column, all missing if there is none of that name."""
        return self.columns.get(name) or [None] * len(self.rows)

    def take(self, which: Sequence[int]) -> Table:
        """Give some of the rows."""
        return replace(
            self,
            rows=[self.rows[index] for index in which],
            columns={name: [values[index] for index in which] for name, values in self.columns.items()},
            geometry=None if self.geometry is None else self.geometry[np.array(which, np.int64)],
        )

    def fault(self, index: int, problem: str, **details: object) -> Fault:
        """Complain about one row."""
        return Fault(file=self.file, row=self.rows[index], problem=problem, **details)  # type: ignore[arg-type]  # by name


def points_of(table: Table, faults: list[Fault]) -> ObjectArray:
    """Give one point per row: of a polygon one inside it; anything else is a fault.

    Returns
    -------
    Points, two-dimensional; None where there was a fault.
    """
    geometry = _sound(table, faults)
    kinds = shapely.get_type_id(geometry)
    lone = (kinds == MULTIPOINT) & (shapely.get_num_geometries(geometry) == 1)
    geometry[lone] = shapely.get_geometry(geometry[lone], 0)
    is_polygon = np.isin(kinds, (POLYGON, MULTIPOLYGON))
    geometry[is_polygon] = shapely.point_on_surface(geometry[is_polygon])
    is_point = shapely.get_type_id(geometry) == POINT
    faults.extend(
        table.fault(
            index,
            "a place must be a point or a polygon",
            field="geometry",
            value=geometry[index].geom_type,
            remedy="give one point per row",
        )
        for index in np.flatnonzero((kinds >= 0) & ~is_point).tolist()
    )
    geometry[~is_point] = None
    return geometry


def lines_of(table: Table, faults: list[Fault]) -> tuple[ObjectArray, NDArray[np.int64]]:
    """Give the lines and the row of each; a line of several parts that do not join becomes several lines."""
    geometry = _sound(table, faults)
    kinds = shapely.get_type_id(geometry)
    is_line = np.isin(kinds, (LINE, MULTILINE))
    faults.extend(
        table.fault(
            index,
            "a route must be a line",
            field="geometry",
            value=geometry[index].geom_type,
            remedy="draw it as a line",
        )
        for index in np.flatnonzero((kinds >= 0) & ~is_line).tolist()
    )
    multi = kinds == MULTILINE
    geometry[multi] = shapely.line_merge(geometry[multi])
    rows = np.flatnonzero(is_line)
    lines, owners = shapely.get_parts(geometry[rows], return_index=True)
    has_length = shapely.length(lines) > 0
    remedy = "draw it again or delete it"
    faults.extend(
        table.fault(owner, "the route has no length", field="geometry", remedy=remedy)
        for owner in np.unique(rows[owners[~has_length]]).tolist()
    )
    return lines[has_length], rows[owners[has_length]]


def _sound(table: Table, faults: list[Fault]) -> ObjectArray:
    """Drop heights; complain about what is missing, empty or not finite, and put None there."""
    if table.geometry is None:
        faults.append(Fault(file=table.file, problem="there are no geometries", remedy="give places or lines"))
        return np.full(len(table), None, object)
    geometry = np.array(shapely.force_2d(table.geometry), object).reshape(-1)
    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    infinite = ~missing & ~np.isfinite(shapely.bounds(geometry)).all(axis=1)
    for index in np.flatnonzero(missing | infinite).tolist():
        problem = "a coordinate is no finite number" if infinite[index] else "the geometry is missing or unreadable"
        faults.append(table.fault(index, problem, field="geometry", remedy="draw it again or delete the row"))
    geometry[missing | infinite] = None
    return geometry
