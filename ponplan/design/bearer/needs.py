"""What each chassis hands to the bearer at the planning horizon: load by service edge, sessions, VC-12."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.framing.circuits import circuit_load_factor
from ponplan.topology.load import VC12_PAYLOAD_BPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from ponplan.catalogue.model import OltChassis
    from ponplan.design.draft import Draft
    from ponplan.design.problem import PlanProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class OltNeed:
    """One chassis with its customers: in IP networks `edges_bps` is the load of each service edge."""

    bearer: str
    load_bps: float  # larger of both directions
    edges_bps: Mapping[str, float] = field(default_factory=dict)
    sessions: int = 0
    vc12: int = 0
    olt: str = ""
    node: str = ""
    uplink_ports: int = 0  # of the chassis, or of this share of it
    uplink_bps: int = 0  # of each of them
    leads_straight: bool = False  # the chassis is a shelf of the service router: no switch stands before it

    def behind(self, chassis: OltChassis, *, olt: str = "", node: str = "") -> OltNeed:
        """Give the same need behind the uplinks of a chassis."""
        ports, rate_bps = chassis.uplink_ports, chassis.uplink_bps
        straight = chassis.takes == "direct" and self.bearer == "ip"
        return replace(self, olt=olt, node=node, uplink_ports=ports, uplink_bps=rate_bps, leads_straight=straight)

    def share(self, count: int) -> OltNeed:
        """Give one of so many equal shares, uplinks too."""
        return replace(self.portion(1, count), uplink_ports=self.uplink_ports // count)

    def portion(self, links: int, of: int) -> OltNeed:
        """Give what goes over so many of its equal uplinks."""
        return replace(
            self,
            load_bps=self.load_bps * links / of,
            edges_bps={edge: load_bps * links / of for edge, load_bps in self.edges_bps.items()},
            sessions=-(-self.sessions * links // of),
            vc12=-(-self.vc12 * links // of),
            uplink_ports=links,
        )


def olt_needs(draft: Draft) -> list[OltNeed]:
    """Give what each chassis of the draft needs, in file order; only working paths count."""
    members, kinds = _members_of_olts(draft), draft.problem.catalogue.olt_chassis
    return [
        need_of(draft.problem, members.get(olt.id, []), olt.bearer).behind(kinds[olt.type], olt=olt.id, node=olt.node)
        for olt in draft.olts
    ]


def need_of(problem: PlanProblem, members: Iterable[int], bearer: str) -> OltNeed:
    """Give what these customers (positions in `served`) together need of a bearer."""
    rows = np.array(sorted(set(members)), np.int64)
    edges: dict[str, list[int]] = defaultdict(list)
    for row in rows.tolist():
        edges[edge_of(problem, row)].append(row)
    return OltNeed(
        bearer=bearer,
        load_bps=_larger(problem, rows),
        edges_bps={} if bearer == "mstp" else {name: _larger(problem, np.array(own)) for name, own in edges.items()},
        sessions=len(edges["bras"]) if bearer == "ip" else 0,
        vc12=vc12_needed(problem, rows) if bearer == "mstp" else 0,
    )


def together(needs: Iterable[OltNeed], bearer: str) -> OltNeed:
    """Give what hands on as much as all of these: never less than what their customers need as one."""
    own = list(needs)
    edges = sorted({edge for need in own for edge in need.edges_bps})
    return OltNeed(
        bearer=bearer,
        load_bps=math.fsum(need.load_bps for need in own),
        edges_bps={edge: math.fsum(need.edges_bps.get(edge, 0.0) for need in own) for edge in edges},
        sessions=sum(need.sessions for need in own),
        vc12=sum(need.vc12 for need in own),
    )


def edge_of(problem: PlanProblem, member: int) -> str:
    """Give the service edge of a customer."""
    customer = problem.customers[int(problem.served[member])]
    return problem.catalogue.customer_classes[customer.customer_class].service_edge


def vc12_needed(problem: PlanProblem, members: NDArray[np.int64]) -> int:
    """Give how many VC-12 carry these customers at the horizon: one for each E1, the rest by payload."""
    services = problem.catalogue.services
    e1, e1_bps = 0.0, np.zeros(2)
    for member in members.tolist():
        customer = problem.customers[int(problem.served[member])]
        for name, count in customer.services:
            row = services[name]
            if row.e1_circuits:
                grown = count * problem.growth.factor(customer.customer_class, name, problem.area.rules.horizon_years)
                e1 += grown * row.e1_circuits
                # headers of circuit emulation load the PON and end at the multiplexer
                carried = grown * circuit_load_factor(problem.catalogue.technologies[customer.technology])
                e1_bps += carried * np.array([row.committed_down_bps, row.committed_up_bps])
    load = np.array([problem.down_bps[members].sum(), problem.up_bps[members].sum()])
    rest = float(np.maximum(load - e1_bps, 0.0).max())
    return math.ceil(e1 - 1e-6) + math.ceil(rest / VC12_PAYLOAD_BPS - 1e-6)


def _larger(problem: PlanProblem, rows: NDArray[np.int64]) -> float:
    return float(max(problem.down_bps[rows].sum(), problem.up_bps[rows].sum())) if len(rows) else 0.0


def _members_of_olts(draft: Draft) -> dict[str, list[int]]:
    """Give the customers behind each chassis, by following working links outwards from its ports."""
    olt_of_card = {card.id: card.olt for card in draft.cards}
    # ports on kept cards belong to chassis that have their uplinks
    above = {port.id: olt_of_card[port.card] for port in draft.ports if port.card in olt_of_card}
    member_of = {
        draft.problem.customers[row].id: position for position, row in enumerate(draft.problem.served.tolist())
    }
    customer_of = {onu.id: onu.customer for onu in draft.onus}
    below: dict[str, list[str]] = defaultdict(list)
    for link in draft.links:
        if link.role == "working":
            below[link.from_device].append(link.to_device)
    found: dict[str, list[int]] = defaultdict(list)
    for port, olt in above.items():
        waiting = list(below[port])
        while waiting:
            device = waiting.pop()
            if device in customer_of:
                found[olt].append(member_of[customer_of[device]])
            else:
                waiting.extend(below[device])
    return found
