"""What is left of a two-way problem when bridges, dead ends and nodes between two links are taken out of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from ponplan.optimise.disjoint.bridges import find_bridges
from ponplan.optimise.disjoint.paths import both_directions
from ponplan.optimise.disjoint.problem import LinkNetwork

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.twoway.problem import TwoWayProblem

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """A smaller problem of the same kind without bridges, and what every answer costs beside it."""

    base_cost: float
    num_nodes: int
    tails: IntArray
    heads: IntArray
    costs: FloatArray
    is_shared: BoolArray
    root: int
    singles: IntArray
    pairs: IntArray


def shrink(problem: TwoWayProblem) -> Core:
    """Pay for the bridges that somebody lies behind, make one node of their ends, and leave out what nobody needs."""
    bridges = _bridges(problem)
    needed, needed_twice = _behind(problem, bridges)
    base = float(problem.costs[bridges & needed].sum() + problem.second_costs[bridges & needed_twice].sum())
    shape = (problem.num_nodes, problem.num_nodes)
    joined = coo_array((np.ones(bridges.sum()), (problem.tails[bridges], problem.heads[bridges])), shape=shape)
    group = connected_components(joined, directed=False)[1].astype(np.int64)
    root = int(group[problem.root])
    singles = np.setdiff1d(group[np.concatenate([problem.singles, problem.pairs.ravel()])], [root])
    pairs = np.unique(np.sort(group[problem.pairs].reshape(-1, 2), axis=1), axis=0)
    pairs = pairs[(pairs != root).all(axis=1)]  # who stands at the root needs one way only
    keep = {root, *singles.tolist(), *pairs.ravel().tolist()}
    rest = np.flatnonzero(~bridges & (group[problem.tails] != group[problem.heads]))
    links = _Links(
        group[problem.tails[rest]], group[problem.heads[rest]], problem.costs[rest], problem.is_shared[rest]
    )
    links.reduce(keep)
    return _numbered(links, base, root, singles, pairs)


def _bridges(problem: TwoWayProblem) -> BoolArray:
    network = LinkNetwork(num_nodes=problem.num_nodes, tails=problem.tails, heads=problem.heads, costs=problem.costs)
    return np.asarray(find_bridges(both_directions(network), len(problem.costs)))


def _behind(problem: TwoWayProblem, bridges: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Mark the bridges with somebody behind them, and those with both ends of a pair."""
    num, links = problem.num_nodes, np.flatnonzero(bridges)
    ends = (problem.tails, problem.heads)
    streets = coo_array((np.ones(len(bridges)), ends), shape=(num, num)).tocsr()
    order, found = breadth_first_order(streets, problem.root, directed=False)
    above = found.astype(np.int64)
    # a bridge has no parallel link, so that its ends tell its number
    table = coo_array((links + 1, (problem.tails[links], problem.heads[links])), shape=(num, num)).tocsr()
    outer, inner = order[1:], above[order[1:]]
    up = np.full(num, -1)
    up[outer] = np.asarray(table[inner, outer] + table[outer, inner]).ravel() - 1
    needed, twice = np.zeros(len(bridges), bool), np.zeros(len(bridges), bool)
    below = np.zeros(num, bool)
    below[problem.singles] = below[problem.pairs.ravel()] = True
    for node in outer[::-1].tolist():
        below[above[node]] |= below[node]
        if up[node] >= 0 and below[node]:
            needed[up[node]] = True
    for one, other in problem.pairs.tolist():
        twice[sorted(_up(above, up, one) & _up(above, up, other))] = True
    return needed, twice


def _up(above: IntArray, up: IntArray, node: int) -> set[int]:
    """Give the bridges between a node and the root."""
    found = set()
    while above[node] >= 0:
        if up[node] >= 0:
            found.add(int(up[node]))
        node = int(above[node])
    return found


class _Links:
    """Links by number, while dead ends are cut off and nodes between two links are passed over."""

    def __init__(self, tails: IntArray, heads: IntArray, costs: FloatArray, shared: BoolArray) -> None:
        rows = zip(tails.tolist(), heads.tolist(), costs.tolist(), shared.tolist(), strict=True)
        self.links: dict[int, tuple[int, int, float, bool]] = dict(enumerate(rows))
        self.at: defaultdict[int, set[int]] = defaultdict(set)
        self.last = len(self.links)
        for link, (tail, head, *_) in self.links.items():
            self.at[tail].add(link)
            self.at[head].add(link)

    def reduce(self, keep: set[int]) -> None:
        """Go on until every node that is not to be kept has three links or more."""
        waiting = sorted(self.at)
        while waiting:
            node = waiting.pop()
            links = sorted(self.at[node])
            if node in keep or len(links) not in (1, 2):
                continue
            (one, cost, shared), *more = [self._beyond(link, node) for link in links]
            if more and more[0][2] != shared:
                continue
            for link in links:
                self._drop(link)
            waiting.append(one)
            if more:
                other, rest, _ = more[0]
                waiting.append(other)
                if one != other:
                    self._add(one, other, cost + rest, shared)

    def _beyond(self, link: int, node: int) -> tuple[int, float, bool]:
        tail, head, cost, shared = self.links[link]
        return tail + head - node, cost, shared

    def _add(self, tail: int, head: int, cost: float, shared: bool) -> None:  # noqa: FBT001
        self.links[self.last] = (tail, head, cost, shared)
        self.at[tail].add(self.last)
        self.at[head].add(self.last)
        self.last += 1

    def _drop(self, link: int) -> None:
        tail, head, *_ = self.links.pop(link)
        self.at[tail].discard(link)
        self.at[head].discard(link)


def _numbered(links: _Links, base: float, root: int, singles: IntArray, pairs: IntArray) -> Core:
    """Give the nodes that are left their numbers, in ascending order."""
    rows = [links.links[link] for link in sorted(links.links)]
    table = np.array([row[:2] for row in rows], np.int64).reshape(-1, 2)
    nodes = np.unique(np.concatenate([table.ravel(), singles, pairs.ravel(), [root]]))
    number = np.searchsorted(nodes, table)
    return Core(
        base_cost=base,
        num_nodes=len(nodes),
        tails=number[:, 0],
        heads=number[:, 1],
        costs=np.array([row[2] for row in rows], np.float64),
        is_shared=np.array([row[3] for row in rows], bool),
        root=int(np.searchsorted(nodes, root)),
        singles=np.searchsorted(nodes, singles),
        pairs=np.searchsorted(nodes, pairs).reshape(-1, 2),
    )
