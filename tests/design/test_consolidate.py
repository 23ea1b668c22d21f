"""Emptying splitters never makes a plan dearer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.design.consolidate import consolidate
from ponplan.design.location_prices import LocationPrices
from ponplan.design.onus import customers_without_onu
from ponplan.design.places import places_of
from ponplan.design.planes import planes_of
from ponplan.design.pricing import opening_costs
from ponplan.design.problem import pose_problem
from ponplan.design.trench import grow_trunk, open_routes
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.design.planes import Plane


def _splitters_cost(plane: Plane, count: int, feeder_cost: float) -> float:
    """Price full splitters of the most customers a port may serve, and one for the rest; light is not short."""
    each = plane.port_cost + plane.optics_costs[0] + feeder_cost
    full, rest = divmod(count, plane.usual_customers)

    def cheapest(legs: int) -> float:
        return min(c for s, c in zip(plane.splitters, plane.splitter_costs, strict=True) if s.outputs >= legs)

    return full * (each + cheapest(plane.usual_customers)) + (each + cheapest(rest) if rest else 0.0)


@pytest.mark.parametrize("seed", range(40))
def test_cost_never_rises(seed: int, cases: ModuleType):
    """From any assignment, at any prices, what comes out costs no more, and everybody is still served."""
    rng = np.random.default_rng(seed)
    problem = pose_problem(cases.random_area(seed), cases.random_catalogue(seed))
    problem = problem.without(customers_without_onu(problem))
    planes, costs = planes_of(problem), opening_costs(problem)
    solution = open_routes(problem, costs, stop=MaxWork(10_000), rng=rng)
    every = places_of(problem)
    trunk = grow_trunk(problem, solution.edges, costs, np.array([place.junction for place in every], np.int64))
    places = [place for place in every if trunk.tree.position[place.junction] >= 0 and place.kind != "room"]
    junctions = np.array([place.junction for place in places], np.int64)
    offices = problem.offices[trunk.office_of(junctions, problem.offices)]
    prices = LocationPrices(
        per_fibre_m=float(rng.uniform(0.0, 2.0)),
        splice_cost=float(rng.uniform(0.0, 20.0)),
        feeder_m=trunk.tree.distances_m(junctions, offices),
        opening=rng.uniform(0.0, 2000.0, len(places)),
        per_customer=rng.uniform(0.0, 10.0, len(places)),
        per_splitter=rng.uniform(0.0, 100.0, len(places)),
        office_m=np.zeros(len(problem.graph.junction_ids)),
    )
    limits_m = np.full(len(problem.served), np.inf)

    def cost(assignment: np.ndarray) -> float:
        metres = trunk.tree.distances_m(problem.access, junctions[assignment])
        total = prices.opening[np.unique(assignment)].sum() + prices.per_customer[assignment].sum()
        total += (prices.per_fibre_m * metres + prices.splice_cost * (problem.access != junctions[assignment])).sum()
        for plane in planes:
            for place, count in Counter(assignment[plane.members].tolist()).items():
                total += _splitters_cost(
                    plane, count, prices.per_fibre_m * prices.feeder_m[place] + prices.per_splitter[place]
                )
        return float(total)

    before = rng.integers(0, len(places), len(problem.served))
    after = consolidate(problem, planes, places, trunk.tree, prices, before, limits_m=limits_m)
    assert cost(after) <= cost(before) * (1.0 + 1e-9) + 1e-6
    assert set(after.tolist()) <= set(range(len(places)))
