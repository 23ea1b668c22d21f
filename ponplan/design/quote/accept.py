"""A design with an accepted quote: the records, the bill and the facts of the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.design.bill import bill_of, cost_total
from ponplan.design.proof import PART_OF_SECTION, PARTS
from ponplan.design.quote.change import applied
from ponplan.design.standing.asdesigned import FACT, as_designed
from ponplan.errors import DesignFileError, Fault
from ponplan.topology.check import check_network
from ponplan.topology.measures import network_measures

if TYPE_CHECKING:
    from ponplan.design.quote.alternative import Alternative
    from ponplan.topology.network import BillLine, Network


def accept_quote(network: Network, chosen: Alternative) -> Network:
    """Give the design with one more customer, its bill and its facts.

    The plan is no longer the optimised one, so that no bound or gap is claimed for it.

    Raises
    ------
    DesignFileError
        The design would break a rule that it does not break now.
    """
    grown = applied(network, chosen.change)
    bill = bill_of(grown)
    grown = replace(grown, bill=bill)
    grown = replace(grown, facts=_facts(network, grown, chosen, bill))
    _refuse_broken(network, grown)
    return grown


def _facts(before: Network, grown: Network, chosen: Alternative, bill: tuple[BillLine, ...]) -> dict[str, object]:
    parts = dict.fromkeys(PARTS, 0.0)
    for line in bill:
        parts[PART_OF_SECTION[line.section]] += line.total_cost
    accepted = before.facts.get("quotes_accepted")
    return {
        **before.facts,
        "customers_total": len(grown.customers),
        "customers_served": sum(not customer.unserved for customer in grown.customers),
        "cost_total": cost_total(bill),
        "cost_bound": None,
        "gap_percent": None,
        "gap_avoidable_percent": None,
        "parts": {name: {"cost": round(parts[name], 2), "bound": None} for name in PARTS},
        "quotes_accepted": [
            *(accepted if isinstance(accepted, list) else []),
            {"customer": chosen.change.customer.id, "price": chosen.price},
        ],
        FACT: as_designed(grown),
        **network_measures(grown),
    }


def _refuse_broken(before: Network, grown: Network) -> None:
    violations = [one for one in check_network(grown) if not one.relaxed]
    if not violations:
        return
    known = {(one.rule, one.subject, one.message) for one in check_network(before)}
    fresh = [one for one in violations if (one.rule, one.subject, one.message) not in known]
    if fresh:
        raise DesignFileError(
            [Fault(file="design", row=one.subject, field=one.rule, problem=one.message) for one in fresh]
        )
