"""Steps of cable prices raise the bound where one street leads to customers, and never beyond the optimum."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from shapely import LineString

from ponplan import design_network
from ponplan.area.model import Area, Customer, Office, Route, Rules
from ponplan.catalogue import read_catalogue
from ponplan.design import pockets

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from ponplan.catalogue import Catalogue
    from ponplan.design.network import Design

SEEDS = range(20)
MOST_CUSTOMERS = 6  # for more the program with joints takes minutes
ROUNDING = 1.0 + 1e-7  # of the exact solver's arithmetic
CENTS = 0.01 * 250  # a bill has fewer lines than the price book, each rounded to the cent


def _claimed(design: Design) -> float:
    """Give the bound before it is cut off at the cost."""
    return sum(part.bound for part in design.proof.parts.values())


@pytest.fixture(scope="module")
def case_of(cases: ModuleType) -> Callable[[int], tuple[Area, Catalogue]]:
    """Give an area of dead ends at random prices, with dear cables."""

    def case(seed: int) -> tuple[Area, Catalogue]:
        area = cases.random_dead_ends(seed)
        few = replace(area, customers=area.customers[:MOST_CUSTOMERS])
        return few, cases.with_dear_cables(cases.random_catalogue(seed), seed)

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
def test_optimum_of_dead_ends_lies_between_bound_and_plan(
    seed: int, plan_of: Callable[[int], Design], case_of: Callable[[int], tuple[Area, Catalogue]], exact: ModuleType
):
    """Where cables are dear and come in steps: bound <= optimum <= cost of the plan."""
    design = plan_of(seed)
    optimum = exact.solve_exactly(*case_of(seed), design.network.customers)
    assert exact.is_bound(_claimed(design), optimum, *case_of(seed), design.network.customers)
    if not design.network.relaxed:
        assert optimum.cost <= design.proof.cost * ROUNDING + CENTS


def test_pockets_raise_the_bound_of_many_dead_ends(
    plan_of: Callable[[int], Design],
    case_of: Callable[[int], tuple[Area, Catalogue]],
    monkeypatch: pytest.MonkeyPatch,
):
    """The charges are no dead letter: a third of such areas has a higher bound with them, and none a lower one."""
    with_pockets = [_claimed(plan_of(seed)) for seed in SEEDS[:8]]
    monkeypatch.setattr(pockets, "MOST_FIBRES", 0)
    without = [_claimed(design_network(case_of(s)[0], catalogue=case_of(s)[1], seed=s)) for s in SEEDS[:8]]
    assert all(one >= other - 1e-6 for one, other in zip(with_pockets, without, strict=True))
    assert sum(one > other * 1.0001 for one, other in zip(with_pockets, without, strict=True)) >= 3


def test_one_dead_end_by_hand():
    """Seven fibres need the cable of ten for 500 m: the bound is that very price, where all else costs nothing."""
    catalogue = read_catalogue()
    per_m = {"trunk-4": 0.5, "trunk-12": 1.0}
    prices = {
        item: replace(row, material_cost=per_m.get(item, 1e6 if item.startswith("cabinet") else 0.0), labour_cost=0.0)
        for item, row in catalogue.prices.items()
    }
    cable_types = {name: row for name, row in catalogue.cable_types.items() if row.role == "drop" or name in per_m}
    area = Area(
        name="dead end",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=tuple(
            Customer(id=f"c{i}", name="", x_m=500.0, y_m=5.0 + i, customer_class="ordinary") for i in range(7)
        ),
        sites=(),
        routes=(Route(id="r", surface="asphalt", line=LineString([(0.0, 0.0), (500.0, 0.0)])),),
        rules=Rules(splitters_in_office=True, cable_slack=0.0),
    )
    proof = design_network(area, catalogue=replace(catalogue, prices=prices, cable_types=cable_types)).proof
    assert proof.cost == pytest.approx(500.0)
    assert proof.bound == pytest.approx(500.0, abs=CENTS)
