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

    from ponplan.catalogue.model import OltChassis
    from ponplan.design.bearer.needs import OltNeed
    from ponplan.design.problem import PlanProblem

Shelf = tuple["OltChassis", int]  # with how many cards, the next ones in order


def chassis_for(problem: PlanProblem, *, takes: str = "pon") -> list[OltChassis]:
    """Give the chassis that may be used for PONs, or for direct fibres."""
    rows = problem.catalogue.olt_chassis.values()
    return [row for row in rows if row.allowed_in_design and row.takes == takes]


def choose_chassis(problem: PlanProblem, cards: Sequence[OltNeed], *, takes: str = "pon") -> list[Shelf]:
    """Give the cheapest chassis with slots for these cards and uplinks for what each hands on.

    A card that no chassis has uplinks for gets the one with most to itself; what that lacks is listed later.
    """
    rows = chassis_for(problem, takes=takes)
    costs = [unit_cost(problem.catalogue, row.id) for row in rows]
    chosen = [rows[index] for index in cheapest_cover([row.card_slots for row in rows], costs, len(cards))[1]]
    shelves, begin = [], 0
    for row in chosen:
        shelves.append((row, min(row.card_slots, len(cards) - begin)))
        begin += row.card_slots
    return shelves if _all_hand_on(problem, shelves, cards) else _with_uplinks(problem, rows, costs, cards)


def _all_hand_on(problem: PlanProblem, shelves: Sequence[Shelf], cards: Sequence[OltNeed]) -> bool:
    begin = 0
    for row, count in shelves:
        if not math.isfinite(_behind_cost(problem, row, cards[begin : begin + count])):
            return False
        begin += count
    return True


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
    while (end := len(cards) - sum(count for _, count in shelves)) > 0:
        index, count = last[end]
        shelves.append((rows[index], count))
    return shelves[::-1]
