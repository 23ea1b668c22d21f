"""Two trees made cheaper: some terminals are taken out of both and put back over the cheapest ways still apart.

Each terminal has a way to the root in either tree. Taking out those whose ways pass some link and putting them back
one by one is a large neighbourhood search (Shaw, CP 1998; Schrimpf and others, Journal of Computational Physics 159,
2000). What both ways of a terminal share counts as harm, more than any cost, so that what is apart stays apart: each
link that both use, and each risk group that both run, over the same link or over two. So two bridges of one group
harm less than one bridge used twice.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.disjoint.paths import both_directions
from ponplan.optimise.disjoint.regrow_ways import Charges, Twins, climb, insert, passing, replace_ways, total_harm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.disjoint.problem import LinkNetwork

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

MOST_OUT = 16  # terminals taken out at a time
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinDemand:
    """What two trees are to join with the root.

    Parameters
    ----------
    network
        Links with the cost of opening each, and their risk groups.
    floors
        (links,) cost of a link in each tree that uses it, beside opening it.
    harms
        (links,) what it counts when both ways of a terminal use a link.
    risk_harm
        What it counts when both ways of a terminal run the risk of a group, once however many links it has.
    ends
        (terminals, 2) nodes where the two ways of each begin, both the same or not; either tree takes one of them.
    """

    network: LinkNetwork
    root: int
    floors: FloatArray
    harms: FloatArray
    risk_harm: float
    ends: IntArray


class Regrowth:
    """Both trees with everybody's ways in them.

    Parameters
    ----------
    parents, links
        (2, nodes) trees that hold everybody to begin with: the node above and the link to it, -1 at the root and
        outside. Branches that lead to nobody are cut off.
    swapped
        (terminals,) 0 or 1: which of its ends the first tree takes; the second tree takes the other one.
    """

    def __init__(self, demand: TwinDemand, parents: IntArray, links: IntArray, swapped: IntArray) -> None:
        network = demand.network
        self.demand, self.swapped = demand, swapped.astype(np.int64)
        self.halves = both_directions(network)
        self.charges = _charges(demand)
        shape = (2, network.num_nodes)
        self.twins = Twins(
            np.full(shape, -1), np.full(shape, -1), np.zeros(shape, np.int64), np.zeros(len(demand.floors), np.int64)
        )
        for terminal in range(len(swapped)):
            for tree in (0, 1):
                insert(self.twins, tree, *climb(parents[tree], links[tree], self.end(terminal, tree)))

    def moved(self, demand: TwinDemand) -> Regrowth:
        """Give the same trees over the same links at other costs."""
        return Regrowth(demand, self.twins.parents, self.twins.links, self.swapped)

    def copy(self) -> Regrowth:
        """Give the same trees, to be improved apart from these."""
        other = copy(self)
        other.twins, other.swapped = self._state()
        return other

    def end(self, terminal: int, tree: int) -> int:
        """Give the node where a terminal's way over a tree begins."""
        return int(self.demand.ends[terminal, (int(self.swapped[terminal]) + tree) % 2])

    def way(self, terminal: int, tree: int) -> tuple[IntArray, IntArray]:
        """Give the nodes of a terminal's way over a tree, up to the root, and the links between them."""
        return climb(self.twins.parents[tree], self.twins.links[tree], self.end(terminal, tree))

    def harm(self) -> float:
        """Give the harm of what both ways of each terminal share."""
        return float(total_harm(self.twins, self.charges, self.demand.ends, self.swapped))

    def cost(self) -> float:
        """Give what opening and floors cost, with the harm of what both ways of each terminal share."""
        demand, uses = self.demand, self.twins.uses
        total = float(demand.network.costs[uses > 0].sum() + (demand.floors * uses).sum())
        return total + self.harm()

    def improve(self, rounds: int, rng: np.random.Generator) -> None:
        """Take some terminals out and put them back so many times; keep what is no dearer."""
        best = self.cost()
        for _ in range(rounds):
            before = self._state()
            self._replace(self._some(rng), rng)
            cost = self.cost()
            if cost <= best + _ROUNDING * best:
                best = cost
            else:
                self.twins, self.swapped = before

    def _state(self) -> tuple[Twins, IntArray]:
        return Twins(*(part.copy() for part in self.twins)), self.swapped.copy()

    def _some(self, rng: np.random.Generator) -> IntArray:
        """Choose terminals whose ways pass the same link of either tree, one that a terminal drawn first passes."""
        first, tree = int(rng.integers(len(self.swapped))), int(rng.integers(2))
        nodes, _ = self.way(first, tree)
        pivot = int(nodes[int(rng.integers(max(1, len(nodes) - 1)))])
        beside = passing(self.twins, tree, self.demand.ends, self.swapped, pivot)  # with the first one among them
        most = int(rng.integers(1, MOST_OUT + 1))
        return rng.permutation(beside)[:most]

    def _replace(self, chosen: IntArray, rng: np.random.Generator) -> None:
        demand, order = self.demand, rng.permutation(chosen)
        replace_ways(self.halves, self.charges, self.twins, demand.root, demand.ends, self.swapped, order)


def _charges(demand: TwinDemand) -> Charges:
    network = demand.network
    order = np.argsort(network.risk_links, kind="stable")
    first = np.searchsorted(network.risk_links[order], np.arange(len(network.costs) + 1))
    return Charges(
        network.costs.astype(np.float64), demand.floors, demand.harms, demand.risk_harm,
        first.astype(np.int64), network.risk_groups[order].astype(np.int64), network.num_groups,
    )  # fmt: skip
