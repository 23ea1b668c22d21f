"""Customers change places only when that costs less, within reach, and never away from where they must stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.design.effort import Halt
from ponplan.design.joints import joints_of
from ponplan.design.layout_costs import LayoutCosts
from ponplan.design.onus import customers_without_onu
from ponplan.design.placement import Placed
from ponplan.design.places import places_of
from ponplan.design.planes import planes_of
from ponplan.design.prices import trunk_prices
from ponplan.design.pricing import opening_costs
from ponplan.design.problem import pose_problem
from ponplan.design.regroup import regroup
from ponplan.design.trench import grow_trunk, open_routes
from ponplan.optimise.stop import Asked, MaxWork

if TYPE_CHECKING:
    from types import ModuleType


def _layout(seed: int, cases: ModuleType) -> tuple[LayoutCosts, Placed, np.ndarray]:
    """Give the costs of a random area, customers shared out at random over its places, and limits they keep."""
    rng = np.random.default_rng(seed)
    problem = pose_problem(cases.random_area(seed), cases.random_catalogue(seed))
    problem = problem.without(customers_without_onu(problem))
    planes, opening = planes_of(problem, protected=True), opening_costs(problem)
    solution = open_routes(problem, opening, stop=MaxWork(10_000), rng=rng)
    every = places_of(problem)
    trunk = grow_trunk(problem, solution.edges, opening, np.array([place.junction for place in every], np.int64))
    places = tuple(place for place in every if trunk.tree.position[place.junction] >= 0 and place.kind != "room")
    junctions = np.array([place.junction for place in places], np.int64)
    offices = trunk.office_of(junctions, problem.offices)
    feeder_m = trunk.tree.distances_m(junctions, problem.offices[offices])
    joints = joints_of(problem, trunk_prices(problem.catalogue, problem.area.rules))
    costs = LayoutCosts(problem, planes, places, trunk.tree, joints, trunk.stub_costs)
    # customers and places of one office: a fan does not run from one office's routes to another's
    at = trunk.office_of(problem.access, problem.offices)
    assignment = np.array([int(rng.choice(np.flatnonzero(offices == office))) for office in at], np.int64)
    limits_m = rng.uniform(1.0, 3.0) * (trunk.tree.distances_m(problem.access, junctions[assignment]) + 2000.0)
    limits_m += feeder_m[assignment] + problem.graph.lengths_m[problem.drop_edges]
    placed = Placed(places=places, assignment=assignment, offices=offices, feeder_m=feeder_m, refused={})
    return costs, placed, limits_m


def _total(costs: LayoutCosts, placed: Placed) -> float:
    """Price a sharing-out anew, place by place and office by office."""
    total, splitters = 0.0, {}
    for place in np.unique(placed.assignment).tolist():
        members = np.flatnonzero(placed.assignment == place)
        total += costs.place_cost(place, members)
        splitters.setdefault(int(placed.offices[place]), {})[place] = costs.num_splitters(members)
    offices = costs.problem.offices
    return total + sum(costs.feeder_cost(int(offices[office]), of) for office, of in splitters.items())


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 8, 13, 21])
def test_cost_never_rises_and_reach_is_kept(seed: int, cases: ModuleType):
    """From any sharing-out, the search ends with one that costs no more, with every light path short enough."""
    costs, before, limits_m = _layout(seed, cases)
    after = regroup(costs, before, limits_m, Halt())
    assert _total(costs, after) <= _total(costs, before) + 1e-6
    ways_m = costs.tree.distances_m(costs.problem.access, costs.junctions[after.assignment])
    ways_m += after.feeder_m[after.assignment] + costs.problem.graph.lengths_m[costs.problem.drop_edges]
    assert np.all(ways_m <= limits_m + 1e-6)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_same_input_same_answer(seed: int, cases: ModuleType):
    """The search draws nothing at random."""
    costs, before, limits_m = _layout(seed, cases)
    first, second = (regroup(costs, before, limits_m, Halt()) for _ in range(2))
    assert first.assignment.tolist() == second.assignment.tolist()


def test_halted_at_once_changes_nothing(cases: ModuleType):
    """A search that is asked to end before it begins gives what it got."""
    costs, before, limits_m = _layout(1, cases)
    after = regroup(costs, before, limits_m, Halt(asked=Asked(asked=True)))
    assert after.assignment.tolist() == before.assignment.tolist()
