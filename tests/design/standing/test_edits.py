"""An edited design comes back: what is locked stays, what was moved or drawn is used, what cannot be is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import LineString

from ponplan.area import read_area
from ponplan.area.plant.model import AreaPlant
from ponplan.design import design_network, redesign_network
from ponplan.design.standing.change import customer_ways
from ponplan.errors import AreaError, DesignFileError
from ponplan.topology import check_network
from ponplan.topology.network import Node, Route

if TYPE_CHECKING:
    from ponplan.area.model import Area
    from ponplan.topology import Network

EXAMPLE = Path(__file__).resolve().parents[3] / "topologies" / "industrial-park"


@pytest.fixture(scope="module")
def area() -> Area:
    """Give an area of some customers."""
    whole = read_area(EXAMPLE)
    sites = tuple(replace(site, existing=False) for site in whole.sites)
    return replace(whole, customers=whole.customers[:36], sites=sites, circuits=(), plant=AreaPlant())


@pytest.fixture(scope="module")
def network(area: Area) -> Network:
    """Give its design."""
    return design_network(area, effort="quick").network


def _locked(network: Network, table: str, *names: str) -> Network:
    records = tuple(replace(one, locked=True) if one.id in names else one for one in getattr(network, table))
    return replace(network, **{table: records})


def _redesigned(area: Area, earlier: Network, *, built: bool = False) -> Network:
    again = redesign_network(area, earlier, built=built, effort="quick").design.network
    assert [one.message for one in check_network(again) if not one.relaxed] == []
    return again


def _busiest_cabinet(network: Network) -> Node:
    hosts = [splitter.node for splitter in network.splitters]
    nodes = {node.id: node for node in network.nodes}
    return nodes[max(sorted(set(hosts)), key=hosts.count)]


def test_locked_empty_cabinet_is_used(area: Area, network: Network) -> None:
    """A cabinet that the plan would not choose is used when it is locked, with its enclosure, and paid for once."""
    used = {splitter.node for splitter in network.splitters}
    site = next(site for site in area.sites if site.kind == "cabinet" and site.id not in used)
    sites = tuple(replace(one, locked=one is site) for one in area.sites)
    place = design_network(replace(area, sites=sites), effort="quick").network
    cabinet = next(node for node in place.nodes if node.site == site.id)
    earlier = replace(network, nodes=(*network.nodes, replace(cabinet, locked=True, enclosure="cabinet-288")))
    again = _redesigned(area, earlier)
    assert [node.enclosure for node in again.nodes if node.id == cabinet.id] == ["cabinet-288"]
    assert cabinet.id in {splitter.node for splitter in again.splitters}
    assert sum(line.quantity for line in again.bill if line.item == "cabinet-288") == 1.0


def test_locked_splitter_keeps_its_node_and_type(area: Area, network: Network) -> None:
    """A locked splitter stands again where it stood, as large as it was and under its name."""
    chosen = network.splitters[0]
    again = _redesigned(area, _locked(network, "splitters", chosen.id))
    found = next(splitter for splitter in again.splitters if splitter.id == chosen.id)
    assert (found.node, found.type, found.locked) == (chosen.node, chosen.type, True)


def test_locked_cable_keeps_routes_and_type(area: Area, network: Network) -> None:
    """A locked cable lies where it lay, between the same nodes."""
    chosen = next(cable for cable in network.cables if cable.role == "distribution")
    again = _redesigned(area, _locked(network, "cables", chosen.id))
    found = next(cable for cable in again.cables if cable.id == chosen.id)
    assert found == replace(chosen, locked=True)


def test_locked_route_stays_open(area: Area, network: Network) -> None:
    """A locked route is dug although nothing need lie in it."""
    chosen = next(route for route in network.routes if route.state == "unused" and route.kind == "route")
    routes = tuple(
        replace(one, state="new", locked=True, duct="duct-110", bores=1) if one.id == chosen.id else one
        for one in network.routes
    )
    again = _redesigned(area, replace(network, routes=routes))
    assert next(route for route in again.routes if route.id == chosen.id).state == "new"


def test_whole_locked_way_keeps_the_light(area: Area, network: Network) -> None:
    """With everything locked nobody's light changes, and the bill is the same."""
    earlier = network
    for table in ("nodes", "cables", "splitters", "routes"):
        names = [one.id for one in getattr(network, table) if getattr(one, "state", "") != "unused"]
        earlier = _locked(earlier, table, *names)
    again = redesign_network(area, earlier, effort="quick")
    assert customer_ways(again.design.network) == customer_ways(network)
    assert again.change.cost == 0.0


def test_moved_cabinet_is_used_where_it_stands_now(area: Area, network: Network) -> None:
    """A cabinet dragged along its street is used at the new place, and the check is clean again."""
    cabinet = _busiest_cabinet(network)
    moved = replace(cabinet, x_m=cabinet.x_m + 25.0, y_m=cabinet.y_m + 10.0)
    earlier = replace(network, nodes=tuple(moved if node is cabinet else node for node in network.nodes))
    assert "junction" in {one.rule for one in check_network(earlier)}
    again = redesign_network(area, earlier, effort="quick")
    found = next(node for node in again.design.network.nodes if node.id == cabinet.id)
    assert np.hypot(found.x_m - moved.x_m, found.y_m - moved.y_m) < 1.0
    assert cabinet.id in {splitter.node for splitter in again.design.network.splitters}
    assert [one.message for one in check_network(again.design.network)] == []
    assert "was moved by 26.9 m" in again.change.adopted[0]


