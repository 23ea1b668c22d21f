"""Which chassis hold the cards of one office when what stands behind their uplinks is weighed with them."""

from __future__ import annotations

import math
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

from ponplan.design.bearer.bound import least_behind
from ponplan.design.bearer.bundles import ETHERNET_BPS
from ponplan.design.bearer.elements import least_groups, price_of
from ponplan.design.bearer.needs import together
from ponplan.design.bearer.offices import uplinks_alone
from ponplan.design.chassis import chassis_for, roomy_chassis
from ponplan.design.prices import unit_cost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.catalogue.model import OltChassis
    from ponplan.design.bearer.needs import OltNeed
    from ponplan.design.chassis import Shelf
    from ponplan.design.problem import PlanProblem

MOST_CHASSIS = 6  # of a set that is tried
MOST_TRIED = 40  # sets, cheapest first


def choose_chassis(
    problem: PlanProblem, cards: Sequence[OltNeed], *, takes: str = "pon", is_alone: bool = True
) -> list[Shelf]:
    """Give the chassis that cost least with what they reach, with slots for all cards and uplinks for all load.

    Parameters
    ----------
    is_alone
        Whether no other chassis of the office shares elements with these, and no other office a ring; if not, the
        chassis that are cheapest by themselves are taken.
    """
    usual = roomy_chassis(problem, cards, takes=takes)
    if not cards or not is_alone or takes != "pon" or problem.area.rules.bearer == "metro":
        return usual
    best, cost = usual, _price(problem, usual, cards)
    floor = least_behind(problem, together(cards, cards[0].bearer))
    for tried, (price, rows) in enumerate(_sets(problem, cards)):
        if price + floor >= cost or tried == MOST_TRIED:
            break
        for shelves in _fillings(rows, cards):
            if (found := _price(problem, shelves, cards)) < cost:
                best, cost = shelves, found
    return best


def _price(problem: PlanProblem, shelves: Sequence[Shelf], cards: Sequence[OltNeed]) -> float:
    """Give what chassis, uplinks, elements and ways onwards cost; infinite where uplinks or elements are too few."""
    bearer = cards[0].bearer
    needs = [together([cards[index] for index in own], bearer).behind(row) for row, own in shelves]
    chassis = sum(unit_cost(problem.catalogue, row.id) for row, _ in shelves)
    if problem.area.rules.bearer == "uplinks":
        bundles = [uplinks_alone(problem, need) for need in needs]
        return chassis + math.fsum(math.inf if bundle is None else bundle.cost for bundle in bundles)
    return chassis + price_of(problem, least_groups(problem, bearer, needs, ring_bps=0, is_lone_office=True))


def _sets(problem: PlanProblem, cards: Sequence[OltNeed]) -> Iterator[tuple[float, tuple[OltChassis, ...]]]:
    """Give sets of chassis with slots for all cards and uplinks for all load, cheapest first."""
    rows, load_bps = chassis_for(problem), math.fsum(card.load_bps for card in cards)
    found = [
        (sum(unit_cost(problem.catalogue, row.id) for row in chosen), chosen)
        for count in range(1, min(MOST_CHASSIS, len(cards)) + 1)
        for chosen in combinations_with_replacement(rows, count)
        if sum(row.card_slots for row in chosen) >= len(cards)
        and sum(_room_bps(row, row.uplink_bps) for row in chosen) >= load_bps
    ]
    yield from sorted(found, key=lambda entry: (entry[0], len(entry[1])))


def _room_bps(row: OltChassis, fastest_bps: int) -> float:
    """Give what a chassis hands on with one uplink lost, over links up to a rate."""
    return (row.uplink_ports - 1) * min(row.uplink_bps, fastest_bps)


def _fillings(rows: Sequence[OltChassis], cards: Sequence[OltNeed]) -> Iterator[list[Shelf]]:
    """Put cards into chassis whose uplinks are as fast as can be, or as slow as the ports of small elements."""
    known = []
    for rate_bps in ETHERNET_BPS:
        shelves = _filled(rows, [_room_bps(row, rate_bps) for row in rows], cards)
        if shelves and shelves not in known:
            known.append(shelves)
            yield shelves


def _filled(rows: Sequence[OltChassis], rooms_bps: list[float], cards: Sequence[OltNeed]) -> list[Shelf] | None:
    """Put cards, those with most load first, into the chassis that has most room left; None if they do not fit."""
    held: list[list[int]] = [[] for _ in rows]
    for card in sorted(range(len(cards)), key=lambda index: (-cards[index].load_bps, index)):
        free = [place for place, row in enumerate(rows) if len(held[place]) < row.card_slots]
        place = max(free, key=lambda index: (rooms_bps[index], -index))
        rooms_bps[place] -= cards[card].load_bps
        held[place].append(card)
    if min(rooms_bps) < 0.0 or not all(held):
        return None
    shelves = [(row, sorted(own)) for row, own in zip(rows, held, strict=True)]
    return sorted(shelves, key=lambda shelf: shelf[1][0])
