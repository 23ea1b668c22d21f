"""Standing plant as a plan sees it: kept records on the graph of the plan, and what they leave free."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.prices import trunk_prices
from ponplan.design.standing.plant import Plant
from ponplan.topology.ducts import bores_needed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.area.model import Rules
    from ponplan.catalogue.model import Enclosure
    from ponplan.topology.network import Network, NetworkCustomer, Node, Route, Splitter

    BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Standing:
    """Kept plant, told in junctions and segments of the plan's graph.

    Parameters
    ----------
    network
        The kept records; their states say what has been built.
    edges
        Segment of the graph that each kept route is; routes outside the graph are not in it.
    num_edges
        Of the graph.
    parents
        Of each of the area's routes: the id of the planner's own route, empty for lead-ins.
    customers
        Everybody in the planner's area, in its order, as far as they need no planning.
    order
        Ids of everybody in the area's order.
    rules
        Of the area.
    surfaces
        (edges,) how the area says each segment is built.
    wished
        Locked splitters that are not built and lost their light, at a kept node or a site: to be set there again.
    """

    network: Network
    edges: Mapping[str, int]
    num_edges: int
    parents: tuple[str, ...]
    customers: Mapping[str, NetworkCustomer]
    order: tuple[str, ...]
    rules: Rules
    surfaces: tuple[str, ...]
    wished: tuple[Splitter, ...] = ()
    is_hopeful: bool = True  # ways over dark fibres are taken to be free; else to cost what new cable costs

    @cached_property
    def plant(self) -> Plant:
        """What is left in the kept records."""
        return Plant(self.network)

    @cached_property
    def route_at(self) -> Mapping[int, Route]:
        """The kept route of each segment that has one."""
        routes = self.plant.index.routes
        return {edge: routes[name] for name, edge in self.edges.items()}

    @cached_property
    def taken(self) -> set[str]:
        """Ids in use."""
        return {*self.plant.taken_ids, *(splitter.id for splitter in self.wished)}

    @cached_property
    def is_open(self) -> BoolArray:
        """(edges,) whether at least the thinnest trunk cable can be laid there without digging."""
        types = trunk_prices(self.network.catalogue, self.rules).types
        thinnest_mm = min(row.diameter_mm for row in types)
        found = np.zeros(self.num_edges, bool)
        for edge in self.route_at:
            found[edge] = self.bores_with(edge, [thinnest_mm]) is not None
        return found

    @cached_property
    def is_free(self) -> BoolArray:
        """(edges,) whether a fibre may come to lie there without digging, in a new cable or in a kept one."""
        return self.is_open | self.is_lit_free

    @cached_property
    def is_lit_free(self) -> BoolArray:
        """(edges,) whether a fibre is taken to cost nothing there."""
        return self.has_dark_fibre if self.is_hopeful else np.zeros(self.num_edges, bool)

    def bores_with(self, edge: int, added_mm: Sequence[float]) -> int | None:
        """Give the bores that a kept route occupies with more cables; None if it has no room for them."""
        if edge in self.closed:
            return None
        route, catalogue = self.route_at[edge], self.network.catalogue
        duct = catalogue.duct_types.get(route.duct)
        if duct is None:
            return route.bores
        there_mm = self.diameters_mm[route.id]
        needed = bores_needed([*there_mm, *added_mm], duct)
        surface = catalogue.surfaces.get(route.surface)
        is_shared = surface is not None and surface.method == "existing-duct"
        most = route.free_bores if is_shared else route.bores
        if route.state == "new" and not is_shared:
            most = None  # not dug yet: one more duct can go in
        if needed is None or (most is not None and needed > most):
            return None
        return max(needed, route.bores)

    @cached_property
    def closed(self) -> frozenset[int]:
        """Segments with cables of which nothing more is known: no duct of theirs has room for others."""
        return frozenset(edge for edge, route in self.route_at.items() if is_closed(route))

    @cached_property
    def diameters_mm(self) -> Mapping[str, list[float]]:
        """Diameters of the kept cables in each route."""
        types, found = self.network.catalogue.cable_types, defaultdict(list)
        for cable in self.network.cables:
            for name in cable.routes:
                found[name].append(types[cable.type].diameter_mm)
        return found

    @cached_property
    def has_dark_fibre(self) -> BoolArray:
        """(edges,) whether a kept trunk cable lies there with a sound fibre that is dark on this stretch."""
        survey, types = self.plant.survey, self.network.catalogue.cable_types
        lit: dict[tuple[int, str], int] = defaultdict(int)
        for run in survey.runs:
            for piece in run.pieces:
                for name in survey.routes_of(piece):
                    lit[piece.cable, name] += 1
        found = np.zeros(self.num_edges, bool)
        for row, cable in enumerate(self.network.cables):
            if cable.role == "drop" or row in self.closed_cables:
                continue
            sound = types[cable.type].fibres - len({*cable.faulty, *cable.taken})
            for name in cable.routes:
                if name in self.edges and lit[row, name] < sound:
                    found[self.edges[name]] = True
        return found

    @cached_property
    def closed_cables(self) -> frozenset[int]:
        """Rows of the trunk cables that leave the graph, as through a forbidden route: no new fibre goes there."""
        return frozenset(
            row
            for row, cable in enumerate(self.network.cables)
            if cable.role != "drop" and not self.edges.keys() >= set(cable.routes)
        )

    @cached_property
    def waiting(self) -> frozenset[str]:
        """Kept nodes that must be used and are not yet: locked ones, and those of locked splitters without light."""
        used = {splitter.node for splitter in self.network.splitters}
        locked = {node.id for node in self.hosts.values() if node.locked}
        return frozenset((locked | {splitter.node for splitter in self.wished}) & self.hosts.keys()) - used

    @cached_property
    def hosts(self) -> Mapping[str, Node]:
        """Kept cabinets and rooms that may hold splitters, by id; frames are none."""
        kinds = self.network.catalogue.enclosures
        return {
            node.id: node
            for node in self.network.nodes
            if node.kind in ("cabinet", "room") and node.enclosure in kinds and kinds[node.enclosure].kind != "odf"
        }

    @property
    def frames(self) -> list[Node]:
        """Kept frames in offices, which may hold splitters too."""
        kinds = self.network.catalogue.enclosures
        return [n for n in self.network.nodes if n.enclosure in kinds and kinds[n.enclosure].kind == "odf"]

    def left_in(self, node: str) -> Enclosure:
        """Give the enclosure of a kept node as large as what is left in it."""
        plant, kinds = self.plant, self.network.catalogue.enclosures
        return replace(
            kinds[plant.index.nodes[node].enclosure],
            fibres=max(plant.fibres_left(node), 0),
            splitter_slots=max(plant.slots_left(node), 0),
            cables=max(plant.cables_left(node), 0),
        )

    def has_room(self, node: str) -> bool:
        """Say whether a kept node takes one more splitter with feeder and leg, over cables that are there."""
        left = self.left_in(node)
        return left.splitter_slots >= 1 and left.fibres >= 2

    def fresh(self, wanted: str) -> str:
        """Give an id that is not in use, like the one wanted."""
        if wanted not in self.taken:
            return wanted
        return next(name for n in itertools.count(2) if (name := f"{wanted}-{n}") not in self.taken)


def is_closed(route: Route) -> bool:
    """Say whether cables of others lie in a route of whose ducts nothing is known."""
    return route.state == "existing" and route.free_bores == 0 and not route.duct
