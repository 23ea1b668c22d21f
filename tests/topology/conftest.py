"""Small networks made by hand; every expected number on them can be worked out with pencil and paper."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import LineString

from ponplan.catalogue import read_catalogue
from ponplan.topology import network as records
from ponplan.topology import write_network
from ponplan.topology.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CRS = "EPSG:2056"
ORIGIN = (2_757_000.0, 1_221_000.0)
RULES = records.PlanRules(
    max_split=None,
    spare_fibres=0.2,
    cable_slack=0.03,
    oversubscription=20.0,
    growth_per_year=0.05,
    horizon_years=10,
    fibre="g652d",
)


class Builder:
    """Collects records; `finish` adds the bill and the facts."""

    def __init__(self, name: str, technology: str) -> None:
        self.name = name
        self.technology = technology
        self.catalogue = read_catalogue()
        self.nodes: dict[str, records.Node] = {}
        self.routes: dict[str, records.Route] = {}
        self.lines: list[LineString] = []
        self.cables: list[records.Cable] = []
        self.olts: list[records.Olt] = []
        self.cards: list[records.Card] = []
        self.ports: list[records.OltPort] = []
        self.uplinks: list[records.Uplink] = []
        self.splitters: list[records.Splitter] = []
        self.onus: list[records.Onu] = []
        self.links: list[records.Link] = []
        self.customers: list[records.NetworkCustomer] = []

    def node(self, name: str, kind: str, x_m: float, y_m: float, enclosure: str = "", *, at: str = "") -> None:
        """Put a node, metres from the origin, at a junction named after it or after the node it stands `at`."""
        self.nodes[name] = records.Node(
            id=name,
            kind=kind,
            junction=f"j-{at or name}",
            x_m=ORIGIN[0] + x_m,
            y_m=ORIGIN[1] + y_m,
            enclosure=enclosure,
        )

    def route(
        self, start: str, end: str, *, surface: str = "asphalt", duct: str = "duct-110", bores: int = 1
    ) -> None:
        """Dig straight between two nodes."""
        name = f"r-{start}-{end}"
        a, b = self.nodes[start], self.nodes[end]
        line = LineString([(a.x_m, a.y_m), (b.x_m, b.y_m)])
        self.routes[name] = records.Route(
            id=name,
            parent=name,
            kind="route",
            from_junction=a.junction,
            to_junction=b.junction,
            length_m=round(line.length, 3),
            surface=surface,
            state="new",
            duct=duct,
            bores=bores,
        )
        self.lines.append(line)

    def cable(self, name: str, role: str, kind: str, *stops: str) -> None:
        """Lay a cable over the routes between consecutive nodes."""
        routes = []
        for a, b in pairwise(stops):
            routes.append(f"r-{a}-{b}" if f"r-{a}-{b}" in self.routes else f"r-{b}-{a}")
        length_m = round(math.fsum(self.routes[route].length_m for route in routes), 3)
        self.cables.append(
            records.Cable(
                id=name,
                role=role,
                type=kind,
                from_node=stops[0],
                to_node=stops[-1],
                routes=tuple(routes),
                length_m=length_m,
                slack_m=round(length_m * 0.03, 3),
            )
        )

    def olt(self, *, ports: int, optics: str, card: str, node: str = "office", bearer: str = "ip") -> None:
        """Set up a one-card OLT named after its office; the first port is working, others protect it."""
        name = f"olt-{node}"
        self.olts.append(records.Olt(id=name, node=node, type="olt-chassis-1", bearer=bearer))
        self.cards.append(records.Card(id=f"{name}-1", olt=name, slot=1, type=card))
        self.uplinks.append(records.Uplink(id=f"{name}-u1", olt=name, number=1, rate_bps=10_000_000_000, to="core"))
        for number in range(1, ports + 1):
            self.ports.append(
                records.OltPort(
                    id=f"{name}-p{number}",
                    card=f"{name}-1",
                    number=number,
                    optics=optics,
                    technology=self.technology,
                    role="working" if number == 1 else "protecting",
                    standby="" if number == 1 else "cold",
                    partner="" if number == 1 else f"{name}-p1",
                )
            )

    def splitter(self, name: str, node: str, kind: str, *, stage: int = 1) -> None:
        """Put a splitter into a node."""
        self.splitters.append(
            records.Splitter(id=name, node=node, type=kind, stage=stage, technology=self.technology)
        )

    def link(
        self,
        start: str,
        end: str,
        *strands: tuple[str, int],
        leg: int = 1,
        into: int = 1,
        role: str = "working",
    ) -> None:
        """Join two devices by fibres."""
        self.links.append(
            records.Link(
                id=f"l{len(self.links) + 1}",
                role=role,
                from_device=start,
                from_port=leg,
                to_device=end,
                to_port=into,
                strands=strands,
            )
        )

    def customer(
        self,
        name: str,
        node: str,
        *,
        onu: str,
        services: tuple[tuple[str, int], ...] = (("internet-100", 1),),
        protection: str = "none",
    ) -> None:
        """Sign up a customer at a node, with a terminal."""
        at = self.nodes[node]
        self.customers.append(
            records.NetworkCustomer(
                id=name,
                name=name.upper(),
                x_m=at.x_m,
                y_m=at.y_m,
                customer_class="ordinary",
                services=services,
                technology=self.technology,
                protection=protection,
                attributes={"floor": 1},
            )
        )
        self.onus.append(
            records.Onu(id=f"onu-{name}", customer=name, node=node, type=onu, technology=self.technology)
        )

    def finish(self) -> Network:
        """Give the network with its bill."""
        network = Network(
            name=self.name,
            crs=CRS,
            catalogue=self.catalogue,
            rules=RULES,
            customers=tuple(self.customers),
            nodes=tuple(self.nodes.values()),
            routes=tuple(self.routes.values()),
            route_lines=np.array(self.lines, dtype=object),
            cables=tuple(self.cables),
            olts=tuple(self.olts),
            cards=tuple(self.cards),
            ports=tuple(self.ports),
            uplinks=tuple(self.uplinks),
            splitters=tuple(self.splitters),
            onus=tuple(self.onus),
            links=tuple(self.links),
        )
        bill = bill_of(network)
        facts = {
            "customers_total": len(network.customers),
            "cost_total": round(math.fsum(line.total_cost for line in bill), 2),
            "seed": 1,
        }
        return replace(network, bill=bill, facts=facts)


def bill_of(network: Network) -> tuple[records.BillLine, ...]:
    """Count the bill the slow and plain way."""
    count: Counter[str] = Counter()
    for route in network.routes:
        if route.state == "new":
            count[route.surface] += route.length_m
            if route.duct and network.catalogue.surfaces[route.surface].method == "trench":
                count[route.duct] += route.length_m * route.bores
    optics = {1_000_000_000: "bearer-optics-ge", 622_080_000: "bearer-optics-stm-4"}
    for element in network.bearer_elements:
        count[element.type] += 1
        count["bearer-commissioning"] += 1
        for uplink in network.uplinks:
            count[optics[uplink.rate_bps]] += 2
        for link in network.bearer_links:
            count[optics[link.rate_bps]] += 1
    for cable in network.cables:
        count[cable.type] += cable.length_m + cable.slack_m
    for node in network.nodes:
        if node.enclosure:
            count[node.enclosure] += 1
            count[f"{network.catalogue.enclosures[node.enclosure].kind}-installation"] += 1
    for things in (network.splitters, network.olts, network.cards, network.onus):
        for thing in things:
            count[thing.type] += 1
    ports = {port.id for port in network.ports}
    splitters = {splitter.id for splitter in network.splitters}
    for port in network.ports:
        count[port.optics] += 1
        count["pon-port-commissioning"] += 1
    count["splitter-installation"] += len(network.splitters)
    ends = network.catalogue.terminations
    for link in network.links:
        start = "olt" if link.from_device in ports else "splitter-output"
        end = "splitter-input" if link.to_device in splitters else "onu"
        count["splice"] += max(0, len(link.strands) - 1) + ends[start].splices + ends[end].splices
        count["odf-port"] += link.from_device in ports
    for task in ("drop-connection", "onu-commissioning"):
        count[task] += len(network.onus)
    return tuple(_bill_line(network, item, quantity) for item, quantity in sorted(count.items()))


def _bill_line(network: Network, item: str, quantity: float) -> records.BillLine:
    price = network.catalogue.price(item)
    return records.BillLine(
        item=item,
        section=price.section,
        description=price.description,
        unit=price.unit,
        quantity=round(quantity, 3),
        material_cost=price.material_cost,
        labour_cost=price.labour_cost,
        total_cost=round(round(quantity, 3) * (price.material_cost + price.labour_cost), 2),
    )


def tiny_network() -> Network:
    """Give one OLT, one splitter 1:8 and four ONUs: 1000 m of feeder and drops of 100 m."""
    town = Builder("tiny", "epon")
    town.node("office", "office", 0, 0)
    town.node("cabinet", "cabinet", 1000, 0, "cabinet-96")
    town.route("office", "cabinet")
    town.olt(ports=1, optics="optics-epon-px20", card="card-epon-8")
    town.splitter("s1", "cabinet", "splitter-1x8")
    town.cable("f1", "feeder", "trunk-4", "office", "cabinet")
    town.link("olt-office-p1", "s1", ("f1", 1))
    for number, (x_m, y_m) in enumerate(((1100, 0), (1000, 100), (1000, -100), (1060, 80)), start=1):
        _home(town, number, "cabinet", x_m, y_m, onu="onu-epon-1ge")
        town.link("s1", f"onu-c{number}", (f"d{number}", 1), leg=number)
    return town.finish()


def _home(
    town: Builder, number: int, start: str, x_m: float, y_m: float, *, onu: str, protection: str = "none"
) -> None:
    """Dig a drop from a node to a new customer."""
    town.node(f"home{number}", "premises", x_m, y_m)
    town.route(start, f"home{number}", surface="lead-in", duct="", bores=0)
    town.cable(f"d{number}", "drop", "drop-1", start, f"home{number}")
    town.customer(f"c{number}", f"home{number}", onu=onu, protection=protection)


def two_stage_network() -> Network:
    """Give a tree of two stages, 1:4 then 1:8 twice, two customers behind each: GPON B+."""
    town = Builder("two stages", "gpon")
    town.node("office", "office", 0, 0)
    town.node("first", "cabinet", 1000, 0, "cabinet-96")
    town.route("office", "first", bores=2)
    town.olt(ports=1, optics="optics-gpon-b+", card="card-gpon-8")
    town.splitter("s0", "first", "splitter-1x4")
    town.cable("f0", "feeder", "trunk-4", "office", "first")
    town.link("olt-office-p1", "s0", ("f0", 1))
    for branch, y_m in ((1, 500), (2, -500)):
        town.node(f"second{branch}", "cabinet", 1000, y_m, "cabinet-96")
        town.route("first", f"second{branch}")
        town.cable(f"t{branch}", "distribution", "trunk-4", "first", f"second{branch}")
        town.splitter(f"s{branch}", f"second{branch}", "splitter-1x8", stage=2)
        town.link("s0", f"s{branch}", (f"t{branch}", 2), leg=branch)
        for leg in (1, 2):
            number = 2 * branch + leg - 2
            _home(town, number, f"second{branch}", 1000 + 50 * (-1) ** leg, y_m, onu="onu-gpon-1ge")
            town.link(f"s{branch}", f"onu-c{number}", (f"d{number}", 1), leg=leg)
    return town.finish()


def bus_network() -> Network:
    """Give a road with three taps 10/90 in a row and a 1:4 splitter at its end: five customers on EPON."""
    town = Builder("bus", "epon")
    town.node("office", "office", 0, 0)
    town.olt(ports=1, optics="optics-epon-px20", card="card-epon-8")
    before, source, leg = "office", "olt-office-p1", 1
    for stop in (1, 2, 3):
        town.node(f"stop{stop}", "closure", 400 * stop, 0, "closure-12")
        town.route(before, f"stop{stop}")
        town.cable(f"f{stop}", "feeder", "trunk-4", before, f"stop{stop}")
        town.splitter(f"t{stop}", f"stop{stop}", "tap-10-90", stage=stop)
        town.link(source, f"t{stop}", (f"f{stop}", 1), leg=leg)
        _home(town, stop, f"stop{stop}", 400 * stop, 80, onu="onu-epon-1ge")
        town.link(f"t{stop}", f"onu-c{stop}", (f"d{stop}", 1), leg=2)
        before, source, leg = f"stop{stop}", f"t{stop}", 1
    town.node("end", "cabinet", 1600, 0, "cabinet-96")
    town.route("stop3", "end")
    town.cable("f4", "feeder", "trunk-4", "stop3", "end")
    town.splitter("s4", "end", "splitter-1x4", stage=4)
    town.link("t3", "s4", ("f4", 1), leg=1)
    for number, y_m in ((4, 60), (5, -60)):
        _home(town, number, "end", 1600, y_m, onu="onu-epon-1ge")
        town.link("s4", f"onu-c{number}", (f"d{number}", 1), leg=number - 3)
    return town.finish()


def star_network() -> Network:
    """Give a splitter 1:16 in the office and one cable down the street that fibres leave on its way."""
    town = Builder("star", "gpon")
    town.node("office", "office", 0, 0)
    town.node("frame", "cabinet", 0, 0, "odf-96", at="office")
    town.olt(ports=1, optics="optics-gpon-b+", card="card-gpon-8")
    town.splitter("s1", "frame", "splitter-1x16")
    town.link("olt-office-p1", "s1")
    stops = ["office", "k1", "k2", "k3"]
    for stop, x_m in zip(stops[1:], (500, 700, 1000), strict=True):
        town.node(stop, "closure", x_m, 0, "closure-12")
    for start, end in pairwise(stops):
        town.route(start, end)
    town.cable("street", "distribution", "trunk-12", *stops)
    for number, stop in enumerate(("k1", "k1", "k2", "k2", "k3", "k3"), start=1):
        x_m = town.nodes[stop].x_m - ORIGIN[0]
        _home(town, number, stop, x_m, 40 if number % 2 else -40, onu="onu-gpon-4ge")
        town.link("s1", f"onu-c{number}", ("street", number), (f"d{number}", 1), leg=number)
    return town.finish()


def trunk_network() -> Network:
    """Give trunk protection: two ports, two feeders north and south, one splitter 2:16, two customers on GPON B+."""
    town = Builder("trunk protected", "gpon")
    town.node("office", "office", 0, 0)
    town.node("north", "closure", 500, 600, "closure-12")
    town.node("south", "closure", 500, -500, "closure-12")
    town.node("cabinet", "cabinet", 1000, 0, "cabinet-96")
    for stop in ("north", "south"):
        town.route("office", stop)
        town.route(stop, "cabinet")
    town.olt(ports=2, optics="optics-gpon-b+", card="card-gpon-8")
    town.splitter("s1", "cabinet", "splitter-2x16")
    town.cable("fn", "feeder", "trunk-4", "office", "north", "cabinet")
    town.cable("fs", "feeder", "trunk-4", "office", "south", "cabinet")
    town.link("olt-office-p1", "s1", ("fn", 1), into=1)
    town.link("olt-office-p2", "s1", ("fs", 1), into=2, role="protecting")
    for number, y_m in ((1, 100), (2, -100)):
        _home(town, number, "cabinet", 1000, y_m, onu="onu-gpon-4ge", protection="trunk")
        town.link("s1", f"onu-c{number}", (f"d{number}", 1), leg=number)
    return town.finish()


def full_network() -> Network:
    """Give full protection: two ports, two splitters north and south, two drops to the terminal's two interfaces."""
    town = Builder("fully protected", "gpon")
    town.node("office", "office", 0, 0)
    town.olt(ports=2, optics="optics-gpon-b+", card="card-gpon-8")
    town.node("home1", "premises", 1000, 0)
    town.customer("c1", "home1", onu="onu-gpon-dual", protection="full")
    for number, (side, y_m) in enumerate((("north", 600), ("south", -500)), start=1):
        role = "working" if number == 1 else "protecting"
        town.node(side, "cabinet", 500, y_m, "cabinet-96")
        town.route("office", side)
        town.route(side, "home1", surface="lead-in", duct="", bores=0)
        town.splitter(f"s{number}", side, "splitter-1x16")
        town.cable(f"f{number}", "feeder", "trunk-4", "office", side)
        town.cable(f"d{number}", "drop", "drop-1", side, "home1")
        town.link(f"olt-office-p{number}", f"s{number}", (f"f{number}", 1), role=role)
        town.link(f"s{number}", "onu-c1", (f"d{number}", 1), leg=1, into=number, role=role)
    return town.finish()


