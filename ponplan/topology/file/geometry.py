"""GeoPackage geometry blobs from shapely arrays and back, and the line that a cable draws on the map."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.topology.network import Cable, Route

_ENVELOPE_BYTES = (0, 32, 48, 48, 64)  # by the envelope code of the flags (GeoPackage 1.2, clause 2.1.3.1)
_HEADER = struct.Struct("<2sBBi")
_LITTLE_ENDIAN = 1


def blobs(geometries: NDArray[np.object_], *, srs_id: int) -> list[bytes | None]:
    """Give each geometry as a GeoPackage blob without envelope; None stays None."""
    header = _HEADER.pack(b"GP", 0, _LITTLE_ENDIAN, srs_id)
    return [None if wkb is None else header + wkb for wkb in shapely.to_wkb(geometries, byte_order=1)]


def geometries(stored: Sequence[Any], *, kind: str) -> tuple[NDArray[np.object_], list[int]]:
    """Give the geometries of GeoPackage blobs, and the places of those that are not plain ones of `kind`.

    Parameters
    ----------
    kind
        `Point` or `LineString`.
    """
    shapes = np.asarray(shapely.from_wkb([_wkb(blob) for blob in stored], on_invalid="ignore"), dtype=object)
    wanted = 0 if kind == "Point" else 1
    good = (shapely.get_type_id(shapes) == wanted) & ~shapely.is_empty(shapes) & ~shapely.has_z(shapes)
    finite = np.ones(len(shapes), dtype=bool)
    coordinates, owners = shapely.get_coordinates(shapes, return_index=True)
    finite[owners[~np.isfinite(coordinates).all(axis=1)]] = False
    return shapes, [int(place) for place in np.flatnonzero(~(good & finite))]


def _wkb(blob: object) -> bytes | None:
    if not isinstance(blob, bytes) or len(blob) < 13 or blob[:2] != b"GP":
        return None
    code = blob[3] >> 1 & 7
    return blob[8 + _ENVELOPE_BYTES[code] :] if code < len(_ENVELOPE_BYTES) else None


def cable_lines(
    cables: Sequence[Cable], routes: Sequence[Route], lines: NDArray[np.object_], starts: Sequence[str | None]
) -> NDArray[np.object_]:
    """Give the line each cable draws: its routes in order, each turned the way the cable runs.

    Parameters
    ----------
    starts
        Junction where each cable begins, None where it is not known.

    Returns
    -------
    (cables,) LineStrings; None for a cable without known routes.
    """
    place = {route.id: number for number, route in enumerate(routes)}
    owners: list[int] = []
    pieces: list[int] = []
    turned: list[bool] = []
    for number, cable in enumerate(cables):
        at = starts[number]
        for name in cable.routes:
            piece = place.get(name)
            if piece is None:
                continue
            backwards = routes[piece].to_junction == at
            at = routes[piece].from_junction if backwards else routes[piece].to_junction
            owners.append(number)
            pieces.append(piece)
            turned.append(backwards)
    result = np.full(len(cables), None, dtype=object)
    if pieces:
        points, point_owners = _joined(lines, np.array(owners), np.array(pieces), np.array(turned))
        drawn, compact = np.unique(point_owners, return_inverse=True)
        result[drawn] = shapely.linestrings(points, indices=compact)
    return result


def _joined(
    lines: NDArray[np.object_], owners: NDArray[np.int64], pieces: NDArray[np.int64], turned: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give the points of all pieces in order with the owner of each, joints once."""
    coordinates = shapely.get_coordinates(lines)
    counts = shapely.get_num_coordinates(lines).astype(np.int64)
    first = np.cumsum(counts) - counts
    lengths = counts[pieces]
    begin = np.cumsum(lengths) - lengths
    offset = np.arange(int(lengths.sum())) - np.repeat(begin, lengths)
    backwards = np.repeat(turned, lengths)
    offset = np.where(backwards, np.repeat(lengths, lengths) - 1 - offset, offset)
    points = coordinates[np.repeat(first[pieces], lengths) + offset]
    point_owners = np.repeat(owners, lengths)
    # a joint is told twice, at the end of one piece and at the beginning of the next
    twice = np.zeros(len(points), dtype=bool)
    twice[1:] = (points[1:] == points[:-1]).all(axis=1) & (point_owners[1:] == point_owners[:-1])
    return _at_least_two(points, point_owners, keep=~twice)


def _at_least_two(
    points: NDArray[np.float64], owners: NDArray[np.int64], *, keep: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Drop doubled points, but not where a line of one point would be left."""
    kept = np.bincount(owners[keep], minlength=int(owners.max()) + 1)
    keep = keep | (kept[owners] < 2)
    return points[keep], owners[keep]
