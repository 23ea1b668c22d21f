"""One PON with 128 terminals behind one splitter, made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import LineString

from ponplan.report.drawing.frame import Set
from ponplan.report.language import words
from ponplan.topology import network as records

if TYPE_CHECKING:
    from ponplan.topology.network import Network

NUM_ONUS = 128


@pytest.fixture(scope="session")
def full_pon(network: Network) -> Network:
    """Give 1 km of feeder to a 1:128 splitter and drops of 1 m, 2 m, ... 128 m."""
    spots = [("office", "office", 0.0, 0.0), ("cabinet", "cabinet", 1000.0, 0.0)]
    spots += [(f"home{n}", "premises", 1000.0, float(n)) for n in range(1, NUM_ONUS + 1)]
    nodes = [
        records.Node(id=name, kind=kind, junction=f"j-{name}", x_m=554_000.0 + x_m, y_m=5_327_000.0 + y_m)
        for name, kind, x_m, y_m in spots
    ]
    by_id = {node.id: node for node in nodes}
    ways = [("office", "cabinet"), *(("cabinet", f"home{n}") for n in range(1, NUM_ONUS + 1))]
    lines = [LineString([(by_id[e].x_m, by_id[e].y_m) for e in way]) for way in ways]
    routes = [
        records.Route(
            id=f"r-{end}",
            parent="",
            kind="route",
            from_junction=f"j-{start}",
            to_junction=f"j-{end}",
            length_m=line.length,
            surface="asphalt",
            state="new",
        )
        for (start, end), line in zip(ways, lines, strict=True)
    ]
    cables = [
        records.Cable(
            id=f"c-{end}",
            role="feeder" if end == "cabinet" else "drop",
            type="trunk-4" if end == "cabinet" else "drop-1",
            from_node=start,
            to_node=end,
            routes=(f"r-{end}",),
            length_m=line.length,
            slack_m=0.0,
        )
        for (start, end), line in zip(ways, lines, strict=True)
    ]
    numbers = range(1, NUM_ONUS + 1)
    return replace(
        network,
        name="full PON",
        nodes=tuple(nodes),
        routes=tuple(routes),
        route_lines=np.array(lines, object),
        cables=tuple(cables),
        olts=(records.Olt(id="olt", node="office", type="olt-chassis-1", bearer="ip"),),
        cards=(records.Card(id="card", olt="olt", slot=1, type="card-gpon-8"),),
        ports=(records.OltPort(id="port", card="card", number=1, optics="optics-gpon-c+", technology="gpon"),),
        splitters=(records.Splitter(id="s1", node="cabinet", type="splitter-1x128", stage=1, technology="gpon"),),
        onus=tuple(
            records.Onu(id=f"onu{n}", customer=f"k{n}", node=f"home{n}", type="onu-gpon-1ge", technology="gpon")
            for n in numbers
        ),
        links=(_link("feeder", "port", "s1", "c-cabinet", 1), *(_drop(n) for n in numbers)),
        customers=tuple(
            replace(network.customers[0], id=f"k{n}", name=f"Customer {n}", technology="gpon") for n in numbers
        ),
        relaxed=(),
        exposures=(),
    )


def _link(name: str, start: str, end: str, cable: str, leg: int) -> records.Link:
    return records.Link(
        id=name,
        role="working",
        from_device=start,
        from_port=leg,
        to_device=end,
        to_port=1,
        strands=((cable, 1),),
    )


def _drop(number: int) -> records.Link:
    return _link(f"drop{number}", "s1", f"onu{number}", f"c-home{number}", number)


@pytest.fixture
def drawn(network: Network) -> Set:
    """Give A3 in English."""
    return Set(network=network, paper="A3", words=words("en"))
