"""Plant that stands in a generated area already: feeders, lit cabinets with tenants, branches, loaded ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from ponplan.area.graph import build_route_graph
from ponplan.area.plant.model import AreaPlant, PlantBox, PlantCable, PlantPort, PlantSplitter

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import LineString

    from ponplan.area.generate.kinds import Kind
    from ponplan.area.graph import RouteGraph
    from ponplan.area.model import Area, Site

    IntArray = NDArray[np.int64]

FEEDER_FIBRES, BRANCH_FIBRES = 48, 24
SPLITTER, LEGS = "1:32", 32
TECHNOLOGY = "epon"
TENANTS = (6, 18)  # legs of each splitter that others use
OTHER_FIBRES = (4, 20)  # of each feeder, lit for something else
MOST_FAULTY = 3  # fibres of each cable
LOAD_BPS = (4e6, 2e6)  # of each tenant, down and up
IDLE_PORTS = 2
CLOSURE = "closure-48"


def plant_of(area: Area, kind: Kind, rng: np.random.Generator) -> AreaPlant:
    """Give plant on the routes of an area: one lit cabinet for every so many customers, where most of them are."""
    stands = [site for site in area.sites if site.existing and site.kind == "cabinet"]
    if not kind.customers_per_lit_cabinet or not stands:
        return AreaPlant()
    graph = build_route_graph(area)
    places_m, customers_m = (np.array([(one.x_m, one.y_m) for one in some]) for some in (stands, area.customers))
    near: IntArray = np.asarray(cKDTree(places_m).query(customers_m)[1], np.int64)
    count = max(1, round(len(area.customers) / kind.customers_per_lit_cabinet))
    customers_of = np.bincount(near, minlength=len(stands))
    chosen = np.argsort(-customers_of, kind="stable")[:count].tolist()
    cables: list[PlantCable] = []
    boxes: list[PlantBox] = []
    splitters: list[PlantSplitter] = []
    ports: list[PlantPort] = []
    for number, row in enumerate(sorted(chosen), start=1):
        site = stands[row]
        tenants = int(rng.integers(*TENANTS))
        members = np.flatnonzero(near == row)
        feeder, branch, closure = _cables(area, graph, site, members, number, tenants, rng)
        cables += [feeder, *([branch] if branch else [])]
        boxes += [_cabinet(site, tenants), *([closure] if closure else [])]
        ports.append(_port(number, tenants))
        taken = tuple(range(1, tenants + 1))
        feed = ((feeder.id, feeder.taken[0]),)
        splitters.append(
            PlantSplitter(
                id=f"OBD{number:02d}", place=site.id, type=SPLITTER, port=ports[-1].id, taken=taken, feeder=feed
            )
        )
    ports += [_port(number, 0) for number in range(len(ports) + 1, len(ports) + 1 + IDLE_PORTS)]
    return AreaPlant(cables=tuple(cables), boxes=tuple(boxes), splitters=tuple(splitters), ports=tuple(ports))


def _cabinet(site: Site, tenants: int) -> PlantBox:
    size = int((site.enclosure or "cabinet-144").rpartition("-")[2])
    return PlantBox(
        id=site.id,
        kind="cabinet",
        name=site.name,
        x_m=site.x_m,
        y_m=site.y_m,
        enclosure=f"cabinet-{size}",
        free_ports=size - tenants - 1,
    )


def _port(number: int, tenants: int) -> PlantPort:
    down_bps, up_bps = LOAD_BPS
    return PlantPort(
        id=f"PON-1/{number}",
        technology=TECHNOLOGY,
        card=1 + (number - 1) // 16,
        number=1 + (number - 1) % 16,
        onus=tenants,
        down_bps=tenants * down_bps,
        up_bps=tenants * up_bps,
    )


def _cables(
    area: Area,
    graph: RouteGraph,
    site: Site,
    members: IntArray,
    number: int,
    tenants: int,
    rng: np.random.Generator,
) -> tuple[PlantCable, PlantCable | None, PlantBox | None]:
    """Give the feeder to a cabinet, and a branch from it with a closure where the middle one of its customers is."""
    here = int(graph.site_junctions[[one.id for one in area.sites].index(site.id)])
    ways = _Ways(graph, here)
    used, faulty = _fibres(FEEDER_FIBRES, int(rng.integers(*OTHER_FIBRES)), rng)
    feeder = PlantCable(
        id=f"F{number:02d}",
        name=f"Feeder to {site.name}",
        fibres=FEEDER_FIBRES,
        from_place=area.offices[0].id,
        to_place=site.id,
        taken=used,
        faulty=faulty,
        line=ways.to(int(graph.office_junctions[0])),
    )
    reached = {ways.access_of(j) for j in graph.customer_junctions[members].tolist() if j >= 0} - {here}
    branches = sorted((line.length, access, line) for access in sorted(reached) if (line := ways.to(access)))
    if not branches:
        return feeder, None, None
    _, access, line = branches[len(branches) // 2]
    used, faulty = _fibres(BRANCH_FIBRES, min(tenants, BRANCH_FIBRES // 2), rng)
    x_m, y_m = (round(float(xy[access]), 3) for xy in (graph.junction_x_m, graph.junction_y_m))
    closure = PlantBox(id=f"J{number:02d}", kind="closure", x_m=x_m, y_m=y_m, enclosure=CLOSURE)
    branch = PlantCable(
        id=f"D{number:02d}",
        name=f"Branch from {site.name}",
        fibres=BRANCH_FIBRES,
        from_place=site.id,
        to_place=closure.id,
        role="distribution",
        taken=used,
        faulty=faulty,
        line=line,
    )
    return feeder, branch, closure


def _fibres(count: int, used: int, rng: np.random.Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Give the fibres in use, the first ones, and some faulty ones among the others."""
    sound = np.arange(used + 1, count + 1)
    faulty = rng.choice(sound, size=int(rng.integers(0, MOST_FAULTY + 1)), replace=False)
    return tuple(range(1, used + 1)), tuple(sorted(int(fibre) for fibre in faulty))


