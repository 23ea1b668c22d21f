"""Moving customers from fibres of their own to the new network: who moves when, and what comes free.

A step first lights a splitter from its port, then moves the customers whose new fibres are dark; the fibres of those
who have moved are free for the steps after. Nobody's old fibre is touched before that customer has moved, unless
the plan is knotted: where new ways need fibres of each other's customers, somebody must go without for a while, and
is named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ponplan.errors import AreaError, Fault
from ponplan.topology.index import NetworkIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ponplan.topology.network import Link, Network

Strand = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CutoverStep:
    """One thing to do: `light` a splitter, `move` a customer, or `disconnect` one whose fibre others wait for.

    `step` counts the nights: all rows of one step belong together. Who is disconnected is so first thing in a night,
    which goes on with what that allows. `frees` are old fibres that nobody needs any more after this row, `reused`
    those among them that the new network goes on to light.
    """

    step: int
    action: str
    customer: str
    port: str
    splitter: str
    leg: int | None
    link: str
    frees: tuple[Strand, ...] = ()
    reused: tuple[Strand, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutover:
    """The steps in order, and the customers who stay on their fibres because the design does not serve them."""

    steps: tuple[CutoverStep, ...]
    staying: tuple[tuple[str, str], ...]  # customer, reason

    @property
    def interrupted(self) -> tuple[str, ...]:
        """Customers who are without service between two steps."""
        return tuple(step.customer for step in self.steps if step.action == "disconnect")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    customer: str
    port: str
    splitter: str
    leg: int | None
    link: str
    needs: frozenset[Strand]


@dataclass(slots=True, kw_only=True)
class _Group:
    """A splitter, or the port of a direct fibre, with the customers behind it."""

    port: str
    splitter: str
    link: str
    needs: frozenset[Strand]  # of the links from the port to the splitter
    moves: list[_Move] = field(default_factory=list)
    is_lit: bool = False


def plan_cutover(network: Network, existing: Mapping[str, Sequence[Strand]]) -> Cutover:
    """Give an order in which every customer moves, with as few as can be seen going without for a while.

    Parameters
    ----------
    existing
        Fibres that light each customer today, as (cable, fibre). Cables that the design keeps bear its ids.

    Raises
    ------
    AreaError
        A customer is not in the design.
    """
    unserved = {customer.id: customer.unserved for customer in network.customers if customer.unserved}
    strangers = sorted(set(existing) - {customer.id for customer in network.customers})
    if strangers:
        raise AreaError(
            [Fault(file="existing", row=name, problem="no such customer in the design") for name in strangers]
        )
    staying = tuple((customer, unserved[customer]) for customer in existing if customer in unserved)
    return Cutover(steps=tuple(_Scheduler(network, existing).run()), staying=staying)


class _Scheduler:
    """Goes over the groups again and again, doing what dark fibres allow, until everybody has moved."""

    def __init__(self, network: Network, existing: Mapping[str, Sequence[Strand]]) -> None:
        self._existing = existing
        self._holder = {strand: customer for customer, strands in existing.items() for strand in strands}
        self._groups = _groups(network, existing)
        self._planned = {strand for link in network.links for strand in link.strands}
        self._steps: list[CutoverStep] = []
        self._number = 0
        self._is_begun = False  # the night has begun with somebody's disconnection

    def run(self) -> list[CutoverStep]:
        waiting = list(self._groups)
        while waiting:
            if sum(self._advance(group) for group in waiting) == 0:
                self._untie(waiting)
            waiting = [group for group in waiting if group.moves]
        return self._steps

    def _advance(self, group: _Group) -> bool:
        """Light a group that is dark, if it can be, and move whom dark fibres allow; say whether there was any."""
        if not group.is_lit and self._blockers(group.needs):
            return False
        ready = [move for move in group.moves if not self._blockers(move.needs, except_for=move.customer)]
        if not ready:
            return False
        self._number += not self._is_begun
        self._is_begun = False
        if not group.is_lit:
            group.is_lit = True
            step = _step(self._number, "light", group.port, group.splitter, link=group.link)
            self._steps += [step] if group.splitter else []
        for move in ready:
            self._move(move)
        group.moves = [move for move in group.moves if move not in ready]
        return True

    def _move(self, move: _Move) -> None:
        own = move.needs & {strand for strand, holder in self._holder.items() if holder == move.customer}
        note = "spliced over: the new way goes on using this customer's own fibre" if own else ""
        was_off = not any(strand in self._holder for strand in self._existing[move.customer])
        self._steps.append(
            CutoverStep(
                step=self._number,
                action="move",
                customer=move.customer,
                port=move.port,
                splitter=move.splitter,
                leg=move.leg,
                link=move.link,
                frees=() if was_off else self._release(move.customer),
                reused=() if was_off else self._reused(move.customer),
                note="back in service" if was_off else note,
            )
        )

    def _untie(self, waiting: Sequence[_Group]) -> None:
        """Disconnect the fewest customers that let one group go on."""
        options = []
        for place, group in enumerate(waiting):
            for move in group.moves:
                blockers = self._blockers(move.needs, except_for=move.customer)
                blockers |= set() if group.is_lit else self._blockers(group.needs)
                options.append((len(blockers), place, sorted(blockers), group))
        _, _, cut_off, group = min(options, key=lambda option: option[:3])
        self._number += 1
        self._is_begun = True
        for customer in cut_off:
            self._steps.append(
                CutoverStep(
                    step=self._number,
                    action="disconnect",
                    customer=customer,
                    port="",
                    splitter="",
                    leg=None,
                    link="",
                    frees=self._release(customer),
                    reused=self._reused(customer),
                    note=f"without service until moved: {group.splitter or group.port} waits for this fibre",
                )
            )

    def _blockers(self, needs: Iterable[Strand], *, except_for: str | None = None) -> set[str]:
        """Give the customers whose old connection still lights one of these fibres."""
        return {self._holder[strand] for strand in needs if strand in self._holder} - {except_for or ""}

    def _release(self, customer: str) -> tuple[Strand, ...]:
        strands = tuple(self._existing[customer])
        for strand in strands:
            self._holder.pop(strand, None)
        return strands

    def _reused(self, customer: str) -> tuple[Strand, ...]:
        return tuple(strand for strand in self._existing[customer] if strand in self._planned)


def _groups(network: Network, existing: Mapping[str, Sequence[Strand]]) -> list[_Group]:
    """Give the groups of customers to move, in the order of the design's ports and links."""
    index = NetworkIndex(network)
    groups: dict[str, _Group] = {}
    order = {port.id: row for row, port in enumerate(network.ports)}
    for onu in network.onus:
        if onu.customer not in existing:
            continue
        rows = index.links_into.get(onu.id, [])
        link = next((network.links[row] for row in rows if network.links[row].role == "working"), None)
        if link is None:
            continue
        port, stem = _stem(index, link)
        splitter = link.from_device if link.from_device in index.splitters else ""
        if link.from_device not in groups:
            needs = frozenset(strand for above in stem for strand in above.strands)
            name = stem[0].id if stem else link.id
            groups[link.from_device] = _Group(port=port, splitter=splitter, link=name, needs=needs)
        leg = link.from_port if splitter else None
        groups[link.from_device].moves.append(
            _Move(
                customer=onu.customer,
                port=port,
                splitter=splitter,
                leg=leg,
                link=link.id,
                needs=frozenset(link.strands),
            )
        )
    for group in groups.values():
        group.moves.sort(key=lambda move: (move.leg or 0, move.customer))
    return sorted(groups.values(), key=lambda group: (order.get(group.port, len(order)), group.splitter))


def _stem(index: NetworkIndex, link: Link) -> tuple[str, list[Link]]:
    """Give the port that lights a link, and the working links before it, the nearest to it first."""
    device, seen = link.from_device, set[str]()
    stem: list[Link] = []
    while device in index.splitters and device not in seen:
        seen.add(device)
        rows = [row for row in index.links_into.get(device, ()) if index.network.links[row].role == "working"]
        if not rows:
            break
        stem.append(index.network.links[rows[0]])
        device = stem[-1].from_device
    return device, stem


def _step(number: int, action: str, port: str, splitter: str, *, link: str) -> CutoverStep:
    return CutoverStep(step=number, action=action, customer="", port=port, splitter=splitter, leg=None, link=link)
