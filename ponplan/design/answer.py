"""What a design tells machines: the promised fields of `design --json`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ponplan.design.protection.missing import reasons_of_relaxed
from ponplan.design.standing.known import known_rules

if TYPE_CHECKING:
    from ponplan.design.run import Design
    from ponplan.topology.network import Network

_FROM_FACTS = (
    "customers_total",
    "customers_served",
    "cost_total",
    "cost_bound",
    "gap_percent",
    "gap_avoidable_percent",
    "parts",
    "fibre_km",
    "trench_km",
    "duct_km",
    "olt_ports",
    "splitters",
    "point_to_point",
    "currency",
    "seed",
    "effort",
    "ended_by",
    "input_hash",
)


def bearer_summary(network: Network) -> dict[str, object]:
    """Give how much of the bearer is planned, its uplinks, and how many elements of each role it has."""
    rows = network.catalogue.bearer_elements
    roles = Counter(rows[element.type].role for element in network.bearer_elements)
    return {
        "planned": network.rules.bearer,
        "uplinks": len(network.uplinks),
        "elements": dict(sorted(roles.items())),
        "links": len(network.bearer_links),
    }


def _circuits(network: Network) -> dict[str, object]:
    """Give how many circuits there are, and those that an unserved customer cuts off."""
    reasons = {customer.id: customer.unserved for customer in network.customers if customer.unserved}
    lost = [(row, end) for row in network.circuits for end in (row.a, row.z) if end in reasons]
    return {
        "total": len(network.circuits),
        "not_carried": [{"id": row.id, "customer": end, "reason": reasons[end]} for row, end in lost],
    }


def exposed_summary(network: Network) -> dict[str, object]:
    """Give how many customers' two paths share something all the same, over how much trench, and how many things."""
    behind = {row.subject: row.customers for row in network.exposures}
    metres = {row.thing: row.length_m for row in network.exposures if row.kind == "trench"}
    return {
        "customers": sum(behind.values()),
        "trench_m": round(sum(metres.values()), 1),
        "things": dict(
            sorted(Counter(kind for kind, _ in {(row.kind, row.thing) for row in network.exposures}).items())
        ),
    }


def design_answer(design: Design, *, seconds: float) -> dict[str, object]:
    """Give the answer as plain values; `seconds` is the wall time of the whole command."""
    network = design.network
    reasons = reasons_of_relaxed(network, known_rules(network))
    return {
        "schema": "ponplan.design/1",
        **{name: network.facts[name] for name in _FROM_FACTS},
        **({"from": network.facts["from"]} if "from" in network.facts else {}),
        "bearer": bearer_summary(network),
        "circuits": _circuits(network),
        "exposed": exposed_summary(network),
        "unserved": [{"id": c.id, "reason": c.unserved} for c in network.customers if c.unserved],
        "relaxed": [
            {
                "rule": r.rule,
                "subject": r.subject,
                "value": r.value,
                "limit": r.limit,
                **({"reason": reasons[r.subject]} if r.rule == "protection" and r.subject in reasons else {}),
            }
            for r in network.relaxed
        ],
        "seconds": round(seconds, 3),
    }
