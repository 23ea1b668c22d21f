"""The bound lies below the exact optimum of small areas, and that below the plan, whatever things cost."""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import LineString

from ponplan.area.model import Area, Customer, Office, Route, Rules, Site
from ponplan.catalogue import Catalogue, read_catalogue
from ponplan.design import Design, bound, design_network
from ponplan.design.bound import location_bound
from ponplan.design.equipment import equipment_bound
from ponplan.design.onus import customers_without_onu
from ponplan.design.places import ENCLOSURE_OF, places_of
from ponplan.design.planes import planes_of
from ponplan.design.prices import trunk_prices
from ponplan.design.pricing import cable_floor_costs, opening_costs
from ponplan.design.problem import PlanProblem, pose_problem
from ponplan.design.trench import steiner_problem
from ponplan.optimise.steiner import dual_ascent
from ponplan.optimise.stop import MaxWork
from ponplan.topology import check_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from ponplan.design.prices import Line

NUM_PLANS = 90
NUM_BOUNDS = 45
NUM_CLASS_RULES = 14
ROUNDING = 1.0 + 1e-7  # of the exact solver's arithmetic
CENTS = 0.01 * 250  # a bill has fewer lines than the price book, each rounded to the cent


def _whole_bound(problem: PlanProblem, line: Line, *, near: float) -> float:
    """Give the bound for one line under the cable price, without the allowance for rounded bills."""
    planes = planes_of(problem)
    trench = dual_ascent(steiner_problem(problem, opening_costs(problem) + cable_floor_costs(problem, line.fixed)))[0]
    equipment = equipment_bound(problem, planes)
    everywhere = dict.fromkeys(ENCLOSURE_OF, near)
    stop = MaxWork(100_000)
    location = location_bound(
        problem, planes, places_of(problem), line, near=everywhere, stop=stop, rng=np.random.default_rng(0)
    )
    parts = (location.passive, location.cable, equipment.passive, equipment.active, equipment.splicing)
    assert all(math.isfinite(part) for part in parts)
    return trench + sum(parts)


def _served(area: Area, catalogue: Catalogue) -> PlanProblem:
    problem = pose_problem(area, catalogue)
    return problem.without(customers_without_onu(problem))


def _all_bounds(problem: PlanProblem) -> Iterator[float]:
    for line in trunk_prices(problem.catalogue, problem.area.rules).lines():
        for near in (1, 3, 100):
            yield _whole_bound(problem, line, near=near)


def _claimed(design: Design) -> float:
    """Give the bound before it is cut off at the cost."""
    return sum(part.bound for part in design.proof.parts.values())


@pytest.fixture(scope="module")
def plan_of(cases: ModuleType) -> Callable[[int], Design]:
    """Give the plan of a random area at random prices, made once."""

    @functools.cache
    def plan(seed: int) -> Design:
        return design_network(cases.random_area(seed), catalogue=cases.random_catalogue(seed), seed=seed)

    return plan


@pytest.mark.parametrize("seed", range(NUM_PLANS))
def test_optimum_lies_between_bound_and_plan(
    seed: int, plan_of: Callable[[int], Design], cases: ModuleType, exact: ModuleType
):
    """For a random area and price book: bound <= optimum <= cost of the plan."""
    design = plan_of(seed)
    case = cases.random_area(seed), design.network.catalogue, design.network.customers
    optimum = exact.solve_exactly(*case)
    assert exact.is_bound(_claimed(design), optimum, *case)
    if not design.network.relaxed:
        assert optimum.cost <= design.proof.cost * ROUNDING + CENTS


@pytest.mark.parametrize("seed", range(NUM_PLANS))
def test_plans_of_random_areas_pass_the_check(seed: int, plan_of: Callable[[int], Design]):
    """No rule is broken but those that the plan lists itself, whatever things cost."""
    assert [violation for violation in check_network(plan_of(seed).network) if not violation.relaxed] == []


@pytest.mark.parametrize("seed", range(2000, 2000 + NUM_CLASS_RULES))
def test_class_rules_keep_bound_and_plan_on_their_sides(seed: int, cases: ModuleType, exact: ModuleType):
    """With rules of classes - split, own port, apart, growth - bound <= optimum <= plan, and the plan keeps them."""
    area, catalogue = cases.with_class_rules(cases.random_area(seed), seed), cases.random_catalogue(seed)
    design = design_network(area, catalogue=catalogue, seed=seed)
    optimum = exact.solve_exactly(area, catalogue, design.network.customers)
    assert exact.is_bound(_claimed(design), optimum, area, catalogue, design.network.customers)
    if not design.network.relaxed:
        assert optimum.cost <= design.proof.cost * ROUNDING + CENTS
    assert [violation for violation in check_network(design.network) if not violation.relaxed] == []


