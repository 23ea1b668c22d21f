"""Second feeders: two disjoint ways from PON ports to every place whose splitters are protected, in shared rings."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.protection.ground import RISK_M
from ponplan.design.tree import RootedTree
from ponplan.optimise.disjoint.regrow import Regrowth, TwinDemand
from ponplan.optimise.disjoint.trees import grow_two_trees

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.design.problem import PlanProblem
    from ponplan.design.protection.ground import TwoWayGround
    from ponplan.optimise.disjoint.trees import TwoTrees

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

ROUNDS_EACH = 20  # of regrowing, for each of those to be joined
LINK_ROUNDS = 2_000_000  # of regrowing at most, times the links of the network
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
    pairs: Mapping[int, FeederPair]  # by junction with one way in
    regrown: Regrowth  # what they came from

    @property
    def edges(self) -> IntArray:
        """Give the edges of both trees, segments and links at offices alike."""
        both = [tree.parent_edges[tree.parent_edges >= 0] for tree in self.trees]
        return np.unique(np.concatenate(both))


def close_rings(
    problem: PlanProblem,
    ground: TwoWayGround,
    ends: IntArray,
    opening: FloatArray,
    floors: FloatArray,
    *,
    longest_m: FloatArray,
    rng: np.random.Generator,
    start: Rings | None = None,
) -> Rings:
    """Find two trees at least cost of segments, over ways no longer than `longest_m` if possible.

    Trees that are surely apart are grown ear by ear, then regrown in parts as long as that saves something.

    Parameters
    ----------
    ends
        (k, 2) junctions that are to be joined with the offices, one by either tree; both are the same where nothing
        has two ways in.
    opening, floors
        (m,) of opening each segment, nothing where it is open already, and of one more cable in it.
    longest_m
        (k,) of a way to each.
    start
        Trees to the same junctions found before, when other routes were open, to be regrown as well.
    """
    best: tuple[float, float, Regrowth] | None = None
    harm = 1.0 + float(opening.sum() + 2.0 * floors.sum())
    for weight in _LENGTH_WEIGHTS:
        lengths_m = problem.graph.lengths_m
        dear, per_cable = (opening, floors + weight * lengths_m)
        if math.isinf(weight):
            dear, per_cable = 1e-9 * opening, lengths_m + 1e-9 * floors
        demand = TwinDemand(
            network=ground.network(dear),
            root=ground.root,
            floors=ground.network(per_cable).costs,
            harms=harm * ground.harms_m(),
            risk_harm=harm * RISK_M,
            ends=ends,
        )
        starts = [_grown(ground, demand, order) for order in _orders(problem, ends)]
        if start is not None:
            starts.append(start.regrown.moved(demand))
        grown = min(starts, key=Regrowth.cost)
        for rounds in (0, _rounds(demand)):
            regrown = grown.copy()
            regrown.improve(rounds, rng)
            excess_m = _excess_m(ground, regrown, longest_m)
            cost = regrown.harm() + _cost(ground, regrown, opening, floors)
            if best is None or (excess_m, cost) < best[:2]:
                best = (excess_m, cost, regrown)
        if best is not None and best[0] <= 0.0:
            break
    assert best is not None  # noqa: S101 - there is always an order
    return rings_of(ground, best[2])


def _rounds(demand: TwinDemand) -> int:
    return min(ROUNDS_EACH * len(demand.ends), LINK_ROUNDS // max(1, len(demand.floors)))


def _grown(ground: TwoWayGround, demand: TwinDemand, order: Sequence[int]) -> Regrowth:
    """Grow trees in which either way of everybody stands, and take for each tree the end that shares less."""
    weighed = replace(demand.network, costs=demand.network.costs + demand.floors)
    trees = grow_two_trees(weighed, ground.root, order, risk_cost=float(weighed.costs.sum()))
    return Regrowth(demand, trees.parents, trees.links, _swapped(ground, trees, demand.ends))


def _swapped(ground: TwoWayGround, trees: TwoTrees, ends: IntArray) -> IntArray:
    """Say for whom the second of two ends over the first tree shares fewer metres with the first over the second."""
    harms_m = ground.harms_m()
    shared_m = [
        [
            float(harms_m[sorted(set(trees.path(0, one)) & set(trees.path(1, other)))].sum())
            for one, other in ((first, second), (second, first))
        ]
        for first, second in ends.tolist()
    ]
    return np.array([int(swapped < straight) for straight, swapped in shared_m], np.int64)


def _orders(problem: PlanProblem, ends: IntArray) -> list[list[int]]:
    """Give orders of growing: the farthest junction first, whose ring passes others, and the nearest first."""
    x_m, y_m = problem.graph.junction_x_m, problem.graph.junction_y_m
    offices = problem.offices.tolist()
    distance = {
        junction: min(math.hypot(x_m[junction] - x_m[office], y_m[junction] - y_m[office]) for office in offices)
        for junction in np.unique(ends).tolist()
    }
    far_first = sorted(distance, key=lambda junction: (-distance[junction], junction))
    return [far_first, far_first[::-1]] if len(far_first) > 1 else [far_first]


def _cost(ground: TwoWayGround, regrown: Regrowth, opening: FloatArray, floors: FloatArray) -> float:
    uses = regrown.twins.uses
    return float(ground.network(opening).costs[uses > 0].sum() + (ground.network(floors).costs * uses).sum())


def rings_of(ground: TwoWayGround, regrown: Regrowth) -> Rings:
    """Give the trees of a regrowth with the pairs of ways that begin at one end."""
    trees = tuple(rooted(ground, regrown.twins.links[tree]) for tree in (0, 1))
    pairs = {}
    for row, (one, other) in enumerate(regrown.demand.ends.tolist()):
        if one == other:
            feeders = (_feeder(ground, regrown, row, tree) for tree in (0, 1))
            ways = sorted(feeders, key=lambda feeder: (feeder.length_m, feeder.tree))
            pairs[one] = FeederPair(working=ways[0], protecting=ways[1])
    return Rings(trees=(trees[0], trees[1]), pairs=pairs, regrown=regrown)


def rooted(ground: TwoWayGround, links: IntArray) -> RootedTree:
    """Give the tree of (nodes,) links upwards, -1 where there is none."""
    edges = np.sort(ground.edges[links[links >= 0]])
    return RootedTree.from_edges(ground.num_nodes, ground.root, edges, ground.tails, ground.heads, ground.lengths_m)


def _feeder(ground: TwoWayGround, regrown: Regrowth, row: int, tree: int) -> Feeder:
    """Follow a way back to the last junction before an office's own node."""
    nodes, _ = regrown.way(row, tree)
    office = int(nodes[nodes > ground.root][0])
    last = int(np.flatnonzero(nodes == office)[0]) - 1
    length_m = _way_m(ground, regrown, row, tree)
    return Feeder(tree=tree, office=office - ground.root - 1, start=int(nodes[last]), length_m=length_m)


def _way_m(ground: TwoWayGround, regrown: Regrowth, row: int, tree: int) -> float:
    """Give the metres of segments on a way."""
    edges = ground.edges[regrown.way(row, tree)[1]]
    return float(ground.lengths_m[edges[edges < ground.num_segments]].sum())


def _excess_m(ground: TwoWayGround, regrown: Regrowth, longest_m: FloatArray) -> float:
    """Give by how much the worst way is too long."""
    longest = [max(_way_m(ground, regrown, row, tree) for tree in (0, 1)) for row in range(len(longest_m))]
    return float(np.maximum(0.0, np.array(longest) - longest_m).max())
