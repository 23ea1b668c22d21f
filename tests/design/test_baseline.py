"""Yesterday's network: worked by hand on a street, and counted again another way on a town."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from shapely import LineString

from ponplan.area import read_area
from ponplan.area.model import Area, Customer, Office, Route, Rules, Site
from ponplan.catalogue import read_catalogue
from ponplan.design import baseline as yesterday
from ponplan.design import design_network
from ponplan.design.baseline import PointToPoint, point_to_point, terminals_needed
from ponplan.design.prices import trunk_prices, unit_cost
from ponplan.design.pricing import opening_costs
from ponplan.design.problem import PlanProblem, pose_problem
from ponplan.design.trench import grow_trunk

ROOT = Path(__file__).parents[2]


def street(*classes: str, services: tuple[tuple[str, int], ...] = ()) -> Area:
    """Give an office at the beginning of a kilometre of asphalt, and customers 10 m off its end."""
    return Area(
        name="street",
        crs="EPSG:32632",
        offices=(Office(id="co", name="co", x_m=0.0, y_m=0.0),),
        customers=tuple(
            Customer(id=f"c{n}", name="", x_m=1000.0, y_m=10.0 * (-1) ** n, customer_class=name, services=services)
            for n, name in enumerate(classes)
        ),
        sites=(Site(id="cab", name="cab", kind="cabinet", x_m=1000.0, y_m=0.0),),
        routes=(Route(id="r", surface="asphalt", line=LineString([(0, 0), (1000, 0)])),),
        rules=Rules(cable_slack=0.0, spare_fibres=0.0),
    )


def planned(area: Area, *, fibres_per_customer: int = 1) -> tuple[PlanProblem, PointToPoint]:
    """Open all routes of an area that is a tree, and lay a fibre to everybody."""
    catalogue = read_catalogue()
    problem = pose_problem(area, catalogue)
    costs = opening_costs(problem)
    trunk = grow_trunk(problem, np.arange(len(costs)), costs, np.array([], np.int64))
    cables = trunk_prices(catalogue, area.rules)
    return problem, point_to_point(problem, trunk.tree, cables, fibres_per_customer=fibres_per_customer)


def test_two_customers_by_hand() -> None:
    """A switch customer and a bank at the end of a kilometre: every figure from the price book by hand."""
    _, found = planned(street("ordinary", "finance"))
    items = {name: unit_cost(read_catalogue(), name) for name in read_catalogue().prices}
    # 1000 m of asphalt with a duct and four fibres, 2 x 10 m on private ground with a drop of one fibre
    shared = 1000 * (items["asphalt"] + items["duct-110"] + items["trunk-4"])
    drops = 20 * (items["lead-in"] + items["drop-1"])
    closure = items["drop-closure-2"] + items["closure-installation"]
    # splices: at the frame, at the drop, at the outlet
    ends = 2 * (3 * items["splice"] + items["odf-port"] + items["drop-connection"] + items["p2p-commissioning"])
    terminals = sum(items[name] for name in ("p2p-switch-port", "p2p-media-converter", "msap-port", "msap-modem"))
    frame = items["odf-96"] + items["odf-installation"]
    assert found.cost_total == pytest.approx(shared + drops + closure + frame + ends + terminals, abs=0.005)
    assert found.fibre_km == pytest.approx(2.020)
    assert found.duct_bores_km == pytest.approx(1.0)
    assert found.rack_units == pytest.approx(0.04 + 0.1)
    assert found.power_w == pytest.approx(2 + 4 + 6 + 8)
    assert found.duct_fill_percent == pytest.approx(100 * (5.2 / 100) ** 2, abs=0.005)
    assert {name: part.baseline for name, part in found.by_class.items()} == {
        "finance": "msap",
        "ordinary": "ip-switch",
    }


def test_frames_hold_every_fibre() -> None:
    """A hundred customers end on the frame for 288, which costs more than the frame for 96 that ninety take."""
    items = {name: unit_cost(read_catalogue(), name) for name in read_catalogue().prices}

    def office_cost(count: int) -> float:
        return float(yesterday._frame_costs(read_catalogue(), np.array([count, 0])).sum())

    assert office_cost(90) == items["odf-96"] + items["odf-installation"]
    assert office_cost(100) == items["odf-288"] + items["odf-installation"]
    assert office_cost(1152 + 100) == items["odf-1152"] + items["odf-288"] + 2 * items["odf-installation"]


def test_two_fibres_per_customer() -> None:
    """With a fibre for each direction there is twice the fibre, and the same terminals."""
    _, one = planned(street("ordinary", "ordinary"))
    _, two = planned(street("ordinary", "ordinary"), fibres_per_customer=2)
    assert two.fibre_km == pytest.approx(2 * one.fibre_km)
    assert two.fibres == 4
    assert (two.rack_units, two.power_w) == (one.rack_units, one.power_w)
    assert two.cost_total > one.cost_total


@pytest.mark.parametrize(("circuits", "modems"), [(0, 1), (1, 1), (4, 1), (5, 2), (16, 4)])
def test_modems_by_circuits(circuits: int, modems: int) -> None:
    """A modem has four E1 ports: sixteen circuits take four modems, each with its fibre."""
    services = (("e1", circuits),) if circuits else (("ethernet-10m", 1),)
    problem, found = planned(street("finance", services=services))
    assert terminals_needed(problem.catalogue, problem.customers[0]) == modems
    assert found.fibres == modems
    assert found.rack_units == pytest.approx(0.1 * modems)


def test_cheaper_alone_for_nobody() -> None:
    """Sharing a street costs less than the sum of doing it twice."""
    _, both = planned(street("ordinary", "finance"))
    alone = sum(planned(street(name))[1].cost_total for name in ("ordinary", "finance"))
    assert both.cost_total < alone


@pytest.fixture(scope="module")
def town() -> tuple[PlanProblem, PointToPoint, nx.Graph]:
    """Give the bundled town over the shortest-way tree from its office, and the tree as a graph."""
    area = read_area(ROOT / "topologies" / "mixed-town")
    problem = pose_problem(area, read_catalogue())
    graph = problem.graph
    roads = nx.MultiGraph()
    for edge, (tail, head) in enumerate(zip(graph.tails.tolist(), graph.heads.tolist(), strict=True)):
        roads.add_edge(tail, head, key=edge, weight=float(graph.lengths_m[edge]))
    office = int(problem.offices[0])
    ways = nx.single_source_dijkstra_path(roads, office)
    edges = set()
    for premises in problem.premises.tolist():
        for a, b in zip(ways[premises], ways[premises][1:], strict=False):
            edges.add(min(roads[a][b], key=lambda key: (roads[a][b][key]["weight"], key)))
    tree = nx.Graph()
    for edge in sorted(edges):
        tree.add_edge(int(graph.tails[edge]), int(graph.heads[edge]), weight=float(graph.lengths_m[edge]), edge=edge)
    costs = opening_costs(problem)
    trunk = grow_trunk(problem, np.array(sorted(edges)), costs, np.array([], np.int64))
    return problem, point_to_point(problem, trunk.tree, trunk_prices(problem.catalogue, area.rules)), tree


def test_fibre_counted_by_walking(town: tuple[PlanProblem, PointToPoint, nx.Graph]) -> None:
    """Fibre is the sum over customers of modems times the way to the office, walked one by one."""
    problem, found, tree = town
    distance = nx.single_source_dijkstra_path_length(tree, int(problem.offices[0]))
    metres = [
        terminals_needed(problem.catalogue, problem.customers[row]) * distance[premises]
        for row, premises in zip(problem.served.tolist(), problem.premises.tolist(), strict=True)
    ]
    assert found.fibre_km == pytest.approx(math.fsum(metres) / 1000.0, abs=0.001)


def test_classes_add_up(town: tuple[PlanProblem, PointToPoint, nx.Graph]) -> None:
    """Cost to the cent, fibres, racks and power of the classes are those of the whole; everybody is in one."""
    problem, found, _ = town
    parts = found.by_class.values()
    assert round(math.fsum(part.cost for part in parts), 2) == found.cost_total
    assert sum(part.customers for part in parts) == len(problem.served)
    assert sum(part.fibres for part in parts) == found.fibres
    assert math.fsum(part.fibre_km for part in parts) == pytest.approx(found.fibre_km, abs=0.001 * len(parts))
    assert found.power_w == pytest.approx(math.fsum(p.office_power_w + p.customer_power_w for p in parts), abs=0.1)


def test_facts_keep_their_names(town: tuple[PlanProblem, PointToPoint, nx.Graph]) -> None:
    """What `design --json` has promised stays at the top."""
    facts = town[1].as_facts()
    assert {"fibre_km", "duct_bores_km", "cost_total", "by_class", "rack_units", "fibres_per_customer"} <= set(facts)
    assert isinstance(yesterday.ClassBaseline, type)


def test_rule_of_the_area_decides_how_many_fibres_each_customer_has() -> None:
    """With `p2p_fibres = 2` in the rules the design's comparison takes a fibre each way."""
    area = street("ordinary", "ordinary")
    one, two = (
        design_network(replace(area, rules=replace(area.rules, p2p_fibres=count))).baseline for count in (1, 2)
    )
    assert (one.fibres_per_customer, two.fibres_per_customer) == (1, 2)
    assert two.fibres == 2 * one.fibres
    assert two.fibre_km == pytest.approx(2 * one.fibre_km, abs=0.001)
