"""One priced way of connecting a customer, told in full."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.design.bill import bill_of, cost_total
from ponplan.topology.survey import Survey
from ponplan.topology.trace import trace_customer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.design.quote.change import Change
    from ponplan.design.standing.plant import Plant
    from ponplan.topology.network import BillLine, Network
    from ponplan.topology.trace import TracePath

# what may take long, longest first; how long it takes differs from town to town, so no weeks are made up
_METHOD_LEADS = {
    "trench": "road opening permit, digging, making good",
    "aerial": "the pole owner's leave",
    "existing-duct": "proving and cleaning the duct",
}
_LEAD_IN = "the owner's leave, digging on private ground"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """What a quote adds to one line of the bill."""

    item: str
    section: str
    description: str
    unit: str
    quantity: float
    total_cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadItem:
    """Something to order or apply for early."""

    what: str
    quantity: float
    unit: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortLoad:
    """Load of a port with the new customer, of what it carries with so many terminals, in per cent."""

    port: str
    onus: int
    down_now_percent: float
    up_now_percent: float
    down_horizon_percent: float
    up_horizon_percent: float
    horizon_years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A connection that keeps every rule: its price, what is built, its light and load.

    `price` is the bill with it less the bill without it, to the cent, and `lines` add up to it.
    """

    kind: str  # free-leg, new-splitter, new-cabinet, direct
    host: str
    splitter: str
    leg: int | None
    port: str
    price: float
    lines: tuple[PriceLine, ...]
    trench_m: Mapping[str, float]  # by surface, the drop included
    path: TracePath
    load: PortLoad
    leads: tuple[LeadItem, ...]
    dearer: str  # why it costs more than the first, empty for the first
    change: Change


def alternative(
    plant: Plant, kind: str, change: Change, before: Sequence[BillLine], after: Network, part: Network
) -> Alternative:
    """Tell a change that keeps every rule.

    Parameters
    ----------
    before
        Bill of the design as it is.
    after
        The whole design with the change; its bill is counted here.
    part
        As much of it as holds the customer's port whole.
    """
    bill = bill_of(after)
    trace = trace_customer(part, change.customer.id)
    last = change.links[-1]
    splitters = {splitter.id: splitter.node for splitter in after.splitters}
    return Alternative(
        kind=kind,
        host=splitters.get(last.from_device) or _office_of(after, trace.paths[0].port),
        splitter=last.from_device if last.from_device in splitters else "",
        leg=last.from_port if last.from_device in splitters else None,
        port=trace.paths[0].port,
        price=round(cost_total(bill) - cost_total(before), 2),
        lines=_difference(before, bill),
        trench_m=_trench_m(plant, change),
        path=trace.paths[0],
        load=_load(part, trace.paths[0].port),
        leads=_leads(plant, change),
        dearer="",
        change=change,
    )


def _office_of(network: Network, port: str) -> str:
    """Give the office in which a port is."""
    card = next(one.card for one in network.ports if one.id == port)
    olt = next(one.olt for one in network.cards if one.id == card)
    return next(one.node for one in network.olts if one.id == olt)


def why_dearer(first: Alternative, other: Alternative) -> str:
    """Say by how much an alternative is dearer than the first, and by which sections of the bill."""
    sections: dict[str, float] = {}
    for sign, lines in ((1.0, other.lines), (-1.0, first.lines)):
        for line in lines:
            sections[line.section] = sections.get(line.section, 0.0) + sign * line.total_cost
    parts = sorted(((round(cost, 2), name) for name, cost in sections.items()), key=lambda part: -abs(part[0]))
    told = ", ".join(f"{name} {cost:+.2f}" for cost, name in parts if cost)
    return f"{other.price - first.price:.2f} dearer: {told}" if told else ""


def _difference(before: Sequence[BillLine], after: Sequence[BillLine]) -> tuple[PriceLine, ...]:
    old, new = ({line.item: line for line in bill} for bill in (before, after))
    lines = []
    # what is exchanged may be in the bill no more
    for line in (*after, *(line for line in before if line.item not in new)):
        had, has = old.get(line.item), new.get(line.item)
        quantity = round((has.quantity if has else 0.0) - (had.quantity if had else 0.0), 3)
        cost = round((has.total_cost if has else 0.0) - (had.total_cost if had else 0.0), 2)
        if quantity or cost:
            lines.append(
                PriceLine(
                    item=line.item,
                    section=line.section,
                    description=line.description,
                    unit=line.unit,
                    quantity=quantity,
                    total_cost=cost,
                )
            )
    return tuple(lines)


def _opened(plant: Plant, change: Change) -> dict[tuple[str, str], float]:
    """Give the metres that the change opens, by kind of route and surface."""
    metres: dict[tuple[str, str], float] = {}
    was_unused = {name for name in change.replaced_routes if plant.index.routes[name].state == "unused"}
    pieces = [route for name in was_unused for route, _ in change.replaced_routes[name]]
    for route in (*pieces, *(route for route, _ in change.routes)):
        if route.state == "new":
            key = route.kind, route.surface
            metres[key] = metres.get(key, 0.0) + route.length_m
    return metres


def _trench_m(plant: Plant, change: Change) -> dict[str, float]:
    surfaces: dict[str, float] = {}
    for (_, surface), metres in _opened(plant, change).items():
        surfaces[surface] = round(surfaces.get(surface, 0.0) + metres, 3)
    return dict(sorted(surfaces.items()))


def _leads(plant: Plant, change: Change) -> tuple[LeadItem, ...]:
    methods = {row.id: row.method for row in plant.catalogue.surfaces.values()}
    opened = sorted(_opened(plant, change).items(), key=lambda entry: (-entry[1], entry[0]))
    found = [
        LeadItem(what=surface, quantity=round(metres, 3), unit="m", why=why)
        for method, why in _METHOD_LEADS.items()
        for (kind, surface), metres in opened
        if kind != "drop" and methods.get(surface) == method
    ]
    cabinets = Counter(node.enclosure for node in change.nodes if node.kind == "cabinet")
    found += [
        LeadItem(what=item, quantity=float(n), unit="piece", why="site and order") for item, n in cabinets.items()
    ]
    found += [
        LeadItem(what=surface, quantity=round(metres, 3), unit="m", why=_LEAD_IN)
        for (kind, surface), metres in opened
        if kind == "drop"
    ]
    shelves = Counter([*(olt.type for olt in change.olts), *(card.type for card in change.cards)])
    shelves.update(element.type for element in change.bearer_elements)
    why = "order, work in the office"
    found += [LeadItem(what=item, quantity=float(n), unit="piece", why=why) for item, n in shelves.items()]
    return tuple(found)


def _load(part: Network, port: str) -> PortLoad:
    survey = Survey(part)
    row = next(row for row, one in enumerate(part.ports) if one.id == port)
    now = 100.0 * survey.port_loads_bps[row] / survey.port_rates_bps[row]
    rules = part.rules
    later = 100.0 * survey.port_loads_after_bps(rules.horizon_years)[row] / survey.port_rates_bps[row]
    return PortLoad(
        port=port,
        onus=int(survey.port_onus[row]),
        down_now_percent=round(float(now[0]), 1),
        up_now_percent=round(float(now[1]), 1),
        down_horizon_percent=round(float(later[0]), 1) if math.isfinite(later[0]) else math.nan,
        up_horizon_percent=round(float(later[1]), 1) if math.isfinite(later[1]) else math.nan,
        horizon_years=rules.horizon_years,
    )