class _Ways:
    """Shortest ways over routes from one junction."""

    def __init__(self, graph: RouteGraph, start: int) -> None:
        self._graph, self._start = graph, start
        self._drops = np.isin(graph.kinds, ["drop", "indoor"])
        edges = np.flatnonzero(~self._drops)
        size, tails, heads = len(graph.junction_ids), graph.tails[edges], graph.heads[edges]
        lengths_m = coo_array((graph.lengths_m[edges], (tails, heads)), shape=(size, size)).tocsr()
        _, before = dijkstra(lengths_m, directed=False, indices=np.array([start]), return_predecessors=True)
        self._before: list[int] = np.asarray(before)[0].tolist()
        pairs = zip(tails.tolist(), heads.tolist(), edges.tolist(), strict=True)
        self._edge_of = {frozenset((tail, head)): edge for tail, head, edge in pairs}

    def to(self, end: int) -> LineString | None:
        """Give the line of the way to a junction, None if it has no length."""
        lines, here = [], end
        while self._before[here] >= 0:
            edge = self._edge_of[frozenset((here, self._before[here]))]
            line = self._graph.lines[edge]
            lines.append(line if int(self._graph.heads[edge]) == here else shapely.reverse(line))
            here = self._before[here]
        if here != self._start or not lines:
            return None
        coords = [place for line in reversed(lines) for place in line.coords]
        return shapely.remove_repeated_points(shapely.LineString(coords))

    def access_of(self, premises: int) -> int:
        """Give the junction where the drop of premises begins."""
        ends = (self._graph.tails == premises) | (self._graph.heads == premises)
        (edge,) = np.flatnonzero(self._drops & ends)[:1]
        return int(self._graph.tails[edge] + self._graph.heads[edge] - premises)
