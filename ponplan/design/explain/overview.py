"""A design at a glance: its gap, what each place costs per customer, and what limits each port."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.design.explain.gap import explain_gap
from ponplan.design.explain.ports import port_limits
from ponplan.design.explain.sites import costs_by_site, heads_of, hosts_of
from ponplan.topology.areas import owners_of
from ponplan.topology.index import NetworkIndex

if TYPE_CHECKING:
    from ponplan.design.explain.gap import GapWhy
    from ponplan.design.explain.ports import PortLimits
    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCost:
    """A place with splitters fed by ports: whom it and those it feeds serve, and what it and all behind it costs."""

    site: str
    name: str
    customers: int
    cost: float

    @property
    def cost_each(self) -> float:
        """What it costs per customer."""
        return self.cost / max(1, self.customers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All places and ports of a design, and its gap."""

    gap: GapWhy
    places: int  # with splitters or taps
    sites: tuple[SiteCost, ...]  # those that no other place feeds
    ports: tuple[PortLimits, ...]


def explain_design(network: Network) -> Overview:
    """Give a design at a glance, from its file alone."""
    first = owners_of(NetworkIndex(network)).areas["splitters"]
    onus = {onu.id for onu in network.onus}
    served = Counter(
        first[link.from_device]
        for link in network.links
        if link.from_device in first and link.to_device in onus and link.role == "working"
    )
    costs, hosts, heads = costs_by_site(network), hosts_of(network), heads_of(network)
    sites = tuple(
        SiteCost(
            site=place,
            name=nodes[0].name,
            customers=sum(served[node.id] for node in nodes),
            cost=round(sum(costs[place].values()), 2),
        )
        for place, nodes in hosts.items()
        if place in heads[place]
    )
    return Overview(gap=explain_gap(network), places=len(hosts), sites=sites, ports=port_limits(network))
