"""Which ways of connecting a customer are worth looking into, cheapest guess first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.draft import enclosure_for
from ponplan.design.prices import installed_cost, unit_cost
from ponplan.design.quote.layout import HOME, cheapest_ways
from ponplan.design.quote.terrain import CUT_BEFORE, CUT_BEHIND, DROP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ponplan.design.quote.access import Access
    from ponplan.design.quote.layout import Vertex, Ways
    from ponplan.design.quote.terrain import Terrain
    from ponplan.design.standing.plant import Plant
    from ponplan.topology.network import NetworkCustomer

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

CABINETS_TRIED = 6  # new cabinet sites per access
KINDS = ("free-leg", "new-splitter", "new-cabinet", "direct")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One way of connecting, not yet built: `cost` is a guess from the parts that differ between offers.

    `home` and `feeder` end at the host's vertices, which for a new cabinet are where cables pass its junction.
    """

    kind: str
    cost: float
    host: Vertex
    access: Access
    home: tuple[tuple[Vertex, ...], tuple[int | None, ...]]  # from the premises to the host
    feeder: tuple[tuple[Vertex, ...], tuple[int | None, ...]] = ((), ())  # from an office to the host


class Offers:
    """The searches behind the offers to one customer."""

    def __init__(
        self, plant: Plant, terrain: Terrain, customer: NetworkCustomer, accesses: Sequence[Access], limit_m: float
    ) -> None:
        self._plant = plant
        self._terrain = terrain
        self._customer = customer
        self._accesses = accesses
        self._limit_m = limit_m
        self._streets = plant.street_junctions
        frames: list[Vertex] = [("node", name) for office in plant.offices for name in plant.frames_at(office)]
        self._office_vertices = frames + [("frame", office.id) for office in plant.offices]
        self._feeders = cheapest_ways(terrain.feeders, self._office_vertices)

    def listed(self) -> list[Offer]:
        """Give all offers, the cheapest guess first; of the same host and kind only the best access counts."""
        best: dict[tuple[str, Vertex], Offer] = {}
        for access in self._accesses:
            for offer in self._from_access(access):
                key = offer.kind, offer.host
                if key not in best or offer.cost < best[key].cost:
                    best[key] = offer
        return sorted(
            best.values(), key=lambda offer: (round(offer.cost, 2), self._distance_m(offer), str(offer.host))
        )

    def _distance_m(self, offer: Offer) -> float:
        """Give how far a host stands from the premises: of equally dear offers the nearest is tried first."""
        kind, name = offer.host
        index = self._plant.index
        junction = str(name) if kind == "cabinet" else index.nodes[str(name)].junction
        x_m, y_m = self._plant.junction_xy_m(junction)
        return math.hypot(x_m - self._customer.x_m, y_m - self._customer.y_m)

    def _from_access(self, access: Access) -> Iterator[Offer]:
        searches = [
            cheapest_ways(self._terrain.with_access(access, max_drop_m=self._limit_m, far=far), [HOME])
            for far in (True, False)
        ]
        if not self._plant.catalogue.technologies[self._customer.technology].is_direct:
            yield from self._free_legs(access, searches)
            yield from self._new_splitters(access, searches)
            yield from self._new_cabinets(access, searches)
        yield from self._direct(access, searches)

    def _free_legs(self, access: Access, searches: Sequence[Ways]) -> Iterator[Offer]:
        for node, splitters in self._plant.node_splitters.items():
            of_kind = (name for name in splitters if self._suits(name))
            if any(self._plant.free_legs(name) for name in of_kind):
                yield from self._offer("free-leg", access, searches, ("node", node), 0.0)

    def _suits(self, splitter: str) -> bool:
        """Say whether a splitter is of the customer's technology and hangs on the customer's bearer."""
        plant, customer = self._plant, self._customer
        if plant.index.splitters[splitter].technology != customer.technology:
            return False
        bearer = plant.catalogue.customer_classes[customer.customer_class].bearer
        return any(plant.bearer_of(port) == bearer for port in plant.splitter_ports.get(splitter, ()))

    def _new_splitters(self, access: Access, searches: Sequence[Ways]) -> Iterator[Offer]:
        plant = self._plant
        frames = {name for _, name in self._office_vertices}
        for node in plant.network.nodes:
            is_place = node.kind in ("cabinet", "room") and node.id not in frames
            if (
                (is_place or node.id in plant.node_splitters)
                and plant.slots_left(node.id) >= 1
                and plant.fibres_left(node.id) >= 2
            ):
                yield from self._offer("new-splitter", access, searches, ("node", node.id), self._splitter_cost())

    def _splitter_cost(self) -> float:
        """Give what a splitter with its port costs at least, beside the fibres."""
        catalogue = self._plant.catalogue
        rows = [row for row in catalogue.splitters.values() if row.kind == "balanced" and row.allowed_in_design]
        splices = catalogue.terminations["splitter-input"].splices + catalogue.terminations["olt"].splices
        tasks = ("splitter-installation", "pon-port-commissioning", "odf-port")
        cost = min(unit_cost(catalogue, row.id) for row in rows) if rows else math.inf
        return cost + splices * unit_cost(catalogue, "splice") + sum(unit_cost(catalogue, task) for task in tasks)

    def _new_cabinets(self, access: Access, searches: Sequence[Ways]) -> Iterator[Offer]:
        """Offer cabinets at the junctions of streets where premises and feeder meet most cheaply."""
        plant = self._plant
        cabinet, fits = enclosure_for(plant.catalogue, "cabinet", fibres=2, splitters=1, cables=2)
        if not fits:
            return
        fixed = installed_cost(plant.catalogue, cabinet) + self._splitter_cost()
        feeder_costs = self._passing(self._feeders)
        totals = np.stack([feeder_costs + self._passing(search) for search in searches])
        for place in np.argsort(totals, axis=None, kind="stable")[:CABINETS_TRIED].tolist():
            number, row = divmod(place, len(self._streets))
            cost, junction, search = float(totals[number, row]), self._streets[row], searches[number]
            if not math.isfinite(cost):
                break
            home = self._cheapest_passing(search, junction, ("run", "lay"))
            feeder = self._cheapest_passing(self._feeders, junction, ("lay",))
            host: Vertex = ("cabinet", junction)
            way = _ending(search.way(home), host)
            if self._drop_fits(way, access):
                yield Offer(
                    kind="new-cabinet",
                    cost=cost + fixed,
                    host=host,
                    access=access,
                    home=way,
                    feeder=_ending(self._feeders.way(feeder), host),
                )

    def _passing(self, ways: Ways) -> FloatArray:
        """Give (streets' junctions,) what the cheapest way to any cable, new or there, that passes it costs."""
        found = np.full(len(self._streets), np.inf)
        rows, numbers = self._passers
        np.minimum.at(found, rows, ways.costs[numbers])
        for number, vertex in enumerate(ways.layout.vertices, start=ways.layout.num_below):
            row = self._street_rows.get(str(vertex[1])) if vertex[0] == "run" else None
            if row is not None:
                found[row] = min(found[row], ways.costs[number])
        return found

    @cached_property
    def _street_rows(self) -> dict[str, int]:
        return {junction: row for row, junction in enumerate(self._streets)}

    @cached_property
    def _passers(self) -> tuple[IntArray, IntArray]:
        """Pairs of a junction of streets and the vertex of a cable that passes it."""
        base, pairs = self._terrain.feeders, []
        for row, junction in enumerate(self._streets):
            vertices: list[Vertex] = [("lay", junction)]
            vertices += [("cable", cable) for cable in self._plant.junction_cables.get(junction, ())]
            pairs += [(row, number) for number in map(base.find, vertices) if number is not None]
        table = np.array(pairs, np.int64).reshape(-1, 2)
        return table[:, 0], table[:, 1]

    def _cheapest_passing(self, ways: Ways, junction: str, kinds: Sequence[str]) -> Vertex:
        vertices: list[Vertex] = [(kind, junction) for kind in kinds]
        vertices += [("cable", row) for row in self._plant.junction_cables.get(junction, ())]
        return min(vertices, key=lambda vertex: (ways.cost(vertex), vertex[0], str(vertex[1])))

    def _direct(self, access: Access, searches: Sequence[Ways]) -> Iterator[Offer]:
        """Offer a fibre of the customer's own from the office."""
        for vertex in self._office_vertices:
            yield from self._offer("direct", access, searches, vertex, self._splitter_cost())

    def _offer(
        self, kind: str, access: Access, searches: Sequence[Ways], host: Vertex, fixed: float
    ) -> Iterator[Offer]:
        """Offer the cheaper of both searches whose drop is short enough."""
        needs_feeder = kind == "new-splitter"
        feeder_cost = self._feeders.cost(host) if needs_feeder else 0.0
        for search in sorted(searches, key=lambda one: one.cost(host)):
            cost = search.cost(host) + feeder_cost + fixed
            if not math.isfinite(cost):
                continue
            vertices, routes = search.way(host)
            way = tuple(vertices), tuple(routes)
            if self._drop_fits(way, access):
                feeder = self._feeders.way(host) if needs_feeder else ([], [])
                yield Offer(
                    kind=kind,
                    cost=cost,
                    host=host,
                    access=access,
                    home=way,
                    feeder=(tuple(feeder[0]), tuple(feeder[1])),
                )
                return

    def _drop_fits(self, way: tuple[tuple[Vertex, ...], tuple[int | None, ...]], access: Access) -> bool:
        """Say whether the drop at the beginning of a way is no longer than allowed."""
        length_m = 0.0
        for vertex, token in zip(way[0][1:], way[1], strict=True):
            if vertex[0] != "run":
                break
            length_m += self._length_m(token, access)
        return length_m <= self._limit_m

    def _length_m(self, token: int | None, access: Access) -> float:
        """Give the metres of a route, of a piece of the one that is cut, or of the way to the premises."""
        routes = self._plant.network.routes
        if token == DROP:
            return access.drop_m
        if token == CUT_BEFORE:
            return access.at_m
        if token == CUT_BEHIND:
            return routes[access.route].length_m - access.at_m
        return routes[token].length_m if token is not None else 0.0


def _ending(
    way: tuple[list[Vertex], list[int | None]], host: Vertex
) -> tuple[tuple[Vertex, ...], tuple[int | None, ...]]:
    return (*way[0], host), (*way[1], None)
