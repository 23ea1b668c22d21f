"""Many polylines as one table of coordinates, so that points on them are found and cut all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    ObjectArray = NDArray[np.object_]

SAME_PLACE_M = 0.001  # vertices this close to a cut are the cut
GAP_M = 100.0  # between the keys of neighbouring lines, so that nothing near one line's end is near the next's start


@dataclass(frozen=True, slots=True)
class Polylines:
    """The vertices of line i stand at `first[i]:first[i + 1]`; `along_m` is measured from the line's start."""

    xy_m: FloatArray  # (vertices, 2)
    first: IntArray  # (lines + 1,)
    along_m: FloatArray  # (vertices,)

    @classmethod
    def from_lines(cls, lines: Sequence[object] | ObjectArray) -> Polylines:
        """Take the coordinates of shapely LineStrings, heights left out."""
        array = np.array(lines, dtype=object)
        first = np.zeros(len(array) + 1, np.int64)
        np.cumsum(shapely.get_num_points(array), out=first[1:])
        return cls.from_coordinates(shapely.get_coordinates(array), first)

    @classmethod
    def from_coordinates(cls, xy_m: FloatArray, first: IntArray) -> Polylines:
        """Measure each vertex's distance along its line."""
        steps = np.hypot(*np.diff(xy_m, axis=0, prepend=xy_m[:1]).T)
        steps[first[:-1]] = 0.0
        total = np.cumsum(steps)
        return cls(xy_m, first, total - np.repeat(total[first[:-1]], np.diff(first)))

    @property
    def lengths_m(self) -> FloatArray:
        """Length of each line."""
        return self.along_m[self.first[1:] - 1]

    @property
    def owners(self) -> IntArray:
        """Line number of each vertex."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))

    @property
    def bases_m(self) -> FloatArray:
        """Where each line begins when all are laid on one axis, `GAP_M` apart."""
        bases = np.zeros(len(self.first) - 1)
        np.cumsum(self.lengths_m[:-1] + GAP_M, out=bases[1:])
        return bases

    def points_at(self, lines: IntArray, positions_m: FloatArray) -> FloatArray:
        """Give the coordinates at distances along lines, (points, 2)."""
        bases = self.bases_m
        keys = bases[self.owners] + self.along_m
        after = np.searchsorted(keys, bases[lines] + positions_m)
        after = np.clip(after, self.first[lines] + 1, self.first[lines + 1] - 1)
        step = self.along_m[after] - self.along_m[after - 1]
        share = np.divide(positions_m - self.along_m[after - 1], step, out=np.zeros(len(lines)), where=step > 0)
        share = np.clip(share, 0.0, 1.0)[:, None]
        return self.xy_m[after - 1] * (1.0 - share) + self.xy_m[after] * share

    def positions_of(self, lines: IntArray, points: ObjectArray) -> FloatArray:
        """Give the distance along each line of the place nearest to each point."""
        return np.asarray(shapely.line_locate_point(self.geometries()[lines], points), np.float64)

    def with_ends(self, tails_xy_m: FloatArray, heads_xy_m: FloatArray) -> Polylines:
        """Move the first and last vertex of every line."""
        xy_m = self.xy_m.copy()
        xy_m[self.first[:-1]], xy_m[self.first[1:] - 1] = tails_xy_m, heads_xy_m
        return Polylines.from_coordinates(xy_m, self.first)

    def take(self, lines: IntArray) -> Polylines:
        """Give some of the lines, in the order asked for."""
        counts = np.diff(self.first)[lines]
        first = np.zeros(len(lines) + 1, np.int64)
        np.cumsum(counts, out=first[1:])
        rows = np.repeat(self.first[:-1][lines] - first[:-1], counts) + np.arange(first[-1])
        return Polylines(self.xy_m[rows], first, self.along_m[rows])

    def geometries(self) -> ObjectArray:
        """Give shapely LineStrings."""
        return np.asarray(shapely.linestrings(self.xy_m, indices=self.owners), object)

    def cut(self, lines: IntArray, positions_m: FloatArray, xy_m: FloatArray) -> tuple[Polylines, IntArray]:
        """Cut lines at inner positions; the vertex at a cut is put at `xy_m`.

        Parameters
        ----------
        lines, positions_m, xy_m
            Of each cut: the line, the distance along it (ascending within a line), the coordinates (cuts, 2).

        Returns
        -------
        The pieces, in order of line and position, and each piece's line.
        """
        bases = self.bases_m
        vertex_keys, cut_keys = bases[self.owners] + self.along_m, bases[lines] + positions_m
        kept = self._away_from(vertex_keys, cut_keys)
        # every cut ends one piece and begins the next, so it stands twice among the vertices
        keys = np.concatenate([vertex_keys[kept], np.repeat(cut_keys, 2)])
        coordinates = np.concatenate([self.xy_m[kept], np.repeat(xy_m, 2, axis=0)])
        starts = np.concatenate([self._is_first()[kept], np.tile([False, True], len(lines))])
        owners = np.concatenate([self.owners[kept], np.repeat(lines, 2)])
        order = np.argsort(keys, kind="stable")
        first = np.append(np.flatnonzero(starts[order]), len(order))
        return Polylines.from_coordinates(coordinates[order], first), owners[order][first[:-1]]

    def _is_first(self) -> NDArray[np.bool_]:
        flags = np.zeros(len(self.xy_m), bool)
        flags[self.first[:-1]] = True
        return flags

    def _away_from(self, vertex_keys: FloatArray, cut_keys: FloatArray) -> NDArray[np.bool_]:
        """Tell which vertices are ends or not at a cut."""
        is_end = self._is_first()
        is_end[self.first[1:] - 1] = True
        cut_keys = np.concatenate([[-np.inf], np.sort(cut_keys), [np.inf]])
        after = np.searchsorted(cut_keys, vertex_keys)
        near = np.minimum(cut_keys[after] - vertex_keys, vertex_keys - cut_keys[after - 1]) < SAME_PLACE_M
        return is_end | ~near
