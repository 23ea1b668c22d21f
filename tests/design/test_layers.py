"""The price of cable divided by rank raises the bound in meshes of streets, and never beyond the optimum."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from ponplan import design_network
from ponplan.design import layers

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.design.network import Design

SEEDS = range(10)
ROUNDING = 1.0 + 1e-7  # of the exact solver's arithmetic
CENTS = 0.01 * 250  # a bill has fewer lines than the price book, each rounded to the cent


def _claimed(design: Design) -> float:
    """Give the bound before it is cut off at the cost."""
    return sum(part.bound for part in design.proof.parts.values())


@pytest.fixture(scope="module")
def case_of(cases: ModuleType) -> Callable[[int], tuple[Area, Catalogue]]:
    """Give blocks of streets at random prices, with dear cables whose price rises ever less."""

    def case(seed: int) -> tuple[Area, Catalogue]:
        return cases.lattice(seed), cases.with_stepped_cables(cases.random_catalogue(seed), seed)

    return case


@pytest.fixture(scope="module")
def plan_of(case_of: Callable[[int], tuple[Area, Catalogue]]) -> Callable[[int], Design]:
    """Give the plan of such an area, made once."""

    @functools.cache
    def plan(seed: int) -> Design:
        area, catalogue = case_of(seed)
        return design_network(area, catalogue=catalogue, seed=seed)

    return plan


@pytest.mark.parametrize("seed", SEEDS)
def test_optimum_of_blocks_lies_between_bound_and_plan(
    seed: int, plan_of: Callable[[int], Design], case_of: Callable[[int], tuple[Area, Catalogue]], exact: ModuleType
):
    """Where ways are as good as others and cables dear: bound <= optimum <= cost of the plan."""
    design = plan_of(seed)
    optimum = exact.solve_exactly(*case_of(seed), design.network.customers)
    assert exact.is_bound(_claimed(design), optimum, *case_of(seed), design.network.customers)
    if not design.network.relaxed:
        assert optimum.cost <= design.proof.cost * ROUNDING + CENTS


@pytest.fixture
def by_any_cable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the largest cable press down all lines, as in a city, so that ranks matter where few are served too."""
    monkeypatch.setattr(layers, "_as_far_as_counted", lambda plan, _: plan.cables)


@pytest.mark.usefixtures("by_any_cable")
@pytest.mark.parametrize("seed", SEEDS)
def test_ranked_bound_of_blocks_is_below_their_optimum(
    seed: int, case_of: Callable[[int], tuple[Area, Catalogue]], exact: ModuleType
):
    """The same where the bound by ranks is often the higher one."""
    area, catalogue = case_of(seed)
    design = design_network(area, catalogue=catalogue, seed=seed)
    optimum = exact.solve_exactly(area, catalogue, design.network.customers)
    assert exact.is_bound(_claimed(design), optimum, area, catalogue, design.network.customers)


@pytest.mark.usefixtures("by_any_cable")
def test_ranks_raise_the_bound_of_blocks(
    case_of: Callable[[int], tuple[Area, Catalogue]], monkeypatch: pytest.MonkeyPatch
):
    """Ranks are no dead letter: some such areas have a higher bound with them, and none a lower one."""
    ranked = [_claimed(design_network(case_of(s)[0], catalogue=case_of(s)[1], seed=s)) for s in SEEDS]
    monkeypatch.setattr(layers, "best_curve", lambda *_, **__: None)
    plain = [_claimed(design_network(case_of(s)[0], catalogue=case_of(s)[1], seed=s)) for s in SEEDS]
    assert all(one >= other - 1e-6 for one, other in zip(ranked, plain, strict=True))
    assert sum(one > other * 1.0001 for one, other in zip(ranked, plain, strict=True)) >= 2


def test_cables_that_nobody_could_fill_leave_the_bound_as_it_is(
    plan_of: Callable[[int], Design],
    case_of: Callable[[int], tuple[Area, Catalogue]],
    monkeypatch: pytest.MonkeyPatch,
):
    """Cables larger than all fibres of an area no longer press down the line: the bound rises, in some areas much."""
    told = [_claimed(plan_of(seed)) for seed in SEEDS]
    monkeypatch.setattr(layers, "_as_far_as_counted", lambda plan, _: plan.cables)
    before = [_claimed(design_network(case_of(s)[0], catalogue=case_of(s)[1], seed=s)) for s in SEEDS]
    assert sum(one > other * 1.01 for one, other in zip(told, before, strict=True)) >= 3
