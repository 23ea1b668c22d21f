"""Direct fibres beside plant that stands: bound <= exact optimum <= plan, from lists and from earlier designs."""

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
from ponplan.design.standing.redesign import redesign_network

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.design import Design
    from ponplan.topology import Network

ROUNDING = 1.0 + 1e-7  # of the exact solver's arithmetic
CENTS = 0.01 * 250  # a bill has fewer lines than the price book, each rounded to the cent


def _planned(cases: ModuleType, catalogue: Catalogue, seed: int) -> tuple[Area, Network, Design]:
    """Give an area, what stands in it and the plan: plant from lists, or a design for half the customers."""
    area = cases.with_direct(cases.random_area(seed), seed)
    if seed % 2:
        area = cases.with_plant(area, seed)
        design = design_network(area, catalogue=catalogue, seed=seed, effort="quick")
        return area, plant_network(area, catalogue), design
    part = replace(area, customers=area.customers[: max(1, len(area.customers) // 2)])
    earlier = design_network(part, catalogue=catalogue, seed=seed).network
    return area, earlier, redesign_network(area, earlier, built=True, seed=seed).design


@pytest.mark.parametrize("seed", [0, 4, 5, 8, 18, 21, 24, 29, 38])
def test_optimum_lies_between_bound_and_plan(seed: int, cases: ModuleType, exact: ModuleType) -> None:
    """Dark fibres, free places on cards and free slots cost nothing; all else of a direct fibre is in the bound."""
    catalogue = cases.random_catalogue(seed)
    area, earlier, design = _planned(cases, catalogue, seed)
    everybody = {customer.id: customer for customer in resolve_customers(area, catalogue)}
    kept = kept_of(earlier, everybody, built=True)
    problem = pose_on_standing(area, ground_of(area, earlier, kept.network, kept.served), kept, catalogue)
    unserved = {customer.id: customer.unserved for customer in design.network.customers}
    customers = tuple(replace(one, unserved=unserved[one.id]) for one in problem.customers)
    assert problem.standing is not None
    assert problem.is_direct.any()
    optimum = exact.solve_exactly(
        problem.area, catalogue, customers, graph=problem.graph, kept=problem.standing.network
    )
    assert sum(part.bound for part in design.proof.parts.values()) <= optimum.dual_bound * ROUNDING + 1e-6
    if not design.network.relaxed:
        assert optimum.cost <= design.proof.cost * ROUNDING + CENTS
