"""Bridges and tunnels: which ways lie on one structure and so share its fate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ponplan.area.coordinates import WGS84, geometries_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.area.osm.extract import Way
    from ponplan.area.osm.mapping import Streets

SAME_STRUCTURE_M = 15.0  # a footway and a carriageway on one bridge are drawn about this far apart


def structure_groups(ways: Sequence[Way], mapping: Streets, crs: str) -> dict[int, str]:
    """Name the risk group of every way on a structure: kind and lowest way id of all within reach of each other."""
    groups: dict[int, str] = {}
    for rule in mapping.structure:
        found = [way for way in ways if way.osm_id not in groups and rule.fits(way.tags)]
        if found:
            lines = np.array([shapely.LineString(way.lonlat) for way in found], object)
            labels = _clusters(geometries_in(lines, WGS84, crs))
            lowest: dict[int, int] = {}
            for label, way in zip(labels, found, strict=True):
                lowest[label] = min(lowest.get(label, way.osm_id), way.osm_id)
            groups.update(
                {way.osm_id: f"{rule.name}-w{lowest[label]}" for label, way in zip(labels, found, strict=True)}
            )
    return groups


def _clusters(lines: object) -> list[int]:
    one, other = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=SAME_STRUCTURE_M)
    size = len(lines)  # type: ignore[arg-type]  # an array of geometries
    graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(size, size))
    labels: list[int] = connected_components(graph, directed=False)[1].tolist()
    return labels
