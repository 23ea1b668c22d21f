"""Streets before they are drawn: places where they meet, and straight edges between them on a plane."""

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
    TextArray = NDArray[np.str_]

STEP_M = 25.0  # between the vertices of a curve
WAVES = 2
WAVELENGTH_M = (500.0, 1100.0)
BENDING = 0.2  # of each wave; two of them stay below 1, so that streets never fold over each other
CM = 2  # decimals of every coordinate


@dataclass(frozen=True, slots=True, kw_only=True)
class Streets:
    """Edges between places; `street` numbers the street that an edge is a part of.

    Ranks: `main`, `side`, `lane` (a dead end), `link` (a road between districts), `crossing` (under a river).
    """

    xy_m: FloatArray  # (places, 2)
    ends: IntArray  # (edges, 2)
    ranks: TextArray  # (edges,)
    street: IntArray  # (edges,)
    centres_m: FloatArray  # (districts, 2)

    @property
    def lengths_m(self) -> FloatArray:
        """Length of each edge on the plane, before it is bent."""
        lengths: FloatArray = np.hypot(*(self.xy_m[self.ends[:, 1]] - self.xy_m[self.ends[:, 0]]).T)
        return lengths

    @property
    def degrees(self) -> IntArray:
        """How many edges meet at each place."""
        return np.bincount(self.ends.reshape(-1), minlength=len(self.xy_m))


def join_streets(parts: Sequence[Streets]) -> Streets:
    """Put streets side by side; places, streets and districts are renumbered in order."""
    places = np.cumsum([0, *(len(part.xy_m) for part in parts)])
    numbers = np.cumsum([0, *(part.street.max(initial=-1) + 1 for part in parts)])
    return Streets(
        xy_m=np.concatenate([part.xy_m for part in parts]),
        ends=np.concatenate([part.ends + first for part, first in zip(parts, places, strict=False)]),
        ranks=np.concatenate([part.ranks for part in parts]),
        street=np.concatenate([part.street + first for part, first in zip(parts, numbers, strict=False)]),
        centres_m=np.concatenate([part.centres_m for part in parts]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bends:
    """A smooth one-to-one map of the plane that turns straight streets into curved ones."""

    waves: FloatArray  # (waves, 2) along which direction, radians per metre
    shifts_m: FloatArray  # (waves, 2) where to, at most
    phases: FloatArray  # (waves,)
    origin_m: tuple[float, float]

    def __call__(self, xy_m: FloatArray) -> FloatArray:
        """Move points, (n, 2), to where they are drawn, in whole centimetres."""
        moved = xy_m + np.sin(xy_m @ self.waves.T + self.phases) @ self.shifts_m
        rounded: FloatArray = np.round(moved + np.array(self.origin_m), CM)
        return rounded


def draw_bends(origin_m: tuple[float, float], rng: np.random.Generator) -> Bends:
    """Choose how streets bend."""
    wavelength_m = rng.uniform(*WAVELENGTH_M, WAVES)
    angle = rng.uniform(0.0, 2.0 * np.pi, WAVES)
    direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    number = 2.0 * np.pi / wavelength_m
    across = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
    return Bends(
        waves=direction * number[:, None],
        shifts_m=across * (BENDING / number)[:, None],
        phases=rng.uniform(0.0, 2.0 * np.pi, WAVES),
        origin_m=origin_m,
    )


def draw_lines(streets: Streets, bends: Bends) -> NDArray[np.object_]:
    """Give each edge as a shapely LineString, bent."""
    counts = np.maximum(np.ceil(streets.lengths_m / STEP_M).astype(np.int64), 1) + 1
    owner = np.repeat(np.arange(len(counts)), counts)
    index = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = (index / (counts[owner] - 1))[:, None]
    tails, heads = streets.xy_m[streets.ends[owner, 0]], streets.xy_m[streets.ends[owner, 1]]
    points = bends((1.0 - share) * tails + share * heads)
    return np.asarray(shapely.linestrings(points, indices=owner), object)