@pytest.mark.parametrize("width", [1, 24])
@pytest.mark.parametrize("seed", range(1000, 1000 + NUM_BOUNDS))
def test_every_line_gives_a_bound(
    seed: int, width: int, cases: ModuleType, exact: ModuleType, monkeypatch: pytest.MonkeyPatch
):
    """Every line under the prices of cable and enclosures gives a bound, with short and long lists of places."""
    monkeypatch.setattr(bound, "NEAREST", width)
    monkeypatch.setattr(bound, "LIST_ENTRIES", 0)
    area, catalogue = cases.random_area(seed), cases.random_catalogue(seed)
    problem = _served(area, catalogue)
    optimum = exact.solve_exactly(area, catalogue, problem.customers)
    assert max(_all_bounds(problem)) <= optimum.dual_bound * ROUNDING + 1e-6


@pytest.mark.parametrize("seed", range(1000, 1020))
def test_second_stage_only_lowers_the_bound(seed: int, cases: ModuleType):
    """What is permitted with one stage is permitted with two, so the bound with two is at most the other."""
    area, catalogue = cases.random_area(seed), cases.random_catalogue(seed)
    line = trunk_prices(catalogue, area.rules).lines()[-1]
    one = _whole_bound(_served(area, catalogue), line, near=3)
    two = _whole_bound(_served(cases.with_two_stages(area), catalogue), line, near=3)
    assert two <= one * ROUNDING


# --- what random areas hardly ever hit


def _street(*, sites: tuple[Site, ...], customers_x_m: tuple[float, ...] = (100.0, 100.0), **rules: object) -> Area:
    """Give one street from an office at 0 to a junction at 300 m, with customers beside it."""
    line = LineString([(0.0, 0.0), (300.0, 0.0)])
    return Area(
        name="street",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=tuple(
            Customer(id=f"c{i}", name="", x_m=x, y_m=8.0, customer_class="ordinary")
            for i, x in enumerate(customers_x_m)
        ),
        sites=sites,
        routes=(Route(id="r", surface="asphalt", line=line),),
        rules=Rules(**rules),
    )


def _site(identity: str, x_m: float, **fields: object) -> Site:
    return Site(id=identity, name="", x_m=x_m, y_m=0.0, **fields)


def _priced(**costs: float) -> Catalogue:
    """Give the shipped catalogue with items at other prices; a `kind_` prefix prices all enclosures of a kind."""
    catalogue = read_catalogue()
    prices = dict(catalogue.prices)
    for name, cost in costs.items():
        item = name.replace("_", "-")
        items = [row.id for row in catalogue.enclosures.values() if f"kind-{row.kind}" == item] or [item]
        prices |= {one: replace(prices[one], material_cost=cost, labour_cost=0.0) for one in items}
    return replace(catalogue, prices=prices)


def _assert_sound(area: Area, catalogue: Catalogue, exact: ModuleType) -> None:
    design = design_network(area, catalogue=catalogue)
    optimum = exact.solve_exactly(area, catalogue, design.network.customers)
    assert max(_all_bounds(_served(area, catalogue))) <= optimum.dual_bound * ROUNDING
    assert optimum.cost <= design.proof.cost * ROUNDING + CENTS


def test_existing_site_of_unknown_size_costs_nothing(exact: ModuleType):
    """An existing cabinet is not billed, whether the area names its type or not."""
    area = _street(sites=(_site("s", 100.0, kind="cabinet", existing=True),))
    _assert_sound(area, _priced(kind_cabinet=50_000.0), exact)


def test_enclosure_given_by_the_area_may_be_cheaper_than_its_kind(exact: ModuleType):
    """A site may be given a small box where the catalogue's cabinets are dear."""
    area = _street(sites=(_site("s", 100.0, kind="cabinet", enclosure="room-box-72"),))
    _assert_sound(area, _priced(kind_cabinet=50_000.0), exact)


def test_boxes_in_a_forbidden_room_still_hold_splices(exact: ModuleType):
    """Where a room lies at the junction of drops, boxes join them, even if no splitter may stand there."""
    room = _site("room", 100.0, kind="room", forbidden=True)
    area = _street(sites=(_site("s", 300.0, kind="cabinet"), room))
    _assert_sound(area, _priced(kind_closure=40_000.0), exact)


def test_splitters_in_an_office_share_its_frames(exact: ModuleType):
    """One frame holds ports and splitters, so that two are not bound to be paid."""
    area = _street(sites=(_site("s", 300.0, kind="cabinet"),), splitters_in_office=True)
    _assert_sound(area, _priced(kind_odf=50_000.0, kind_cabinet=500_000.0), exact)


