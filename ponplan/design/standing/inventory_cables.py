"""Listed cables laid along the routes, each as light goes."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from ponplan.area.plant.consistency import cable_type_of
from ponplan.design.standing.under import NEAR_M, RouteWays
from ponplan.errors import Fault
from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.nearest import nearest_sources
from ponplan.topology.network import Cable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.area.model import Area
    from ponplan.area.plant.model import PlantCable
    from ponplan.catalogue import Catalogue
    from ponplan.design.standing.inventory_ground import End, Ground
    from ponplan.topology.network import Node, Route


def listed_cables(
    area: Area,
    catalogue: Catalogue,
    ends: Sequence[tuple[End, End]],
    ground: Ground,
    routes: Sequence[Route],
    nodes: Sequence[Node],
    faults: list[Fault],
) -> list[Cable]:
    """Lay the cables along the routes, each as light goes: from the end that fewer cables part from an office."""
    ways = RouteWays(routes, ground.graph.lines)
    away_m, cables_away = _from_offices(ground), _cables_away(area, ends)
    junction_of = {node.id: node.junction for node in nodes}
    kinds = {node.id: node.kind for node in nodes}
    found = []
    for cable, (begin, end) in zip(area.plant.cables, ends, strict=True):
        lost = [one.place for one in (begin, end) if one.place not in junction_of]
        way = None if lost else ways.between(junction_of[begin.place], junction_of[end.place], cable.line)
        if way is None or not way.is_under or not way.rows:
            faults.append(_nowhere(cable, lost, ground, is_way=way is not None and bool(way.rows)))
            continue
        rows, from_node, to_node = way.rows, begin.place, end.place
        near, far = ((cables_away.get(one, math.inf), away_m[ground.junctions[one]]) for one in (from_node, to_node))
        if far < near:
            rows, from_node, to_node = rows[::-1], to_node, from_node
        kind = cable_type_of(cable, catalogue)
        assert kind is not None  # noqa: S101 - the lists have been judged
        missing = range((cable.fibres or kind.fibres) + 1, kind.fibres + 1)  # of a cable smaller than its type
        is_feeder = "office" in (kinds[from_node], kinds[to_node])
        length_m = round(math.fsum(routes[row].length_m for row in rows), 3)
        found.append(
            Cable(
                id=cable.id,
                role=cable.role or ("feeder" if is_feeder else "distribution"),
                type=kind.id,
                from_node=from_node,
                to_node=to_node,
                routes=tuple(routes[row].id for row in rows),
                length_m=length_m,
                slack_m=math.ceil(length_m * area.rules.cable_slack * 1000.0 - 1e-6) / 1000.0,
                state="existing",
                faulty=cable.faulty,
                taken=(*cable.taken, *missing),
            )
        )
    return found


def _cables_away(area: Area, ends: Sequence[tuple[End, End]]) -> dict[str, int]:
    """Give over how many listed cables light comes to each place; one to splitters whose feeder nobody lists."""
    beside: dict[str, list[str]] = defaultdict(list)
    for one, other in ends:
        beside[one.place].append(other.place)
        beside[other.place].append(one.place)
    found: dict[str, int] = {}
    reached = [office.id for office in area.offices]
    lit = [splitter.place for splitter in area.plant.splitters]
    for count in range(len(ends) + 2):
        reached = [place for place in dict.fromkeys(reached) if place not in found]
        found |= dict.fromkeys(reached, count)
        reached = [place for here in reached for place in beside[here]] + (lit if count == 0 else [])
    return found


def _from_offices(ground: Ground) -> list[float]:
    """Give how far each junction is from the nearest office."""
    graph = ground.graph
    tree = SparseGraph.from_edges(len(graph.junction_ids), graph.tails, graph.heads, graph.lengths_m)
    offices = np.array([junction for junction in graph.office_junctions.tolist() if junction >= 0], np.int64)
    _, away_m = nearest_sources(tree, offices, width=1)
    distances: list[float] = away_m[:, 0].tolist()
    return distances


def _nowhere(cable: PlantCable, lost: Sequence[str], ground: Ground, *, is_way: bool) -> Fault:
    """Complain about a cable that lies where no routes do."""
    if lost:
        problem = f"no route leads to its end {lost[0]}: {ground.reasons.get(lost[0], 'it is not connected')}"
    elif is_way:
        problem = "the cable is drawn where no joined routes lie"
    else:
        problem = "no routes lead from one end of the cable to the other"
    limit = f"{NEAR_M:g} m from routes between its ends"
    remedy = "draw the route that it lies in, or mend its line"
    return Fault(file="plant_cables", row=cable.id, field="geometry", problem=problem, limit=limit, remedy=remedy)
