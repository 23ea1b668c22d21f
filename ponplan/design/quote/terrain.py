"""The layout of a design: its routes, cables and enclosures, and a customer's accesses on top."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from typing import TYPE_CHECKING

from ponplan.design.draft import enclosure_for
from ponplan.design.prices import installed_cost, unit_cost
from ponplan.design.quote.layout import HOME, Layout
from ponplan.design.quote.room import Room

if TYPE_CHECKING:
    from collections.abc import Container

    from ponplan.design.quote.access import Access
    from ponplan.design.quote.laying import Laying
    from ponplan.design.quote.layout import Vertex
    from ponplan.design.standing.plant import Plant

CUT_BEFORE, CUT_BEHIND = -2, -3  # instead of a route's row: the pieces of the cut route, before and behind the access
DROP = -4  # the way from the access to the premises


class Terrain:
    """Layouts over one design, for feeders and for customers."""

    def __init__(self, plant: Plant, laying: Laying, *, avoided: Container[Vertex] = ()) -> None:
        self._plant = plant
        self._avoided = avoided
        self._laying = laying
        self._room = Room(plant)
        self._splice = unit_cost(plant.catalogue, "splice")
        closure, _ = enclosure_for(plant.catalogue, "closure", fibres=1, splitters=0, cables=2)
        self._closure = installed_cost(plant.catalogue, closure)
        self._routes_at: dict[str, list[int]] = defaultdict(list)
        self._ending: list[tuple[str, int]] = []
        self._base = self._common()
        self.feeders = self._for_feeders()
        self._homes = self._for_homes()

    def _common(self) -> Layout:
        plant, layout = self._plant, Layout()
        for row, route in enumerate(plant.network.routes):
            cost = self._laying.cost(row, self._laying.trunk)
            if math.isfinite(cost):
                self._routes_at[route.from_junction].append(row)
                self._routes_at[route.to_junction].append(row)
                layout.join(("lay", route.from_junction), ("lay", route.to_junction), cost, row)
        for junction, cables in plant.junction_cables.items():
            self._add_closure(layout, junction, cables)
        for node in plant.network.nodes:
            if node.kind != "premises":
                self._add_node(layout, node.id, node.junction)
        for office in plant.offices:
            frame, _ = enclosure_for(plant.catalogue, "odf", fibres=1, splitters=0, cables=1)
            cost = installed_cost(plant.catalogue, frame) + self._splice / 2
            layout.lead(("frame", office.id), ("lay", office.junction), cost)
            if all(math.isinf(self._room.cost(frame, cables=1)) for frame in plant.frames_at(office)):
                # customers' fibres end on a new frame where no other has room
                layout.lead(("lay", office.junction), ("frame", office.id), cost)
        return layout

    def _add_closure(self, layout: Layout, junction: str, cables: list[int]) -> None:
        """Let fibres of passing cables be spliced to new cables in a new closure.

        Not to each other: records tell where two cables are joined by where one of them ends.
        """
        half = (self._splice + self._closure) / 2
        layout.lead(("closure", junction), ("lay", junction), half)
        layout.lead(("lay", junction), ("closing", junction), half)
        for row in cables:
            track = self._plant.survey.tracks[row]
            if ("cable", row) in self._avoided:
                continue
            if junction in (track.junctions[0], track.junctions[-1]):
                self._ending.append((junction, row))
                continue
            layout.lead(("cable", row), ("closure", junction), half)
            layout.lead(("closing", junction), ("cable", row), half)

    def _for_feeders(self) -> Layout:
        """Let feeders go on from the end of an old cable.

        At a cable's end, the splice with the next cable outwards counts for the enclosure where that next one ends:
        a new closure helps only when the new cable is the outer one. Feeders are searched from the office outwards,
        customers' fibres from the premises inwards.
        """
        layout, half = Layout(below=self._base), (self._splice + self._closure) / 2
        for junction, row in self._ending:
            layout.lead(("cable", row), ("closure", junction), half)
        return layout

    def _for_homes(self) -> Layout:
        """Let customers' fibres reach the end of an old cable."""
        layout, half = Layout(below=self._base), (self._splice + self._closure) / 2
        for junction, row in self._ending:
            layout.lead(("closing", junction), ("cable", row), half)
        return layout

    def _add_node(self, layout: Layout, node: str, junction: str) -> None:
        """Let new cables enter an enclosure with room, and fibres of the cables in it be spliced there.

        Where a larger one makes the room, it costs half at each side as well.
        """
        plant = self._plant
        if ("node", node) in self._avoided or math.isinf(self._room.cost(node)):
            return
        if plant.index.nodes[node].kind == "office" and self._has_frames(node):
            return
        halves = [(self._splice + self._room.cost(node, cables=cables)) / 2 for cables in range(3)]
        if math.isfinite(halves[1]):
            layout.join(("node", node), ("lay", junction), halves[1])
        inside = plant.node_cables.get(node, set())
        for row in plant.junction_cables.get(junction, ()):
            half = halves[0] if row in inside else halves[2]
            if ("cable", row) not in self._avoided and math.isfinite(half):
                layout.join(("node", node), ("cable", row), half)

    def _has_frames(self, office: str) -> bool:
        return self._plant.frames_at(self._plant.index.nodes[office]) != [office]

    def with_access(self, access: Access, *, max_drop_m: float, far: bool) -> Layout:
        """Give the layout with the premises joined at an access.

        Parameters
        ----------
        far
            Whether the drop may go on along the routes, to whatever lies within `max_drop_m`; else it ends in a
            closure or room at the access.
        """
        layout, laying = Layout(below=self._homes), self._laying
        if access.route >= 0:
            self._add_cut(layout, access)
        cost = laying.drop_trench_cost(access.drop_m) + laying.cable_cost(laying.drop, access.drop_m)
        layout.lead(HOME, ("run", access.junction), cost, DROP)
        reached = self._within(access, max_drop_m - access.drop_m) if far else {access.junction}
        for junction in reached:
            self._end_drop(layout, junction, is_access=junction == access.junction)
        for row, begin, end, share in self._drop_edges(access, reached) if far else ():
            cost = laying.cost(row if row >= 0 else access.route, laying.drop) * share
            if math.isfinite(cost):
                layout.join(("run", begin), ("run", end), cost, row)
        return layout

    def _add_cut(self, layout: Layout, access: Access) -> None:
        """Add the point where a route is cut, with the cables that pass it."""
        plant, laying, route = self._plant, self._laying, self._plant.network.routes[access.route]
        whole = laying.cost(access.route, laying.trunk)
        share = access.at_m / route.length_m
        ends = ((route.from_junction, share, CUT_BEFORE), (route.to_junction, 1.0 - share, CUT_BEHIND))
        for junction, part, token in ends if math.isfinite(whole) else ():
            layout.join(("lay", access.junction), ("lay", junction), whole * part, token)
        passing = set(plant.survey.route_cables.get(route.id, ()))
        rows = [row for row in plant.junction_cables.get(route.from_junction, ()) if row in passing]
        self._add_closure(layout, access.junction, rows)

    def _end_drop(self, layout: Layout, junction: str, *, is_access: bool) -> None:
        """Let the drop end in the enclosures at a junction, or in a new closure where that leads on."""
        for node in self._plant.index.nodes_at.get(junction, ()):
            there = layout.find(("node", node.id))
            room = self._room.cost(node.id, cables=1)
            if there is not None and math.isfinite(room):
                layout.lead(("run", junction), ("node", node.id), (self._splice + room) / 2)
        half = (self._splice + self._closure) / 2
        if layout.find(("closing", junction)) is not None:
            layout.lead(("run", junction), ("closing", junction), half)
        if is_access or layout.find(("closure", junction)) is not None:
            layout.lead(("run", junction), ("closure", junction), half)
            layout.lead(("closure", junction), ("lay", junction), half)

    def _within(self, access: Access, limit_m: float) -> set[str]:
        """Give the junctions that are so near along routes where a cable may be laid."""
        nearest: dict[str, float] = {}
        heap = [(0.0, access.junction)]
        routes = self._plant.network.routes
        while heap:
            here_m, junction = heapq.heappop(heap)
            if junction in nearest or here_m > limit_m:
                continue
            nearest[junction] = here_m
            if junction == access.junction and access.route >= 0:
                cut = routes[access.route]
                heapq.heappush(heap, (access.at_m, cut.from_junction))
                heapq.heappush(heap, (cut.length_m - access.at_m, cut.to_junction))
            for row in self._routes_at.get(junction, ()):
                far = routes[row].to_junction if routes[row].from_junction == junction else routes[row].from_junction
                heapq.heappush(heap, (here_m + routes[row].length_m, far))
        return set(nearest)

    def _drop_edges(self, access: Access, reached: set[str]) -> list[tuple[int, str, str, float]]:
        """Give the routes between the junctions reached: row, both ends, and the share of its length."""
        routes = self._plant.network.routes
        rows = sorted({row for junction in reached for row in self._routes_at.get(junction, ())})
        edges = [
            (row, routes[row].from_junction, routes[row].to_junction, 1.0)
            for row in rows
            if routes[row].from_junction in reached and routes[row].to_junction in reached
        ]
        if access.route >= 0:
            cut = routes[access.route]
            share = access.at_m / cut.length_m
            edges.append((CUT_BEFORE, access.junction, cut.from_junction, share))
            edges.append((CUT_BEHIND, access.junction, cut.to_junction, 1.0 - share))
        return [edge for edge in edges if {edge[1], edge[2]} <= reached]
