"""Two designs of the same place side by side: what each has, whose connection differs, what is dug in one only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.comparison import compare_bills
from ponplan.topology.index import NetworkIndex
from ponplan.topology.measures import network_measures
from ponplan.topology.paths import follow_light
from ponplan.topology.runs import link_runs
from ponplan.topology.tracks import cable_tracks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.design.comparison import Difference
    from ponplan.topology.network import Network, Node

SAME_LENGTH_M = 0.5  # light paths whose lengths differ by less are the same
FACTS = ("cost_total", "cost_bound", "gap_percent", "gap_avoidable_percent", "customers_served")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How a customer is connected: where its splitter stands, how large it is, and how long the light's way is."""

    technology: str
    splitter_at: str  # id of the site, else of the junction; empty where no splitter is passed
    splitter: str
    fibre_m: float

    def is_like(self, other: Connection) -> bool:
        """Say whether nothing differs that the customer or the builder would notice."""
        same = (self.technology, self.splitter_at, self.splitter) == (
            other.technology,
            other.splitter_at,
            other.splitter,
        )
        return same and abs(self.fibre_m - other.fibre_m) < SAME_LENGTH_M


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What differs between a design and another.

    Parameters
    ----------
    measures, measures_against
        Key figures of both.
    changed
        Customers who are connected otherwise: how here and how there; None where a design does not serve them.
    routes, sites
        Of what only one of the two builds or uses: which, `here` or `there`. Sites are named as `Connection` does.
    """

    measures: Mapping[str, object]
    measures_against: Mapping[str, object]
    bill: tuple[Difference, ...]
    changed: Mapping[str, tuple[Connection | None, Connection | None]]
    routes: Mapping[str, str]
    sites: Mapping[str, str]


def compare_designs(network: Network, against: Network) -> Differences:
    """Compare two designs by what is built and how customers are connected; ids of records do not matter.

    Raises
    ------
    CatalogueError
        The two bills are in different currencies.
    """
    here, there = connections(network), connections(against)
    pairs = {customer: (here.get(customer), there.get(customer)) for customer in (*here, *there)}
    return Differences(
        measures=_measures(network),
        measures_against=_measures(against),
        bill=compare_bills(network, against),
        changed={name: (a, b) for name, (a, b) in pairs.items() if a is None or b is None or not a.is_like(b)},
        routes=_only_in_one(_opened(network), _opened(against)),
        sites=_only_in_one(_hosts(network), _hosts(against)),
    )


def connections(network: Network) -> dict[str, Connection]:
    """Give how each served customer is connected over its working path."""
    index = NetworkIndex(network)
    arrivals = follow_light(index)
    lengths_m = np.array([run.length_m for run in link_runs(index, cable_tracks(index))])
    ways_m = arrivals.accumulate(lengths_m)
    onus = {onu.id: onu for onu in network.onus}
    nodes = {node.id: node for node in network.nodes}
    splitters = {splitter.id: splitter for splitter in network.splitters}
    found: dict[str, Connection] = {}
    for arrival, device in enumerate(arrivals.devices):
        if device not in onus or not arrivals.working[arrival] or onus[device].customer in found:
            continue
        before = int(arrivals.parents[arrival])
        splitter = splitters.get(arrivals.devices[before]) if before >= 0 else None
        found[onus[device].customer] = Connection(
            technology=onus[device].technology,
            splitter_at=_place(nodes[splitter.node]) if splitter else "",
            splitter=splitter.type if splitter else "",
            fibre_m=round(float(ways_m[arrival]), 3),
        )
    return found


def _place(node: Node) -> str:
    return node.site or node.junction


def _measures(network: Network) -> dict[str, object]:
    told = {name: network.facts[name] for name in FACTS if name in network.facts}
    return {**told, **network_measures(network), "sites": len(_hosts(network))}


def _opened(network: Network) -> set[str]:
    return {route.id for route in network.routes if route.state == "new"}


def _hosts(network: Network) -> set[str]:
    """Give the places where splitters stand."""
    nodes = {node.id: node for node in network.nodes}
    return {_place(nodes[splitter.node]) for splitter in network.splitters}


def _only_in_one(here: set[str], there: set[str]) -> dict[str, str]:
    return {name: "here" if name in here else "there" for name in sorted(here ^ there)}
