"""Planning on what stands: kept customers keep their light, nothing kept is charged, and the bound holds."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.design import Redesign, design_network, redesign_network
from ponplan.design.demand import resolve_customers
from ponplan.design.standing.change import customer_ways
from ponplan.design.standing.fit import pose_on_standing
from ponplan.design.standing.ground import ground_of
from ponplan.design.standing.keep import kept_of
from ponplan.topology import check_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from ponplan.area.model import Area
    from ponplan.design.problem import PlanProblem
    from ponplan.topology import Network

SEEDS = range(3000, 3030)
ROUNDING = 1.0 + 1e-7  # of the exact solver's arithmetic
CENTS = 0.01 * 250  # a bill has fewer lines than the price book, each rounded to the cent


@dataclass(frozen=True)
class Case:
    """A random area of which a part is built: the design of that part, and the one made from it."""

    area: Area
    earlier: Network
    again: Redesign
    problem: PlanProblem


def _with_faults(network: Network, rng: np.random.Generator) -> Network:
    """Give a network in which some dark fibres of trunk cables are faulty."""
    lit: dict[str, set[int]] = {}
    for link in network.links:
        for cable, fibre in link.strands:
            lit.setdefault(cable, set()).add(fibre)
    cables = []
    for cable in network.cables:
        count = network.catalogue.cable_types[cable.type].fibres
        dark = [fibre for fibre in range(1, count + 1) if fibre not in lit.get(cable.id, ())]
        bad = tuple(fibre for fibre in dark if rng.random() < 0.3) if cable.role != "drop" else ()
        cables.append(replace(cable, faulty=bad))
    return replace(network, cables=tuple(cables))


@pytest.fixture(scope="module")
def case_of(cases: ModuleType) -> Callable[[int], Case]:
    """Give a case by its seed, made once."""

    @functools.cache
    def make(seed: int) -> Case:
        rng = np.random.default_rng([seed, 23])
        area, catalogue = cases.random_area(seed), cases.random_catalogue(seed)
        count = int(rng.integers(1, len(area.customers)))
        first = set(rng.choice(len(area.customers), count, replace=False).tolist())
        part = replace(area, customers=tuple(c for row, c in enumerate(area.customers) if row in first))
        earlier = _with_faults(design_network(part, catalogue=catalogue, seed=seed).network, rng)
        again = redesign_network(area, earlier, built=True, seed=seed)
        everybody = {customer.id: customer for customer in resolve_customers(area, catalogue)}
        kept = kept_of(earlier, everybody, built=True)
        problem = pose_on_standing(area, ground_of(area, earlier, kept.network, kept.served), kept, catalogue)
        return Case(area, earlier, again, problem)

    return make


@pytest.mark.parametrize("seed", SEEDS)
def test_optimum_lies_between_bound_and_plan(seed: int, case_of: Callable[[int], Case], exact: ModuleType) -> None:
    """On plant that stands: bound <= optimum <= cost of the change."""
    case = case_of(seed)
    proof, network = case.again.design.proof, case.again.design.network
    unserved = {customer.id: customer.unserved for customer in network.customers}
    customers = tuple(replace(c, unserved=unserved[c.id]) for c in case.problem.customers)
    assert case.problem.standing is not None
    optimum = exact.solve_exactly(
        case.problem.area,
        network.catalogue,
        customers,
        graph=case.problem.graph,
        kept=case.problem.standing.network,
    )
    assert sum(part.bound for part in proof.parts.values()) <= optimum.dual_bound * ROUNDING + 1e-6
    if not network.relaxed:
        assert optimum.cost <= proof.cost * ROUNDING + CENTS


@pytest.mark.parametrize("seed", SEEDS)
def test_check_finds_nothing_that_was_not_there(seed: int, case_of: Callable[[int], Case]) -> None:
    """The new design breaks no rule but those that the earlier one broke or that it lists itself."""
    case = case_of(seed)
    known = {(one.rule, one.subject) for one in check_network(case.earlier)}
    found = [one for one in check_network(case.again.design.network) if not one.relaxed]
    assert [one.message for one in found if (one.rule, one.subject) not in known] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_light_of_connected_customers_goes_on(seed: int, case_of: Callable[[int], Case]) -> None:
    """Whoever has light keeps devices, legs and fibres to the last one, and nobody else's work is charged."""
    case = case_of(seed)
    before, after = customer_ways(case.earlier), customer_ways(case.again.design.network)
    assert {name: after[name] for name in before} == before
    assert case.again.change.rerouted == case.again.change.disconnected == ()
    assert case.again.change.cost == case.again.design.proof.cost


@pytest.mark.parametrize("seed", SEEDS)
def test_faulty_fibres_stay_dark(seed: int, case_of: Callable[[int], Case]) -> None:
    """No link lights a fibre that is known to be faulty."""
    network = case_of(seed).again.design.network
    faulty = {(cable.id, fibre) for cable in network.cables for fibre in cable.faulty}
    assert not faulty & {strand for link in network.links for strand in link.strands}


def test_nothing_new_costs_nothing(cases: ModuleType) -> None:
    """The same area on its own built design costs nothing and changes nothing."""
    area, catalogue = cases.random_area(3001), cases.random_catalogue(3001)
    earlier = design_network(area, catalogue=catalogue).network
    again = redesign_network(area, earlier, built=True)
    assert again.design.proof.cost == again.design.proof.bound == 0.0
    assert not any(again.change.added.values())
    assert not any(again.change.removed.values())


def test_without_locks_a_plan_is_made_anew(cases: ModuleType) -> None:
    """Where nothing is built or locked, the answer costs what a design from nothing costs."""
    area, catalogue = cases.random_area(3001), cases.random_catalogue(3001)
    earlier = design_network(area, catalogue=catalogue)
    again = redesign_network(area, earlier.network)
    assert again.design.proof.cost == pytest.approx(earlier.proof.cost, abs=0.02)
    assert again.change.cost == pytest.approx(0.0, abs=0.02)
