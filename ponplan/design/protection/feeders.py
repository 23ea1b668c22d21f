"""Second feeders: two disjoint ways from PON ports to every place whose splitters are protected, in shared rings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.tree import RootedTree
from ponplan.optimise.disjoint.trees import grow_two_trees

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.design.problem import PlanProblem
    from ponplan.design.protection.ground import TwoWayGround
    from ponplan.optimise.disjoint.trees import TwoTrees

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

# of a metre's length against its cost, until both ways to everybody are short enough
_LENGTH_WEIGHTS = (0.0, *(0.5 * 4.0**k for k in range(6)), math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeder:
    """One way from an office to a place."""

    tree: int  # 0 or 1
    office: int  # index in the problem's offices
    start: int  # junction where it leaves the office
    length_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FeederPair:
    """Both ways to a place, the shorter one working."""

    working: Feeder
    protecting: Feeder


@dataclass(frozen=True, slots=True, kw_only=True)
class Rings:
    """Two trees such that the ways over them to each of some junctions are disjoint as far as can be."""

    trees: tuple[RootedTree, RootedTree]
    pairs: Mapping[int, FeederPair]  # by junction

    @property
    def edges(self) -> IntArray:
        """Give the edges of both trees, segments and links at offices alike."""
        both = [tree.parent_edges[tree.parent_edges >= 0] for tree in self.trees]
        return np.unique(np.concatenate(both))


def close_rings(
    problem: PlanProblem,
    ground: TwoWayGround,
    junctions: Sequence[int],
    costs: FloatArray,
    *,
    longest_m: Mapping[int, float],
) -> Rings:
    """Find two trees to these junctions at least cost of segments, over ways no longer than `longest_m` if possible.

    Parameters
    ----------
    costs
        (m,) of using each segment for one more cable; what is open already costs only that.
    longest_m
        Of a feeder to each junction.
    """
    best: tuple[float, float, Rings] | None = None
    for weight in _LENGTH_WEIGHTS:
        lengths_m = problem.graph.lengths_m
        weighed = lengths_m + 1e-9 * costs if math.isinf(weight) else costs + weight * lengths_m
        for order in _orders(problem, junctions):
            trees = grow_two_trees(ground.network(weighed), ground.root, order, risk_cost=float(weighed.sum()))
            rings = _rings(ground, trees, junctions)
            excess_m = _excess_m(rings, longest_m)
            cost = float(costs[rings.edges[rings.edges < len(costs)]].sum())
            if best is None or (excess_m, cost) < best[:2]:
                best = (excess_m, cost, rings)
        if best is not None and best[0] <= 0.0:
            break
    assert best is not None  # noqa: S101 - there is always an order
    return best[2]


def _orders(problem: PlanProblem, junctions: Sequence[int]) -> list[list[int]]:
    """Give orders of growing: the farthest junction first, whose ring passes others, and the nearest first."""
    x_m, y_m = problem.graph.junction_x_m, problem.graph.junction_y_m
    offices = problem.offices.tolist()
    distance = {
        junction: min(math.hypot(x_m[junction] - x_m[office], y_m[junction] - y_m[office]) for office in offices)
        for junction in junctions
    }
    far_first = sorted(distance, key=lambda junction: (-distance[junction], junction))
    return [far_first, far_first[::-1]] if len(far_first) > 1 else [far_first]


def _rings(ground: TwoWayGround, trees: TwoTrees, junctions: Sequence[int]) -> Rings:
    rooted = tuple(_rooted(ground, trees, tree) for tree in (0, 1))
    pairs = {}
    for junction in junctions:
        ways = sorted(
            (_feeder(ground, trees, tree, junction) for tree in (0, 1)),
            key=lambda feeder: (feeder.length_m, feeder.tree),
        )
        pairs[junction] = FeederPair(working=ways[0], protecting=ways[1])
    return Rings(trees=(rooted[0], rooted[1]), pairs=pairs)


def _rooted(ground: TwoWayGround, trees: TwoTrees, tree: int) -> RootedTree:
    links = trees.links[tree]
    edges = np.sort(ground.edges[links[links >= 0]])
    return RootedTree.from_edges(ground.num_nodes, ground.root, edges, ground.tails, ground.heads, ground.lengths_m)


def _feeder(ground: TwoWayGround, trees: TwoTrees, tree: int, junction: int) -> Feeder:
    """Follow a way back to the last junction before an office's own node."""
    node, length_m = junction, 0.0
    parents = trees.parents[tree]
    while parents[node] <= ground.root:
        length_m += float(ground.lengths_m[ground.edges[trees.links[tree, node]]])
        node = int(parents[node])
    return Feeder(tree=tree, office=int(parents[node]) - ground.root - 1, start=node, length_m=length_m)


def _excess_m(rings: Rings, longest_m: Mapping[int, float]) -> float:
    return max(max(0.0, pair.protecting.length_m - longest_m[junction]) for junction, pair in rings.pairs.items())
