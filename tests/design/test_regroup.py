"""Customers change places only when that costs less, within reach, and never away from where they must stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.design.effort import Halt
from ponplan.design.joints import joints_of
from ponplan.design.layout import Layout, layout_of
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


def _layout(seed: int, cases: ModuleType) -> tuple[Layout, np.ndarray]:
    """Give the layout of a random area with limits that are kept, and customers shared out at random over places."""
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
    # customers and places of one office: a fan does not run from one office's routes to another's
    at = trunk.office_of(problem.access, problem.offices)
    assignment = np.array([int(rng.choice(np.flatnonzero(offices == office))) for office in at], np.int64)
    limits_m = rng.uniform(1.0, 3.0) * (trunk.tree.distances_m(problem.access, junctions[assignment]) + 2000.0)
    limits_m += feeder_m[assignment] + problem.graph.lengths_m[problem.drop_edges]
    placed = Placed(places=places, assignment=assignment, offices=offices, feeder_m=feeder_m, refused={})
    return layout_of(problem, planes, placed, trunk, joints, limits_m), assignment


def _total(layout: Layout, assignment: np.ndarray) -> float:
    """Price a sharing-out anew, place by place and office by office."""
    costs, total, splitters = LayoutCosts(layout), 0.0, {}
    for place in np.unique(assignment).tolist():
        members = np.flatnonzero(assignment == place)
        total += costs.place_cost(place, members)
        splitters.setdefault(int(layout.offices[place]), {})[place] = costs.num_splitters(place, members)
    return total + sum(costs.feeder_cost(office, of) for office, of in splitters.items())


def _ways_m(layout: Layout, assignment: np.ndarray) -> np.ndarray:
    return layout.tree.distances_m(layout.access, layout.junctions[assignment]) + layout.feeder_m[assignment]


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 8, 13, 21])
def test_cost_never_rises_and_reach_is_kept(seed: int, cases: ModuleType):
    """From any sharing-out, the search ends with one that costs no more, with every light path short enough."""
    layout, before = _layout(seed, cases)
    after = regroup(layout, before, Halt())
    assert _total(layout, after) <= _total(layout, before) + 1e-6
    assert np.all(_ways_m(layout, after) <= layout.limits_m + 1e-6)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_same_input_same_answer(seed: int, cases: ModuleType):
    """The search draws nothing at random."""
    layout, before = _layout(seed, cases)
    first, second = (regroup(layout, before, Halt()) for _ in range(2))
    assert first.tolist() == second.tolist()


def test_halted_at_once_changes_nothing(cases: ModuleType):
    """A search that is asked to end before it begins gives what it got."""
    layout, before = _layout(1, cases)
    after = regroup(layout, before, Halt(asked=Asked(asked=True)))
    assert after.tolist() == before.tolist()


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 8])
def test_a_part_prices_its_places_as_the_whole(seed: int, cases: ModuleType):
    """On a part of the tree with all customers of its places, places cost to the cent what they cost on the whole."""
    layout, assignment = _layout(seed, cases)
    places = np.unique(assignment)[::2]
    customers = np.flatnonzero(np.isin(assignment, places))
    part = layout.part(places, customers)
    whole, alone = LayoutCosts(layout), LayoutCosts(part)
    within = np.searchsorted(places, assignment[customers])
    for number, place in enumerate(places.tolist()):
        members, own = np.flatnonzero(assignment == place), np.flatnonzero(within == number)
        assert alone.place_cost(number, own) == pytest.approx(whole.place_cost(place, members), abs=1e-6)
    assert _ways_m(part, within) == pytest.approx(_ways_m(layout, assignment)[customers])
    office = layout.entries[layout.offices[places]]
    feeder_m = layout.tree.distances_m(layout.junctions[places], office)
    entered_m = part.tree.distances_m(part.junctions, part.entries[part.offices]) + part.entry_m[part.offices]
    assert entered_m == pytest.approx(feeder_m)
