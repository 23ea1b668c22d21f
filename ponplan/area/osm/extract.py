"""What an OpenStreetMap file holds that a plan can use, read in one stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import shapely

from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from ponplan.area.osm.mapping import OsmMapping

ENDINGS = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")
BOUNDARY_TYPES = frozenset({"administrative", "place", "political", "postal_code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A street as drawn: node numbers and degrees, longitude first."""

    osm_id: int
    tags: dict[str, str]
    nodes: NDArray[np.int64]  # (vertices,)
    lonlat: NDArray[np.float64]  # (vertices, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Anything else: a node, or an area with its polygon in degrees; ids are `n1`, `w1`, `r1`."""

    id: str
    tags: dict[str, str]
    shape: Any  # shapely Point, LineString, MultiPolygon; None where the file holds too little of it


@dataclass(slots=True, kw_only=True)
class Extract:
    """The useful part of a file."""

    ways: list[Way] = field(default_factory=list)
    features: dict[str, Feature] = field(default_factory=dict)
    boundaries: list[Feature] = field(default_factory=list)
    incomplete_boundaries: list[Feature] = field(default_factory=list)  # relations; they have no shape
    place_nodes: list[Feature] = field(default_factory=list)
    clipped_ways: list[str] = field(default_factory=list)  # some of their nodes are not in the file
    shapeless: dict[str, dict[str, str]] = field(default_factory=dict)  # no usable geometry: their tags


def is_osm_file(path: Path) -> bool:
    """Tell an OpenStreetMap file by its name."""
    return path.name.casefold().endswith(ENDINGS)


def read_extract(path: Path, mapping: OsmMapping) -> Extract:
    """Read streets, addresses, businesses, buildings and boundaries of an OSM file.

    Raises
    ------
    AreaError
        The file is not there, of another kind, or broken.
    """
    if not path.is_file():
        raise AreaError([Fault(file=str(path), problem="there is no such file")])
    if not is_osm_file(path):
        raise AreaError([Fault(file=path.name, problem="not a file of OpenStreetMap", limit=", ".join(ENDINGS))])
    extract = Extract()
    try:
        for thing in _stream(path, mapping):
            _take(thing, extract)
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
        fault = Fault(file=path.name, problem="the file is broken", value=str(error), remedy="fetch it again")
        raise AreaError([fault]) from error
    _settle(extract)
    return extract


def _settle(extract: Extract) -> None:
    """Keep as shapeless only what did not come again as an area."""
    known = set(extract.features) | {boundary.id for boundary in extract.boundaries}
    extract.shapeless = {name: tags for name, tags in extract.shapeless.items() if name not in known}
    extract.incomplete_boundaries = [
        Feature(id=name, tags=tags, shape=None)
        for name, tags in extract.shapeless.items()
        if name.startswith("r") and tags.get("boundary") in BOUNDARY_TYPES and "name" in tags
    ]


def _stream(path: Path, mapping: OsmMapping) -> Iterator[Any]:
    """Give the objects with a tag of interest; areas come after the ways and relations they are made of."""
    keys = osmium.filter.KeyFilter(*mapping.keys())
    return iter(
        osmium.FileProcessor(str(path)).with_areas(osmium.filter.KeyFilter(*mapping.keys())).with_filter(keys)
    )


def _take(thing: Any, extract: Extract) -> None:  # noqa: ANN401  # osmium's objects live only inside the loop
    tags = {tag.k: tag.v for tag in thing.tags}
    if thing.is_node():
        _take_node(thing, tags, extract)
    elif thing.is_way():
        _take_way(thing, tags, extract)
    elif thing.is_relation():
        extract.shapeless[f"r{thing.id}"] = tags
    else:
        _take_area(thing, tags, extract)


def _take_node(node: Any, tags: dict[str, str], extract: Extract) -> None:  # noqa: ANN401  # as above
    if "highway" in tags and len(tags) == 1:
        return
    feature = Feature(id=f"n{node.id}", tags=tags, shape=shapely.Point(node.lon, node.lat))
    if "place" in tags and "name" in tags:
        extract.place_nodes.append(feature)
    extract.features[feature.id] = feature


def _take_way(way: Any, tags: dict[str, str], extract: Extract) -> None:  # noqa: ANN401  # as above
    located = [(node.ref, node.lon, node.lat) for node in way.nodes if node.location.valid()]
    if len(located) < 2:
        extract.shapeless[f"w{way.id}"] = tags
        return
    lonlat = np.array([(lon, lat) for _, lon, lat in located])
    if "highway" in tags:
        if len(located) < len(way.nodes):
            extract.clipped_ways.append(f"w{way.id}")
        nodes = np.array([ref for ref, _, _ in located], np.int64)
        extract.ways.append(Way(osm_id=way.id, tags=tags, nodes=nodes, lonlat=lonlat))
    elif "boundary" not in tags:
        # a closed way comes again as an area and then replaces this line
        extract.features[f"w{way.id}"] = Feature(id=f"w{way.id}", tags=tags, shape=shapely.LineString(lonlat))


def _take_area(area: Any, tags: dict[str, str], extract: Extract) -> None:  # noqa: ANN401  # as above
    name = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
    if "highway" in tags:
        return
    try:
        shape = shapely.from_wkb(_WKB.create_multipolygon(area))
    except RuntimeError:
        return
    feature = Feature(id=name, tags=tags, shape=shape)
    if tags.get("boundary") in BOUNDARY_TYPES or ("place" in tags and "name" in tags):
        extract.boundaries.append(feature)
    if "boundary" not in tags:
        extract.features[name] = feature


_WKB = osmium.geom.WKBFactory()
