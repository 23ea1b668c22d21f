"""OLT chassis, cards and ports for the splitters that each office feeds."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ponplan.design.covers import cheapest_cover
from ponplan.design.prices import unit_cost
from ponplan.design.standing.shelves import light_from_kept
from ponplan.topology.network import Card, Olt, OltPort, Uplink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue.model import OltCard, OltChassis
    from ponplan.design.draft import Draft
    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.design.splits import PlannedSplitter


def install_olts(draft: Draft, planes: Sequence[Plane], planned: Sequence[PlannedSplitter]) -> list[str]:
    """Add chassis, cards and ports of all offices; give each splitter's port.

    Ports of one technology fill cards one after the other; cards of one office and bearer fill chassis.
    """
    port_of = [""] * len(planned)
    order = sorted(
        range(len(planned)), key=lambda s: (planned[s].office, planes[planned[s].plane].bearer, planned[s].plane, s)
    )
    for (office, bearer), group in groupby(order, key=lambda s: (planned[s].office, planes[planned[s].plane].bearer)):
        members = list(group)
        if draft.problem.standing is not None:
            office_id = draft.problem.area.offices[int(draft.problem.office_rows[office])].id
            loads_bps = [_load_bps(draft.problem, planned[member]) for member in members]
            members = light_from_kept(
                draft, draft.problem.standing, office_id, bearer, members, planned, planes, loads_bps, port_of
            )
        cards: list[tuple[OltCard, list[int]]] = []
        for technology, alike in groupby(members, key=lambda s: planes[planned[s].plane].technology.id):
            cards += _fill_cards(draft.problem, technology, list(alike))
        _fill_chassis(draft, office, bearer, cards, planned, planes, port_of)
    return port_of


def cards_for(problem: PlanProblem, technology: str) -> list[OltCard]:
    """Give the line cards of a technology that may be used."""
    return [
        row for row in problem.catalogue.olt_cards.values() if row.technology == technology and row.allowed_in_design
    ]


def chassis_for(problem: PlanProblem) -> list[OltChassis]:
    """Give the chassis that may be used."""
    return [row for row in problem.catalogue.olt_chassis.values() if row.allowed_in_design]


def _fill_cards(problem: PlanProblem, technology: str, members: list[int]) -> list[tuple[OltCard, list[int]]]:
    rows = cards_for(problem, technology)
    costs = [unit_cost(problem.catalogue, row.id) for row in rows]
    _, chosen = cheapest_cover([row.ports for row in rows], costs, len(members))
    cards = []
    for index in chosen:
        cards.append((rows[index], members[: rows[index].ports]))
        members = members[rows[index].ports :]
    return cards


def _fill_chassis(
    draft: Draft,
    office: int,
    bearer: str,
    cards: Sequence[tuple[OltCard, list[int]]],
    planned: Sequence[PlannedSplitter],
    planes: Sequence[Plane],
    port_of: list[str],
) -> None:
    problem = draft.problem
    rows = chassis_for(problem)
    costs = [unit_cost(problem.catalogue, row.id) for row in rows]
    _, chosen = cheapest_cover([row.card_slots for row in rows], costs, len(cards))
    office_id = problem.area.offices[int(problem.office_rows[office])].id
    left = list(cards)
    for index in chosen:
        chassis = rows[index]
        olt = draft.fresh(f"{office_id}-OLT{1 + sum(record.node == office_id for record in draft.olts)}")
        draft.olts.append(Olt(id=olt, node=office_id, type=chassis.id, bearer=bearer))
        load_bps = 0.0
        for slot, (card, members) in enumerate(left[: chassis.card_slots], start=1):
            card_id = f"{olt}-C{slot}"
            draft.cards.append(Card(id=card_id, olt=olt, slot=slot, type=card.id))
            for number, member in enumerate(members, start=1):
                port_of[member] = _add_port(draft, card_id, number, planned[member], planes)
                load_bps += _load_bps(problem, planned[member])
        _add_uplinks(draft, olt, chassis, load_bps, bearer)
        left = left[chassis.card_slots :]


def _add_port(draft: Draft, card: str, number: int, splitter: PlannedSplitter, planes: Sequence[Plane]) -> str:
    identity = f"{card}-P{number}"
    technology = planes[splitter.plane].technology.id
    draft.ports.append(
        OltPort(id=identity, card=card, number=number, optics=splitter.optics.id, technology=technology)
    )
    return identity


def _load_bps(problem: PlanProblem, splitter: PlannedSplitter) -> float:
    members = list(splitter.members)
    return float(max(problem.down_bps[members].sum(), problem.up_bps[members].sum()))


def _add_uplinks(draft: Draft, olt: str, chassis: OltChassis, load_bps: float, bearer: str) -> None:
    """Add as many uplinks as carry the horizon's load, at least one, at most what the chassis has."""
    count = min(max(1, -int(-load_bps // chassis.uplink_bps)), chassis.uplink_ports)
    for number in range(1, count + 1):
        draft.uplinks.append(
            Uplink(id=f"{olt}-U{number}", olt=olt, number=number, rate_bps=chassis.uplink_bps, to=f"{bearer}-bearer")
        )
