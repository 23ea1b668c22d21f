"""Small areas whose every length can be worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import LineString

from ponplan.area.graph import RouteGraph, build_route_graph
from ponplan.area.model import Area, Customer, Office, Route, Rules, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Line = Sequence[tuple[float, float]]


@pytest.fixture
def make_area() -> Callable[..., Area]:
    """Build an area from bare coordinates: offices, customers, sites and routes named by their number from 1."""

    def build(
        routes: Sequence[Line],
        *,
        offices: Sequence[tuple[float, float]] = ((0.0, 0.0),),
        customers: Sequence[tuple[float, float] | tuple[float, float, str]] = (),
        sites: Sequence[tuple[float, float]] = (),
        rules: Rules | None = None,
    ) -> Area:
        return Area(
            name="hand-made",
            crs="EPSG:32632",
            offices=tuple(Office(id=f"o{n}", name="", x_m=x, y_m=y) for n, (x, y) in enumerate(offices, start=1)),
            customers=tuple(
                Customer(
                    id=f"c{n}",
                    name="",
                    x_m=place[0],
                    y_m=place[1],
                    customer_class="residential",
                    room=place[2] if len(place) > 2 else None,
                )
                for n, place in enumerate(customers, start=1)
            ),
            sites=tuple(
                Site(id=f"s{n}", name="", kind="cabinet", x_m=x, y_m=y) for n, (x, y) in enumerate(sites, start=1)
            ),
            routes=tuple(
                Route(id=f"r{n}", surface="asphalt", line=LineString(line)) for n, line in enumerate(routes, start=1)
            ),
            rules=rules or Rules(),
        )

    return build


@pytest.fixture
def ragged_town(make_area: Callable[..., Area]) -> Callable[[int], RouteGraph]:
    """Build the graph of a random town of 7 x 7 crossings with a quarter of its streets missing, and 40 customers."""

    def build(seed: int) -> RouteGraph:
        rng = np.random.default_rng(seed)
        at = np.arange(7) * 100.0
        lines = [[(x, y), (x + 100.0, y)] for x in at[:-1] for y in at]
        lines += [[(x, y), (x, y + 100.0)] for x in at for y in at[:-1]]
        kept = [line for line in lines if rng.random() < 0.75]
        return build_route_graph(
            make_area(kept, offices=[kept[0][0]], customers=rng.uniform(0, 600, (40, 2)).tolist())
        )

    return build
