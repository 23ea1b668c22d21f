"""The cheapest cut between the root and some nodes, by shortest augmenting paths (Edmonds and Karp, 1972)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.twoway.core import Core

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

_TINY = 1e-7


class Sunk(NamedTuple):
    """Arcs of a core by the node they leave, with one arc from every node to a sink, and each arc's way back.

    Arc a of the core's link e is number e from tail to head, e + links from head to tail; -1 to and from the sink.
    """

    first: IntArray
    ends: IntArray
    back: IntArray
    arcs: IntArray
    to_sink: IntArray  # (nodes,) place of each node's arc to the sink
    sink: int


def with_sink(core: Core) -> Sunk:
    """Lay out the arcs of a core with a sink behind its nodes."""
    num, links = core.num_nodes, len(core.costs)
    nodes, sink = np.arange(num), np.full(num, num)
    starts = np.concatenate([core.tails, core.heads, nodes, sink])
    ends = np.concatenate([core.heads, core.tails, sink, nodes])
    arcs = np.concatenate([np.arange(2 * links), np.full(2 * num, -1)])
    backs = np.concatenate([links + np.arange(links), np.arange(links), 2 * links + num + nodes, 2 * links + nodes])
    order = np.argsort(starts, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return Sunk(
        first=np.searchsorted(starts[order], np.arange(num + 2)).astype(np.int64),
        ends=ends[order].astype(np.int64),
        back=place[backs][order],
        arcs=arcs[order].astype(np.int64),
        to_sink=place[2 * links : 2 * links + num],
        sink=num,
    )


@njit(cache=True)
def send(sunk: Sunk, room: FloatArray, root: int, most: float) -> tuple[float, BoolArray]:
    """Send flow from the root to the sink, at most `most`; give how much, and which nodes still can be reached.

    `room` is what each arc can take and is used up.
    """
    num = len(sunk.first) - 1
    by, queue = np.full(num, -1), np.empty(num, np.int64)
    flow = 0.0
    while flow < most - _TINY:
        by[:] = -1
        by[root], queue[0] = -2, root
        begin, end = 0, 1
        while begin < end and by[sunk.sink] == -1:
            node = queue[begin]
            begin += 1
            for arc in range(sunk.first[node], sunk.first[node + 1]):
                if room[arc] > _TINY and by[sunk.ends[arc]] == -1:
                    by[sunk.ends[arc]] = arc
                    queue[end] = sunk.ends[arc]
                    end += 1
        if by[sunk.sink] == -1:
            break
        amount, node = most - flow, sunk.sink
        while node != root:
            amount = min(amount, room[by[node]])
            node = sunk.ends[sunk.back[by[node]]]
        node = sunk.sink
        while node != root:
            room[by[node]] -= amount
            room[sunk.back[by[node]]] += amount
            node = sunk.ends[sunk.back[by[node]]]
        flow += amount
    return flow, by != -1


@njit(cache=True)
def senders(sunk: Sunk, room: FloatArray) -> BoolArray:
    """Say which nodes still can send to the sink over arcs with this room."""
    num = len(sunk.first) - 1
    found, queue = np.zeros(num, np.bool_), np.empty(num, np.int64)
    found[sunk.sink], queue[0] = True, sunk.sink
    begin, end = 0, 1
    while begin < end:
        node = queue[begin]
        begin += 1
        for arc in range(sunk.first[node], sunk.first[node + 1]):
            before = sunk.ends[arc]
            if room[sunk.back[arc]] > _TINY and not found[before]:
                found[before], queue[end] = True, before
                end += 1
    return found