def test_point_drawn_by_hand_becomes_a_cabinet(area: Area, network: Network) -> None:
    """A point drawn with nothing but its place is used as a cabinet."""
    office = next(node for node in network.nodes if node.kind == "office")
    point = Node(id="", kind="", junction="", x_m=office.x_m + 60.0, y_m=office.y_m + 20.0)
    again = _redesigned(area, replace(network, nodes=(*network.nodes, point)))
    assert "drawn-1" in {splitter.node for splitter in again.splitters}


def test_route_drawn_by_hand_may_be_used(area: Area, network: Network) -> None:
    """A line drawn in the layer of routes joins the routes of the plan."""
    ends = [(node.x_m, node.y_m) for node in network.nodes if node.kind == "closure"][:2]
    line = np.empty(1, object)
    line[:] = [LineString(ends)]
    drawn = Route(
        id="", parent="", kind="", from_junction="", to_junction="", length_m=0.0, surface="", state="unused"
    )
    earlier = replace(
        network, routes=(*network.routes, drawn), route_lines=np.concatenate([network.route_lines, line])
    )
    again = _redesigned(area, earlier)
    assert any(route.parent == "drawn-1" for route in again.routes)


@pytest.mark.parametrize("built", [True, False])
def test_built_cabinet_cannot_be_moved(area: Area, network: Network, *, built: bool) -> None:
    """What stands in the street does not move on the map; with locked cables it does not either."""
    cabinet = _busiest_cabinet(network)
    nodes = tuple(replace(node, x_m=node.x_m + 50.0) if node is cabinet else node for node in network.nodes)
    names = [cable.id for cable in network.cables if cabinet.id in (cable.from_node, cable.to_node)]
    earlier = _locked(replace(network, nodes=nodes), "cables", *names)
    with pytest.raises(
        DesignFileError, match="is built and was moved" if built else "cables that are locked end in it"
    ):
        redesign_network(area, earlier, built=built)


def test_locked_splitter_without_enough_light(area: Area, network: Network) -> None:
    """A lock on a splitter that is too large for the light budget is a fault that names it."""
    cabinet = _busiest_cabinet(network)
    splitter = next(one for one in network.splitters if one.node == cabinet.id)
    large = replace(splitter, type="splitter-1x128", locked=True)
    earlier = replace(network, splitters=tuple(large if one is splitter else one for one in network.splitters))
    with pytest.raises(DesignFileError, match=rf"splitters, row {splitter.id}, field locked: .*cannot be used"):
        redesign_network(area, earlier)


def test_locked_cable_without_its_node(area: Area, network: Network) -> None:
    """A locked cable whose node was deleted is a fault that says which."""
    cabinet = _busiest_cabinet(network)
    cable = next(one for one in network.cables if one.from_node == cabinet.id)
    earlier = replace(network, nodes=tuple(node for node in network.nodes if node is not cabinet))
    with pytest.raises(
        DesignFileError, match=rf"cables, row {cable.id}, field from_node: .* \(found '{cabinet.id}'\)"
    ):
        redesign_network(area, _locked(earlier, "cables", cable.id))


def test_cabinet_moved_onto_a_forbidden_site(area: Area, network: Network) -> None:
    """A cabinet may not be dragged onto a forbidden site."""
    cabinet = _busiest_cabinet(network)
    site = next(site for site in area.sites if site.kind == "cabinet" and site.id != cabinet.site)
    barred = replace(area, sites=tuple(replace(s, forbidden=s is site) for s in area.sites))
    moved = replace(cabinet, x_m=site.x_m, y_m=site.y_m)
    earlier = replace(network, nodes=tuple(moved if node is cabinet else node for node in network.nodes))
    with pytest.raises(DesignFileError, match=rf"stands on site {site.id}, which is forbidden"):
        redesign_network(barred, earlier)


def test_all_faults_at_once(area: Area, network: Network) -> None:
    """Cables and customers drawn by hand are both told of, with what to do instead."""
    cable, customer = replace(network.cables[0], id=""), replace(network.customers[0], id="")
    earlier = replace(network, cables=(*network.cables, cable), customers=(*network.customers, customer))
    with pytest.raises(DesignFileError) as refused:
        redesign_network(area, earlier)
    assert {fault.file for fault in refused.value.faults} == {"cables", "customers"}


def test_customers_who_come_move_and_go(area: Area, network: Network) -> None:
    """On a built design only the new and the moved customer are connected; who left is disconnected."""
    come = replace(area.customers[3], id="new", x_m=area.customers[3].x_m + 4.0)
    moved = replace(area.customers[0], x_m=area.customers[5].x_m + 3.0, y_m=area.customers[5].y_m + 3.0)
    customers = (moved, *(c for c in area.customers[1:] if c.id != area.customers[9].id), come)
    again = redesign_network(replace(area, customers=customers), network, built=True, effort="quick")
    change = again.change
    assert change.connected == ("new",)
    assert change.rerouted == (moved.id,)
    assert change.disconnected == (area.customers[9].id,)
    assert f"W-{area.customers[9].id}" in change.removed["cables"]
    assert [one.message for one in check_network(again.design.network)] == []


def test_area_in_another_coordinate_system(area: Area, network: Network) -> None:
    """An earlier design of another place or system is refused."""
    with pytest.raises((AreaError, DesignFileError), match="another coordinate system"):
        redesign_network(replace(area, crs="EPSG:2056"), network)
