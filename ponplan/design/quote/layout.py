"""Everything that one more fibre can go over, as a directed graph with prices, and the cheapest ways in it.

Vertices are pairs of a kind and a name:

- `lay`: a new trunk cable is at this junction; `run`: a new drop cable is at this junction;
- `cable`: on a dark fibre of this existing cable (row), wherever along it;
- `node`: inside this existing enclosure; `closure`: inside a new closure at this junction; `closing`: inside one
  that was entered by a new cable and is left by an old one;
- `frame`: on a new frame in this office; `home`: the premises.

A splice costs half at each side of the enclosure that holds it, a new closure likewise, so that the sum along a way
is its price. Duct bores are priced for one more cable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

Vertex = tuple[str, str | int]
HOME: Vertex = ("home", "")
_STEP = 1e-6  # added to every arc, because scipy's sparse graphs have no arcs of weight zero


@dataclass(slots=True)
class Layout:
    """Arcs with their price and what they stand for: the row of a route, or nothing; `below` is looked at first."""

    below: Layout | None = None
    numbers: dict[Vertex, int] = field(default_factory=dict)
    vertices: list[Vertex] = field(default_factory=list)
    arcs: dict[tuple[int, int], tuple[float, int | None]] = field(default_factory=dict)

    @property
    def num_below(self) -> int:
        """Number of vertices of the layouts below."""
        return self.below.size if self.below else 0

    @property
    def size(self) -> int:
        """Number of vertices."""
        return self.num_below + len(self.vertices)

    def find(self, vertex: Vertex) -> int | None:
        """Give a vertex's number, None if it is not there."""
        number = self.below.find(vertex) if self.below else None
        return self.numbers.get(vertex) if number is None else number

    def number(self, vertex: Vertex) -> int:
        """Give a vertex's number, a new one if need be."""
        number = self.find(vertex)
        if number is None:
            number = self.numbers[vertex] = self.size
            self.vertices.append(vertex)
        return number

    def vertex(self, number: int) -> Vertex:
        """Give the vertex with a number."""
        if self.below and number < self.below.size:
            return self.below.vertex(number)
        return self.vertices[number - self.num_below]

    def lead(self, start: Vertex, end: Vertex, cost: float, route: int | None = None) -> None:
        """Add an arc; of several between the same vertices the cheapest stays."""
        key = self.number(start), self.number(end)
        if key not in self.arcs or cost < self.arcs[key][0]:
            self.arcs[key] = cost, route

    def join(self, start: Vertex, end: Vertex, cost: float, route: int | None = None) -> None:
        """Add arcs both ways."""
        self.lead(start, end, cost, route)
        self.lead(end, start, cost, route)

    def route_of(self, start: int, end: int) -> int | None:
        """Give what an arc stands for."""
        found = self.arcs.get((start, end))
        if found is None and self.below:
            return self.below.route_of(start, end)
        return found[1] if found else None

    def all_arcs(self) -> Iterable[tuple[tuple[int, int], float]]:
        """Give every arc with its price, those of layouts below as well."""
        own = ((key, cost) for key, (cost, _) in self.arcs.items())
        return chain(self.below.all_arcs(), own) if self.below else own


@dataclass(frozen=True, slots=True)
class Ways:
    """Cheapest ways from some sources to every vertex."""

    layout: Layout
    costs: NDArray[np.float64]
    before: NDArray[np.int32]

    def cost(self, vertex: Vertex) -> float:
        """Give the price of the way to a vertex, infinite if there is none."""
        number = self.layout.find(vertex)
        return float("inf") if number is None else float(self.costs[number])

    def way(self, vertex: Vertex) -> tuple[list[Vertex], list[int | None]]:
        """Give the vertices from a source to this vertex, and the routes between them."""
        number = self.layout.find(vertex)
        numbers = [] if number is None else [number]
        while numbers and self.before[numbers[-1]] >= 0:
            numbers.append(int(self.before[numbers[-1]]))
        numbers.reverse()
        routes = [self.layout.route_of(a, b) for a, b in pairwise(numbers)]
        return [self.layout.vertex(one) for one in numbers], routes


def cheapest_ways(layout: Layout, sources: Iterable[Vertex]) -> Ways:
    """Search from all sources at once."""
    begins = [number for number in map(layout.find, sources) if number is not None]
    if not begins:
        return Ways(layout, np.full(layout.size, np.inf), np.full(layout.size, -1, np.int32))
    listed = list(layout.all_arcs())
    ends = np.array([key for key, _ in listed], np.int64).reshape(-1, 2)
    costs = np.array([cost for _, cost in listed], np.float64) + _STEP
    matrix = csr_array((costs, (ends[:, 0], ends[:, 1])), shape=(layout.size, layout.size))
    found, before, _ = dijkstra(matrix, indices=begins, min_only=True, return_predecessors=True)
    return Ways(layout, found, np.where(before < 0, -1, before).astype(np.int32))
