"""How streets run: districts joined by roads, one road, or a star."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from ponplan.area.generate.district import draw_district
from ponplan.area.generate.streets import Streets, join_streets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.area.generate.kinds import Kind

    IntArray = NDArray[np.int64]

APART_M = (120.0, 260.0)  # open land between districts
CROSSING = (0.4, 0.6)  # the part of a road that runs under a river
RIVER_EVERY = 3  # roads between districts
ROAD_PIECE_M = (120.0, 380.0)
OFFICE_EVERY_M = 12000.0  # along a road: well within reach of any optical class
SPOKES = 6  # at least
LONGER_M = 24.0  # by which each spoke is longer for every spoke: a larger star has more and longer ones


def draw_streets(kind: Kind, *, length_m: float, districts: int, rng: np.random.Generator) -> Streets:
    """Draw about so many metres of street in the kind's layout."""
    if kind.layout == "road":
        return _road(length_m, rng)
    if kind.layout == "star":
        return _star(length_m, rng)
    return _towns(kind, length_m, districts, rng)


def _towns(kind: Kind, length_m: float, districts: int, rng: np.random.Generator) -> Streets:
    """Draw districts of unequal size, set them out on a lattice and join neighbours by roads."""
    sizes = rng.uniform(0.7, 1.4, districts)
    parts = [
        draw_district(length_m * size / sizes.sum(), kind.block_m, rng, meshed=kind.meshed) for size in sizes.tolist()
    ]
    parts, pairs = _set_out(parts, rng)
    streets = join_streets(parts)
    if not pairs:
        return streets
    firsts = np.cumsum([0, *(len(part.xy_m) for part in parts)])
    roads = [road + firsts[[a, b]] for a, b in pairs for road in _nearest_places(parts[a], parts[b], 1 + kind.meshed)]
    return _with_roads(streets, np.array(roads, np.int64))


def _set_out(parts: list[Streets], rng: np.random.Generator) -> tuple[list[Streets], list[tuple[int, int]]]:
    """Move districts apart, the first in the middle; give neighbours too."""
    cells = _spiral(len(parts))
    spans = np.array([np.ptp(part.xy_m, axis=0) for part in parts])
    pitch = spans.max(axis=0) + APART_M[0]
    slack = np.maximum(pitch - spans - APART_M[0], 0.0) / 2.0
    moved = []
    for part, cell, room in zip(parts, cells, slack, strict=True):
        middle = (part.xy_m.max(axis=0) + part.xy_m.min(axis=0)) / 2.0
        offset = np.array(cell) * pitch - middle + rng.uniform(-0.5, 0.5, 2) * room
        moved.append(replace(part, xy_m=part.xy_m + offset, centres_m=part.centres_m + offset))
    number = {cell: index for index, cell in enumerate(cells)}
    beside = [(index, number.get((x + 1, y))) for (x, y), index in number.items()]
    below = [(index, number.get((x, y + 1))) for (x, y), index in number.items()]
    return moved, [(a, b) for a, b in beside + below if b is not None]


def _spiral(count: int) -> list[tuple[int, int]]:
    """Give cells of a lattice, from the middle outwards, each beside one before it."""
    radius = int(np.ceil(np.sqrt(count)))
    cells = [(x, y) for x in range(-radius, radius + 1) for y in range(-radius, radius + 1)]
    return sorted(cells, key=lambda cell: (abs(cell[0]) + abs(cell[1]), cell))[:count]


def _nearest_places(a: Streets, b: Streets, count: int) -> list[IntArray]:
    """Give the nearest place of either district, then the nearest of the other places, and so on."""
    roads: list[IntArray] = []
    tails, heads = np.arange(len(a.xy_m)), np.arange(len(b.xy_m))
    for _ in range(count):
        distance, nearest = (np.asarray(found) for found in cKDTree(b.xy_m[heads]).query(a.xy_m[tails]))
        best = int(np.argmin(distance))
        road = np.array([tails[best], heads[nearest[best]]], np.int64)
        tails, heads = tails[tails != road[0]], heads[heads != road[1]]
        roads.append(road)
    return roads


def _with_roads(streets: Streets, roads: IntArray) -> Streets:
    """Add roads between places; every third runs under a river."""
    first_street = int(streets.street.max()) + 1
    xy_m, ends, ranks, street = [streets.xy_m], [streets.ends], [streets.ranks], [streets.street]
    places = len(streets.xy_m)
    for number, (tail, head) in enumerate(roads.tolist()):
        chain = [tail, head]
        if number % RIVER_EVERY == 0:
            banks = [(1 - share) * streets.xy_m[tail] + share * streets.xy_m[head] for share in CROSSING]
            xy_m.append(np.array(banks))
            chain = [tail, places, places + 1, head]
            places += 2
        ends.append(np.stack([chain[:-1], chain[1:]], axis=1))
        ranks.append(np.array(["link"] if len(chain) == 2 else ["link", "crossing", "link"], "U8"))
        street.append(np.full(len(chain) - 1, first_street + number))
    return Streets(
        xy_m=np.concatenate(xy_m),
        ends=np.concatenate(ends),
        ranks=np.concatenate(ranks),
        street=np.concatenate(street),
        centres_m=streets.centres_m,
    )


def _road(length_m: float, rng: np.random.Generator) -> Streets:
    """Draw one road of pieces; every piece has a surface of its own, so each is a street to be built."""
    count = max(round(length_m / np.mean(ROAD_PIECE_M)), 3)
    along = np.concatenate([[0.0], np.cumsum(rng.uniform(*ROAD_PIECE_M, count))])
    places = np.arange(count + 1)
    offices = max(round(along[-1] / OFFICE_EVERY_M), 1)
    centres = along[-1] * (np.arange(offices) + 0.5) / offices
    return Streets(
        xy_m=np.stack([along, np.zeros(count + 1)], axis=1),
        ends=np.stack([places[:-1], places[1:]], axis=1),
        ranks=np.full(count, "main", "U8"),
        street=places[:-1],
        centres_m=np.stack([centres, np.zeros(offices)], axis=1),
    )


def _star(length_m: float, rng: np.random.Generator) -> Streets:
    """Draw spokes from one hub, of unequal length and at unequal angles."""
    count = max(round(np.sqrt(length_m / LONGER_M)), SPOKES)
    angle = (np.arange(count) + rng.uniform(-0.25, 0.25, count)) * 2.0 * np.pi / count
    reach = length_m / count * rng.uniform(0.7, 1.3, count)
    tips = np.stack([np.cos(angle), np.sin(angle)], axis=1) * reach[:, None]
    return Streets(
        xy_m=np.concatenate([np.zeros((1, 2)), tips]),
        ends=np.stack([np.zeros(count, np.int64), np.arange(1, count + 1)], axis=1),
        ranks=np.full(count, "main", "U8"),
        street=np.arange(count),
        centres_m=np.zeros((1, 2)),
    )
