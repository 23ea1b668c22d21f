"""Rules of protection: what was promised is there, and working and protecting paths have nothing in common."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from ponplan.topology.violation import Finding, Rule
from ponplan.topology.ways import KINDS, is_of_kind, shared_m, shared_things

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.network import OltPort
    from ponplan.topology.survey import Survey

# where a protecting port is, seen from its working one: each is also all that stand before it
PLACES = ("card", "cards", "olts", "offices")


def promise_broken(survey: Survey) -> Iterator[Finding]:
    """Find customers with promised protection whose terminal has no protecting path of that kind."""
    promised = {customer.id: customer for customer in survey.network.customers if customer.protection != "none"}
    for onu, ways in survey.onu_ways.items():
        customer = promised.get(survey.network.onus[onu].customer)
        if customer is None or customer.unserved:
            continue
        full = customer.protection == "full"
        others = [way.links for way in (*ways.working, *ways.protecting)]
        pairs = [(way.links, other) for way in ways.working for other in others if other != way.links]
        if not any(is_of_kind(working, other, full=full) for working, other in pairs):
            what = "two paths all the way" if full else "a second feeder"
            message = f"customer {customer.id} is promised {customer.protection} protection, but does not have {what}"
            yield Finding(subject=customer.id, value=0, limit=1, message=message)


def shared(survey: Survey, *, kind: str) -> Iterator[Finding]:
    """Find pairs of paths that share one kind of thing: a fibre, cable, duct, trench, node or risk.

    The number found is metres of trench or duct, else how many.
    """
    for pair in survey.path_pairs:
        common = shared_things(survey, pair, kind)
        if common:
            value = shared_m(survey, kind, common) if kind in ("trench", "duct") else float(len(common))
            amount = f"{value:.1f} m of {kind}" if kind in ("trench", "duct") else f"{len(common)} {kind}(s)"
            names = ", ".join(common[:5]) + (", ..." if len(common) > 5 else "")
            message = f"working and protecting path of {pair.subject} share {amount}: {names}"
            yield Finding(subject=pair.subject, value=value, limit=0, message=message)


def exposure_untrue(survey: Survey) -> Iterator[Finding]:
    """Find shared things that the exposures do not name, and exposures that are none."""
    found: Counter[tuple[str, str, str]] = Counter()
    for pair in survey.path_pairs:
        for kind in KINDS:
            found.update((pair.subject, kind, thing) for thing in shared_things(survey, pair, kind))
    listed = {(row.subject, row.kind, row.thing): row for row in survey.network.exposures}
    for subject, kind, thing in sorted(found.keys() - listed.keys()):
        yield Finding(subject=subject, message=f"{kind} {thing} is shared by both paths of {subject}, but not listed")
    for subject, kind, thing in sorted(listed.keys() - found.keys()):
        yield Finding(subject=subject, message=f"{kind} {thing} is listed as shared by {subject}, which it is not")
    for (subject, kind, thing), row in listed.items():
        metres = shared_m(survey, kind, [thing]) if (subject, kind, thing) in found else row.length_m
        if abs(metres - row.length_m) > 0.01:
            message = f"{kind} {thing}, shared by {subject}, is listed with {row.length_m:g} m; it has {metres:g}"
            yield Finding(subject=subject, value=row.length_m, limit=metres, message=message)


def standby_too_near(survey: Survey) -> Iterator[Finding]:
    """Find protecting ports that are nearer to their working port than the rules want."""
    wanted = survey.network.rules.protection_ports
    limit = PLACES.index(wanted) if wanted in PLACES else 0
    for port in survey.network.ports:
        partner = survey.index.ports.get(port.partner)
        if port.role != "protecting" or partner is None:
            continue
        value = _apart(survey, port, partner)
        if value < limit:
            message = f"protecting port {port.id} and its partner {partner.id} are only on different {PLACES[value]}"
            if not value:
                message = f"protecting port {port.id} is on the same card as its partner {partner.id}"
            yield Finding(subject=port.id, value=value, limit=limit, message=f"{message}; the rules want {wanted}")


def _apart(survey: Survey, port: OltPort, partner: OltPort) -> int:
    """Say how far apart two ports are: 0 on one card, 1 on one chassis, 2 in one office, 3 in two."""
    cards, olts = survey.index.cards, survey.index.olts
    if port.card == partner.card:
        return 0
    one, other = cards.get(port.card), cards.get(partner.card)
    if one is None or other is None or one.olt == other.olt:
        return 1
    chassis, second = olts.get(one.olt), olts.get(other.olt)
    return 2 if chassis is None or second is None or chassis.node == second.node else 3


_MEANINGS = {
    "fibre": "Working and protecting path share no fibre",
    "cable": "Working and protecting path share no cable",
    "duct": "Working and protecting path are in no duct together: a route with one duct has not both",
    "trench": "Working and protecting path share no route, so that no digger cuts both",
    "node": "Working and protecting path meet in no node between their ends",
    "risk": "Working and protecting path share no risk group, such as a bridge",
}

RULES = (
    Rule(id="protection", subject="customer", meaning="Promised protection is there", find=promise_broken),
    *(
        Rule(
            id=f"disjoint-{kind}",
            subject="splitter (trunk) or customer (full)",
            meaning=meaning,
            find=partial(shared, kind=kind),
        )
        for kind, meaning in _MEANINGS.items()
    ),
    Rule(
        id="exposure",
        subject="splitter (trunk) or customer (full)",
        meaning="Whatever both paths share is listed, and nothing else",
        find=exposure_untrue,
    ),
    Rule(
        id="standby-place",
        subject="port",
        meaning="Protecting ports are as far from their working ones as the rules want",
        find=standby_too_near,
    ),
)
