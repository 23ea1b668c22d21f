"""Cabinets by rule of thumb: one in each cell of a grid, in the middle of its customers, and shortest ways there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.nearest import nearest_sources, nearest_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.places import Place
    from ponplan.design.problem import PlanProblem

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

LEAST_CUSTOMERS = 8  # nobody sets a cabinet for fewer, nor a splitter in a building for fewer inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Places that hold splitters and, for each customer, which of them.

    Parameters
    ----------
    places
        Indexes into all places.
    of_customer
        (c,) index into `places`, -1 where no way leads to any.
    """

    places: tuple[int, ...]
    of_customer: IntArray


def cells_on_grid(problem: PlanProblem, places: Sequence[Place], weights: FloatArray, *, spacing_m: float) -> Cells:
    """Put a cabinet into every cell with customers, and give each customer the nearest along the streets.

    Buildings with a room take their own customers; cabinets that would have hardly any are left out.

    Parameters
    ----------
    weights
        (m,) what a segment counts by: its metres or its cost.
    """
    graph = street_graph(problem, weights)
    rooms = _rooms(problem, places)
    chosen = _in_cells(problem, places, spacing_m)
    at = np.array([place.junction for place in places], np.int64)
    while True:
        labels, _ = nearest_sources(graph, at[chosen], width=1)
        nearest = labels[problem.access, 0]
        counts = np.bincount(nearest[(nearest >= 0) & (rooms < 0)], minlength=len(chosen))
        kept = [p for p, count in zip(chosen, counts.tolist(), strict=True) if _stays(places[p], count)]
        if not kept or len(kept) == len(chosen):
            break
        chosen = kept
    known = {place: number for number, place in enumerate(dict.fromkeys([*chosen, *rooms[rooms >= 0].tolist()]))}
    numbers = np.array([known[place] for place in chosen], np.int64)
    of_customer = np.where(nearest >= 0, numbers[nearest], -1) if len(chosen) else np.full(len(rooms), -1)
    inside = np.array([known.get(int(room), -1) for room in rooms], np.int64)
    return Cells(places=tuple(known), of_customer=np.where(rooms >= 0, inside, of_customer))


def street_graph(problem: PlanProblem, weights: FloatArray) -> SparseGraph:
    """Give all segments with these weights."""
    graph = problem.graph
    return SparseGraph.from_edges(len(graph.junction_ids), graph.tails, graph.heads, weights)


def dug_by(problem: PlanProblem, places: Sequence[Place], cells: Cells, weights: FloatArray) -> IntArray:
    """Give the segments on everybody's shortest way to the nearest cabinet, and on the cabinets' ways to an office.

    Feeders go where is dug already as far as that spares digging.
    """
    at = np.array([places[place].junction for place in cells.places], np.int64)
    if not len(at):
        at = problem.offices  # nobody has a splitter
    _, above = nearest_tree(street_graph(problem, weights), at)
    dug = _ways(problem, above, problem.premises)
    left = weights.copy()
    left[list(dug)] = 0.0
    _, above = nearest_tree(street_graph(problem, left), problem.offices)
    return np.array(sorted(dug | _ways(problem, above, at)), np.int64)


def _ways(problem: PlanProblem, above: IntArray, junctions: IntArray) -> set[int]:
    """Give the segments on the ways that begin at these junctions with the segments in `above`."""
    graph, found = problem.graph, set[int]()
    for junction in junctions.tolist():
        here = int(junction)
        while above[here] >= 0 and int(above[here]) not in found:
            edge = int(above[here])
            found.add(edge)
            here = int(graph.tails[edge] + graph.heads[edge] - here)
    return found


def _stays(place: Place, customers: int) -> bool:
    return place.locked or customers >= LEAST_CUSTOMERS


def _in_cells(problem: PlanProblem, places: Sequence[Place], spacing_m: float) -> list[int]:
    """Give, for each cell with customers, the place nearest to their middle; locked places in any case."""
    graph = problem.graph
    shared = np.array([p for p, place in enumerate(places) if place.kind != "room"], np.int64)
    if not len(shared):
        return []
    at = np.array([places[p].junction for p in shared.tolist()], np.int64)
    spots = np.stack([graph.junction_x_m[at], graph.junction_y_m[at]], axis=1)
    homes = np.stack([graph.junction_x_m[problem.access], graph.junction_y_m[problem.access]], axis=1)
    _, cell_of = np.unique(np.floor((homes - homes.min(axis=0)) / spacing_m), axis=0, return_inverse=True)
    chosen = [p for p in shared.tolist() if places[p].locked]
    for cell in range(int(cell_of.max()) + 1):
        middle = homes[cell_of.ravel() == cell].mean(axis=0)
        chosen.append(int(shared[np.argmin(np.hypot(*(spots - middle).T))]))
    return list(dict.fromkeys(chosen))


def _rooms(problem: PlanProblem, places: Sequence[Place]) -> IntArray:
    """Give (c,) the place in each customer's own building, -1 where there is none or it is not worth it."""
    room_of = {place.junction: p for p, place in enumerate(places) if place.kind == "room"}
    indoor = problem.graph.kinds[problem.drop_edges] == "indoor"
    found = np.array(
        [room_of.get(j, -1) if inside else -1 for j, inside in zip(problem.access.tolist(), indoor, strict=True)],
        np.int64,
    )
    counts = np.bincount(found[found >= 0], minlength=len(places))
    locked = np.array([place.locked for place in places], bool)
    worth = (counts >= LEAST_CUSTOMERS) | locked
    return np.where((found >= 0) & worth[found], found, -1)
