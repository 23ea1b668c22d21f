"""Steiner trees in which the way from the root to each terminal may only be so long: exchange of key paths.

A way outside the tree between two of its nodes closes a circle; the dearest stretch of the circle falls whose loss
leaves every way short enough. Stretches end at terminals and where the tree branches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.optimise.steiner.core import build_arcs
from ponplan.optimise.steiner.heap import heap_pop, heap_push

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Arcs
    from ponplan.optimise.steiner.problem import SteinerProblem

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

GAIN = 1e-6  # an exchange must save more than this
NONE = -1


class Hung(NamedTuple):
    """A tree as it hangs on its root.

    Parameters
    ----------
    order
        The tree's nodes, parents before children.
    parents, parent_arcs
        (n,) the node above and the arc that leads down from there; -1 at the root and outside the tree.
    depths
        (n,) length of the way from the root; nan outside.
    num_children
        (n,)
    tightest, second, tightest_child
        (n,) over all terminals at or below a node the greatest of (way to it from here less its limit), the greatest
        when the branch to `tightest_child` is left out, and that child.
    """

    order: IntArray
    parents: IntArray
    parent_arcs: IntArray
    depths: FloatArray
    num_children: IntArray
    tightest: FloatArray
    second: FloatArray
    tightest_child: IntArray


def exchange_within(problem: SteinerProblem, edges: IntArray, lengths: FloatArray, limits: FloatArray) -> IntArray:
    """Give a tree that costs no more, in which every way that was within its limit still is.

    Parameters
    ----------
    problem
        With a root.
    edges
        A tree over all terminals.
    lengths
        (m,) of each edge, of which the way to a terminal is the sum; not negative.
    limits
        (n,) how long the way to each node may be; inf where that is not asked.

    Notes
    -----
    One exchange at a time, the one that saves most (Voss 1999 calls ways so limited hops, where all edges count one).
    The search draws nothing at random and ends when no exchange saves anything.
    """
    arcs = build_arcs(problem.num_nodes, problem.tails, problem.heads, np.arange(len(problem.tails)))
    costs, arc_lengths = problem.costs[arcs.edge], np.asarray(lengths, np.float64)[arcs.edge]
    is_terminal = np.zeros(problem.num_nodes, np.bool_)
    is_terminal[problem.terminals] = True
    assert problem.root is not None  # noqa: S101 - asked for above
    in_tree = np.zeros(len(problem.tails), np.bool_)
    in_tree[edges] = True
    while True:
        hung = hang(arcs, in_tree, arc_lengths, problem.root, is_terminal, limits)
        base, cost_to, length_to, from_arc = nearest_in_tree(arcs, costs, arc_lengths, hung)
        gain, arc, bottom = _best_exchange(
            arcs, costs, arc_lengths, in_tree, is_terminal, hung, base, cost_to, length_to
        )
        if gain <= GAIN:
            return np.flatnonzero(in_tree)
        _apply(arcs, in_tree, is_terminal, hung, base, from_arc, arc, bottom)


@njit(cache=True)
def hang(
    arcs: Arcs, in_tree: NDArray[np.bool_], lengths: FloatArray, root: int, is_terminal: NDArray[np.bool_],
    limits: FloatArray,
) -> Hung:  # fmt: skip
    """Walk the tree from its root, and gather from the leaves up how near to its limit every branch is."""
    num_nodes = len(arcs.first) - 1
    parents, parent_arcs = np.full(num_nodes, NONE), np.full(num_nodes, NONE)
    depths = np.full(num_nodes, np.nan)
    order = np.empty(num_nodes, np.int64)
    order[0], depths[root], size, done = root, 0.0, 1, 0
    while done < size:
        node = order[done]
        done += 1
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            if in_tree[arcs.edge[arc]] and (parent_arcs[node] < 0 or arcs.edge[parent_arcs[node]] != arcs.edge[arc]):
                child = arcs.head[arc]
                parents[child], parent_arcs[child] = node, arc
                depths[child] = depths[node] + lengths[arc]
                order[size] = child
                size += 1
    order = order[:size].copy()
    num_children = np.zeros(num_nodes, np.int64)
    tightest, second = np.full(num_nodes, -np.inf), np.full(num_nodes, -np.inf)
    tightest_child = np.full(num_nodes, NONE)
    for place in range(size - 1, -1, -1):
        node = order[place]
        if is_terminal[node]:
            own = -limits[node]
            if own > tightest[node]:
                second[node], tightest[node], tightest_child[node] = tightest[node], own, NONE
            elif own > second[node]:
                second[node] = own
        above = parents[node]
        if above >= 0:
            num_children[above] += 1
            here = tightest[node] + lengths[parent_arcs[node]]
            if here > tightest[above]:
                second[above], tightest[above], tightest_child[above] = tightest[above], here, node
            elif here > second[above]:
                second[above] = here
    return Hung(order, parents, parent_arcs, depths, num_children, tightest, second, tightest_child)


@njit(cache=True)
def nearest_in_tree(
    arcs: Arcs, costs: FloatArray, lengths: FloatArray, hung: Hung
) -> tuple[IntArray, FloatArray, FloatArray, IntArray]:
    """Give each node's cheapest way from the tree: where it begins, its cost, its length and its last arc."""
    num_nodes = len(arcs.first) - 1
    base, from_arc = np.full(num_nodes, NONE), np.full(num_nodes, NONE)
    cost_to, length_to = np.full(num_nodes, np.inf), np.zeros(num_nodes)
    heap, place, size = np.empty(num_nodes, np.int32), np.full(num_nodes, NONE, np.int32), 0
    for node in hung.order:
        base[node], cost_to[node] = node, 0.0
        size = heap_push(heap, place, size, cost_to, node)
    while size > 0:
        node = heap_pop(heap, place, size, cost_to)
        size -= 1
        for arc in range(arcs.first[node], arcs.first[node + 1]):
            other, reached = arcs.head[arc], cost_to[node] + costs[arc]
            if reached < cost_to[other]:
                base[other], cost_to[other], from_arc[other] = base[node], reached, arc
                length_to[other] = length_to[node] + lengths[arc]
                size = heap_push(heap, place, size, cost_to, int(other))
    return base, cost_to, length_to, from_arc


