"""What working and protecting paths have in common all the same: listed thing by thing, and as rules relaxed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.design.protection.cures import NO_CURE, Cures
from ponplan.topology.network import Exposure, Relaxed
from ponplan.topology.rules.protection import RULES
from ponplan.topology.survey import Survey
from ponplan.topology.ways import KINDS, shared_m, shared_things

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.area.model import Rules
    from ponplan.topology.network import Network

LISTED = frozenset(rule.id for rule in RULES if rule.id != "exposure")


def is_protected(network: Network) -> bool:
    """Say whether anybody served is promised protection."""
    return any(customer.protection != "none" and not customer.unserved for customer in network.customers)


def with_exposures(network: Network, rules: Rules) -> Network:
    """Give the network with everything listed in which its protection falls short of what is promised."""
    if not is_protected(network):
        return network
    survey = Survey(network)
    exposures = tuple(_exposures(survey, rules))
    relaxed = tuple(
        Relaxed(rule=rule.id, subject=found.subject, value=float(found.value or 0), limit=float(found.limit or 0))
        for rule in RULES
        if rule.id in LISTED
        for found in rule.find(survey)
    )
    others = (entry for entry in network.relaxed if entry.rule not in LISTED)
    return replace(network, exposures=exposures, relaxed=(*others, *relaxed))


def _exposures(survey: Survey, rules: Rules) -> Iterator[Exposure]:
    cures, exposed = Cures(survey, rules), _customers_behind(survey)
    for pair in survey.path_pairs:
        shared = {kind: shared_things(survey, pair, kind) for kind in KINDS}
        cure = cures.of(survey.network.links[pair.working[-1]].to_device, shared["trench"], shared["risk"])
        for kind, things in shared.items():
            for thing in things:
                found = cure if kind in ("trench", "risk") else NO_CURE
                yield Exposure(
                    subject=pair.subject,
                    kind=kind,
                    thing=thing,
                    length_m=shared_m(survey, kind, [thing]),
                    customers=exposed.get(pair.subject, 1),
                    cure=found.words,
                    cure_m=found.length_m,
                    cure_cost=found.cost,
                )


def _customers_behind(survey: Survey) -> Counter[str]:
    """Count the customers with promised protection on each splitter."""
    network, promised = survey.network, Counter[str]()
    kinds = {customer.id: customer.protection for customer in network.customers}
    for link in network.links:
        onu = survey.index.onus.get(link.to_device)
        if onu is not None and kinds.get(onu.customer, "none") != "none":
            promised[link.from_device] += 1
    return promised