def bearer_network(kind: str) -> Network:
    """Give the tiny network with what stands behind it: an aggregation switch (`tree`) or an MSTP ring (`ring`)."""
    tiny = tiny_network()
    is_ring = kind == "ring"
    name, row, far = ("mux", "mstp-stm-4", "transport") if is_ring else ("agg", "agg-switch-8", "metro")
    rate = 622_080_000 if is_ring else 1_000_000_000
    element = records.BearerElement(id=name, node="office", type=row, bearer="mstp" if is_ring else "ip")
    links = [
        records.BearerLink(
            id=f"b{number}", from_element=name, to_element=far, kind="ring" if is_ring else "trunk", rate_bps=rate
        )
        for number in (1, 2)
    ]
    first = replace(tiny.uplinks[0], rate_bps=1_000_000_000, to=name)
    network = replace(
        tiny,
        rules=replace(tiny.rules, bearer="office"),
        olts=tuple(replace(olt, bearer=element.bearer) for olt in tiny.olts),
        uplinks=(first, replace(first, id="olt-office-u2", number=2)),
        bearer_elements=(element,),
        bearer_links=tuple(links),
    )
    if is_ring:
        people = (
            replace(one, customer_class="finance", services=(("internet-300", 1),)) for one in network.customers
        )
        network = replace(network, customers=tuple(people))
    bill = bill_of(network)
    total = round(math.fsum(line.total_cost for line in bill), 2)
    return replace(network, bill=bill, facts={**network.facts, "cost_total": total})


