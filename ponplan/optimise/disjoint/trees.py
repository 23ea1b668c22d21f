"""Two trees from one root to chosen nodes, such that both ways to each node share no link: redundant trees.

A structure grows ear by ear from the root: each ear holds one more terminal and ends on the structure at both sides.
Along an ear the first tree runs one way and the second the other, in an order of all nodes that makes what lies
before and behind it link-disjoint (Itai and Rodeh, Information and Computation 79, 1988; Medard, Finn, Barry and
Gallager, IEEE/ACM Transactions on Networking 7, 1999). A bridge, which no pair of ways can avoid, is taken twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.disjoint.bridges import find_bridges
from ponplan.optimise.disjoint.ears import cheapest_ear
from ponplan.optimise.disjoint.paths import both_directions
from ponplan.optimise.disjoint.problem import LinkNetwork
from ponplan.optimise.disjoint.solve import find_disjoint_pair
from ponplan.optimise.milp import Effort

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

RISK_EFFORT = Effort(max_nodes=200)
EXACT_LINKS = 1_000  # a program over more of them takes minutes
_STEP = 1e-9  # least room between the labels of neighbours in the order


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoTrees:
    """Both trees, each told by every node's parent and the link to it, -1 at the root and outside.

    Parameters
    ----------
    parents, links
        (2, n).
    cost
        Of all links in either tree, each once.
    bridges
        (m,) links that no pair of ways to what lies behind can avoid.
    """

    parents: IntArray
    links: IntArray
    cost: float
    bridges: NDArray[np.bool_]

    def path(self, tree: int, node: int) -> list[int]:
        """Give the links from a node to the root."""
        path = []
        while self.links[tree, node] >= 0:
            path.append(int(self.links[tree, node]))
            node = int(self.parents[tree, node])
        return path


def grow_two_trees(
    network: LinkNetwork,
    root: int,
    terminals: Sequence[int],
    *,
    risk_cost: float = 0.0,
) -> TwoTrees:
    """Grow the trees to the terminals, one after the other; terminals that cannot be reached are left out.

    Parameters
    ----------
    risk_cost
        Charged for a link of a risk group that is in the structure already, so that others are preferred.
    """
    growth = _Growth(network, root, risk_cost)
    for terminal in terminals:
        if not growth.inside[terminal]:
            growth.add_ear(terminal)
    used = np.unique(growth.links[growth.links >= 0])
    original = np.unique(growth.original[used])
    links = np.where(growth.links >= 0, growth.original[growth.links], -1)
    return TwoTrees(
        parents=growth.parents, links=links, cost=float(network.costs[original].sum()), bridges=growth.bridges
    )


class _Growth:
    """The structure so far: who is inside, in which order, and how both trees run."""

    def __init__(self, network: LinkNetwork, root: int, risk_cost: float) -> None:
        num_links = len(network.costs)
        self.network, self.root, self.risk_cost = network, root, risk_cost
        self.bridges = find_bridges(both_directions(network), num_links)
        copies = np.flatnonzero(self.bridges)
        self.original = np.concatenate([np.arange(num_links), copies])
        self.tails, self.heads = network.tails[self.original], network.heads[self.original]
        self.costs = network.costs[self.original].astype(np.float64)
        self.halves = both_directions(
            LinkNetwork(num_nodes=network.num_nodes, tails=self.tails, heads=self.heads, costs=self.costs)
        )
        self.groups_of: dict[int, list[int]] = {}
        for link, group in zip(network.risk_links.tolist(), network.risk_groups.tolist(), strict=True):
            self.groups_of.setdefault(link, []).append(group)
        self.inside = np.zeros(network.num_nodes, dtype=bool)
        self.inside[root] = True
        self.parents = np.full((2, network.num_nodes), -1, np.int64)
        self.links = np.full((2, network.num_nodes), -1, np.int64)
        self.charged: set[int] = set()
        # the order: the root is both its beginning and its end
        self.labels = np.zeros(network.num_nodes)
        self.behind = np.full(network.num_nodes, root, np.int64)

    def add_ear(self, terminal: int) -> None:
        """Add the cheapest ear through a node."""
        first, second = cheapest_ear(self.halves, self.tails, self.costs, self.inside, terminal)
        if not len(first):
            return
        if self._groups(first) & self._groups(second):
            first, second = self._clear_of_risks(terminal, first, second)
        walk = self._nodes(terminal, first)[::-1] + self._nodes(terminal, second)[1:]
        links = [*first[::-1].tolist(), *second.tolist()]
        self._insert_walk(walk, links)
        if self.risk_cost:
            self._charge(self._groups(first) | self._groups(second))

    def _nodes(self, start: int, links: IntArray) -> list[int]:
        nodes = [start]
        for link in links.tolist():
            nodes.append(int(self.tails[link] + self.heads[link]) - nodes[-1])
        return nodes

    def _groups(self, links: IntArray) -> set[int]:
        if not self.groups_of:
            return set()
        return {group for link in self.original[links].tolist() for group in self.groups_of.get(link, ())}

    def _charge(self, groups: set[int]) -> None:
        """Make links of groups that have come in dearer."""
        for group in groups - self.charged:
            self.charged.add(group)
            hit = np.isin(self.original, self.network.risk_links[self.network.risk_groups == group])
            self.costs[hit] += self.risk_cost

    def _clear_of_risks(self, terminal: int, first: IntArray, second: IntArray) -> tuple[IntArray, IntArray]:
        """Give the cheapest ear whose sides share no risk group, or the one given if there is none."""
        number = np.cumsum(~self.inside)
        node_of = np.where(self.inside, 0, number)
        tails, heads = node_of[self.tails], node_of[self.heads]
        kept = np.flatnonzero(tails != heads)
        place = np.full(len(self.tails), -1)
        place[kept] = np.arange(len(kept))
        pairs = [
            (place[link], group)
            for link in kept.tolist()
            for group in self.groups_of.get(int(self.original[link]), ())
        ]
        risks = np.array(pairs, np.int64).reshape(-1, 2)
        contracted = LinkNetwork(
            num_nodes=int(number[-1]) + 1, tails=tails[kept], heads=heads[kept], costs=self.costs[kept],
            risk_links=risks[:, 0], risk_groups=risks[:, 1],
        )  # fmt: skip
        pair = find_disjoint_pair(
            contracted, int(node_of[terminal]), 0, effort=RISK_EFFORT, exact=len(kept) <= EXACT_LINKS
        )
        return (kept[pair.first], kept[pair.second]) if pair.is_found else (first, second)

    def _insert_walk(self, walk: list[int], links: list[int]) -> None:
        """Insert a walk between two nodes inside: first without its loops, then each loop as an ear of its own."""
        last = {node: place for place, node in enumerate(walk)}
        nodes, ways, loops = [walk[0]], [], []
        place = 0
        while place < len(walk) - 1:
            # from its last visit on a node is passed once; at the ends the walk begins and ends inside
            jump = last[walk[place]] if place > 0 else place
            if jump > place:
                loops.append((walk[place : jump + 1], links[place:jump]))
                place = jump
                continue
            ways.append(links[place])
            place += 1
            nodes.append(walk[place])
        self._insert_ear(nodes, ways)
        for loop, around in loops:
            self._insert_walk(loop, around)

    def _insert_ear(self, nodes: list[int], links: list[int]) -> None:
        """Put the inner nodes of an ear into the order and into both trees."""
        if len(nodes) < 3:
            return
        low, high = nodes[0], nodes[-1]
        if self._is_backwards(low, high):
            nodes, links, low = nodes[::-1], links[::-1], high
        self._place_behind(low, nodes[1:-1])
        for place, node in enumerate(nodes[1:-1], start=1):
            self.parents[0, node], self.links[0, node] = nodes[place - 1], links[place - 1]
            self.parents[1, node], self.links[1, node] = nodes[place + 1], links[place]
        self.inside[nodes] = True

    def _is_backwards(self, low: int, high: int) -> bool:
        """Say whether an ear begins behind the node where it ends; the root stands at the end that saves links."""
        if self.root in (low, high):
            if low == high:
                return False
            other = high if low == self.root else low
            is_root_first = self._depth(1, other) <= self._depth(0, other)
            return is_root_first != (low == self.root)
        return bool(self.labels[low] > self.labels[high])

    def _depth(self, tree: int, node: int) -> float:
        total = 0.0
        while self.links[tree, node] >= 0:
            total += self.costs[self.links[tree, node]]
            node = int(self.parents[tree, node])
        return total

    def _place_behind(self, node: int, ear: list[int]) -> None:
        """Give labels between a node's and that of the node behind it."""
        begin, after = (0.0 if node == self.root else float(self.labels[node])), int(self.behind[node])
        end = 1.0 if after == self.root else float(self.labels[after])
        if (end - begin) / (len(ear) + 1) < _STEP:
            self._spread_labels()
            begin, after = (0.0 if node == self.root else float(self.labels[node])), int(self.behind[node])
            end = 1.0 if after == self.root else float(self.labels[after])
        for place, inner in enumerate(ear, start=1):
            self.labels[inner] = begin + (end - begin) * place / (len(ear) + 1)
            self.behind[node] = inner
            node = inner
        self.behind[node] = after

    def _spread_labels(self) -> None:
        order, node = [], int(self.behind[self.root])
        while node != self.root:
            order.append(node)
            node = int(self.behind[node])
        self.labels[order] = np.arange(1, len(order) + 1) / (len(order) + 1)
