"""Locked sites are used and forbidden ones are not, proven against exact optima."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from shapely import LineString

from ponplan.area import build_route_graph
from ponplan.area.model import Area, Customer, Office, Route, Rules, Site
from ponplan.design import Design, design_network
from ponplan.errors import AreaError
from ponplan.topology import check_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

SEEDS = range(2000, 2024)
ROUNDING = 1.0 + 1e-7  # of the exact solver's arithmetic
CENTS = 0.01 * 250  # a bill has fewer lines than the price book, each rounded to the cent


@pytest.fixture(scope="module")
def plan_of(cases: ModuleType) -> Callable[[int], Design]:
    """Give the plan of a random area with locks, made once."""

    @functools.cache
    def plan(seed: int) -> Design:
        area = cases.with_locks(cases.random_area(seed), seed)
        return design_network(area, catalogue=cases.random_catalogue(seed), seed=seed)

    return plan


@pytest.mark.parametrize("seed", SEEDS)
def test_optimum_lies_between_bound_and_plan(
    seed: int, plan_of: Callable[[int], Design], cases: ModuleType, exact: ModuleType
) -> None:
    """With locked sites and a forbidden route: bound <= optimum <= cost of the plan."""
    design = plan_of(seed)
    area = cases.with_locks(cases.random_area(seed), seed)
    case = area, design.network.catalogue, design.network.customers
    optimum = exact.solve_exactly(*case)
    assert exact.is_bound(sum(part.bound for part in design.proof.parts.values()), optimum, *case)
    if not design.network.relaxed:
        assert optimum.cost <= design.proof.cost * ROUNDING + CENTS


@pytest.mark.parametrize("seed", SEEDS)
def test_locked_sites_hold_a_splitter_and_forbidden_routes_no_cable(
    seed: int, plan_of: Callable[[int], Design], cases: ModuleType
) -> None:
    """Every locked site is used, nothing lies in a forbidden route, and the check finds nothing."""
    design, area = plan_of(seed), cases.with_locks(cases.random_area(seed), seed)
    nodes = {node.id: node for node in design.network.nodes}
    used = {nodes[splitter.node].site for splitter in design.network.splitters}
    assert {site.id for site in area.sites if site.locked} <= used
    forbidden = {route.id for route in area.routes if route.forbidden}
    assert not forbidden & {route.parent for route in design.network.routes}
    assert [one for one in check_network(design.network) if not one.relaxed] == []


def test_forbidden_route_is_named_among_those_left_out() -> None:
    """The route graph says that a route was left out because it is forbidden, and pieces keep their routes."""
    area = _two_ways()
    graph = build_route_graph(area)
    assert ("short", "forbidden") in graph.left_out
    assert {area.routes[row].id for row in graph.routes.tolist() if row >= 0} == {"long"}


def test_locked_and_forbidden_is_refused() -> None:
    """A site cannot be locked and forbidden."""
    area = _two_ways()
    both = replace(area, sites=(replace(area.sites[0], locked=True, forbidden=True),))
    with pytest.raises(AreaError, match="locked and forbidden"):
        design_network(both)


def test_locked_site_that_no_route_reaches_is_refused() -> None:
    """A locked site far from all routes is named with its distance."""
    area = _two_ways()
    far = replace(area, sites=(*area.sites, Site(id="far", name="", kind="cabinet", x_m=0, y_m=9e3, locked=True)))
    with pytest.raises(AreaError, match=r"sites, row far, field locked: .* m from the nearest"):
        design_network(far)


def test_locked_room_without_customers_is_refused() -> None:
    """A building room serves the customers inside only, so that an empty one cannot be used."""
    area = _two_ways()
    room = Site(id="room", name="", kind="room", x_m=50.0, y_m=0.0, locked=True)
    with pytest.raises(AreaError, match=r"row room, field locked: the locked site can serve nobody"):
        design_network(replace(area, sites=(*area.sites, room)))


def _two_ways() -> Area:
    """Give an office and two customers, joined by a short route that is forbidden and a long one."""
    short = Route(id="short", surface="grass", line=LineString([(0, 0), (100, 0)]), forbidden=True)
    long = Route(id="long", surface="grass", line=LineString([(0, 0), (50, 80), (100, 0)]))
    return Area(
        name="two ways",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=tuple(
            Customer(id=f"c{i}", name="", x_m=99.0, y_m=5.0 + i, customer_class="ordinary") for i in range(2)
        ),
        sites=(Site(id="s", name="", kind="cabinet", x_m=100.0, y_m=0.0),),
        routes=(short, long),
        rules=Rules(),
    )
