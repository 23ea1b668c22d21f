"""A design at a glance: its gap, what each place costs per customer, and what limits each port."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.design.explain.gap import explain_gap
from ponplan.design.explain.ports import port_limits
from ponplan.design.explain.sites import costs_by_site, hosts_of

if TYPE_CHECKING:
    from ponplan.design.explain.gap import GapWhy
    from ponplan.design.explain.ports import PortLimits
    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCost:
    """A place with splitters: whom it serves, and what it and all behind it costs."""

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
    sites: tuple[SiteCost, ...]
    ports: tuple[PortLimits, ...]


def explain_design(network: Network) -> Overview:
    """Give a design at a glance, from its file alone."""
    node_of = {splitter.id: splitter.node for splitter in network.splitters}
    onus = {onu.id for onu in network.onus}
    served = Counter(
        node_of[link.from_device]
        for link in network.links
        if link.from_device in node_of and link.to_device in onus and link.role == "working"
    )
    costs = costs_by_site(network)
    sites = tuple(
        SiteCost(
            site=place,
            name=nodes[0].name,
            customers=sum(served[node.id] for node in nodes),
            cost=round(sum(costs[place].values()), 2),
        )
        for place, nodes in hosts_of(network).items()
    )
    return Overview(gap=explain_gap(network), sites=sites, ports=port_limits(network))
