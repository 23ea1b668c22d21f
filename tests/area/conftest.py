"""Small areas whose every length can be worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shapely import LineString

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
