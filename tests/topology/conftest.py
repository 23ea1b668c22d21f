"""Small networks made by hand; every expected number on them can be worked out with pencil and paper."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import LineString

from ponplan.catalogue import read_catalogue
from ponplan.topology import network as records
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

    def node(self, name: str, kind: str, x_m: float, y_m: float, enclosure: str = "") -> None:
        """Put a node, its junction named after it, metres from the origin."""
        self.nodes[name] = records.Node(
            id=name,
            kind=kind,
            junction=f"j-{name}",
            x_m=ORIGIN[0] + x_m,
            y_m=ORIGIN[1] + y_m,
            enclosure=enclosure,
        )

    def route(self, start: str, end: str, *, surface: str = "asphalt", duct: str = "duct-110", bores: int = 1) -> str:
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
        return name

    def cable(self, name: str, role: str, kind: str, *stops: str) -> None:
        """Lay a cable over the routes between consecutive nodes."""
        routes = []
        for a, b in zip(stops, stops[1:], strict=False):
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


def _tiny() -> Network:
    """One OLT, one splitter 1:8, four ONUs: 1000 m of feeder and drops of 100 m."""
    town = Builder("tiny", "epon")
    town.node("office", "office", 0, 0)
    town.node("cabinet", "cabinet", 1000, 0, "cabinet-96")
    town.route("office", "cabinet")
    town.olt(ports=1, optics="optics-epon-px20", card="card-epon-8")
    town.splitter("s1", "cabinet", "splitter-1x8")
    town.cable("f1", "feeder", "trunk-4", "office", "cabinet")
    town.link("olt-office-p1", "s1", ("f1", 1))
    for number, (x_m, y_m) in enumerate(((1100, 0), (1000, 100), (1000, -100), (1060, 80)), start=1):
        town.node(f"home{number}", "premises", x_m, y_m)
        town.route("cabinet", f"home{number}", surface="lead-in", duct="")
        town.cable(f"d{number}", "drop", "drop-1", "cabinet", f"home{number}")
        town.customer(f"c{number}", f"home{number}", onu="onu-epon-1ge")
        town.link("s1", f"onu-c{number}", (f"d{number}", 1), leg=number)
    return town.finish()


@pytest.fixture(scope="session")
def tiny() -> Network:
    """One OLT, one splitter, four ONUs."""
    return _tiny()
