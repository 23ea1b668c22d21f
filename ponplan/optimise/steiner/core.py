"""The integer graph all Steiner kernels work on, and the way back from it to the edges of the problem.

Costs are scaled by a power of two and rounded down to integers, so that sums are exact, ties are ties, a run is
the same on every machine, and a bound on the rounded costs is a bound on the given ones. Nodes joined by edges of
rounded cost 0 become one node, of parallel edges the cheapest stays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.steiner.problem import DisconnectedTerminals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.problem import SteinerProblem

    Ints = NDArray[np.int64]

_EXACT_BITS = 52


class Arcs(NamedTuple):
    """Compressed rows of arcs: arc a of row u runs from `tail[a]` = u to `head[a]`, `twin[a]` runs back."""

    first: NDArray[np.int32]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    cost: NDArray[np.int64]
    twin: NDArray[np.int32]
    edge: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """The graph after rounding, merging of nodes at cost 0 and of parallel edges.

    Parameters
    ----------
    num_nodes, tails, heads, costs
        Simple graph with positive integer costs.
    is_terminal
        Of each node.
    edge_ids
        The problem's edge behind each edge.
    group
        The node here of each node of the problem.
    joints
        Edges of the problem, a forest of rounded cost 0, that join the nodes that became one.
    scale
        Integer cost = floor(scale x cost).
    """

    num_nodes: int
    tails: Ints
    heads: Ints
    costs: Ints
    is_terminal: NDArray[np.bool_]
    edge_ids: Ints
    group: Ints
    joints: Ints
    scale: float

    @classmethod
    def from_problem(cls, problem: SteinerProblem) -> Core:
        """Round, merge and keep the component of the terminals.

        Raises
        ------
        DisconnectedTerminals
            If there are terminals that no edges join.
        """
        _check_connected(problem)
        scale = cost_scale(problem.costs)
        costs = np.floor(problem.costs * scale).astype(np.int64)
        joints = _zero_forest(problem, costs)
        num_nodes, group = _components(problem.num_nodes, problem.tails[joints], problem.heads[joints])
        graph = SparseGraph.from_edges(num_nodes, group[problem.tails], group[problem.heads], costs)
        ids = np.unique(graph.edge_ids)
        is_terminal = np.zeros(num_nodes, bool)
        is_terminal[group[problem.terminals]] = True
        tails, heads = group[problem.tails[ids]], group[problem.heads[ids]]
        return cls(num_nodes, tails, heads, costs[ids], is_terminal, ids, group, joints, scale)


def cost_scale(costs: NDArray[np.float64]) -> float:
    """Give the power of two that makes costs integers: 1 for integers, else as fine as exact sums allow."""
    total = float(costs.sum())
    if total < 2**_EXACT_BITS and not np.any(costs % 1.0):
        return 1.0
    return 2.0 ** (_EXACT_BITS - 1 - math.frexp(total)[1])


def build_arcs(num_nodes: int, tails: Ints, heads: Ints, costs: Ints) -> Arcs:
    """Lay the edges out as arcs in both directions."""
    num_edges = len(tails)
    sources = np.concatenate([tails, heads])
    order = np.argsort(sources, kind="stable")
    place = np.empty(2 * num_edges, np.int64)
    place[order] = np.arange(2 * num_edges)
    first = np.zeros(num_nodes + 1, np.int32)
    np.cumsum(np.bincount(sources, minlength=num_nodes), out=first[1:])
    twin = np.concatenate([place[num_edges:], place[:num_edges]])[order]
    return Arcs(
        first=first,
        tail=sources[order].astype(np.int32),
        head=np.concatenate([heads, tails])[order].astype(np.int32),
        cost=np.concatenate([costs, costs])[order].astype(np.int64),
        twin=twin.astype(np.int32),
        edge=(order % max(num_edges, 1)).astype(np.int32),
    )


def finish_tree(problem: SteinerProblem, core: Core, edges: Ints) -> Ints:
    """Turn edges of the core into a tree of the problem: add joints, span, and cut branches without terminals."""
    ids = np.union1d(core.edge_ids[edges], core.joints)
    return prune_to_tree(problem, ids)


def prune_to_tree(problem: SteinerProblem, ids: Ints) -> Ints:
    """Give the edges of a cheapest spanning forest of edges `ids`, less the branches that end in no terminal."""
    order = ids[np.argsort(problem.costs[ids], kind="stable")]
    ranks = np.arange(1, len(order) + 1, dtype=np.float64)
    # ranks in place of costs: scipy drops zeros and adds up parallels, so these are merged before
    pairs = np.stack([problem.tails[order], problem.heads[order]])
    keys = pairs.min(axis=0) * problem.num_nodes + pairs.max(axis=0)
    _, firsts = np.unique(keys, return_index=True)
    shape = (problem.num_nodes, problem.num_nodes)
    graph = coo_array((ranks[firsts], (pairs[0][firsts], pairs[1][firsts])), shape=shape).tocsr()
    tree = order[minimum_spanning_tree(graph).data.astype(np.int64) - 1]
    return np.sort(_cut_branches(problem, tree))


def _cut_branches(problem: SteinerProblem, tree: Ints) -> Ints:
    is_terminal = np.zeros(problem.num_nodes, bool)
    is_terminal[problem.terminals] = True
    while True:
        tails, heads = problem.tails[tree], problem.heads[tree]
        degree = np.bincount(np.concatenate([tails, heads]), minlength=problem.num_nodes)
        is_loose = (degree == 1) & ~is_terminal
        stays = ~(is_loose[tails] | is_loose[heads])
        if stays.all():
            return tree
        tree = tree[stays]


def _check_connected(problem: SteinerProblem) -> None:
    if len(problem.terminals) == 0:
        return
    _, labels = _components(problem.num_nodes, problem.tails, problem.heads)
    start = int(problem.terminals[0]) if problem.root is None else problem.root
    cut_off = problem.terminals[labels[problem.terminals] != labels[start]]
    if len(cut_off):
        raise DisconnectedTerminals(cut_off, start)


def _zero_forest(problem: SteinerProblem, costs: Ints) -> Ints:
    zero = np.flatnonzero((costs == 0) & (problem.tails != problem.heads))
    if len(zero) == 0:
        return zero
    pairs = np.sort(np.stack([problem.tails[zero], problem.heads[zero]]), axis=0)
    _, firsts = np.unique(pairs[0] * problem.num_nodes + pairs[1], return_index=True)
    zero, shape = zero[np.sort(firsts)], (problem.num_nodes, problem.num_nodes)
    ranks = np.arange(1, len(zero) + 1, dtype=np.float64)
    graph = coo_array((ranks, (problem.tails[zero], problem.heads[zero])), shape=shape).tocsr()
    return np.sort(zero[minimum_spanning_tree(graph).data.astype(np.int64) - 1])


def _components(num_nodes: int, tails: Ints, heads: Ints) -> tuple[int, Ints]:
    graph = coo_array((np.ones(len(tails), np.int8), (tails, heads)), shape=(num_nodes, num_nodes))
    count, labels = connected_components(graph, directed=False)
    return int(count), labels.astype(np.int64)
