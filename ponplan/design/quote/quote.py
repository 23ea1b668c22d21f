"""One customer, now: the three cheapest connections that a design allows, or why there is none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ponplan.area.model import Rules
from ponplan.design.bill import bill_of
from ponplan.design.onus import cheapest_onu
from ponplan.design.quote.access import accesses
from ponplan.design.quote.alternative import alternative, why_dearer
from ponplan.design.quote.behind import overloaded_behind
from ponplan.design.quote.build import Unbuildable
from ponplan.design.quote.change import applied
from ponplan.design.quote.connect import Connecting
from ponplan.design.quote.excerpt import LIGHT, excerpt, newly_broken, too_dark_or_bright
from ponplan.design.quote.laying import Laying
from ponplan.design.quote.offers import Offers
from ponplan.design.quote.protected import KIND as TWO_WAYS
from ponplan.design.quote.protected import NoSecondWay, protected_alternative
from ponplan.design.quote.request import customer_wanted
from ponplan.design.quote.room import Room
from ponplan.design.quote.terrain import Terrain
from ponplan.design.standing.plant import Plant
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.design.quote.alternative import Alternative
    from ponplan.design.quote.change import Change
    from ponplan.design.quote.excerpt import Broken
    from ponplan.design.quote.layout import Vertex
    from ponplan.design.quote.offers import Offer
    from ponplan.topology.network import BillLine, Network, NetworkCustomer

ALTERNATIVES = 3
OFFERS_TRIED = {"free-leg": 24, "new-splitter": 8, "new-cabinet": 6, "direct": 1}  # of each kind
DIRECT_TRIED = {"direct": 6}  # where the customer is to have nothing else: of several offices
REASONS_KEPT = 12
ROUNDS = 3  # of going around what stood in the way of the cheapest
MOST_ROUNDS = 12  # while nothing is found
ONCE = ("new-cabinet",)  # one is enough: another site a street on tells nothing new
# rules that another splitter, transceiver or port may keep; what breaks any other rule stays broken
CURABLE = LIGHT | {"differential-reach", "split", "port-onus", "port-load", "port-load-horizon", "protection"}
CURABLE |= {"class-split", "class-sharing"}
# by how much a guess may be above the price less what every connection pays: where home and feeder share a trench
SLACKS = {"free-leg": 1.0, "new-splitter": 50.0, "new-cabinet": 50.0, "direct": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A connection that was looked into and cannot be, and why; an empty host means all of them."""

    kind: str
    host: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a customer can be offered, cheapest first; nothing if there are only refusals."""

    customer: NetworkCustomer
    alternatives: tuple[Alternative, ...]
    refusals: tuple[Refusal, ...]


def quote_customer(
    network: Network,
    *,
    at: str | tuple[float, float],
    services: Sequence[str] = (),
    customer_class: str | None = None,
    protection: str | None = None,
    technology: str | None = None,
    account_tier: str = "",
    identity: str | None = None,
    max_drop_m: float = Rules().max_drop_m,
) -> Quote:
    """Find the cheapest ways of connecting one more customer to a design, which is not touched.

    A fibre goes from the premises over new cable and dark fibres to a free leg, to a new splitter in an enclosure
    with room or in a new cabinet, or straight to the office; a direct fibre only goes to the office. Prices are
    differences of the one bill; every way offered keeps every rule that `check_network` knows.

    Parameters
    ----------
    at
        Longitude and latitude in degrees, or the text `LON,LAT`.
    services
        Ids of services, each once per piece or as `id:count`; none means those of the class.
    customer_class, technology
        None takes what is usual in the design; a technology that the design's rules give to the account tier or
        the class comes first.
    protection
        none, trunk or full; None takes the class's.
    max_drop_m
        How far premises may be from their route, and how long one drop cable may be. The design file does not keep
        the area's own limit.

    Raises
    ------
    AreaError
        Names everything that is wrong with the wish.
    CatalogueError
        The catalogue in the file lacks a figure that is needed.
    """
    customer = customer_wanted(
        network,
        at=at,
        services=services,
        customer_class=customer_class,
        protection=protection,
        technology=technology,
        account_tier=account_tier,
        identity=identity,
        max_drop_m=max_drop_m,
    )
    plant = Plant(network)
    onu_type = cheapest_onu(plant.catalogue, customer)
    if onu_type is None:
        reason = f"no {customer.technology} terminal has the E1 and Ethernet interfaces that the services need"
        return _refused(customer, reason)
    near, nearest_m = accesses(plant, customer, max_drop_m=max_drop_m)
    if not near:
        reason = f"{nearest_m:.0f} m from the nearest route that may be joined, limit {max_drop_m:g} m"
        return _refused(customer, reason)
    laying = Laying(plant)
    most = DIRECT_TRIED if plant.catalogue.technologies[customer.technology].is_direct else OFFERS_TRIED
    connecting = Connecting(plant, laying, customer, onu_type)
    avoided: set[Vertex] = set()
    refusals: dict[Refusal, None] = {}
    found: dict[tuple[str, str], Alternative] = {}
    for turn in range(MOST_ROUNDS):
        if turn >= ROUNDS and found:
            break
        terrain = Terrain(plant, laying, avoided=frozenset(avoided))
        offers = Offers(plant, terrain, customer, near, max_drop_m).listed()
        alternatives, refused, culprits = _tried(plant, connecting, offers, most)
        refusals |= dict.fromkeys(refused)
        for one in alternatives:
            key = one.kind, "" if one.kind in ONCE else one.host
            found[key] = min(found.get(key, one), one, key=lambda same: same.price)
        if culprits <= avoided:
            break
        avoided |= culprits
    if customer.protection != "none" and not found:
        try:
            found[TWO_WAYS, ""] = protected_alternative(plant, customer)
        except NoSecondWay as reason:
            refusals = {Refusal(kind=TWO_WAYS, host="", reason=str(reason)): None} | refusals
    if not refusals and not found:
        return _refused(customer, "no way leads from here to any splitter, cabinet or office")
    ranked = sorted(found.values(), key=lambda one: (one.price, one.kind, one.host))[:ALTERNATIVES]
    told = [replace(one, dearer=why_dearer(ranked[0], one) if place else "") for place, one in enumerate(ranked)]
    return Quote(customer=customer, alternatives=tuple(told), refusals=tuple(refusals)[:REASONS_KEPT])


def _refused(customer: NetworkCustomer, reason: str) -> Quote:
    return Quote(customer=customer, alternatives=(), refusals=(Refusal(kind="any", host="", reason=reason),))


def _tried(
    plant: Plant, connecting: Connecting, offers: Sequence[Offer], most: Mapping[str, int]
) -> tuple[list[Alternative], list[Refusal], set[Vertex]]:
    """Build and judge offers, so many of each kind at most, until no other can be among the three cheapest.

    Returns
    -------
    What keeps every rule, what does not, and what stood in the way of offers that looked cheaper than the first that
    does: full enclosures and cables, which another way may go around.
    """
    before = bill_of(plant.network)
    found: list[tuple[float, Alternative]] = []
    refusals: list[Refusal] = []
    culprits: set[Vertex] = set()
    tried: Counter[str] = Counter()
    for offer in offers:
        if tried[offer.kind] == most[offer.kind] or _is_known(plant, offer, [one for _, one in found]):
            continue
        tried[offer.kind] += 1
        if _cannot_improve(found, offer):
            break
        outcome = _judged(plant, connecting, offer, before, culprits if not found else set())
        if isinstance(outcome, Refusal):
            refusals.append(outcome)
        else:
            found.append((offer.cost, outcome))
    return [one for _, one in found], refusals, culprits


def _is_known(plant: Plant, offer: Offer, found: Sequence[Alternative]) -> bool:
    """Say whether a cheaper one like it is found: the only new cabinet, or another frame of one office."""
    if offer.kind == "direct":
        office = plant.office_of(str(offer.host[1])).id
        return any((one.kind, one.host) == ("direct", office) for one in found)
    return offer.kind in ONCE and any(one.kind == offer.kind for one in found)


def _cannot_improve(found: Sequence[tuple[float, Alternative]], offer: Offer) -> bool:
    """Say whether an offer cannot undercut the third of those found.

    Guesses leave out what every connection pays; that part is at least the least difference between price and guess.
    """
    if len(found) < ALTERNATIVES:
        return False
    common = min(one.price - guess for guess, one in found)
    third = sorted(one.price for _, one in found)[ALTERNATIVES - 1]
    return offer.cost + common > third + SLACKS[offer.kind]


def _judged(
    plant: Plant, connecting: Connecting, offer: Offer, before: Sequence[BillLine], culprits: set[Vertex]
) -> Alternative | Refusal:
    """Give the first change of an offer that breaks no rule; else why the last one cannot be."""
    reason = "no splitter and transceiver may be used"
    try:
        for change in connecting.changes(offer):
            broken, part = _broken_by(plant, change)
            if not broken:
                after = applied(plant.network, change)
                overloaded = overloaded_behind(plant, after)
                if not overloaded:
                    return alternative(plant, offer.kind, change, before, after, part)
                reason = overloaded
                continue
            reason = "; ".join(dict.fromkeys(one.message for one in broken[:3]))
            culprits |= {("node", one.subject) for one in broken if one.rule == "enclosure-capacity"}
            # a larger enclosure was no help
            culprits |= {("node", name) for name in change.replaced_nodes if name != offer.host[1]}
            if any(one.rule == "light-circle" for one in broken):
                # into a cabinet beside the street and out again: a closure in the street does instead
                culprits |= {("node", name) for name in change.entered if name != offer.host[1]}
            if any(one.rule not in CURABLE and not one.rule.startswith("disjoint") for one in broken):
                break
    except Unbuildable as problem:
        reason = str(problem)
        culprits |= {problem.culprit} if problem.culprit else set()
    return Refusal(kind=offer.kind, host=str(offer.host[1]), reason=reason)


def _broken_by(plant: Plant, change: Change) -> tuple[list[Broken], Network]:
    """Give the rules that a change breaks, and the part of the network that shows it; light, the quickest, first."""
    stem = applied(excerpt(plant, change, whole=False), change)
    broken = too_dark_or_bright(stem, change.onus[0].id)
    if broken:
        return broken, stem
    part = excerpt(plant, change, whole=True)
    before, after = Survey(part), Survey(applied(part, change))
    broken = newly_broken(before, after) + Room(plant).make(before, after, change)
    return broken, applied(part, change)