def test_two_offices_at_one_junction(exact: ModuleType):
    """Two offices in one building are planned and bounded like one."""
    area = _street(sites=(_site("s", 100.0, kind="cabinet"),))
    area = replace(area, offices=(*area.offices, replace(area.offices[0], id="CO2")))
    _assert_sound(area, read_catalogue(), exact)


def test_everything_for_nothing():
    """Where nothing costs anything, cost, bound and gap are zero."""
    catalogue = read_catalogue()
    prices = {item: replace(row, material_cost=0.0, labour_cost=0.0) for item, row in catalogue.prices.items()}
    design = design_network(
        _street(sites=(_site("s", 100.0, kind="cabinet"),)), catalogue=replace(catalogue, prices=prices)
    )
    proof = design.proof
    assert (proof.cost, proof.bound, proof.gap_percent, proof.gap_avoidable_percent) == (0.0, 0.0, 0.0, 0.0)


def test_only_the_unavoidable_costs_something():
    """Where terminals alone cost something, every plan is the best one and there is no avoidable gap."""
    catalogue = read_catalogue()
    prices = {
        item: row if row.section == "customer" else replace(row, material_cost=0.0, labour_cost=0.0)
        for item, row in catalogue.prices.items()
    }
    design = design_network(
        _street(sites=(_site("s", 100.0, kind="cabinet"),)), catalogue=replace(catalogue, prices=prices)
    )
    assert design.proof.gap_avoidable_percent == pytest.approx(0.0, abs=1e-9)
    assert design.proof.gap_percent == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("seed", range(NUM_PLANS))
def test_everybody_on_the_routes_is_served(seed: int, plan_of: Callable[[int], Design]):
    """In towns of a few streets nobody is left out, not even where an office has no place for splitters beside it."""
    assert [customer.id for customer in plan_of(seed).network.customers if customer.unserved] == []


@pytest.mark.parametrize("seed", range(20))
def test_unavoidable_part_is_in_every_plan(seed: int, plan_of: Callable[[int], Design]):
    """No plan costs less than what is called unavoidable."""
    design = plan_of(seed)
    assert design.proof.unavoidable <= design.proof.cost + CENTS


# --- equipment by hand


def _two_stage_tree_cost(count: int, sizes: dict[int, float]) -> float:
    """Give the cheapest splitters of one port for `count` customers in at most two stages, by trial."""
    leaf = {
        n: min((cost for size, cost in sizes.items() if size >= n), default=math.inf) for n in range(1, count + 1)
    }

    def legs(left: int, free: int) -> float:
        """Share `left` customers out over `free` legs, one each or a splitter behind a leg."""
        if left <= free:
            return 0.0
        if free == 0:
            return math.inf
        return min(legs(left - n, free - 1) + (leaf[n] if n > 1 else 0.0) for n in range(1, left + 1))

    return min(cost + legs(count, size) for size, cost in sizes.items())


@pytest.mark.parametrize("stages", [1, 2])
@pytest.mark.parametrize("seed", range(20))
def test_splitters_and_ports_against_trial(seed: int, stages: int):
    """Splitters and ports cost at least the bound in every tree of one or two stages, and just that with one."""
    rng = np.random.default_rng(seed)
    catalogue = read_catalogue()
    sizes = {2: f"{rng.integers(0, 80)}", 4: f"{rng.integers(0, 80)}", 8: f"{rng.integers(0, 80)}"}
    port_cost = float(rng.integers(0, 100))
    wanted = {f"splitter-1x{size}": float(cost) for size, cost in sizes.items()}
    prices = {
        item: replace(row, material_cost=wanted.get(item, 0.0), labour_cost=0.0)
        for item, row in catalogue.prices.items()
    }
    for item in catalogue.olt_optics:
        prices[item] = replace(prices[item], material_cost=port_cost)
    catalogue = replace(catalogue, prices=prices)
    count = int(rng.integers(1, 8))
    area = _street(
        sites=(_site("s", 100.0, kind="cabinet"),),
        customers_x_m=tuple(float(x) for x in rng.uniform(10, 290, count)),
        max_split=8,
        stages=stages,
    )
    problem = _served(area, catalogue)
    found = equipment_bound(problem, planes_of(problem))
    costs = {size: float(cost) for size, cost in sizes.items()}
    one_port = {
        n: port_cost
        + (
            min((cost for size, cost in costs.items() if size >= n), default=math.inf)
            if stages == 1
            else _two_stage_tree_cost(n, costs)
        )
        for n in range(1, count + 1)
    }
    best = [0.0]
    for n in range(1, count + 1):
        best.append(min(best[n - k] + one_port[k] for k in range(1, n + 1)))
    total = found.passive + found.active + found.splicing
    assert total <= best[count] + 1e-9
    if stages == 1:
        assert total == pytest.approx(best[count])
