"""The streets as a network in which two disjoint ways from the offices are sought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.pricing import carries_trunk
from ponplan.design.trench import APART_M
from ponplan.optimise.disjoint.bridges import find_bridges
from ponplan.optimise.disjoint.paths import both_directions, distances
from ponplan.optimise.disjoint.problem import LinkNetwork

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.design.problem import PlanProblem

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


OFFICE_M = 100.0  # what one office for both ways counts where two are wanted
RISK_M = 1.0  # what a risk group that both ways run counts: less than any trench for both


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWayGround:
    """Segments that carry trunk, and beyond the offices one super-root.

    Junctions keep their numbers; the super-root is number n, the office in row i of the problem n + 1 + i.

    Parameters
    ----------
    edges
        (links,) segment of each link; of a link at an office or at the super-root m + its number among these.
    tails, heads, lengths_m
        (m + links at offices,) of all segments and then of these links, which are longer than any fibre goes.
    root
        The super-root.
    risks
        (k, 2) link and number of its risk group.
    """

    edges: IntArray
    tails: IntArray
    heads: IntArray
    lengths_m: FloatArray
    root: int
    risks: IntArray

    @property
    def num_nodes(self) -> int:
        """Junctions, super-root and offices."""
        return int(max(self.tails.max(initial=0), self.heads.max(initial=0), self.root)) + 1

    def network(self, costs: FloatArray) -> LinkNetwork:
        """Give the network with the cost of each segment; links at offices cost nothing."""
        each = np.concatenate([costs, np.zeros(len(self.tails) - len(costs))])
        return LinkNetwork(
            num_nodes=self.num_nodes,
            tails=self.tails[self.edges],
            heads=self.heads[self.edges],
            costs=each[self.edges],
            risk_links=self.risks[:, 0],
            risk_groups=self.risks[:, 1],
        )

    def office_m(self) -> FloatArray:
        """Give (nodes,) the metres to the nearest office, inf where no way leads there."""
        metres = np.where(self.edges < self.num_segments, self.lengths_m[self.edges], 0.0)
        return self._to_root(metres)

    def twice(self, network: LinkNetwork) -> LinkNetwork:
        """Give a network in which every bridge is there twice, so that two ways lead everywhere."""
        again = np.flatnonzero(self._bridges())
        return LinkNetwork(
            num_nodes=network.num_nodes,
            tails=np.concatenate([network.tails, network.tails[again]]),
            heads=np.concatenate([network.heads, network.heads[again]]),
            costs=np.concatenate([network.costs, np.zeros(len(again))]),
        )

    def unsafe_m(self) -> FloatArray:
        """Give (nodes,) the metres of bridges between each node and the offices: no two ways avoid them."""
        return self._to_root(
            np.where(self._bridges() & (self.edges < self.num_segments), self.lengths_m[self.edges], 0.0)
        )

    def _bridges(self) -> NDArray[np.bool_]:
        network = self.network(np.zeros(self.num_segments))
        return find_bridges(both_directions(network), len(self.edges))

    def _to_root(self, weights: FloatArray) -> FloatArray:
        """Give (nodes,) the least sum of (links,) weights on a way to the super-root."""
        halves = both_directions(self.network(np.zeros(self.num_segments)))
        links, nodes = np.ones(len(self.edges), dtype=bool), np.ones(self.num_nodes, dtype=bool)
        reach, _ = distances(halves, weights, links, nodes, self.root, -1)
        return np.asarray(reach)

    @property
    def num_segments(self) -> int:
        """Segments, whose rows stand before those of links at offices."""
        return len(self.tails) - int(np.count_nonzero((self.tails >= self.root) | (self.heads >= self.root)))

    def harms_m(self) -> FloatArray:
        """Give (links,) the metres that two ways share over each; a single link at an office counts `OFFICE_M`."""
        return np.where(self.edges < self.num_segments, self.lengths_m[self.edges], OFFICE_M)


def two_way_ground(problem: PlanProblem) -> TwoWayGround:
    """Lay out segments, offices with their second entries and the super-root.

    Where the rules want both ports in different offices, a single link joins each office with the super-root, so that
    two ways to it end in two offices.
    """
    graph = problem.graph
    num_junctions, num_segments = len(graph.junction_ids), len(graph.tails)
    root = num_junctions
    tails, heads = [], []
    for place, (row, junction) in enumerate(zip(problem.office_rows.tolist(), problem.offices.tolist(), strict=True)):
        office = root + 1 + place
        times = 1 if problem.area.rules.protection_ports == "offices" else 2
        ends = [(office, root)] * times + [(junction, office)] * 2
        second = int(graph.second_offices[row]) if len(graph.second_offices) else -1
        ends += [(second, office)] * 2 if second >= 0 else []
        tails += [tail for tail, _ in ends]
        heads += [head for _, head in ends]
    trunk = np.flatnonzero(carries_trunk(problem))
    risks = _risks(problem, trunk)
    return TwoWayGround(
        edges=np.concatenate([trunk, num_segments + np.arange(len(tails))]),
        tails=np.concatenate([graph.tails, np.array(tails, np.int64)]),
        heads=np.concatenate([graph.heads, np.array(heads, np.int64)]),
        lengths_m=np.concatenate([graph.lengths_m, np.full(len(tails), APART_M)]),
        root=root,
        risks=risks,
    )


def _risks(problem: PlanProblem, trunk: IntArray) -> IntArray:
    """Give link and group of every segment whose route has risk groups, groups numbered by name."""
    routes = problem.area.routes
    names = sorted({group for route in routes for group in route.risk_groups})
    number = {name: place for place, name in enumerate(names)}
    pairs = [
        (link, number[group])
        for link, row in enumerate(problem.graph.routes[trunk].tolist())
        if row >= 0
        for group in routes[row].risk_groups
    ]
    return np.array(pairs, np.int64).reshape(-1, 2)
