"""A bare PON to break, from a few words, and a small network of three PONs, each protected in its own way."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import LineString

from ponplan import read_catalogue
from ponplan.failover import simulate_pon_faults
from ponplan.scenario import scenario_from_table
from ponplan.topology import network as records

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.catalogue import Catalogue


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Give the shipped catalogue."""
    return read_catalogue()


@pytest.fixture(scope="session")
def play(catalogue: Catalogue) -> Callable:
    """Play one fault at 100 ms on a bare PON, with `protection` laid over a hot trunk."""

    def run(*, fault: object = (), cures: bool = False, **words: object) -> object:
        run = {"seed": words.pop("seed", 1), "replications": words.pop("replications", 1)}
        table = {
            "technology": words.pop("technology", "gpon"),
            "onus": words.pop("onus", 8),
            "distance_km": 10.0,
            "fault": [{"at_ms": 100.0, "what": words.pop("what", "feeder-cut"), **dict(fault)}],
            "protection": {"scheme": "trunk", "standby": "hot", **words},
            "run": run,
        }
        return simulate_pon_faults(scenario_from_table(table), catalogue, cures=cures)

    return run


CRS = "EPSG:2056"
PLACES = {  # id: kind, x, y in metres
    "office": ("office", 0, 0),
    "a0": ("cabinet", 1000, 0),
    "a1": ("cabinet", 1400, 200),
    "a2": ("cabinet", 1400, -200),
    "b0": ("cabinet", 0, 900),
    "west": ("closure", -500, 500),
    "c1": ("cabinet", 900, -900),
    "c2": ("cabinet", 0, -900),
}
HOMES = {  # customer: place, x, y, protection
    **{f"a{number}": ("premises", 1500 + 10 * number, 300, "none") for number in range(1, 5)},
    **{f"b{number}": ("premises", 100 * number, 1000, "trunk") for number in range(1, 4)},
    **{f"c{number}": ("premises", 100 * number, -1000, "full") for number in range(1, 4)},
}


