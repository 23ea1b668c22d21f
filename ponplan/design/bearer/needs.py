"""What each chassis hands to the bearer at the planning horizon: load by service edge, sessions, VC-12."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ponplan.framing.circuits import circuit_load_factor
from ponplan.topology.load import VC12_PAYLOAD_BPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from ponplan.design.draft import Draft
    from ponplan.design.problem import PlanProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class OltNeed:
    """One chassis with its customers: in IP networks `edges_bps` is the load of each service edge."""

    olt: str
    node: str
    bearer: str
    load_bps: float  # larger of both directions
    edges_bps: Mapping[str, float] = field(default_factory=dict)
    sessions: int = 0
    vc12: int = 0


def olt_needs(draft: Draft) -> list[OltNeed]:
    """Give what each chassis of the draft needs, in file order; only working paths count."""
    members = _members_of_olts(draft)
    return [need_of(draft.problem, members.get(olt.id, []), olt.id, olt.node, olt.bearer) for olt in draft.olts]


def need_of(problem: PlanProblem, members: Iterable[int], olt: str, node: str, bearer: str) -> OltNeed:
    """Give what these customers (positions in `served`) together need of a bearer."""
    rows = np.array(sorted(set(members)), np.int64)
    edges: dict[str, list[int]] = defaultdict(list)
    for row in rows.tolist():
        edges[edge_of(problem, row)].append(row)
    return OltNeed(
        olt=olt,
        node=node,
        bearer=bearer,
        load_bps=_larger(problem, rows),
        edges_bps={} if bearer == "mstp" else {name: _larger(problem, np.array(own)) for name, own in edges.items()},
        sessions=len(edges["bras"]) if bearer == "ip" else 0,
        vc12=vc12_needed(problem, rows) if bearer == "mstp" else 0,
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
