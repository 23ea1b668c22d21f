"""From a way in the layout to records: cables, closures, cut routes, and the fibres that a link lights."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import shapely
from shapely.ops import substring

from ponplan.area.graph import SHORTEST_M
from ponplan.area.stubs import APART_M
from ponplan.design.draft import enclosure_for
from ponplan.design.quote.change import Change
from ponplan.design.quote.layout import HOME
from ponplan.design.quote.terrain import CUT_BEFORE, CUT_BEHIND, DROP
from ponplan.topology.network import Cable, Node, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue.model import CableType
    from ponplan.design.quote.access import Access
    from ponplan.design.quote.laying import Laying
    from ponplan.design.quote.layout import Vertex
    from ponplan.design.standing.plant import Plant
    from ponplan.topology.network import NetworkCustomer

Strand = tuple[str, int]
STOPS = ("node", "closure", "closing", "frame", "home", "cabinet")


class Unbuildable(Exception):
    """A way that looked possible cannot be built: the text says why, `culprit` what to go around."""

    def __init__(self, reason: str, *, culprit: Vertex | None = None) -> None:
        super().__init__(reason)
        self.culprit = culprit


@dataclass(slots=True)
class _Section:
    """What lies between two enclosures on a way: an existing cable's row, or routes for a new one."""

    start: Vertex
    end: Vertex
    cable: int | None = None
    junctions: list[str] = field(default_factory=list)
    routes: list[int] = field(default_factory=list)


