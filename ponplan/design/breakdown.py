"""The bill taken apart: every item by serving area and phase, net, slack, waste and spare, new and reused."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.design.bill import LENGTH_DECIMALS, cost_of, cost_total, price_order
from ponplan.design.takeoff import NET, NEW, SLACK, take_off
from ponplan.topology.areas import owners_of, phase_key
from ponplan.topology.index import NetworkIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ponplan.catalogue.model import Price
    from ponplan.topology.network import Network

WASTE, SPARE, ROUNDING = "waste", "spare", "rounding"
PASSED, CONNECTED = "passed", "connected"
PARTS = (NET, SLACK, WASTE, SPARE)
USUAL_WASTE = 0.02  # of the length laid; part of the slack that the design buys
SPARE_TABLES = ("splitters", "olt_cards", "olt_optics", "onus")  # what an operator keeps on the shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class BillPart:
    """A quantity of one item in one area and phase."""

    item: str
    section: str
    description: str
    part_number: str
    manufacturer: str
    unit: str
    part: str  # net, slack, waste, spare, rounding
    state: str  # new, reused
    area: str
    phase: str
    per: str  # passed: needed to pass premises; connected: to connect a customer
    quantity: float
    material_cost: float  # per unit; zero for what is reused
    labour_cost: float
    total_cost: float  # rounded to the cent


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """All parts of a bill; those of the design add up to its cost, spare parts come on top."""

    parts: tuple[BillPart, ...]
    design_cost: float
    spares_cost: float
    waste_share: float
    spares_share: float

    @property
    def purchase_cost(self) -> float:
        """What the design and its spare parts cost."""
        return round(self.design_cost + self.spares_cost, 2)


Key = tuple[str, str, str, str, str, str]  # item, state, part, area, phase, per


def break_down(network: Network, *, waste: float = USUAL_WASTE, spares: float = 0.0) -> Breakdown:
    """Give the parts of a network's bill, items in the order of the price book.

    Parameters
    ----------
    waste
        Share of the cable laid that is lost in cutting; taken out of the slack that the design buys.
    spares
        Share of splitters, cards, transceivers and terminals to keep on the shelf, rounded up; material only.

    Raises
    ------
    CatalogueError
        An item has no price.
    """
    quantities = _quantities(network, waste)
    billed = {line.item: line.quantity for line in network.bill}
    _settle(quantities, billed)
    parts = [_part(network, key, quantities[key]) for key in _in_order(network, quantities)]
    rounding = round(cost_total(network.bill) - math.fsum(part.total_cost for part in parts), 2)
    shelf = [_part(network, key, count) for key, count in _spare_parts(network, billed, spares)]
    return Breakdown(
        parts=(*parts, *([rounding_part(rounding)] if rounding else []), *shelf),
        design_cost=cost_total(network.bill),
        spares_cost=round(math.fsum(part.total_cost for part in shelf), 2),
        waste_share=waste,
        spares_share=spares,
    )


def _quantities(network: Network, waste: float) -> dict[Key, float]:
    """Give exact quantities by everything that tells parts apart."""
    owners = owners_of(NetworkIndex(network))
    lengths_m = {cable.id: cable.length_m for cable in network.cables}
    sums: dict[Key, list[float]] = defaultdict(list)
    for taken in take_off(network):
        where = owners.area(taken.table, taken.record), owners.phase(taken.table, taken.record)
        per = CONNECTED if taken.connects else PASSED
        pieces = [(taken.part, taken.quantity)]
        if taken.part == SLACK:
            lost = min(lengths_m[taken.record] * waste, taken.quantity)
            pieces = [(SLACK, taken.quantity - lost), (WASTE, lost)]
        for part, quantity in pieces:
            sums[taken.item, taken.state, part, *where, per].append(quantity)
    found = {key: round(math.fsum(values), LENGTH_DECIMALS) for key, values in sums.items()}
    return {key: quantity for key, quantity in found.items() if quantity > 0}


def _settle(quantities: dict[Key, float], billed: dict[str, float]) -> None:
    """Make the new parts of each item add up to what is billed: lost thousandths go to the largest part."""
    parts: dict[str, list[Key]] = defaultdict(list)
    for key in quantities:
        if key[1] == NEW:
            parts[key[0]].append(key)
    for item, keys in parts.items():
        missing = round(billed.get(item, 0.0) - math.fsum(quantities[key] for key in keys), LENGTH_DECIMALS)
        if missing and abs(missing) <= len(keys) * 10**-LENGTH_DECIMALS:
            largest = max(keys, key=lambda key: quantities[key])
            quantities[largest] = round(quantities[largest] + missing, LENGTH_DECIMALS)


def _in_order(network: Network, keys: Iterable[Key]) -> list[Key]:
    keys = list(keys)
    places = {item: place for place, item in enumerate(price_order(network.catalogue, {key[0] for key in keys}))}

    def order(key: Key) -> tuple[object, ...]:
        item, state, part, area, phase, per = key
        return places[item], state, phase_key(phase), area, PARTS.index(part), per

    return sorted(keys, key=order)


def _part(network: Network, key: Key, quantity: float) -> BillPart:
    item, state, part, area, phase, per = key
    price: Price = network.catalogue.price(item)
    material = price.material_cost if state == NEW else 0.0
    labour = price.labour_cost if state == NEW and part != SPARE else 0.0
    return BillPart(
        item=item,
        section=price.section,
        description=price.description,
        part_number=price.part_number or "",
        manufacturer=price.manufacturer or "",
        unit=price.unit,
        part=part,
        state=state,
        area=area,
        phase=phase,
        per=per,
        quantity=quantity,
        material_cost=material,
        labour_cost=labour,
        total_cost=cost_of(quantity, material, labour),
    )


def _spare_parts(network: Network, billed: dict[str, float], share: float) -> list[tuple[Key, float]]:
    kept = {item for table in SPARE_TABLES for item in getattr(network.catalogue, table)}
    items = [item for item in price_order(network.catalogue, billed) if item in kept] if share > 0 else []
    return [((item, NEW, SPARE, "", "", PASSED), float(math.ceil(billed[item] * share - 1e-9))) for item in items]


def rounding_part(cost: float) -> BillPart:
    """Give the cents by which rounded parts miss the rounded items."""
    return BillPart(
        item="",
        section=ROUNDING,
        description="Cents between rounded items and their rounded parts",
        part_number="",
        manufacturer="",
        unit="",
        part=ROUNDING,
        state=NEW,
        area="",
        phase="",
        per=PASSED,
        quantity=0.0,
        material_cost=0.0,
        labour_cost=0.0,
        total_cost=cost,
    )
