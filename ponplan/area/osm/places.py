"""The part of the map that is wanted: a named boundary, a box, or everything."""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from ponplan.area.osm.repair import closed_boundary
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ponplan.area.osm.extract import Extract, Feature

NAME_KEYS = ("name", "official_name", "short_name", "int_name", "alt_name", "loc_name")


@dataclass(frozen=True, slots=True)
class Clip:
    """What is wanted: a polygon in degrees, or None for the whole file; and the place's own name.

    `closed_m` of its boundary are not in the file and were closed by straight lines.
    """

    shape: Any
    name: str | None
    closed_m: float = 0.0


def choose_clip(
    path: Path, extract: Extract, *, place: str | None, bbox: tuple[float, float, float, float] | None
) -> Clip:
    """Find the polygon within which everything is taken.

    Raises
    ------
    AreaError
        The place is not in the file or has no complete boundary; the box is empty.
    """
    if bbox is not None:
        west, south, east, north = bbox
        inside = -180 <= west < east <= 180 and -90 <= south < north <= 90
        if not inside:
            raise AreaError(
                [Fault(file="--bbox", problem="the box is empty", value=bbox, limit="W,S,E,N in degrees")]
            )
        return Clip(shapely.box(*bbox), None)
    return Clip(None, None) if place is None else _boundary(path, extract, place)


def _boundary(path: Path, extract: Extract, place: str) -> Clip:
    found = _named(extract.boundaries, place)
    if found:
        return Clip(found[0].shape, found[0].tags.get("name", place))
    for relation in _named(extract.incomplete_boundaries, place):
        repaired = closed_boundary(path, int(relation.id[1:]))
        if repaired is not None:
            return Clip(repaired[0], relation.tags["name"], repaired[1])
    raise AreaError([_no_boundary(extract, place)])


def _named(boundaries: Sequence[Feature], place: str) -> list[Feature]:
    """Give the boundaries of a name, the most local first: the municipality rather than the country."""
    found = [boundary for boundary in boundaries if _folded(place) in _names(boundary)]
    return sorted(found, key=lambda b: (-_level(b), -(b.shape.area if b.shape is not None else 0.0), b.id))


def _no_boundary(extract: Extract, place: str) -> Fault:
    wanted = _folded(place)
    if _named(extract.incomplete_boundaries, place):
        return Fault(
            file="--place",
            value=place,
            problem="the boundary of this place is not complete in the file",
            remedy="take a larger extract, or give --bbox W,S,E,N",
        )
    points = [node for node in extract.place_nodes if wanted in _names(node)]
    if points:
        lon, lat = points[0].shape.x, points[0].shape.y
        return Fault(
            file="--place",
            value=place,
            problem="this place is only a point in the file, without a boundary",
            remedy=f"give a box around {lon:.4f},{lat:.4f} with --bbox W,S,E,N",
        )
    names = {_folded(name): name for boundary in extract.boundaries if (name := boundary.tags.get("name"))}
    near = [names[key] for key in difflib.get_close_matches(wanted, names, n=5, cutoff=0.5)]
    known = ", ".join(near) if near else ", ".join(sorted(names.values())[:12])
    return Fault(
        file="--place",
        value=place,
        problem="no boundary of this name is in the file",
        remedy=f"did you mean one of: {known}?" if known else "the file holds no boundaries; give --bbox W,S,E,N",
    )


def _names(feature: Feature) -> set[str]:
    keys = (key for key in feature.tags if key in NAME_KEYS or key.startswith("name:"))
    return {_folded(name) for key in keys for name in feature.tags[key].split(";")}


def _level(boundary: Feature) -> int:
    level = boundary.tags.get("admin_level", "")
    return int(level) if level.isascii() and level.isdigit() else 0


def _folded(name: str) -> str:
    """Leave out case and accents."""
    decomposed = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
