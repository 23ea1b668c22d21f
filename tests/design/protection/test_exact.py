"""Small areas with protection, solved exactly: the bound is below the optimum, and that below the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.design import design_network
from ponplan.topology import check_network

if TYPE_CHECKING:
    from types import ModuleType

NUM_AREAS = 30
ROUNDING = 1.0 + 1e-7  # of the exact solver's arithmetic
CENTS = 0.01 * 250  # a bill has fewer lines than the price book, each rounded to the cent
PROTECTION = ("protection", "standby-place", "disjoint-")


@pytest.mark.parametrize("seed", range(NUM_AREAS))
def test_optimum_lies_between_bound_and_plan(
    seed: int, cases: ModuleType, exact: ModuleType, protected: ModuleType
) -> None:
    """A third trunk, a third full, a third mixed: bound <= optimum <= plan, and check finds only what is listed."""
    area, catalogue = protected.random_mesh(seed), cases.random_catalogue(seed)
    design = design_network(area, catalogue=catalogue, seed=seed)
    assert [violation for violation in check_network(design.network) if not violation.relaxed] == []
    optimum = protected.solve_protected(exact, area, catalogue, design.network)
    assert sum(part.bound for part in design.proof.parts.values()) <= optimum.dual_bound * ROUNDING
    if all(row.rule.startswith(PROTECTION) for row in design.network.relaxed):
        assert optimum.cost <= design.proof.cost * ROUNDING + CENTS
