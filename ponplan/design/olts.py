"""OLT chassis, cards and ports for the splitters that each office feeds, and shelves for direct fibres."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from ponplan.design.bearer.needs import need_of, together
from ponplan.design.bearer.offices import role_of
from ponplan.design.chassis import cards_for
from ponplan.design.chassis_sets import choose_chassis
from ponplan.design.covers import cheapest_cover
from ponplan.design.prices import unit_cost
from ponplan.design.standing.shelves import KeptShelves, light_from_kept
from ponplan.topology.network import Card, Olt, OltPort

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

    from ponplan.catalogue.model import OltCard
    from ponplan.design.bearer.needs import OltNeed
    from ponplan.design.direct import DirectPlan
    from ponplan.design.draft import Draft
    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.design.splits import PlannedSplitter

PON_SHELF, DIRECT_SHELF = "OLT", "DIR"  # marks in the names of chassis


@dataclass(frozen=True, slots=True, kw_only=True)
class PortNeed:
    """A port that a splitter needs, working or protecting, or a customer with a direct fibre, in one office."""

    splitter: int  # index in the plan; with direct fibre the customer's
    office: int
    plane: int  # as ports of one plane are together; with direct fibre 0
    technology: str
    bearer: str
    optics: str
    behind: OltNeed = field(compare=False)  # what the port hands on at the horizon
    is_protecting: bool = False


def install_olts(
    draft: Draft,
    planes: Sequence[Plane],
    planned: Sequence[PlannedSplitter],
    second: Mapping[int, int],
    behind: Sequence[OltNeed],
) -> tuple[list[str], dict[int, str]]:
    """Add chassis, cards and ports of all offices; give each splitter's port and the protecting ports.

    A splitter that hangs on another one needs no port and is given none.

    Ports of one technology fill cards one after the other; cards of one office and bearer fill chassis. A protecting
    port goes where the rules want it: on another card, in another chassis, or in whatever office its feeder begins.

    Parameters
    ----------
    second
        Of each splitter with a protecting port: the office it is in.
    behind
        What each splitter's port hands on at the horizon.
    """
    needs = [
        _need(planes, index, splitter, splitter.office, behind)
        for index, splitter in enumerate(planned)
        if splitter.above is None
    ]
    needs += [
        replace(_need(planes, index, planned[index], office, behind), is_protecting=True)
        for index, office in second.items()
    ]
    rule = draft.problem.area.rules.protection_ports

    def shelf(need: PortNeed) -> tuple[int, str, bool]:
        own_chassis = need.is_protecting and rule in ("olts", "offices")
        return need.office, need.bearer, own_chassis

    ports: dict[PortNeed, str] = {}
    order = sorted(needs, key=lambda n: (shelf(n), n.plane, n.is_protecting, n.splitter))
    for (office, bearer, _), group in groupby(order, key=shelf):
        left = _from_kept(draft, planes, planned, office, bearer, list(group), second, behind, ports)
        cards = _cards_of(draft.problem, left, apart=rule == "cards")
        is_alone = _shares_nothing(draft.problem, order, bearer)
        _fill_chassis(draft, office, bearer, cards, PON_SHELF, ports, is_alone=is_alone)
    _name_partners(draft, ports)
    working = [""] * len(planned)
    for need in needs:
        if not need.is_protecting:
            working[need.splitter] = ports[need]
    return working, {need.splitter: ports[need] for need in needs if need.is_protecting}


def _shares_nothing(problem: PlanProblem, needs: Sequence[PortNeed], bearer: str) -> bool:
    """Say whether chassis of a bearer share neither elements with chassis for other ports nor a ring."""
    own = [need for need in needs if need.bearer == bearer]
    are_apart = problem.area.rules.protection_ports in ("olts", "offices") and any(n.is_protecting for n in own)
    is_tree = role_of(problem, bearer) == "aggregation-switch"
    has_others = not is_tree and (len({need.office for need in own}) > 1 or _has_direct(problem, bearer))
    return not are_apart and not has_others


def _has_direct(problem: PlanProblem, bearer: str) -> bool:
    """Say whether shelves for direct fibres hang on the same elements."""
    catalogue = problem.catalogue
    return bearer != "ip" and any(
        catalogue.technologies[customer.technology].is_direct
        and catalogue.customer_classes[customer.customer_class].bearer == bearer
        for customer in problem.customers
    )


def install_direct(draft: Draft, direct: DirectPlan) -> list[str]:
    """Add shelves, line cards and ports for direct fibres, in all offices; give the port of each customer."""
    problem = direct.problem
    needs = [
        PortNeed(
            splitter=member,
            office=office,
            plane=0,
            technology=str(problem.technologies[member]),
            bearer=str(problem.bearers[member]),
            optics=optics.id,
            behind=need_of(problem, [member], str(problem.bearers[member])),
        )
        for member, (office, optics) in enumerate(zip(direct.offices.tolist(), direct.optics, strict=True))
    ]
    ports: dict[PortNeed, str] = {}
    order = sorted(needs, key=lambda n: (n.office, n.bearer, n.technology, n.splitter))
    for (office, bearer), group in groupby(order, key=lambda n: (n.office, n.bearer)):
        left = _direct_from_kept(draft, office, bearer, list(group), ports)
        cards = _cards_of(problem, left, apart=False)
        _fill_chassis(draft, office, bearer, cards, DIRECT_SHELF, ports)
    return [ports[need] for need in needs]


def _direct_from_kept(
    draft: Draft, office: int, bearer: str, needs: list[PortNeed], ports: MutableMapping[PortNeed, str]
) -> list[PortNeed]:
    """Light direct fibres from kept shelves as far as these go; give the ports still needed."""
    problem = draft.problem
    if problem.standing is None:
        return needs
    office_id = problem.area.offices[int(problem.office_rows[office])].id
    shelves = KeptShelves(draft, problem.standing, office_id, bearer, takes="direct")
    lit = {need: shelves.light(need.technology, need.optics, need.behind.load_bps) for need in needs}
    shelves.add_uplinks()
    ports.update({need: port for need, port in lit.items() if port})
    return [need for need in needs if need not in ports]


def _need(
    planes: Sequence[Plane], index: int, splitter: PlannedSplitter, office: int, behind: Sequence[OltNeed]
) -> PortNeed:
    plane = planes[splitter.plane]
    return PortNeed(
        splitter=index,
        office=office,
        plane=splitter.plane,
        technology=plane.technology.id,
        bearer=plane.bearer,
        optics=splitter.optics.id,
        behind=behind[index],
    )


def _from_kept(
    draft: Draft,
    planes: Sequence[Plane],
    planned: Sequence[PlannedSplitter],
    office: int,
    bearer: str,
    needs: list[PortNeed],
    second: Mapping[int, int],
    behind: Sequence[OltNeed],
    ports: MutableMapping[PortNeed, str],
) -> list[PortNeed]:
    """Light unprotected splitters from kept chassis as far as these go; give the ports still needed."""
    problem = draft.problem
    if problem.standing is None:
        return needs
    alone = [need.splitter for need in needs if not need.is_protecting and need.splitter not in second]
    office_id = problem.area.offices[int(problem.office_rows[office])].id
    loads = [behind[splitter].load_bps for splitter in alone]
    port_of = [""] * len(planned)
    light_from_kept(draft, problem.standing, office_id, bearer, alone, planned, planes, loads, port_of)
    ports.update(
        {need: port_of[need.splitter] for need in needs if not need.is_protecting and port_of[need.splitter]}
    )
    return [need for need in needs if need not in ports]


def _name_partners(draft: Draft, ports: Mapping[PortNeed, str]) -> None:
    """Make ports protecting and name the port each stands by for."""
    working = {need.splitter: port for need, port in ports.items() if not need.is_protecting}
    partner_of = {port: working[need.splitter] for need, port in ports.items() if need.is_protecting}
    standby = draft.problem.area.rules.standby
    draft.ports[:] = [
        replace(port, role="protecting", standby=standby, partner=partner_of[port.id])
        if port.id in partner_of
        else port
        for port in draft.ports
    ]


def _cards_of(
    problem: PlanProblem, needs: Sequence[PortNeed], *, apart: bool
) -> list[tuple[OltCard, list[PortNeed]]]:
    """Put ports on cards, those of one technology, which follow each other, together."""
    cards: list[tuple[OltCard, list[PortNeed]]] = []
    for technology, alike in groupby(needs, key=lambda n: n.technology):
        cards += _fill_cards(problem, technology, list(alike), apart=apart)
    return cards


def _fill_cards(
    problem: PlanProblem, technology: str, needs: list[PortNeed], *, apart: bool
) -> list[tuple[OltCard, list[PortNeed]]]:
    """Put ports on the cheapest cards that hold them, both ports of a splitter on different ones if `apart`."""
    rows = cards_for(problem, technology)
    costs = [unit_cost(problem.catalogue, row.id) for row in rows]
    sizes = [row.ports for row in rows]
    counts = Counter(need.splitter for need in needs)
    if not apart or max(counts.values()) == 1:
        return _filled([rows[index] for index in cheapest_cover(sizes, costs, len(needs))[1]], needs)
    chosen = [rows[index] for index in cheapest_cover(sizes, costs, len(needs))[1]]
    together = _dealt(chosen, needs, counts)
    if together is not None:
        return together
    cards = []
    for side in (False, True):
        own = [need for need in needs if need.is_protecting == side]
        cards += _filled([rows[index] for index in cheapest_cover(sizes, costs, len(own))[1]], own)
    return cards


def _filled(cards: Sequence[OltCard], needs: Sequence[PortNeed]) -> list[tuple[OltCard, list[PortNeed]]]:
    """Fill cards one after the other."""
    filled, left = [], list(needs)
    for card in cards:
        filled.append((card, left[: card.ports]))
        left = left[card.ports :]
    return filled


def _dealt(
    cards: Sequence[OltCard], needs: Sequence[PortNeed], counts: Mapping[int, int]
) -> list[tuple[OltCard, list[PortNeed]]] | None:
    """Deal ports out so that no card has both of a splitter, pairs first; None if these cards do not allow it."""
    held: list[list[PortNeed]] = [[] for _ in cards]
    for need in sorted(needs, key=lambda n: (-counts[n.splitter], n.splitter, n.is_protecting)):
        free = [
            (card.ports - len(held[place]), -place)
            for place, card in enumerate(cards)
            if len(held[place]) < card.ports and all(other.splitter != need.splitter for other in held[place])
        ]
        if not free:
            return None
        held[-max(free)[1]].append(need)
    return list(zip(cards, held, strict=True))


def _fill_chassis(
    draft: Draft,
    office: int,
    bearer: str,
    cards: Sequence[tuple[OltCard, list[PortNeed]]],
    mark: str,
    ports: MutableMapping[PortNeed, str],
    *,
    is_alone: bool = False,
) -> None:
    """Put cards into the cheapest chassis that hold them, named by the office and a mark.

    Parameters
    ----------
    is_alone
        As with `choose_chassis`.
    """
    problem = draft.problem
    on_cards = [together((n.behind for n in needs if not n.is_protecting), bearer) for _, needs in cards]
    office_id = problem.area.offices[int(problem.office_rows[office])].id
    start, takes = f"{office_id}-{mark}", "pon" if mark == PON_SHELF else "direct"
    for chassis, own in choose_chassis(problem, on_cards, takes=takes, is_alone=is_alone):
        number = 1 + sum(record.node == office_id and record.id.startswith(start) for record in draft.olts)
        olt = draft.fresh(f"{start}{number}")
        draft.olts.append(Olt(id=olt, node=office_id, type=chassis.id, bearer=bearer))
        for slot, (card, needs) in enumerate((cards[index] for index in own), start=1):
            card_id = f"{olt}-C{slot}"
            draft.cards.append(Card(id=card_id, olt=olt, slot=slot, type=card.id))
            for number, need in enumerate(needs, start=1):
                ports[need] = _add_port(draft, card_id, number, need)


def _add_port(draft: Draft, card: str, number: int, need: PortNeed) -> str:
    identity = f"{card}-P{number}"
    draft.ports.append(OltPort(id=identity, card=card, number=number, optics=need.optics, technology=need.technology))
    return identity
