"""What a design tells machines: the promised fields of `design --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ponplan.design.run import Design

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


def design_answer(design: Design, *, seconds: float) -> dict[str, object]:
    """Give the answer as plain values; `seconds` is the wall time of the whole command."""
    network = design.network
    return {
        "schema": "ponplan.design/1",
        **{name: network.facts[name] for name in _FROM_FACTS},
        **({"from": network.facts["from"]} if "from" in network.facts else {}),
        "unserved": [{"id": c.id, "reason": c.unserved} for c in network.customers if c.unserved],
        "relaxed": [
            {"rule": r.rule, "subject": r.subject, "value": r.value, "limit": r.limit} for r in network.relaxed
        ],
        "seconds": round(seconds, 3),
    }
