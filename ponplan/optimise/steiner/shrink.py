"""A graph that shrinks: edges and nodes leave, edges in a row become one, and every edge knows what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.steiner.core import Arcs, build_arcs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Ints

# places in `Shrinking.tally`
EDGES, FIXED, OFFSET, TERMINALS, WORK = range(5)
_NONE = -1


class Shrinking(NamedTuple):
    """Edge e has the halves 2e and 2e + 1; the halves at a node form a doubly linked list.

    Parameters
    ----------
    end
        The node of each half; -1 once the edge is gone.
    after, before, first
        Next and previous half at the same node, and the first half of each node; -1 for none.
    degree, is_terminal
        Of each node.
    cost
        Of each edge.
    parts
        The two older edges an edge stands for; -1, -1 for edges of the original graph.
    fixed
        Edges that some optimal tree contains, `tally[FIXED]` of them.
    tally
        Number of edges ever made, of fixed edges, their cost, number of terminals, counted work.
    """

    end: NDArray[np.int32]
    after: NDArray[np.int32]
    before: NDArray[np.int32]
    first: NDArray[np.int32]
    degree: NDArray[np.int32]
    is_terminal: NDArray[np.bool_]
    cost: NDArray[np.int64]
    parts: NDArray[np.int32]
    fixed: NDArray[np.int32]
    tally: NDArray[np.int64]


def start_shrinking(
    num_nodes: int, tails: Ints, heads: Ints, costs: Ints, is_terminal: NDArray[np.bool_]
) -> Shrinking:
    """Lay out a simple graph for shrinking, with room for the edges that replace nodes."""
    num_edges = len(tails)
    room = num_edges + 3 * num_nodes + 16
    graph = Shrinking(
        end=np.full(2 * room, _NONE, np.int32),
        after=np.full(2 * room, _NONE, np.int32),
        before=np.full(2 * room, _NONE, np.int32),
        first=np.full(num_nodes, _NONE, np.int32),
        degree=np.zeros(num_nodes, np.int32),
        is_terminal=is_terminal.copy(),
        cost=np.zeros(room, np.int64),
        parts=np.full((room, 2), _NONE, np.int32),
        fixed=np.empty(num_nodes, np.int32),
        tally=np.array([0, 0, 0, np.count_nonzero(is_terminal), 0], np.int64),
    )
    _fill(graph, tails, heads, costs)
    return graph


def live_edges(graph: Shrinking) -> Ints:
    """Give the numbers of the edges that are still there."""
    return np.flatnonzero(graph.end[: 2 * graph.tally[EDGES] : 2] >= 0)


def compact(graph: Shrinking) -> tuple[Arcs, NDArray[np.bool_], Ints, Ints]:
    """Give what is left as arcs, with the terminals, the node and the edge of `graph` behind each number."""
    edges = live_edges(graph)
    tails, heads = graph.end[2 * edges].astype(np.int64), graph.end[2 * edges + 1].astype(np.int64)
    nodes = np.flatnonzero((graph.degree > 0) | graph.is_terminal)
    number = np.full(len(graph.first), _NONE, np.int64)
    number[nodes] = np.arange(len(nodes))
    arcs = build_arcs(len(nodes), number[tails], number[heads], graph.cost[edges])
    return arcs, graph.is_terminal[nodes], nodes, edges


def original_edges(graph: Shrinking, edges: Ints, num_fixed: int | None = None) -> Ints:
    """Give the original edges behind `edges` and the first `num_fixed` (or all) fixed edges, each once."""
    wanted = np.zeros(len(graph.cost), np.bool_)
    wanted[edges] = True
    wanted[graph.fixed[: graph.tally[FIXED] if num_fixed is None else num_fixed]] = True
    _unfold(graph.parts, wanted)
    return np.flatnonzero(wanted & (graph.parts[:, 0] < 0))


def edges_within(graph: Shrinking, originals: Ints) -> NDArray[np.bool_]:
    """Mark the edges that stand for nothing but the given original edges."""
    is_within = np.zeros(len(graph.cost), np.bool_)
    is_within[originals] = True
    _fold(graph.parts, is_within)
    return is_within


@njit(cache=True)
def _fold(parts: NDArray[np.int32], is_within: NDArray[np.bool_]) -> None:
    for edge in range(len(is_within)):
        if parts[edge, 0] >= 0:
            is_within[edge] = is_within[parts[edge, 0]] and is_within[parts[edge, 1]]


@njit(cache=True)
def _unfold(parts: NDArray[np.int32], wanted: NDArray[np.bool_]) -> None:
    for edge in range(len(wanted) - 1, -1, -1):
        if wanted[edge] and parts[edge, 0] >= 0:
            wanted[parts[edge, 0]] = True
            wanted[parts[edge, 1]] = True


@njit(cache=True)
def _fill(graph: Shrinking, tails: NDArray[np.int64], heads: NDArray[np.int64], costs: NDArray[np.int64]) -> None:
    for edge in range(len(tails)):
        graph.cost[edge] = costs[edge]
        _hang(graph, 2 * edge, tails[edge])
        _hang(graph, 2 * edge + 1, heads[edge])
    graph.tally[EDGES] = len(tails)


@njit(cache=True)
def _hang(graph: Shrinking, half: int, node: int) -> None:
    graph.end[half] = node
    graph.before[half] = -1
    graph.after[half] = graph.first[node]
    if graph.first[node] >= 0:
        graph.before[graph.first[node]] = half
    graph.first[node] = half
    graph.degree[node] += 1


@njit(cache=True)
def _unhang(graph: Shrinking, half: int) -> None:
    node = graph.end[half]
    if graph.before[half] >= 0:
        graph.after[graph.before[half]] = graph.after[half]
    else:
        graph.first[node] = graph.after[half]
    if graph.after[half] >= 0:
        graph.before[graph.after[half]] = graph.before[half]
    graph.end[half] = -1
    graph.degree[node] -= 1


@njit(cache=True)
def delete_edge(graph: Shrinking, edge: int) -> None:
    """Take the edge away."""
    _unhang(graph, 2 * edge)
    _unhang(graph, 2 * edge + 1)


@njit(cache=True)
def find_edge(graph: Shrinking, one: int, other: int) -> int:
    """Give the edge between two nodes, or -1."""
    if graph.degree[one] > graph.degree[other]:
        one, other = other, one
    half = graph.first[one]
    while half >= 0:
        graph.tally[WORK] += 1
        if graph.end[half ^ 1] == other:
            return int(half >> 1)
        half = graph.after[half]
    return -1


@njit(cache=True)
def join_edges(graph: Shrinking, one: int, other: int, cost: int, part: int, more: int) -> int:
    """Make an edge that stands for two older ones, unless one as cheap is there; give it, or -1."""
    if one == other:
        return -1
    rival = find_edge(graph, one, other)
    if rival >= 0:
        if graph.cost[rival] <= cost:
            return -1
        delete_edge(graph, rival)
    edge = int(graph.tally[EDGES])
    graph.tally[EDGES] += 1
    graph.cost[edge] = cost
    graph.parts[edge, 0] = part
    graph.parts[edge, 1] = more
    _hang(graph, 2 * edge, one)
    _hang(graph, 2 * edge + 1, other)
    return edge


@njit(cache=True)
def has_room(graph: Shrinking, edges: int) -> bool:
    """Say whether this many edges can still be made."""
    return bool(graph.tally[EDGES] + edges <= len(graph.cost))


@njit(cache=True)
def drop_node(graph: Shrinking, node: int) -> None:
    """Take all edges of a node away."""
    while graph.first[node] >= 0:
        delete_edge(graph, graph.first[node] >> 1)


@njit(cache=True)
def fix_edge(graph: Shrinking, edge: int) -> int:
    """Take the edge into the tree: its two nodes become one terminal, which is returned; the other is empty."""
    kept = int(graph.end[2 * edge])
    gone = int(graph.end[2 * edge + 1])
    if graph.degree[gone] > graph.degree[kept]:
        kept, gone = gone, kept
    graph.fixed[graph.tally[FIXED]] = edge
    graph.tally[FIXED] += 1
    graph.tally[OFFSET] += graph.cost[edge]
    delete_edge(graph, edge)
    while graph.first[gone] >= 0:
        half = graph.first[gone]
        moved = half >> 1
        other = graph.end[half ^ 1]
        rival = find_edge(graph, kept, other)
        if rival >= 0 and graph.cost[rival] <= graph.cost[moved]:
            delete_edge(graph, moved)
            continue
        if rival >= 0:
            delete_edge(graph, rival)
        _unhang(graph, half)
        _hang(graph, half, kept)
    graph.tally[TERMINALS] += 1 - int(graph.is_terminal[gone]) - int(graph.is_terminal[kept])
    graph.is_terminal[kept] = True
    graph.is_terminal[gone] = False
    return kept
