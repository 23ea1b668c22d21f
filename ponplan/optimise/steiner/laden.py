"""Trees whose edges carry loads: what a stretch costs depends on how much is carried over it.

A way outside the tree between two of its nodes closes a circle. When a stretch of the circle falls, what was carried
over it goes round the other way; circles that share no node are exchanged at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.steiner.circles import Loads, circle_of, is_free, weigh
from ponplan.optimise.steiner.core import build_arcs
from ponplan.optimise.steiner.limited import GAIN, hang, meeting_of, nearest_in_tree, ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Arcs
    from ponplan.optimise.steiner.limited import Hung

    Bools = NDArray[np.bool_]
    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LadenGround:
    """A graph, and what carrying costs on it.

    Parameters
    ----------
    tails, heads, opening, lengths
        (m,) of each edge; inf to open one that nothing may be carried over.
    carrying
        (k,) what carrying 0, 1, 2, ... costs by length; nothing for 0.
    """

    num_nodes: int
    tails: IntArray
    heads: IntArray
    opening: FloatArray
    lengths: FloatArray
    carrying: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Ways through the tree that may only be so long: (w,) from a node over a second to a third, and the limit."""

    one: IntArray
    over: IntArray
    other: IntArray
    limits: FloatArray


def exchange_laden(
    ground: LadenGround, edges: IntArray, loads: IntArray, reach: Reach, *, root: int, kept: IntArray
) -> IntArray:
    """Give a tree that joins the ends of all loads and costs no more, opening and carrying together.

    Parameters
    ----------
    edges
        A forest of one tree over `root`, all ends and all kept nodes.
    loads
        (l, 3) the nodes at both ends, and how much is carried between them; at most as much in all as has a price.
    reach
        Ways that are within their limits, and stay so.
    kept
        Nodes that stay in the tree.

    Notes
    -----
    A stretch ends where loads end and where the tree branches. Local search: the best exchange of each circle is
    weighed exactly, and the best of circles that share no node are made together, until none saves anything.
    """
    arcs = build_arcs(ground.num_nodes, ground.tails, ground.heads, np.arange(len(ground.tails)))
    opening, lengths = ground.opening[arcs.edge], ground.lengths[arcs.edge]
    is_end = np.zeros(ground.num_nodes, np.bool_)
    is_end[np.concatenate([[root], loads[:, 0], loads[:, 1], kept])] = True
    by_node = _by_node(ground.num_nodes, loads)
    in_tree = np.zeros(len(ground.tails), np.bool_)
    in_tree[edges] = True
    limits = np.full(ground.num_nodes, np.inf)
    refused = np.zeros(len(arcs.head), np.bool_)

    def within(tried: Bools) -> bool:
        trial = hang(arcs, tried, lengths, root, is_end, limits)
        return bool(_is_within(trial, reach.one, reach.over, reach.other, reach.limits))

    while True:
        hung = hang(arcs, in_tree, lengths, root, is_end, limits)
        _prune(arcs, in_tree, is_end, hung)
        hung = hang(arcs, in_tree, lengths, root, is_end, limits)
        # ways are sought as if one fibre went over them
        base, _, _, from_arc = nearest_in_tree(arcs, opening + ground.carrying[1] * lengths, lengths, hung)
        gains, begins = weigh(arcs, opening, lengths, ground.carrying, in_tree, is_end, by_node, hung, base, from_arc)
        gains[refused] = 0.0
        exchanges = _apart(arcs, is_end, hung, base, from_arc, gains, begins)
        if not exchanges:
            return np.flatnonzero(in_tree)
        together = in_tree.copy()
        for exchange in exchanges:
            exchange.make(together)
        if within(together):
            in_tree = together
            continue
        for exchange in exchanges:
            alone = in_tree.copy()
            exchange.make(alone)
            if within(alone):
                in_tree = alone
            else:
                refused[exchange.arc] = True


class _Exchange(NamedTuple):
    """The edges that one exchange opens and closes, and the arc that it is weighed by."""

    arc: int
    opened: NDArray[np.int32]
    closed: NDArray[np.int32]

    def make(self, in_tree: Bools) -> None:
        in_tree[self.opened] = True
        in_tree[self.closed] = False


def _by_node(num_nodes: int, loads: IntArray) -> Loads:
    """Give the loads at each of their ends."""
    ends = np.concatenate([loads[:, 0], loads[:, 1]])
    others = np.concatenate([loads[:, 1], loads[:, 0]])
    order = np.argsort(ends, kind="stable")
    first = np.searchsorted(ends[order], np.arange(num_nodes + 1))
    return Loads(first, others[order], np.concatenate([loads[:, 2], loads[:, 2]])[order])


@njit(cache=True)
def _prune(arcs: Arcs, in_tree: Bools, is_end: Bools, hung: Hung) -> None:
    """Close the branches that lead to no end."""
    leads = is_end.copy()
    for place in range(len(hung.order) - 1, 0, -1):
        node = hung.order[place]
        if leads[node]:
            leads[hung.parents[node]] = True
        else:
            in_tree[arcs.edge[hung.parent_arcs[node]]] = False


@njit(cache=True)
def _is_within(hung: Hung, one: IntArray, over: IntArray, other: IntArray, limits: FloatArray) -> bool:
    """Say whether all ways are within their limits."""
    rank = ranks(hung)
    for way in range(len(one)):
        length = 0.0
        for begin, end in ((one[way], over[way]), (over[way], other[way])):
            meeting = meeting_of(begin, end, hung.parents, rank)
            length += hung.depths[begin] + hung.depths[end] - 2.0 * hung.depths[meeting]
        if length > limits[way] + GAIN:
            return False
    return True


def _apart(
    arcs: Arcs, is_end: Bools, hung: Hung, base: IntArray, from_arc: IntArray, gains: FloatArray, begins: IntArray
) -> list[_Exchange]:
    """Give the best exchanges of circles that share no node, none of which changes what another saves."""
    rank = ranks(hung)
    taken = np.zeros(len(rank), np.bool_)
    exchanges = []
    order = np.argsort(-gains, kind="stable")
    for arc in order[: np.count_nonzero(gains > GAIN)].tolist():
        circle, edges, top = circle_of(int(base[arcs.tail[arc]]), int(base[arcs.head[arc]]), hung, rank)
        way = [arc]
        for end in (arcs.tail[arc], arcs.head[arc]):
            node = int(end)
            while from_arc[node] >= 0:
                way.append(int(from_arc[node]))
                node = int(arcs.tail[from_arc[node]])
        nodes = np.concatenate([circle, arcs.tail[way], arcs.head[way]])
        if taken[nodes].any():
            continue
        taken[nodes] = True
        last = int(begins[arc])
        while last + 1 < len(edges) and is_free(int(circle[last + 1]), is_end, hung, last + 1 == top):
            last += 1
        exchanges.append(_Exchange(arc, arcs.edge[way], arcs.edge[edges[begins[arc] : last + 1]]))
    return exchanges
