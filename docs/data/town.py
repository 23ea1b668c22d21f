"""Writes `town.osm`, the invented town of the tutorial: a generated area drawn as OpenStreetMap would draw it.

Run it from the project's root: python docs/data/town.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely

from ponplan.area.coordinates import WGS84, transform_xy
from ponplan.area.generate import generate_area

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.area import Area
    from ponplan.area.model import Customer, Route

KIND, CUSTOMERS, SEED = "mixed-town", 90, 7
HIGHWAYS = {"pavement": "footway", "grass": "path", "track": "track"}
TAGS = {
    "finance": {"amenity": "bank"},
    "public": {"amenity": "school"},
    "ordinary": {"office": "company"},
    "residential": {},
}


class _Nodes:
    """Numbers places, one number for one place."""

    def __init__(self, crs: str) -> None:
        self.crs = crs
        self.numbers: dict[tuple[float, float], int] = {}
        self.tags: dict[int, Mapping[str, str]] = {}

    def add(self, x_m: float, y_m: float, tags: Mapping[str, str] | None = None) -> int:
        """Give the number of a place; with tags it is a thing of its own."""
        lon, lat = transform_xy(np.array([(x_m, y_m)]), self.crs, WGS84)[0].round(7).tolist()
        if tags:
            while (lon, lat) in self.numbers:
                lat = round(lat + 1e-6, 7)
        number = self.numbers.setdefault((lon, lat), len(self.numbers) + 1)
        if tags:
            self.tags[number] = tags
        return number


def town_osm(area: Area) -> Iterator[str]:
    """Give the lines of an OpenStreetMap file with the area's streets, addresses and exchange."""
    nodes = _Nodes(area.crs)
    ways = [_way(number, route, nodes) for number, route in enumerate(area.routes, start=1)]
    for office in area.offices:
        nodes.add(office.x_m, office.y_m, {"telecom": "exchange", "name": office.name})
    for number, customer in enumerate(area.customers, start=1):
        nodes.add(customer.x_m, customer.y_m, _customer_tags(customer, number))
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<osm version="0.6" generator="docs/data/town.py: an invented town, no real data">'
    for (lon, lat), number in nodes.numbers.items():
        yield f' <node id="{number}" lat="{lat}" lon="{lon}" version="1">{_tags(nodes.tags.get(number, {}))}</node>'
    yield from ways
    yield "</osm>"


def _way(number: int, route: Route, nodes: _Nodes) -> str:
    references = "".join(f'<nd ref="{nodes.add(x, y)}"/>' for x, y in shapely.get_coordinates(route.line).tolist())
    tags = {"highway": HIGHWAYS.get(route.surface, "residential"), "name": route.name}
    if route.surface == "drilled":
        tags |= {"tunnel": "yes", "layer": "-1"}
    return f' <way id="{number}" version="1">{references}{_tags(tags)}</way>'


def _customer_tags(customer: Customer, number: int) -> dict[str, str]:
    tags = {"addr:housenumber": str(number), "addr:street": "Town Street"}
    if customer.customer_class != "residential":
        tags |= {"name": customer.name, **TAGS[customer.customer_class]}
    return tags


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items() if value)


def main(target: Path) -> None:
    """Write the town."""
    area = generate_area(KIND, customers=CUSTOMERS, seed=SEED)
    target.write_text("\n".join(town_osm(area)) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("town.osm"))
