"""A terminal's two ways over two trees: taken out, and put back at least cost of links and of what they share."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.disjoint.paths import Halves

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


class Twins(NamedTuple):
    """Two trees: the node above each, the link to it (-1 at the root and outside), how many ways pass each node.

    `uses` says of each link in how many of the trees it is.
    """

    parents: IntArray  # (2, nodes)
    links: IntArray  # (2, nodes)
    ways: IntArray  # (2, nodes)
    uses: IntArray  # (links,)


class Charges(NamedTuple):
    """What links cost and harm, what a shared risk group harms, and the groups of each link in compressed rows."""

    opening: FloatArray
    floors: FloatArray
    harms: FloatArray
    risk_harm: float
    first_group: IntArray
    groups: IntArray
    num_groups: int


class Run(NamedTuple):
    """What one way uses: its links, and the risk groups it runs."""

    links: NDArray[np.bool_]
    groups: NDArray[np.bool_]


@njit(cache=True)
def climb(parents: IntArray, links: IntArray, node: int) -> tuple[IntArray, IntArray]:
    """Give the nodes from one up to the root, and the links between them."""
    count, here = 0, node
    while parents[here] >= 0:
        count += 1
        here = parents[here]
    nodes, way = np.empty(count + 1, np.int64), np.empty(count, np.int64)
    nodes[0] = node
    for place in range(count):
        way[place] = links[nodes[place]]
        nodes[place + 1] = parents[nodes[place]]
    return nodes, way


@njit(cache=True)
def insert(twins: Twins, tree: int, nodes: IntArray, way: IntArray) -> None:
    """Put a way to the root into a tree, which holds it already from some node on."""
    for place in range(len(way)):
        node = nodes[place]
        if twins.ways[tree, node] == 0:
            twins.parents[tree, node], twins.links[tree, node] = nodes[place + 1], way[place]
            twins.uses[way[place]] += 1
        twins.ways[tree, node] += 1


@njit(cache=True)
def remove(twins: Twins, tree: int, nodes: IntArray) -> None:
    """Take a way to the root out of a tree."""
    for node in nodes[:-1]:
        twins.ways[tree, node] -= 1
        if twins.ways[tree, node] == 0:
            twins.uses[twins.links[tree, node]] -= 1
            twins.parents[tree, node] = twins.links[tree, node] = -1


@njit(cache=True)
def total_harm(twins: Twins, charges: Charges, ends: IntArray, swapped: IntArray) -> float:
    """Give the harm of all links that both ways of a terminal use, and of all risk groups that both run."""
    total = 0.0
    for terminal in range(len(ends)):
        _, one = climb(twins.parents[0], twins.links[0], ends[terminal, swapped[terminal]])
        _, other = climb(twins.parents[1], twins.links[1], ends[terminal, 1 - swapped[terminal]])
        run = _run(charges, one)
        for link in other:
            if run.links[link]:
                total += charges.harms[link]
            for group in charges.groups[charges.first_group[link] : charges.first_group[link + 1]]:
                if run.groups[group]:
                    total += charges.risk_harm
                    run.groups[group] = False  # once, however many links it has
    return total


@njit(cache=True)
def passing(twins: Twins, tree: int, ends: IntArray, swapped: IntArray, pivot: int) -> IntArray:
    """Give the terminals whose way over a tree passes a node."""
    found = np.empty(len(ends), np.int64)
    count = 0
    for terminal in range(len(ends)):
        here = ends[terminal, (swapped[terminal] + tree) % 2]
        while here >= 0 and here != pivot:
            here = twins.parents[tree, here]
        if here == pivot:
            found[count] = terminal
            count += 1
    return found[:count]


@njit(cache=True)
def replace_ways(
    halves: Halves, charges: Charges, twins: Twins, root: int, ends: IntArray, swapped: IntArray, order: IntArray
) -> None:
    """Take terminals out of both trees, and put them back in this order; `swapped` says where their ways begin."""
    for terminal in order:
        for tree in range(2):
            start = ends[terminal, (swapped[terminal] + tree) % 2]
            remove(twins, tree, climb(twins.parents[tree], twins.links[tree], start)[0])
    for terminal in order:
        swapped[terminal] = put_back(halves, charges, twins, root, ends[terminal, 0], ends[terminal, 1])


@njit(cache=True)
def put_back(halves: Halves, charges: Charges, twins: Twins, root: int, end: int, other_end: int) -> int:
    """Put the cheapest pair of ways found into the trees; give 1 if the first tree takes the other end, else 0.

    Either tree finds its way first, the other one beside it.
    """
    nothing = _run(charges, np.zeros(0, np.int64))
    best, chosen = np.inf, 0
    nodes = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    ways = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    for swap in range(1 if end == other_end else 2):
        starts = (end, other_end) if swap == 0 else (other_end, end)
        for first in range(2):
            second = 1 - first
            cost, own_nodes, own = _way(halves, charges, twins, root, first, starts[first], nothing)
            beside = _run(charges, own)
            more, other_nodes, other = _way(halves, charges, twins, root, second, starts[second], beside)
            if cost + more < best - 1e-9:
                best, chosen = cost + more, swap
                nodes = (own_nodes, other_nodes) if first == 0 else (other_nodes, own_nodes)
                ways = (own, other) if first == 0 else (other, own)
    insert(twins, 0, nodes[0], ways[0])
    insert(twins, 1, nodes[1], ways[1])
    return chosen


@njit(cache=True)
def _run(charges: Charges, way: IntArray) -> Run:
    """Mark the links of a way and the risk groups it runs."""
    run = Run(np.zeros(len(charges.floors), np.bool_), np.zeros(charges.num_groups, np.bool_))
    for link in way:
        run.links[link] = True
        for group in charges.groups[charges.first_group[link] : charges.first_group[link + 1]]:
            run.groups[group] = True
    return run


@njit(cache=True)
def _step_harm(charges: Charges, beside: Run, before: int, link: int) -> float:
    """Give what stepping from one link (-1: none) onto another harms a way beside the one marked.

    A risk group counts where it is entered, so that a bridge of several links counts once.
    """
    harm = charges.harms[link] if beside.links[link] else 0.0
    for group in charges.groups[charges.first_group[link] : charges.first_group[link + 1]]:
        if beside.groups[group]:
            is_entered = True
            if before >= 0:
                for other in charges.groups[charges.first_group[before] : charges.first_group[before + 1]]:
                    is_entered = is_entered and other != group
            harm += charges.risk_harm if is_entered else 0.0
    return harm


@njit(cache=True)
def _way(
    halves: Halves, charges: Charges, twins: Twins, root: int, tree: int, start: int, beside: Run
) -> tuple[float, IntArray, IntArray]:
    """Find the cheapest way from a node over a tree to the root: up to the tree, and from there on as the tree runs.

    Dijkstra from the node, ended where the tree is met; what the rest of the way harms is added there. One loop,
    because it carries its queue.
    """
    num_nodes = len(halves.first) - 1
    reach, by = np.full(num_nodes, np.inf), np.full(num_nodes, -1)
    come, done = np.full(num_nodes, -1), np.zeros(num_nodes, np.bool_)
    reach[start] = 0.0
    queue = [(0.0, start)]
    best, meeting = np.inf, -1
    while len(queue) > 0:
        distance, node = heapq.heappop(queue)
        if distance >= best:
            break
        if done[node]:
            continue
        done[node] = True
        if node == root or twins.ways[tree, node] > 0:
            total, here, before = distance, node, by[node]
            while here != root:
                link = twins.links[tree, here]
                total += _step_harm(charges, beside, before, link)
                here, before = twins.parents[tree, here], link
            if total < best:
                best, meeting = total, node
            continue
        for half in range(halves.first[node], halves.first[node + 1]):
            ahead, link = halves.ends[half], halves.links[half]
            if done[ahead]:
                continue
            cost = distance + charges.floors[link] + (charges.opening[link] if twins.uses[link] == 0 else 0.0)
            cost += _step_harm(charges, beside, by[node], link)
            if cost < reach[ahead]:
                reach[ahead], by[ahead], come[ahead] = cost, link, node
                heapq.heappush(queue, (cost, ahead))
    nodes, way = climb(twins.parents[tree], twins.links[tree], meeting)
    count, here = 0, meeting
    while here != start:
        count += 1
        here = come[here]
    front, links = np.empty(count, np.int64), np.empty(count, np.int64)
    here = meeting
    for place in range(count - 1, -1, -1):
        links[place] = by[here]
        here = come[here]
        front[place] = here
    return best, np.concatenate((front, nodes)), np.concatenate((links, way))