NETWORKS = {
    "bearer": lambda: bearer_network("tree"),
    "ring": lambda: bearer_network("ring"),
    "tiny": tiny_network,
    "two_stage": two_stage_network,
    "bus": bus_network,
    "star": star_network,
    "trunk": trunk_network,
    "full": full_network,
}


@pytest.fixture(scope="session")
def tiny() -> Network:
    """Give one OLT, one splitter, four ONUs."""
    return tiny_network()


@pytest.fixture(scope="session")
def two_stage() -> Network:
    """Give the tree of two stages."""
    return two_stage_network()


@pytest.fixture(scope="session")
def bus() -> Network:
    """Give the road with taps."""
    return bus_network()


@pytest.fixture(scope="session")
def star() -> Network:
    """Give the cable that fibres leave on its way."""
    return star_network()


@pytest.fixture(scope="session")
def trunk() -> Network:
    """Give two feeders into one splitter."""
    return trunk_network()


@pytest.fixture(scope="session")
def full() -> Network:
    """Give two paths all the way."""
    return full_network()


@pytest.fixture(scope="session", params=sorted(NETWORKS))
def any_network(request: pytest.FixtureRequest) -> Network:
    """Give each of the hand-made networks in turn."""
    return NETWORKS[request.param]()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Give the design file of each network, as bytes."""
    folder = tmp_path_factory.mktemp("designs")
    written = {}
    for name, make in NETWORKS.items():
        write_network(make(), folder / f"{name}.gpkg")
        written[name] = (folder / f"{name}.gpkg").read_bytes()
    return written


@pytest.fixture
def edited(tmp_path: Path, files: dict[str, bytes]) -> Callable[..., Path]:
    """Give a function that copies a network's file and edits it with SQL, as a user's other program would."""

    def edit(name: str, *statements: str) -> Path:
        path = tmp_path / f"{name}.gpkg"
        path.write_bytes(files[name])
        with closing(sqlite3.connect(path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return path

    return edit


@pytest.fixture(scope="session")
def builder() -> type[Builder]:
    """Give the class that collects records, for networks of a single test."""
    return Builder


@pytest.fixture(scope="session")
def line_network() -> Callable[..., Network]:
    """Give a function that makes a port, a feeder of some metres, a splitter and a customer 10 m behind it."""

    def make(technology: str, optics: str, splitter: str, feeder_m: float) -> Network:
        town = Builder("line", technology)
        town.node("office", "office", 0, 0)
        town.node("cabinet", "cabinet", feeder_m, 0, "cabinet-96")
        town.route("office", "cabinet")
        town.olt(ports=1, optics=optics, card=f"card-{technology}-8")
        town.splitter("s1", "cabinet", splitter)
        town.cable("f1", "feeder", "trunk-4", "office", "cabinet")
        town.link("olt-office-p1", "s1", ("f1", 1))
        _home(town, 1, "cabinet", feeder_m + 10, 0, onu=f"onu-{technology}-4ge")
        town.link("s1", "onu-c1", ("d1", 1), leg=1)
        return town.finish()

    return make
