"""Neighbourhoods cut out of towns, with their mesh of streets: plans are as good as an exact program with joints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import LineString, Point

from ponplan import design_network
from ponplan.area import build_route_graph
from ponplan.area.generate.generator import generate_area
from ponplan.area.model import Area, Customer, Office, Route, Site
from ponplan.catalogue import read_catalogue

if TYPE_CHECKING:
    from types import ModuleType


ROUNDING = 1.0 + 1e-6  # of the exact solver's arithmetic, and of bills to the cent
CUSTOMERS = 6  # for more the program with joints takes minutes
MOST_ABOVE = 1.002


def _neighbourhood(seed: int, *, in_ducts: bool) -> Area:
    """Give the customers nearest to one of a generated town, and the streets around; the office stands at a crossing.

    Cabinets may stand at three crossings; so near each other that one of them may be where the office is.
    """
    town = generate_area("mixed-town", customers=150, seed=seed)
    rng = np.random.default_rng([seed, 5])
    x_m, y_m = (np.array([getattr(one, axis) for one in town.customers]) for axis in ("x_m", "y_m"))
    middle = int(rng.integers(len(x_m)))
    away_m = np.hypot(x_m - x_m[middle], y_m - y_m[middle])
    near = np.sort(np.argsort(away_m, kind="stable")[:CUSTOMERS])
    disk = Point(x_m[middle], y_m[middle]).buffer(float(away_m[near].max()) + 40.0)
    pieces = [(route, part) for route in town.routes for part in _lines_within(route.line, disk)]
    routes = tuple(
        replace(route, id=f"r{number}", line=part, surface="existing-duct" if in_ducts else route.surface)
        for number, (route, part) in enumerate(pieces)
    )
    area = replace(
        town,
        customers=tuple(replace(town.customers[row], room=None, protection="none") for row in near.tolist()),
        routes=routes,
        sites=(),
        offices=(Office(id="CO", name="", x_m=float(x_m[middle]), y_m=float(y_m[middle])),),
    )
    crossings = rng.permutation(_crossings(area))
    sites = tuple(
        Site(id=f"s{number}", name="", kind="cabinet", x_m=float(x), y_m=float(y))
        for number, (x, y) in enumerate(crossings[:3])
    )
    x, y = crossings[int(rng.integers(len(crossings)))]
    return replace(area, sites=sites, offices=(Office(id="CO", name="", x_m=float(x), y_m=float(y)),))


def _lines_within(line: LineString, disk: object) -> list[LineString]:
    piece = line.intersection(disk)
    return [part for part in getattr(piece, "geoms", [piece]) if isinstance(part, LineString) and part.length > 1.0]


def _crossings(area: Area) -> np.ndarray:
    """Give (n, 2) where streets meet or end."""
    graph = build_route_graph(area)
    ends = np.concatenate([graph.tails[graph.kinds == "route"], graph.heads[graph.kinds == "route"]])
    at = np.flatnonzero(~np.isin(np.bincount(ends, minlength=len(graph.junction_x_m)), (0, 2)))
    return np.stack([graph.junction_x_m[at], graph.junction_y_m[at]], axis=1)


@pytest.mark.parametrize("in_ducts", [False, True])
def test_plans_of_neighbourhoods_are_nearly_the_least(exact: ModuleType, *, in_ducts: bool):
    """Bound <= optimum, and the plan, feeders in cables of their own or not, is at most 0.2 % above it."""
    catalogue = read_catalogue()
    for seed in (0, 4, 7, 10):
        area = _neighbourhood(seed, in_ducts=in_ducts)
        design = design_network(area, catalogue=catalogue)
        assert design.network.relaxed == ()
        optimum = exact.solve_exactly(area, catalogue, design.network.customers, joints="feeders apart")
        assert design.proof.bound <= optimum.cost * ROUNDING
        assert design.proof.cost <= optimum.cost * MOST_ABOVE


def test_few_customers_are_served_from_beside_the_office():
    """A cabinet at the office's own junction needs no feeder and no frame: dearer fibre to six is the lesser evil."""
    road = LineString([(0.0, 0.0), (150.0, 0.0)])
    sites = [Site(id=f"s{i}", name="", kind="cabinet", x_m=x, y_m=0.0) for i, x in enumerate((0.0, 150.0))]
    more = [Site(id=f"m{i}", name="", kind="cabinet", x_m=100.0 + 8.0 * i, y_m=0.0) for i in range(5)]
    area = Area(
        name="short road",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=tuple(
            Customer(id=f"c{i}", name="", x_m=150.0, y_m=5.0 + i, customer_class="ordinary") for i in range(6)
        ),
        sites=(*sites, *more),
        routes=(Route(id="r", surface="existing-duct", line=road),),
    )
    network = design_network(area).network
    assert {splitter.node for splitter in network.splitters} == {"s0"}
    assert not any(line.item.startswith("odf-96") for line in network.bill)
