"""Find the cheapest pair of disjoint paths, with shared-risk groups: exact flows, alternating paths, then a program.

Pairs that avoid common risk groups are NP-hard to find (Hu, Networks 42, 2003), hence the program; the pair without
groups is its bound, and what two alternating shortest paths find lets most links be left out of it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.disjoint.exact import solve_exactly
from ponplan.optimise.disjoint.judge import judge_pair
from ponplan.optimise.disjoint.paths import both_directions, distances, nodes_along, walk_back
from ponplan.optimise.disjoint.problem import DisjointPair, no_pair
from ponplan.optimise.disjoint.twice import cheapest_pair
from ponplan.optimise.milp import Effort

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.disjoint.paths import Halves
    from ponplan.optimise.disjoint.problem import LinkNetwork

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

_ROUNDS = 24


def find_disjoint_pair(
    network: LinkNetwork,
    source: int,
    target: int,
    *,
    node_disjoint: bool = False,
    effort: Effort | None = None,
    exact: bool = True,
) -> DisjointPair:
    """Find two paths that share no link and no risk group (nor any node between) at least summed cost.

    Without groups the answer is always optimal. With them it is, too, unless `effort` (default: 20,000 nodes) cuts
    the program short; then `bound` says how cheap a pair could be. Without `exact` there is no program at all.
    """
    pair = cheapest_pair(network, source, target, node_disjoint=node_disjoint)
    if not pair.is_found or _is_good(network, pair, source, target, node_disjoint=node_disjoint):
        return pair
    search = _Alternating(network, source, target, node_disjoint=node_disjoint)
    found = search.run([pair.first, pair.second])
    if not exact:
        return replace(found, bound=pair.bound)
    if found.cost <= pair.bound:
        return replace(found, bound=found.cost)
    return _prove(network, source, target, search, found, pair.bound, effort or Effort(max_nodes=20_000))


def _is_good(network: LinkNetwork, pair: DisjointPair, source: int, target: int, *, node_disjoint: bool) -> bool:
    return not judge_pair(network, pair, source, target, node_disjoint=node_disjoint)[1]


class _Alternating:
    """Shortest paths found in turns, each clear of what the other uses, from many first paths."""

    def __init__(self, network: LinkNetwork, source: int, target: int, *, node_disjoint: bool) -> None:
        self.network = network
        self.source, self.target, self.node_disjoint = source, target, node_disjoint
        self.halves: Halves = both_directions(network)
        self.all_nodes = np.ones(network.num_nodes, dtype=bool)
        order = np.argsort(network.risk_links, kind="stable")
        self.risk_start = np.searchsorted(network.risk_links[order], np.arange(len(network.costs) + 1))
        self.risk_groups = network.risk_groups[order]

    def run(self, starts: list[IntArray]) -> DisjointPair:
        """Start from given paths, then from paths that avoid more and more what stood in the way before."""
        best = no_pair(0.0)
        penalties = np.zeros(len(self.network.costs))
        step = 0.5 * float(self.network.costs[starts[0]].mean()) + 1e-9
        for round_ in range(_ROUNDS + len(starts)):
            path = starts[round_] if round_ < len(starts) else self._shortest(self.network.costs + penalties)
            best = self._settle(path, best)
            clear, _ = self._clear_of(path)
            penalties[~clear] += step
        return best

    def _settle(self, path: IntArray, best: DisjointPair) -> DisjointPair:
        """Replace either path by the shortest one clear of the other until nothing improves."""
        cost = math.inf
        while True:
            other = self._shortest(self.network.costs, path)
            if len(other) == 0:
                return best
            total = float(self.network.costs[path].sum() + self.network.costs[other].sum())
            if total < best.cost:
                best = DisjointPair(first=path, second=other, cost=total, bound=0.0)
            if total >= cost - 1e-12 * (1.0 + total):
                return best
            cost, path = total, other

    def _shortest(self, costs: FloatArray, avoided: IntArray | None = None) -> IntArray:
        links, nodes = np.ones(len(costs), dtype=bool), self.all_nodes
        if avoided is not None:
            links, nodes = self._clear_of(avoided)
        _, by = distances(self.halves, costs, links, nodes, self.source, self.target)
        return walk_back(self.halves, by, self.network.tails, self.network.heads, self.source, self.target)

    def _clear_of(self, path: IntArray) -> tuple[BoolArray, BoolArray]:
        """Mark the links and nodes that a second path may use beside this one."""
        hit = np.zeros(self.network.num_groups, dtype=bool)
        for link in path.tolist():
            hit[self.risk_groups[self.risk_start[link] : self.risk_start[link + 1]]] = True
        links = np.ones(len(self.network.costs), dtype=bool)
        links[path] = False
        links[self.network.risk_links[hit[self.network.risk_groups]]] = False
        nodes = self.all_nodes.copy()
        if self.node_disjoint:
            nodes[nodes_along(self.network, path, self.source)[1:-1]] = False
        return links, nodes

    def usable(self, limit: float) -> BoolArray:
        """Mark the links on some path so short that a pair with it can cost less than `limit`."""
        everything = np.ones(len(self.network.costs), dtype=bool)
        ahead, _ = distances(self.halves, self.network.costs, everything, self.all_nodes, self.source, -1)
        behind, _ = distances(self.halves, self.network.costs, everything, self.all_nodes, self.target, -1)
        tails, heads = self.network.tails, self.network.heads
        through = np.minimum(ahead[tails] + behind[heads], ahead[heads] + behind[tails]) + self.network.costs
        return np.asarray(through + ahead[self.target] <= limit * (1.0 + 1e-9))


def _prove(
    network: LinkNetwork, source: int, target: int, search: _Alternating, found: DisjointPair, bound: float,
    effort: Effort,
) -> DisjointPair:  # fmt: skip
    """Solve the program on the links that may still pay; without a pair so far, on all that can be reached."""
    usable = search.usable(found.cost) if found.is_found else search.usable(math.inf)
    answer, used = solve_exactly(
        network, source, target, node_disjoint=search.node_disjoint, usable=usable, effort=effort
    )
    if answer.is_infeasible and not found.is_found:
        return no_pair(np.inf)
    bound = max(bound, min(answer.bound, found.cost))
    best = found
    if answer.values is not None:
        best = _better(network, source, target, search, used, found)
    if answer.is_optimal or answer.is_infeasible:
        bound = best.cost
    return DisjointPair(first=best.first, second=best.second, cost=best.cost, bound=min(bound, best.cost))


def _better(
    network: LinkNetwork, source: int, target: int, search: _Alternating, used: tuple[BoolArray, BoolArray],
    found: DisjointPair,
) -> DisjointPair:  # fmt: skip
    """Read the two paths of the program, leaving out circles, and keep them if they are cheaper."""
    paths = []
    for links in used:
        _, by = distances(search.halves, network.costs, links, search.all_nodes, source, target)
        paths.append(walk_back(search.halves, by, network.tails, network.heads, source, target))
    cost = float(network.costs[paths[0]].sum() + network.costs[paths[1]].sum())
    pair = DisjointPair(first=paths[0], second=paths[1], cost=cost, bound=cost)
    is_good = _is_good(network, pair, source, target, node_disjoint=search.node_disjoint)
    return pair if is_good and cost < found.cost else found
