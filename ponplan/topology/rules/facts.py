"""The rule of facts: what the file says about the whole design follows from its records."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeGuard

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.topology.survey import Survey

TOLERANCE = 0.0011  # facts are written with three decimals
GAP_TOLERANCE = 0.01  # percentage points
CENT = 0.005  # by which a bound may have been rounded


def fact_wrong(survey: Survey) -> Iterator[Finding]:
    """Find facts that are not what the records give; facts that are not told are not missed."""
    for name, limit in _recomputed(survey).items():
        value = survey.network.facts.get(name)
        if value is None and name not in survey.network.facts:
            continue
        if not _is_number(value) or not abs(value - limit) <= TOLERANCE:
            shown = float(value) if _is_number(value) else None
            message = f"the facts say {name} is {value}; the records give {limit:g}"
            yield Finding(subject=name, value=shown, limit=limit, message=message)
    yield from _gap(survey.network.facts)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _recomputed(survey: Survey) -> dict[str, float]:
    network, surfaces = survey.network, survey.catalogue.surfaces
    built = [route for route in network.routes if route.state == "new"]
    dug = [route for route in built if route.surface in surfaces and surfaces[route.surface].method == "trench"]
    return {
        "customers_served": sum(not customer.unserved for customer in network.customers),
        "olt_ports": len(network.ports),
        "splitters": len(network.splitters),
        "fibre_km": math.fsum(run.length_m for run in survey.runs) / 1000.0,
        "trench_km": math.fsum(route.length_m for route in dug) / 1000.0,
        "duct_km": math.fsum(route.length_m * route.bores for route in built) / 1000.0,
    }


def _gap(facts: Mapping[str, object]) -> Iterator[Finding]:
    """Find a bound above the cost, and a gap that is not theirs."""
    cost, bound, gap = (facts.get(name) for name in ("cost_total", "cost_bound", "gap_percent"))
    if not _is_number(cost) or not _is_number(bound):
        return
    if bound > cost + 0.005:
        message = f"the bound {bound:.2f} is above the cost {cost:.2f}"
        yield Finding(subject="cost_bound", value=bound, limit=cost, message=message)
    rounded = 100.0 * CENT / cost if cost > 0 else 0.0  # what half a cent of the bound makes of the gap
    if _is_number(gap) and cost > 0 and abs(gap - 100.0 * (cost - bound) / cost) > GAP_TOLERANCE + rounded:
        limit = 100.0 * (cost - bound) / cost
        message = f"the gap is said to be {gap:g} %; cost and bound give {limit:.4f} %"
        yield Finding(subject="gap_percent", value=gap, limit=limit, message=message)


RULES = (
    Rule(
        id="facts", subject="name of the fact", meaning="What is said of the design follows from it", find=fact_wrong
    ),
)
