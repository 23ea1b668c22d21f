"""Hand-made OpenStreetMap files, drawn in metres around a point on the central meridian of UTM zone 32."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import numpy as np
import pytest

from ponplan.area.coordinates import transform_xy

if TYPE_CHECKING:
    from pathlib import Path

CRS, ORIGIN_M = "EPSG:32632", (500_000.0, 5_000_000.0)


class Drawing:
    """A small map; coordinates are metres from the origin, ids are given in the order of drawing."""

    def __init__(self) -> None:
        self.nodes: dict[tuple[float, float], int] = {}
        self.tagged: dict[int, dict[str, str]] = {}
        self.ways: list[tuple[int, list[int], dict[str, str]]] = []
        self.relations: list[tuple[int, list[tuple[int, str]], dict[str, str]]] = []

    def at(self, x_m: float, y_m: float) -> int:
        """Give the node at a place; the same place is the same node."""
        return self.nodes.setdefault((x_m, y_m), len(self.nodes) + 1)

    def node(self, x_m: float, y_m: float, **tags: str) -> str:
        """Draw a node of its own."""
        number = len(self.nodes) + 1
        self.nodes[x_m, y_m + number * 1e-9] = number
        self.tagged[number] = _tags(tags)
        return f"n{number}"

    def way(self, *points: tuple[float, float], **tags: str) -> str:
        """Draw a way through places."""
        number = 1000 + len(self.ways)
        self.ways.append((number, [self.at(*point) for point in points], _tags(tags)))
        return f"w{number}"

    def street(self, *points: tuple[float, float], **tags: str) -> str:
        """Draw a residential street, unless the tags say otherwise."""
        return self.way(*points, **{"highway": "residential", **tags})

    def house(self, x_m: float, y_m: float, *, size_m: float = 10.0, **tags: str) -> str:
        """Draw a square building around a place."""
        half = size_m / 2
        corners = [
            (x_m - half, y_m - half),
            (x_m + half, y_m - half),
            (x_m + half, y_m + half),
            (x_m - half, y_m + half),
        ]
        return self.way(*corners, corners[0], **{"building": "yes", **tags})

    def boundary(self, name: str, west: float, south: float, east: float, north: float, **tags: str) -> str:
        """Draw an administrative boundary as a relation."""
        corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        outer = self.way(*corners, boundary="administrative")
        number = 9000 + len(self.relations)
        kind = {"type": "boundary", "boundary": "administrative", "name": name, **_tags(tags)}
        self.relations.append((number, [(int(outer[1:]), "outer")], kind))
        return f"r{number}"

    def save(self, path: Path) -> Path:
        """Write the map as OSM XML."""
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="test">']
        xy_m = np.array(list(self.nodes)).reshape(-1, 2) + ORIGIN_M
        for number, (lon, lat) in zip(
            self.nodes.values(), transform_xy(xy_m, CRS, "EPSG:4326").tolist(), strict=True
        ):
            lines.append(f'<node id="{number}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">')
            lines += [*_tag_lines(self.tagged.get(number, {})), "</node>"]
        for number, nodes, tags in self.ways:
            lines.append(f'<way id="{number}" version="1">')
            lines += [f'<nd ref="{node}"/>' for node in nodes]
            lines += [*_tag_lines(tags), "</way>"]
        for number, members, tags in self.relations:
            lines.append(f'<relation id="{number}" version="1">')
            lines += [f'<member type="way" ref="{ref}" role="{role}"/>' for ref, role in members]
            lines += [*_tag_lines(tags), "</relation>"]
        path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
        return path


def _tags(tags: dict[str, str]) -> dict[str, str]:
    """Write `addr__street` for `addr:street` and `class_` for `class`."""
    return {key.replace("__", ":").rstrip("_"): value for key, value in tags.items()}


def _tag_lines(tags: dict[str, str]) -> list[str]:
    return [f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items()]


@pytest.fixture
def drawing() -> Drawing:
    """Give an empty map."""
    return Drawing()