class Plan:
    """Collects the records of a small network of three PONs."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.nodes: list[records.Node] = []
        self.routes: list[records.Route] = []
        self.lines: list[LineString] = []
        self.cables: list[records.Cable] = []
        self.links: list[records.Link] = []

    def node(self, name: str, kind: str, x_m: float, y_m: float) -> None:
        """Put a node at a junction of its own."""
        self.nodes.append(records.Node(id=name, kind=kind, junction=f"j-{name}", x_m=x_m, y_m=y_m))

    def route(self, start: str, end: str) -> str:
        """Dig straight between two nodes, once."""
        name = f"r-{start}-{end}"
        if name not in {route.id for route in self.routes}:
            a, b = (next(node for node in self.nodes if node.id == place) for place in (start, end))
            line = LineString([(a.x_m, a.y_m), (b.x_m, b.y_m)])
            route = records.Route(
                id=name, parent=name, kind="route", from_junction=a.junction, to_junction=b.junction,
                length_m=round(line.length, 3), surface="asphalt", state="new", duct="duct-110", bores=2,
            )  # fmt: skip
            self.routes.append(route)
            self.lines.append(line)
        return name

    def cable(self, name: str, role: str, *stops: str) -> None:
        """Lay a cable along nodes."""
        routes = tuple(self.route(a, b) for a, b in pairwise(stops))
        length_m = sum(route.length_m for name in routes for route in self.routes if route.id == name)
        kind = "drop-1" if role == "drop" else "trunk-4"
        cable = records.Cable(
            id=name, role=role, type=kind, from_node=stops[0], to_node=stops[-1], routes=routes,
            length_m=length_m, slack_m=0.0,
        )  # fmt: skip
        self.cables.append(cable)

    def link(
        self, start: str, end: str, cable: str, fibre: int = 1, *, leg: int = 1, into: int = 1, working: bool = True
    ) -> None:
        """Join two devices by one fibre."""
        link = records.Link(
            id=f"l{len(self.links) + 1}", role="working" if working else "protecting", from_device=start,
            from_port=leg, to_device=end, to_port=into, strands=((cable, fibre),),
        )  # fmt: skip
        self.links.append(link)


@pytest.fixture(scope="session")
def district(catalogue: Catalogue) -> records.Network:
    """Give three GPON PONs: a unprotected in two stages, b with a doubled trunk, c with everything twice."""
    plan = Plan(catalogue)
    for name, (kind, x_m, y_m) in PLACES.items():
        plan.node(name, kind, x_m, y_m)
    for name, (kind, x_m, y_m, _) in HOMES.items():
        plan.node(f"home-{name}", kind, x_m, y_m)
    _unprotected(plan)
    _trunk(plan)
    _full(plan)
    ports = [("p1", 1, ""), ("p2", 2, ""), ("p3", 3, "p2"), ("p4", 4, ""), ("p5", 5, "p4")]
    customers = tuple(
        records.NetworkCustomer(
            id=name, name=name, x_m=x_m, y_m=y_m, customer_class="finance", services=(("e1", 1),),
            technology="gpon", protection=protection,
        )
        for name, (_, x_m, y_m, protection) in HOMES.items()
    )  # fmt: skip
    return records.Network(
        name="district",
        crs=CRS,
        catalogue=catalogue,
        rules=records.PlanRules(
            max_split=None, spare_fibres=0.2, cable_slack=0.0, oversubscription=20.0, growth_per_year=0.0,
            horizon_years=10, fibre="g652d",
        ),
        customers=customers,
        nodes=tuple(plan.nodes),
        routes=tuple(plan.routes),
        route_lines=np.array(plan.lines, dtype=object),
        cables=tuple(plan.cables),
        olts=(records.Olt(id="olt", node="office", type="olt-chassis-1", bearer="mstp"),),
        cards=tuple(records.Card(id=f"card{slot}", olt="olt", slot=slot, type="card-gpon-8") for slot in (1, 2)),
        ports=tuple(
            records.OltPort(
                id=name, card="card2" if partner else "card1", number=number, optics="optics-gpon-b+",
                technology="gpon", role="protecting" if partner else "working", standby="hot" if partner else "",
                partner=partner,
            )
            for name, number, partner in ports
        ),
        uplinks=(),
        splitters=tuple(
            records.Splitter(id=f"s-{node}", node=node, type=kind, stage=stage, technology="gpon")
            for node, kind, stage in (
                ("a0", "splitter-1x4", 1), ("a1", "splitter-1x4", 2), ("a2", "splitter-1x4", 2),
                ("b0", "splitter-2x8", 1), ("c1", "splitter-1x8", 1), ("c2", "splitter-1x8", 1),
            )
        ),
        onus=tuple(
            records.Onu(
                id=f"onu-{name}", customer=name, node=f"home-{name}", technology="gpon",
                type="onu-gpon-4ge-8e1-switch" if protection == "full" else "onu-gpon-4ge-8e1",
            )
            for name, (*_, protection) in HOMES.items()
        ),
        links=tuple(plan.links),
    )  # fmt: skip


def _unprotected(plan: Plan) -> None:
    plan.cable("fa", "feeder", "office", "a0")
    plan.link("p1", "s-a0", "fa")
    for branch, mine in (("a1", ("a1", "a2")), ("a2", ("a3", "a4"))):
        plan.cable(f"t{branch}", "distribution", "a0", branch)
        plan.link("s-a0", f"s-{branch}", f"t{branch}", leg=int(branch[1]))
        for leg, name in enumerate(mine, start=1):
            plan.cable(f"d{name}", "drop", branch, f"home-{name}")
            plan.link(f"s-{branch}", f"onu-{name}", f"d{name}", leg=leg)


def _trunk(plan: Plan) -> None:
    plan.cable("fb1", "feeder", "office", "b0")
    plan.cable("fb2", "feeder", "office", "west", "b0")
    plan.link("p2", "s-b0", "fb1")
    plan.link("p3", "s-b0", "fb2", into=2, working=False)
    for leg in (1, 2, 3):
        plan.cable(f"db{leg}", "drop", "b0", f"home-b{leg}")
        plan.link("s-b0", f"onu-b{leg}", f"db{leg}", leg=leg)


def _full(plan: Plan) -> None:
    for port, node, working in (("p4", "c1", True), ("p5", "c2", False)):
        plan.cable(f"f{node}", "feeder", "office", node)
        plan.link(port, f"s-{node}", f"f{node}", working=working)
        for leg in (1, 2, 3):
            plan.cable(f"d{node}-{leg}", "drop", node, f"home-c{leg}")
            plan.link(
                f"s-{node}", f"onu-c{leg}", f"d{node}-{leg}", leg=leg, into=1 if working else 2, working=working
            )
