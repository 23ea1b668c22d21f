"""Which chassis hold the cards of one office: cheapest by slots, unless their uplinks are too few for the load."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ponplan.design.bearer.needs import together
from ponplan.design.bearer.offices import cost_to_hand_on
from ponplan.design.covers import cheapest_cover
from ponplan.design.prices import unit_cost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue.model import OltCard, OltChassis
    from ponplan.design.bearer.needs import OltNeed
    from ponplan.design.problem import PlanProblem

Shelf = tuple["OltChassis", list[int]]  # with the positions of its cards


def cards_for(problem: PlanProblem, technology: str) -> list[OltCard]:
    """Give the line cards of a technology that may be used."""
    return [
        row for row in problem.catalogue.olt_cards.values() if row.technology == technology and row.allowed_in_design
    ]


def chassis_for(problem: PlanProblem, *, takes: str = "pon") -> list[OltChassis]:
    """Give the chassis that may be used for PONs, or for direct fibres."""
    rows = problem.catalogue.olt_chassis.values()
    return [row for row in rows if row.allowed_in_design and row.takes == takes]


def roomy_chassis(problem: PlanProblem, cards: Sequence[OltNeed], *, takes: str = "pon") -> list[Shelf]:
    """Give the cheapest chassis with slots for these cards, in order, and uplinks for what each hands on.

    A card that no chassis has uplinks for gets the one with most to itself; what that lacks is listed later.
    """
    rows = chassis_for(problem, takes=takes)
    costs = [unit_cost(problem.catalogue, row.id) for row in rows]
    chosen = [rows[index] for index in cheapest_cover([row.card_slots for row in rows], costs, len(cards))[1]]
    shelves, begin = [], 0
    for row in chosen:
        shelves.append((row, list(range(begin, min(begin + row.card_slots, len(cards))))))
        begin += row.card_slots
    return shelves if _all_hand_on(problem, shelves, cards) else _with_uplinks(problem, rows, costs, cards)


def _all_hand_on(problem: PlanProblem, shelves: Sequence[Shelf], cards: Sequence[OltNeed]) -> bool:
    return all(math.isfinite(_behind_cost(problem, row, [cards[index] for index in own])) for row, own in shelves)


def _behind_cost(problem: PlanProblem, row: OltChassis, cards: Sequence[OltNeed]) -> float:
    return cost_to_hand_on(problem, together(cards, cards[0].bearer).behind(row))


def _with_uplinks(
    problem: PlanProblem, rows: Sequence[OltChassis], costs: Sequence[float], cards: Sequence[OltNeed]
) -> list[Shelf]:
    """Cut the cards, in order, into chassis that hand on what is behind them: a shortest way over the cuts.

    Each chassis is charged the elements that it alone would need, so that few of these are begun.
    """
    best, last = [0.0, *[math.inf] * len(cards)], [(-1, 0)] * (len(cards) + 1)
    roomiest = max(range(len(rows)), key=lambda index: rows[index].uplink_ports * rows[index].uplink_bps)
    for end in range(1, len(cards) + 1):
        for index, row in enumerate(rows):
            for count in range(1, min(row.card_slots, end) + 1):
                cost = best[end - count] + costs[index]
                if cost < best[end]:
                    cost += _behind_cost(problem, row, cards[end - count : end])
                if cost < best[end]:
                    best[end], last[end] = cost, (index, count)
        if not math.isfinite(best[end]):
            best[end], last[end] = best[end - 1] + costs[roomiest], (roomiest, 1)
    shelves: list[Shelf] = []
    end = len(cards)
    while end > 0:
        index, count = last[end]
        shelves.append((rows[index], list(range(end - count, end))))
        end -= count
    return shelves[::-1]