class Building:
    """The records of one quote while they are put together."""

    def __init__(self, plant: Plant, laying: Laying, customer: NetworkCustomer, access: Access) -> None:
        self._plant = plant
        self._laying = laying
        self._access = access
        self._lit: dict[str, set[int]] = defaultdict(set)
        self._stops: dict[Vertex, str] = {}
        self._added_mm: dict[str, list[float]] = defaultdict(list)
        self._pieces: tuple[tuple[Route, shapely.LineString], ...] = ()
        self.change = Change(customer=customer)
        self.sections = 0

    def place_customer(self) -> str:
        """Add premises and the way to them from the access; give the premises' node."""
        customer, access = self.change.customer, self._access
        x_m, y_m = customer.x_m, customer.y_m
        if math.hypot(x_m - access.x_m, y_m - access.y_m) < APART_M:
            x_m, y_m = round(access.x_m + APART_M, 3), access.y_m
        name, junction = f"P-{customer.id}", f"premises/{customer.id}"
        node = Node(id=self._fresh(name), kind="premises", junction=junction, x_m=x_m, y_m=y_m, name=customer.name)
        self.change.nodes.append(node)
        self._stops[HOME] = node.id
        line = shapely.LineString([(access.x_m, access.y_m), (x_m, y_m)])
        route = Route(
            id=self._fresh(f"drop/{customer.id}"),
            parent="",
            kind="drop",
            from_junction=access.junction,
            to_junction=junction,
            length_m=max(round(line.length, 3), SHORTEST_M),
            surface=self._plant.rules.lead_in_surface,
            state="new",
        )
        self.change.routes.append((route, line))
        if access.route >= 0:
            self._cut()
        return node.id

    def string(self, way: Sequence[Vertex], routes: Sequence[int | None], *, role: str) -> list[Strand]:
        """Build a way that leads from an office or splitter outwards; give the fibres that a link lights on it."""
        return [self._lay(section, role) for section in _sections(way, routes)]

    def node_of(self, stop: Vertex) -> str:
        """Give the node for a stop, which is added if it is a new one."""
        stop = ("closure", stop[1]) if stop[0] == "closing" else stop
        if stop not in self._stops:
            self._stops[stop] = str(stop[1]) if stop[0] == "node" else self._new_node(stop)
            if stop[0] == "node":
                self.change.entered.add(self._stops[stop])
        return self._stops[stop]

    def finish(self) -> Change:
        """Give the change with every route that new cables lie in as it becomes."""
        plant, laying = self._plant, self._laying
        by_id = {piece.id: (place, piece) for place, (piece, _) in enumerate(self._pieces)}
        for name, added_mm in self._added_mm.items():
            if name in by_id:
                place, piece = by_id[name]
                there_mm = laying.diameters_mm(plant.network.routes[self._access.route].id)
                pieces = list(self._pieces)
                pieces[place] = laying.opened(piece, added_mm, there_mm), pieces[place][1]
                self._pieces = tuple(pieces)
            elif name in plant.index.routes:
                route = plant.index.routes[name]
                opened = laying.opened(route, added_mm, laying.diameters_mm(name))
                self.change.replaced_routes[name] = ((opened, self._line(name)),)
        if self._pieces:
            self.change.replaced_routes[plant.network.routes[self._access.route].id] = self._pieces
        return self.change

    def _lay(self, section: _Section, role: str) -> Strand:
        start, end = self.node_of(section.start), self.node_of(section.end)
        if section.cable is not None:
            return self._light(section.cable)
        if not section.routes:
            reason = "two enclosures at one place would be joined by a cable of no length"
            raise Unbuildable(reason, culprit=section.start if section.start[0] == "node" else section.end)
        is_drop = HOME in (section.start, section.end)
        kind = self._laying.drop if is_drop else self._laying.trunk
        names = self._route_names(section)
        cable = self._new_cable("drop" if is_drop else role, kind, start, end, names)
        self.change.cables.append(cable)
        for name in names:
            self._added_mm[name].append(kind.diameter_mm)
        return cable.id, 1

    def _light(self, row: int) -> Strand:
        cable = self._plant.network.cables[row].id
        fibre = next((one for one in self._plant.free_fibres(row) if one not in self._lit[cable]), None)
        if fibre is None:
            raise Unbuildable(f"cable {cable} has no second fibre to spare", culprit=("cable", row))
        self._lit[cable].add(fibre)
        return cable, fibre

    def _new_cable(self, role: str, kind: CableType, start: str, end: str, names: Sequence[str]) -> Cable:
        length_m = round(math.fsum(self._length_m(name) for name in names), 3)
        self.sections += 1
        letter = {"drop": "W", "feeder": "F", "distribution": "D"}[role]
        number = "" if role == "drop" else f"/{self.sections}"
        return Cable(
            id=self._fresh(f"{letter}-{self.change.customer.id}{number}"),
            role=role,
            type=kind.id,
            from_node=start,
            to_node=end,
            routes=tuple(names),
            length_m=length_m,
            slack_m=math.ceil(length_m * self._plant.rules.cable_slack * 1000.0 - 1e-6) / 1000.0,
        )

    def _route_names(self, section: _Section) -> list[str]:
        """Give the ids of a section's routes; a route that has been cut is passed as its pieces."""
        names: list[str] = []
        for here, token in zip(section.junctions, section.routes, strict=False):
            if token == DROP:
                names.append(self.change.routes[0][0].id)
            elif token in (CUT_BEFORE, CUT_BEHIND):
                names.append(self._pieces[0 if token == CUT_BEFORE else 1][0].id)
            elif self._pieces and token == self._access.route:
                forward = self._plant.network.routes[token].from_junction == here
                pair = [piece.id for piece, _ in self._pieces]
                names += pair if forward else pair[::-1]
            else:
                names.append(self._plant.network.routes[token].id)
        return names

    def _length_m(self, name: str) -> float:
        own = {route.id: route.length_m for route, _ in (*self.change.routes, *self._pieces)}
        return own[name] if name in own else self._plant.index.routes[name].length_m

    def _line(self, name: str) -> shapely.LineString:
        rows = self._plant.route_rows
        return self._plant.network.route_lines[rows[name]]

    def _cut(self) -> None:
        """Cut the route of the access in two, and write the pieces into every cable that runs over it."""
        plant, access = self._plant, self._access
        route, line = plant.network.routes[access.route], plant.network.route_lines[access.route]
        first = replace(
            route, id=self._fresh(f"{route.id}/1"), to_junction=access.junction, length_m=round(access.at_m, 3)
        )
        second = replace(
            route,
            id=self._fresh(f"{route.id}/2"),
            from_junction=access.junction,
            length_m=round(route.length_m - first.length_m, 3),
        )
        self._pieces = (
            (first, substring(line, 0.0, access.at_m)),
            (second, substring(line, access.at_m, line.length)),
        )
        for row in plant.survey.route_cables.get(route.id, ()):
            cable, junctions = plant.network.cables[row], plant.survey.tracks[row].junctions
            names: list[str] = []
            for place, name in enumerate(cable.routes):
                pair = [first.id, second.id] if junctions[place] == route.from_junction else [second.id, first.id]
                names += pair if name == route.id else [name]
            self.change.replaced_cables[cable.id] = replace(cable, routes=tuple(names))

    def _new_node(self, stop: Vertex) -> str:
        kind, where = stop[0], str(stop[1])
        plant, customer = self._plant, self.change.customer.id
        family = {"closure": "closure", "frame": "odf", "cabinet": "cabinet"}[kind]
        size = {"closure": (1, 0, 2), "frame": (1, 0, 1), "cabinet": (2, 1, 2)}[kind]
        enclosure, _ = enclosure_for(plant.catalogue, family, fibres=size[0], splitters=size[1], cables=size[2])
        junction = plant.index.nodes[where].junction if kind == "frame" else where
        x_m, y_m = self._junction_xy_m(junction)
        names = {"closure": f"K-{customer}", "frame": f"{where}-FRAME", "cabinet": f"CAB-{customer}"}
        node = Node(
            id=self._fresh(names[kind]),
            kind="closure" if kind == "closure" else "cabinet",
            junction=junction,
            x_m=round(x_m, 3),
            y_m=round(y_m, 3),
            enclosure=enclosure.id,
            site=where if kind == "frame" else "",
        )
        self.change.nodes.append(node)
        return node.id

    def _junction_xy_m(self, junction: str) -> tuple[float, float]:
        if junction == self._access.junction:
            return self._access.x_m, self._access.y_m
        return self._plant.junction_xy_m(junction)

    def _fresh(self, wanted: str) -> str:
        """Give an id that neither the design nor this change has."""
        change = self.change
        own = {record.id for table in (change.nodes, change.cables) for record in table}
        own |= {route.id for route, _ in change.routes}
        name, number = self._plant.fresh_id(wanted), 1
        while name in own:
            number += 1
            name = self._plant.fresh_id(f"{wanted}-{number}")
        return name


def _sections(way: Sequence[Vertex], routes: Sequence[int | None]) -> list[_Section]:
    """Cut a way at its enclosures."""
    stops = [place for place, vertex in enumerate(way) if vertex[0] in STOPS]
    sections = []
    for begin, end in pairwise(stops):
        between = way[begin + 1 : end]
        section = _Section(start=way[begin], end=way[end])
        if between and between[0][0] == "cable":
            section.cable = int(between[0][1])
        else:
            section.junctions = [str(name) for _, name in between]
            section.routes = [route for route in routes[begin:end] if route is not None]
        sections.append(section)
    return sections