@njit(cache=True)
def _best_exchange(
    arcs: Arcs, costs: FloatArray, lengths: FloatArray, in_tree: NDArray[np.bool_], is_terminal: NDArray[np.bool_],
    hung: Hung, base: IntArray, cost_to: FloatArray, length_to: FloatArray,
) -> tuple[float, int, int]:  # fmt: skip
    """Give the greatest gain, the arc in the middle of the new way, and the stretch that falls.

    The way's end at the arc's head hangs on the end at its tail then. The stretch begins above the node `bottom`.
    """
    rank = ranks(hung)
    best, best_arc, best_bottom = 0.0, NONE, NONE
    for arc in range(len(arcs.head)):
        one, other = arcs.tail[arc], arcs.head[arc]
        if in_tree[arcs.edge[arc]] or base[one] < 0 or base[other] < 0 or base[one] == base[other]:
            continue
        upper, lower = base[one], base[other]
        cost = cost_to[one] + costs[arc] + cost_to[other]
        length = length_to[one] + lengths[arc] + length_to[other]
        meeting = meeting_of(upper, lower, hung.parents, rank)
        ahead = hung.depths[upper] + length
        node, bottom, away = lower, lower, 0.0
        worst, stretch = hung.tightest[lower], 0.0
        while node != meeting:
            # all that hangs at or below the bottom of the stretch is reached over `lower` now
            above = hung.parents[node]
            stretch += costs[hung.parent_arcs[node]]
            away += lengths[hung.parent_arcs[node]]
            if above == meeting or is_terminal[above] or hung.num_children[above] != 1:
                if ahead + worst <= GAIN and stretch - cost > best:
                    best, best_arc, best_bottom = stretch - cost, arc, bottom
                if above == meeting or ahead + worst > GAIN:
                    break
                stretch, bottom = 0.0, above
                rest = hung.second[above] if hung.tightest_child[above] == node else hung.tightest[above]
                worst = max(worst, away + rest)
            node = above
    return best, best_arc, best_bottom


@njit(cache=True)
def ranks(hung: Hung) -> IntArray:
    """Give each node's place in the order, which has parents before children; -1 outside the tree."""
    rank = np.full(len(hung.parents), NONE)
    for place, node in enumerate(hung.order):
        rank[node] = place
    return rank


@njit(cache=True)
def meeting_of(one: int, other: int, parents: IntArray, rank: IntArray) -> int:
    """Climb from both until they meet; nodes nearer to the root have lower ranks."""
    while one != other:
        if rank[one] > rank[other]:
            one = parents[one]
        else:
            other = parents[other]
    return one


@njit(cache=True)
def _apply(
    arcs: Arcs, in_tree: NDArray[np.bool_], is_terminal: NDArray[np.bool_], hung: Hung, base: IntArray,
    from_arc: IntArray, arc: int, bottom: int,
) -> None:  # fmt: skip
    """Open the way over an arc, and close the stretch above `bottom`."""
    rank = ranks(hung)
    meeting = meeting_of(base[arcs.tail[arc]], base[arcs.head[arc]], hung.parents, rank)
    in_tree[arcs.edge[arc]] = True
    for end in (arcs.tail[arc], arcs.head[arc]):
        node = end
        while from_arc[node] >= 0:
            in_tree[arcs.edge[from_arc[node]]] = True
            node = arcs.tail[from_arc[node]]
    while True:
        in_tree[arcs.edge[hung.parent_arcs[bottom]]] = False
        bottom = hung.parents[bottom]
        if bottom == meeting or is_terminal[bottom] or hung.num_children[bottom] != 1:
            break
