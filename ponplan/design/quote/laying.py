"""What it takes to lay one more cable in a route: digging, ducts, the cable itself."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from ponplan.design.prices import build_costs_per_m, cheapest_drop, trunk_prices, unit_cost
from ponplan.topology.ducts import bores_needed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.catalogue.model import CableType
    from ponplan.design.standing.plant import Plant
    from ponplan.topology.network import Route

LAYABLE_KINDS = ("route", "lead-in")


class Laying:
    """Prices and records of laying cables in the routes of a design."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        prices = trunk_prices(plant.catalogue, plant.rules)
        self.trunk: CableType = prices.types[int(prices.cost_per_m.argmin())]
        self.drop: CableType = cheapest_drop(plant.catalogue)
        self._build_per_m = build_costs_per_m(plant.catalogue, plant.rules)

    @cached_property
    def _cable_per_m(self) -> Mapping[str, float]:
        catalogue, slack = self._plant.catalogue, 1.0 + self._plant.rules.cable_slack
        return {row.id: unit_cost(catalogue, row.id) * slack for row in (self.trunk, self.drop)}

    def cable_cost(self, kind: CableType, length_m: float) -> float:
        """Give what so many metres of route cost in cable, slack included."""
        return self._cable_per_m[kind.id] * length_m

    def drop_trench_cost(self, length_m: float) -> float:
        """Give what the way from a route to premises costs to dig."""
        return unit_cost(self._plant.catalogue, self._plant.rules.lead_in_surface) * length_m

    def cost(self, row: int, kind: CableType) -> float:
        """Give what one more cable of a type costs in a route; infinite where it may not or cannot lie."""
        route = self._plant.network.routes[row]
        if route.kind not in LAYABLE_KINDS:
            return math.inf
        if route.state == "unused":
            opening = self._build_per_m.get(route.surface, math.inf)
            if route.free_bores == 0 and self.has_ducts(route):
                return math.inf
        else:
            if route.id in self._plant.risky_routes:
                return math.inf
            bores = self._bores(route, self._diameters_mm(route), (kind.diameter_mm,))
            if bores is None or (route.free_bores is not None and bores > route.free_bores):
                return math.inf
            is_dug = route.state == "new" and self._method(route) == "trench"
            more = (bores - route.bores) * is_dug if route.duct else 0
            opening = more * unit_cost(self._plant.catalogue, route.duct) if more else 0.0
        return opening * route.length_m + self.cable_cost(kind, route.length_m)

    def opened(self, route: Route, added_mm: Sequence[float], there_mm: Sequence[float]) -> Route:
        """Give a route as it becomes when cables of these diameters are laid in it."""
        if route.state == "unused":
            duct = self._plant.rules.duct if self.has_ducts(route) else ""
            fresh = replace(route, state="new", duct=duct)
            return replace(fresh, bores=self._bores(fresh, there_mm, added_mm) or 0)
        bores = self._bores(route, there_mm, added_mm)
        return replace(route, bores=route.bores if bores is None else bores)

    def has_ducts(self, route: Route) -> bool:
        """Say whether cables of this route lie in ducts, as the design lays them."""
        return route.kind in LAYABLE_KINDS and self._method(route) in ("trench", "existing-duct")

    def diameters_mm(self, route: str) -> list[float]:
        """Give the diameters of the cables in a route."""
        types = self._plant.catalogue.cable_types
        cables = (self._plant.network.cables[row] for row in self._plant.survey.route_cables.get(route, ()))
        return [types[cable.type].diameter_mm for cable in cables if cable.type in types]

    def _diameters_mm(self, route: Route) -> list[float]:
        return self.diameters_mm(route.id) if route.duct else []

    def _method(self, route: Route) -> str:
        row = self._plant.catalogue.surfaces.get(route.surface)
        return row.method if row else ""

    def _bores(self, route: Route, there_mm: Sequence[float], added_mm: Sequence[float]) -> int | None:
        """Give how many bores hold all cables, never fewer than there are; None if one cable is too thick."""
        duct = self._plant.catalogue.duct_types.get(route.duct)
        if duct is None:
            return route.bores
        needed = bores_needed([*there_mm, *added_mm], duct)
        return None if needed is None else max(needed, route.bores)
