"""Routes chosen again for a plan: the least digging does not know that fibre costs by the metre on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.locks import locked_junctions
from ponplan.design.placement import places_on
from ponplan.design.pricing import cable_floor_costs, carries_trunk, opening_costs
from ponplan.design.trench import APART_M, grow_trunk
from ponplan.optimise.steiner.laden import LadenGround, Reach, exchange_laden

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.design.decisions import Decisions
    from ponplan.design.placement import Placed
    from ponplan.design.portfolio import Ground
    from ponplan.design.prices import CablePrices

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


def may_reroute(ground: Ground) -> bool:
    """Say whether all fibres are the plan's own and follow one tree: none of kept plant, second or direct ways."""
    return ground.problem.standing is None and ground.two_way is None and ground.direct is None


def rerouted(ground: Ground, decisions: Decisions) -> Ground | None:
    """Give the ground with the routes that are the cheapest found for a plan's fibres; None where they stay."""
    problem, tree = ground.problem, ground.trunk.tree
    graph, num_edges = problem.graph, len(problem.graph.tails)
    is_trunk, opening = carries_trunk(problem), opening_costs(problem)
    roots = np.flatnonzero(tree.parents == tree.root)
    laden = LadenGround(
        num_nodes=len(tree.parents),
        tails=np.concatenate([graph.tails, np.full(len(roots), tree.root)]),
        heads=np.concatenate([graph.heads, roots]),
        opening=np.concatenate([np.where(is_trunk, opening, np.inf), np.zeros(len(roots))]),
        lengths=np.concatenate([graph.lengths_m, np.full(len(roots), APART_M)]),
        carrying=_carrying(ground.cables, len(problem.served) + len(decisions.splitters)),
    )
    above = tree.parent_edges[tree.order[1:]]
    edges = above[above < num_edges]
    start = np.concatenate([edges[is_trunk[edges]], num_edges + np.arange(len(roots))])
    customers, feeders = _ways(ground, decisions)
    kept = np.concatenate([problem.access, customers[:, 1], locked_junctions(problem)])
    reach = Reach(
        one=problem.access,
        over=customers[:, 1],
        other=customers[:, 2],
        limits=ground.limits_m - graph.lengths_m[problem.drop_edges],
    )
    loads = _loads(customers[:, :2], feeders)
    found = exchange_laden(laden, start, loads, reach, root=tree.root, kept=kept)
    if np.isin(found, start).all():
        return None
    opened = np.concatenate([found[found < num_edges], problem.drop_edges])
    costs = opening + cable_floor_costs(problem, ground.line.fixed)
    junctions = np.array([place.junction for place in ground.places], np.int64)
    return replace(ground, trunk=grow_trunk(problem, opened, costs, junctions), opened=opened)


def _ways(ground: Ground, decisions: Decisions) -> tuple[IntArray, IntArray]:
    """Give (c, 3) the junctions of each customer's access, splitter and office, and (s, 2) of each feeder's ends."""
    problem = ground.problem
    ends = np.array(
        [(decisions.junction_of(i), problem.offices[s.office]) for i, s in enumerate(decisions.splitters)], np.int64
    )
    customers = np.empty((len(problem.served), 3), np.int64)
    customers[:, 0] = problem.access
    for splitter, own in zip(decisions.splitters, ends, strict=True):
        customers[list(splitter.members), 1:] = own
    return customers, ends


def _loads(fibres: IntArray, feeders: IntArray) -> IntArray:
    """Give how many fibres run between which junctions: to customers, and from offices to splitters."""
    ends, counts = np.unique(np.concatenate([fibres, feeders]), axis=0, return_counts=True)
    loads = np.column_stack([ends, counts])
    return np.asarray(loads[loads[:, 0] != loads[:, 1]], np.int64)


def _carrying(cables: CablePrices, most: int) -> FloatArray:
    """Give (most + 1,) what a metre of cables for so many fibres costs: as few of them as hold these."""
    cheapest = np.minimum.accumulate(cables.cost_per_m[::-1])[::-1]
    largest = int(cables.usable[-1])
    whole, rest = np.divmod(np.arange(most + 1), largest)
    of_rest = np.where(rest > 0, cheapest[np.searchsorted(cables.usable, rest)], 0.0)
    return np.asarray(whole * cheapest[-1] + of_rest, np.float64)


def placed_on(ground: Ground, placed: Placed) -> Placed:
    """Give a sharing-out of customers over the places on other routes."""
    places, offices, feeder_m = places_on(ground.problem, ground.places, ground.trunk)
    number = {place.id: index for index, place in enumerate(places)}
    new = np.array([number.get(place.id, -1) for place in placed.places], np.int64)
    return replace(placed, places=places, assignment=new[placed.assignment], offices=offices, feeder_m=feeder_m)
