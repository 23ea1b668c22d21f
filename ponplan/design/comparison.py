"""The difference between the bills of two designs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.design.bill import LENGTH_DECIMALS
from ponplan.errors import CatalogueError, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One item in two designs."""

    item: str
    section: str
    description: str
    unit: str
    quantity: float
    quantity_against: float
    total_cost: float
    total_cost_against: float

    @property
    def quantity_more(self) -> float:
        """How much more of it this design has."""
        return round(self.quantity - self.quantity_against, LENGTH_DECIMALS)

    @property
    def cost_more(self) -> float:
        """How much more this design spends on it."""
        return round(self.total_cost - self.total_cost_against, 2)


def compare_bills(network: Network, against: Network) -> tuple[Difference, ...]:
    """Give every item of either design, with quantity and cost in both.

    Raises
    ------
    CatalogueError
        The two bills are in different currencies.
    """
    currencies = network.catalogue.currency, against.catalogue.currency
    if currencies[0] != currencies[1]:
        raise CatalogueError(
            [Fault(file="prices.csv", problem="the designs are in two currencies", value=" and ".join(currencies))]
        )
    here, there = ({line.item: line for line in bill} for bill in (network.bill, against.bill))
    order = _merged(list(here), list(there))
    return tuple(
        Difference(
            item=item,
            section=(here.get(item) or there[item]).section,
            description=(here.get(item) or there[item]).description,
            unit=(here.get(item) or there[item]).unit,
            quantity=here[item].quantity if item in here else 0.0,
            quantity_against=there[item].quantity if item in there else 0.0,
            total_cost=here[item].total_cost if item in here else 0.0,
            total_cost_against=there[item].total_cost if item in there else 0.0,
        )
        for item in order
    )


def _merged(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Give the items of both lists, each new one of the second after its neighbour there."""
    merged = list(first)
    for place, item in enumerate(second):
        if item not in merged:
            before = second[place - 1] if place else None
            merged.insert(merged.index(before) + 1 if before else 0, item)
    return merged
