"""Random lists of plant: bound <= exact optimum <= plan, and nothing that others use or that is faulty is lit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ponplan.design import design_network
from ponplan.design.demand import resolve_customers
from ponplan.design.standing.fit import pose_on_standing
from ponplan.design.standing.ground import ground_of
from ponplan.design.standing.inventory import plant_network
from ponplan.design.standing.keep import kept_of
from ponplan.errors import Infeasible
from ponplan.topology import check_network

if TYPE_CHECKING:
    from types import ModuleType

ROUNDING = 1.0 + 1e-7  # of the exact solver's arithmetic
CENT = 0.01  # to which each line of a bill is rounded; it has no more lines than the price book


@pytest.mark.parametrize("seed", range(5000, 5040))
def test_optimum_lies_between_bound_and_plan(seed: int, cases: ModuleType, exact: ModuleType) -> None:
    """Cables, cabinets, splitters and ports from lists: used for nothing, and never more of them than is free."""
    area, catalogue = cases.with_plant(cases.random_area(seed), seed), cases.random_catalogue(seed)
    try:
        design = design_network(area, catalogue=catalogue, seed=seed, effort="quick")
    except Infeasible as error:
        pytest.skip(str(error))
    network = design.network
    earlier = plant_network(area, catalogue)
    known = {(one.rule, one.subject) for one in check_network(earlier)}
    found = [one for one in check_network(network) if not one.relaxed]
    assert [one.message for one in found if (one.rule, one.subject) not in known] == []
    fresh = {strand for link in network.links if link.state == "new" for strand in link.strands}
    lost = {(cable.id, fibre) for cable in area.plant.cables for fibre in (*cable.taken, *cable.faulty)}
    assert not fresh & lost
    kept = kept_of(earlier, {c.id: c for c in resolve_customers(area, catalogue)}, built=True)
    problem = pose_on_standing(area, ground_of(area, earlier, kept.network, kept.served), kept, catalogue)
    unserved = {customer.id: customer.unserved for customer in network.customers}
    customers = tuple(replace(one, unserved=unserved[one.id]) for one in problem.customers)
    assert problem.standing is not None
    optimum = exact.solve_exactly(
        problem.area, catalogue, customers, graph=problem.graph, kept=problem.standing.network
    )
    assert sum(part.bound for part in design.proof.parts.values()) <= optimum.dual_bound * ROUNDING + 1e-6
    if not network.relaxed:
        assert optimum.cost <= design.proof.cost * ROUNDING + CENT * len(catalogue.prices)
