"""The route graph against lengths worked out by hand and against laws on random areas."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString

from ponplan.area.graph import RouteGraph, build_route_graph
from ponplan.area.model import Area, Rules
from ponplan.errors import AreaError

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeArea = Callable[..., Area]


def _length(graph: RouteGraph, kind: str) -> float:
    return float(graph.lengths_m[graph.kinds == kind].sum())


def test_street_with_two_customers(make_area: MakeArea):
    """A street of 100 m with customers 10 m off it at 30 m and 60 m: three pieces, two drops of 10 m."""
    graph = build_route_graph(make_area([[(0, 0), (100, 0)]], customers=[(30, 10), (60, -10)]))
    assert graph.lengths_m.tolist() == [30.0, 30.0, 40.0, 10.0, 10.0]
    assert graph.kinds.tolist() == ["route", "route", "route", "drop", "drop"]
    assert graph.segment_ids == ("r1:1", "r1:2", "r1:3", "drop/c1", "drop/c2")
    assert graph.surfaces == ("asphalt",) * 3 + ("lead-in",) * 2


def test_ends_within_the_tolerance_meet(make_area: MakeArea):
    """Two streets whose ends lie 0.4 m apart are one connected street."""
    graph = build_route_graph(make_area([[(0, 0), (100, 0)], [(100.4, 0), (200, 0)]], customers=[(190, 5)]))
    assert len(graph.junction_ids) == 5
    assert not graph.unreachable


def test_ends_beyond_the_tolerance_do_not_meet(make_area: MakeArea):
    """Two streets 5 m apart stay apart, and the customer beside the far one is told why."""
    area = make_area([[(0, 0), (600, 0)], [(605, 0), (1000, 0)]], customers=[(990, 5)])
    graph = build_route_graph(area)
    assert graph.customer_junctions.tolist() == [-1]
    customer, reason = graph.unreachable[0]
    assert customer == "c1"
    assert "390 m" in reason
    assert "r2" in reason
    assert graph.left_out == (("r2", "not connected to the offices' routes"),)


def test_customer_beside_a_lone_driveway_goes_to_the_connected_street(make_area: MakeArea):
    """A route that hangs on nothing does not catch a customer who could reach the network."""
    area = make_area([[(0, 0), (100, 0)], [(50, 18), (50, 30)]], customers=[(50, 20)])
    graph = build_route_graph(area)
    assert graph.unreachable == ()
    assert _length(graph, "drop") == 20.0


def test_end_on_the_inside_of_a_route_splits_it(make_area: MakeArea):
    """A side street ending on the middle of another makes a crossing of three pieces."""
    graph = build_route_graph(make_area([[(0, 0), (100, 0)], [(40, 0), (40, 50)]]))
    assert sorted(graph.lengths_m.tolist()) == [40.0, 50.0, 60.0]
    assert len(graph.junction_ids) == 4


def test_end_near_the_inside_of_a_route_splits_it_there(make_area: MakeArea):
    """A side street ending 0.3 m short of another still joins it, and the lines meet exactly."""
    graph = build_route_graph(make_area([[(0, 0), (100, 0)], [(40, 0.3), (40, 50)]]))
    assert len(graph.junction_ids) == 4
    ends = {line.coords[0] for line in graph.lines} | {line.coords[-1] for line in graph.lines}
    assert ends == {(0.0, 0.0), (40.0, 0.3), (100.0, 0.0), (40.0, 50.0)}


def test_crossing_without_ends_is_a_bridge(make_area: MakeArea):
    """Two streets that cross in their insides do not meet."""
    graph = build_route_graph(make_area([[(0, 0), (100, 0)], [(50, -40), (50, 10)]]))
    assert graph.segment_ids == ("r1:1",)


def test_route_that_returns_to_itself(make_area: MakeArea):
    """A lasso whose last vertex lies on its own inside is a stem and a loop."""
    graph = build_route_graph(make_area([[(0, 0), (50, 0), (100, 0), (100, 50), (50, 50), (50, 0)]]))
    assert graph.lengths_m.tolist() == [50.0, 200.0]
    assert graph.tails[1] == graph.heads[1] == graph.heads[0]


def test_customer_in_a_room_hangs_on_the_room(make_area: MakeArea):
    """A room 20 m off the street gets a lead-in, its customer an indoor run and no drop."""
    area = make_area([[(0, 0), (100, 0)]], sites=[(50, 20)], customers=[(50, 26, "s1"), (58, 20, "s1")])
    graph = build_route_graph(area)
    assert _length(graph, "lead-in") == 20.0
    assert _length(graph, "indoor") == 14.0
    assert not (graph.kinds == "drop").any()
    assert graph.surfaces[-1] == "indoor"


def test_site_within_a_metre_of_a_crossing_stands_on_it(make_area: MakeArea):
    """A cabinet 0.9 m from a crossing is at the crossing: no lead-in, no extra junction."""
    graph = build_route_graph(make_area([[(0, 0), (50, 0)], [(50, 0), (100, 0)]], sites=[(50.5, 0.7)]))
    assert graph.kinds.tolist() == ["route", "route"]
    assert graph.junction_x_m[graph.site_junctions[0]] == 50.0


def test_crowded_customers_share_a_cut(make_area: MakeArea):
    """Ten customers within 0.9 m along the street leave it at one junction."""
    customers = [(50 + n / 10, 10) for n in range(10)]
    graph = build_route_graph(make_area([[(0, 0), (100, 0)]], customers=customers))
    assert (graph.kinds == "route").sum() == 2
    assert np.unique(graph.tails[graph.kinds == "drop"]).size == 1


def test_customer_on_the_street_has_a_drop_of_a_millimetre(make_area: MakeArea):
    """Premises exactly on the route still have a segment with a direction and a length."""
    graph = build_route_graph(make_area([[(0, 0), (100, 0)]], customers=[(50, 0)]))
    assert graph.lengths_m[graph.kinds == "drop"].tolist() == [0.001]
    assert graph.lines[-1].is_valid


def test_room_that_cannot_be_reached_is_named(make_area: MakeArea):
    """Customers of a room out of reach are unreachable, with the room in the reason; so is the room."""
    area = make_area([[(0, 0), (100, 0)]], sites=[(50, 900)], customers=[(50, 905, "s1")])
    graph = build_route_graph(area)
    assert "room s1" in graph.unreachable[0][1]
    assert graph.left_out[0][0] == "s1"
    assert graph.site_junctions.tolist() == [-1]


def test_collapsed_route_is_named(make_area: MakeArea):
    """A route shorter than the tolerance is left out by name."""
    graph = build_route_graph(make_area([[(0, 0), (100, 0)], [(100, 0), (100.3, 0)]]))
    assert graph.left_out == (("r2", "both ends lie within the snap tolerance of 0.5 m"),)


def test_heights_do_not_count(make_area: MakeArea):
    """A route drawn with heights has its length on the map."""
    area = make_area([])
    route = replace(make_area([[(0, 0), (1, 0)]]).routes[0], line=LineString([(0, 0, 5), (30, 40, 99)]))
    assert build_route_graph(replace(area, routes=(route,))).lengths_m.tolist() == [50.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"routes": []}, "no routes"),
        ({"offices": []}, "no allowed central office"),
        ({"offices": [(0, 900)]}, "too far from the connected routes"),
        ({"customers": [(1, 1, "s9")]}, "room is no site"),
    ],
)
def test_hopeless_areas_are_refused(make_area: MakeArea, changes: dict[str, Any], message: str):
    """An area without routes, office or known rooms says so."""
    arguments = {"routes": [[(0, 0), (100, 0)]], **changes}
    with pytest.raises(AreaError, match=message):
        build_route_graph(make_area(arguments.pop("routes"), **arguments))


def _random_town(make_area: MakeArea, seed: int, *, streets: int = 12, customers: int = 60) -> Area:
    """Draw a grid of streets with jitter below the tolerance, and customers and sites anywhere."""
    rng = np.random.default_rng(seed)
    at = np.arange(streets) * 80.0
    lines = [[(x, y), (x + 80.0, y)] for x in at[:-1] for y in at] + [
        [(x, y), (x, y + 80.0)] for x in at for y in at[:-1]
    ]
    lines = [line for line in lines if rng.random() < 0.8]
    lines = [[tuple(np.add(point, rng.uniform(-0.15, 0.15, 2))) for point in line] for line in lines]
    places = rng.uniform(-50, at[-1] + 50, (customers, 2))
    return make_area(
        lines, customers=[tuple(p) for p in places], sites=[tuple(p) for p in places[:9] + 7], offices=[lines[0][0]]
    )


@pytest.mark.parametrize("seed", range(8))
def test_laws_of_random_towns(make_area: MakeArea, seed: int):
    """Connected, nobody lost without a word, premises of degree one, lengths those of the lines, street kept."""
    area = _random_town(make_area, seed)
    graph = build_route_graph(area)
    count = len(graph.junction_ids)
    matrix = coo_array((np.ones(len(graph.tails)), (graph.tails, graph.heads)), shape=(count, count))
    assert connected_components(matrix, directed=False)[0] == 1
    placed = {c.id for c, j in zip(area.customers, graph.customer_junctions, strict=True) if j >= 0}
    assert placed | {name for name, _ in graph.unreachable} == {c.id for c in area.customers}
    degree = np.bincount(np.concatenate([graph.tails, graph.heads]))
    assert (degree[graph.customer_junctions[graph.customer_junctions >= 0]] == 1).all()
    assert np.abs(shapely.length(graph.lines) - graph.lengths_m).max() <= 0.001
    assert (graph.lengths_m > 0).all()
    out = {name for name, _ in graph.left_out}
    kept_m = sum(route.line.length for route in area.routes if route.id not in out)
    assert math.isclose(_length(graph, "route"), kept_m, abs_tol=0.4 * len(area.routes))


@pytest.mark.parametrize("seed", range(3))
def test_lines_run_from_tail_to_head(make_area: MakeArea, seed: int):
    """The first and last coordinate of each line are those of its junctions."""
    graph = build_route_graph(_random_town(make_area, seed))
    xy = np.stack([graph.junction_x_m, graph.junction_y_m], axis=1)
    assert np.array_equal(xy[graph.tails], shapely.get_coordinates(shapely.get_point(graph.lines, 0)))
    assert np.array_equal(xy[graph.heads], shapely.get_coordinates(shapely.get_point(graph.lines, -1)))


def test_exact_noding_keeps_every_millimetre(make_area: MakeArea):
    """Where ends meet exactly, cutting keeps the total length to the rounding of the pieces."""
    rng = np.random.default_rng(5)
    street = [(float(x), float(rng.uniform(0, 30))) for x in range(0, 2000, 20)]
    customers = [(float(x), 20.0) for x in rng.uniform(0, 1900, 300)]
    graph = build_route_graph(make_area([street], offices=[street[0]], customers=customers))
    pieces = (graph.kinds == "route").sum()
    assert pieces > 200
    assert math.isclose(_length(graph, "route"), LineString(street).length, abs_tol=0.0005 * pieces)


def test_same_area_same_graph(make_area: MakeArea):
    """Two builds give the same ids and numbers."""
    first, second = (build_route_graph(_random_town(make_area, 3)) for _ in range(2))
    assert first.junction_ids == second.junction_ids
    assert first.segment_ids == second.segment_ids
    assert np.array_equal(first.lengths_m, second.lengths_m)


def test_adding_a_customer_changes_no_distance(make_area: MakeArea):
    """A further customer cuts streets but adds nothing to their length."""
    area = _random_town(make_area, 4)
    fewer = build_route_graph(replace(area, customers=area.customers[:30]))
    more = build_route_graph(area)
    assert math.isclose(_length(fewer, "route"), _length(more, "route"), abs_tol=0.1)


def test_drop_limit_is_the_areas(make_area: MakeArea):
    """A customer 40 m off the street is out of reach when the rule says 30 m."""
    area = make_area([[(0, 0), (100, 0)]], customers=[(50, 40)], rules=Rules(max_drop_m=30.0))
    assert build_route_graph(area).unreachable[0][0] == "c1"
