"""The one bill: every record that this design adds, counted and priced."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from ponplan.design.takeoff import NEW, take_off
from ponplan.topology.network import BillLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ponplan.catalogue import Catalogue
    from ponplan.topology.network import Network

LENGTH_DECIMALS = 3
_CENT = Decimal("0.01")


def bill_of(network: Network) -> tuple[BillLine, ...]:
    """Give the bill in the order of the catalogue's price book; quantities of the same item are one line."""
    quantities: dict[str, float] = defaultdict(float)
    for taken in take_off(network):
        if taken.state == NEW:
            quantities[taken.item] += taken.quantity
    return tuple(
        _line(network.catalogue, item, quantities[item])
        for item in price_order(network.catalogue, quantities)
        if quantities[item] > 0
    )


def price_order(catalogue: Catalogue, items: Iterable[str]) -> list[str]:
    """Give items in the order of the price book."""
    order = {item: place for place, item in enumerate(catalogue.prices)}
    return sorted(items, key=lambda item: (order.get(item, -1), item))


def cost_total(bill: Iterable[BillLine]) -> float:
    """Give the sum to the cent."""
    return round(sum(line.total_cost for line in bill), 2)


def cost_of(quantity: float, material_cost: float, labour_cost: float) -> float:
    """Give quantity times price to the cent, half a cent up: as written on paper, and as spreadsheets round."""
    price = Decimal(repr(material_cost)) + Decimal(repr(labour_cost))
    return float((Decimal(repr(quantity)) * price).quantize(_CENT, rounding=ROUND_HALF_UP))


def _line(catalogue: Catalogue, item: str, quantity: float) -> BillLine:
    price = catalogue.price(item)
    quantity = round(quantity, LENGTH_DECIMALS)
    return BillLine(
        item=item,
        section=price.section,
        description=price.description,
        unit=price.unit,
        quantity=quantity,
        material_cost=price.material_cost,
        labour_cost=price.labour_cost,
        total_cost=cost_of(quantity, price.material_cost, price.labour_cost),
    )
