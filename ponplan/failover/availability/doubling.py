"""What the same again would cost: an element doubled at the design's own prices.

A second route is seldom as short as the first: this is a lower end, from which planning a real second way begins.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.failover.availability.elements import FailingElement
    from ponplan.failover.groups import Groups


class Doubling:
    """Prices of one more of everything."""

    def __init__(self, groups: Groups) -> None:
        self._groups, self._network = groups, groups.network
        self._index = groups.survey.index

    def cost(self, element: FailingElement) -> float | None:
        """Give the price of a second one, None if it is nothing that a bill knows."""
        if element.kind in {"trench", "aerial", "indoor"}:
            return self._route(element)
        if element.kind == "cable":
            cable = self._index.cables[self._cable_of(element.id)]
            return round(self._price(cable.type) * element.length_m, 2)
        items = self._items(element)
        return round(sum(self._price(item) for item in items), 2) if items else None

    def _items(self, element: FailingElement) -> Sequence[str]:
        index = self._index
        if element.kind == "port":
            return (index.ports[element.id].optics, "pon-port-commissioning")
        if element.kind == "card":
            return (index.cards[element.id].type,)
        if element.kind == "chassis":
            return (index.olts[element.id].type,)
        if element.kind == "onu":
            return (index.onus[element.id].type, "onu-commissioning")
        if element.kind == "splitter":
            return (index.splitters[element.id].type, "splitter-installation")
        if element.kind in {"cabinet", "room", "closure"}:
            enclosure = index.nodes[element.id].enclosure
            return (*((enclosure,) if enclosure else ()), *self._splitters_at.get(element.id, ()))
        return ()

    @cached_property
    def _splitters_at(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for splitter in self._network.splitters:
            found.setdefault(splitter.node, []).append(splitter.type)
        return found

    def _route(self, element: FailingElement) -> float:
        route = self._index.routes[element.id]
        per_m = self._price(route.surface) + (self._price(route.duct) if route.duct else 0.0)
        cables = self._groups.survey.route_cables.get(route.id, ())
        per_m += sum(self._price(self._network.cables[row].type) for row in cables)
        return round(per_m * route.length_m, 2)

    def _cable_of(self, span: str) -> str:
        return span if span in self._index.cables else span.rsplit("/", 1)[0]

    def _price(self, item: str) -> float:
        price = self._network.catalogue.prices.get(item)
        return 0.0 if price is None else price.material_cost + price.labour_cost
