"""The network behind the OLTs: every scope and shape is sound, billed, and costs no less than its bound."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.area.generate.generator import generate_area
from ponplan.catalogue import read_catalogue
from ponplan.design import design_network
from ponplan.design.bearer.bound import bearer_bound, far_bound
from ponplan.design.bearer.bundles import bundle_for, least_bundles_cost
from ponplan.design.equipment import shelves_bound
from ponplan.design.planes import planes_at_least
from ponplan.design.problem import pose_problem
from ponplan.topology import check_network
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.design import Design
    from ponplan.topology import Network

SCOPES = ("uplinks", "office", "metro")
SHAPES = ("tree", "ring")


def _bearer_cost(network: Network) -> float:
    """Add up the bill's lines that belong to the bearer."""
    tables = (network.catalogue.bearer_elements, network.catalogue.bearer_optics)
    items = {name for table in tables for name in table} | {"bearer-commissioning", "backbone-fibre"}
    return sum(line.total_cost for line in network.bill if line.item in items)


def _shelves_cost(network: Network) -> float:
    """Add up the bill's lines for cards and chassis."""
    catalogue = network.catalogue
    return sum(
        line.total_cost for line in network.bill if line.item in {*catalogue.olt_cards, *catalogue.olt_chassis}
    )


def _with(area: Area, **rules: object) -> Area:
    return replace(area, rules=replace(area.rules, **rules))


@pytest.mark.parametrize(("seed", "scope", "shape"), [(s, *x) for s, x in enumerate(product(SCOPES, SHAPES))])
def test_every_shape_is_sound_and_above_its_bound(seed: int, scope: str, shape: str, cases: ModuleType):
    """Uplinks only, office or metro; tree or ring; several offices: nothing is broken and the bound holds."""
    for case in (seed, seed + 50, seed + 100, seed + 150):
        area = _with(cases.random_area(case), bearer=scope, fibre_scarce=shape == "ring")
        network = design_network(area, seed=case).network
        assert [one for one in check_network(network) if not one.relaxed or one.rule != "duct-free-bores"] == []
        problem = pose_problem(area, network.catalogue)
        assert bearer_bound(problem) <= _bearer_cost(network) + 0.05
        planes = planes_at_least(problem)
        shelves = shelves_bound(problem, planes, [plane.least_ports for plane in planes]) + far_bound(problem)
        assert shelves <= _bearer_cost(network) + _shelves_cost(network) + 0.05


def test_one_office_has_no_gap_in_its_bearer():
    """Where all chassis are one, uplinks, element and ways onwards cost just what is proved to be the least."""
    area = generate_area("bank-district", customers=24, seed=3)
    network = design_network(area).network
    assert len(network.olts) == 1
    bound = bearer_bound(pose_problem(area, network.catalogue))
    assert bound == pytest.approx(_bearer_cost(network), rel=0.25)


def test_e1_and_ethernet_take_vc12_one_for_one():
    """A multiplexer is sized by one VC-12 for each E1 at the horizon and the rest by 2.176 Mbit/s."""
    area = generate_area("bank-district", customers=12, seed=1)
    area = _with(
        replace(area, customers=tuple(replace(one, services=(("e1", 5),)) for one in area.customers)),
        growth_per_year=0.0,
    )
    network = design_network(area).network
    (element,) = network.bearer_elements
    assert element.type == "mstp-stm-1"  # 12 x 5 = 60 of 63 VC-12
    more = replace(area, customers=tuple(replace(one, services=(("e1", 6),)) for one in area.customers))
    (element,) = design_network(more).network.bearer_elements
    assert element.type == "mstp-stm-4"  # 72


def test_metro_serves_households_by_bras_and_key_accounts_by_router():
    """The metro network of a mixed town has both, no switch behind a switch, and MSTP beside it for the banks."""
    area = _with(generate_area("mixed-town", customers=80, seed=2), bearer="metro")
    network = design_network(area).network
    rows = network.catalogue.bearer_elements
    roles = Counter(rows[element.type].role for element in network.bearer_elements)
    assert set(roles) == {"aggregation-switch", "bras", "service-router", "multiplexer"}
    assert check_network(network) == ()


def test_bundle_has_one_link_more_than_the_load_needs():
    """The cheapest rate that fits, and one to spare; too few ports give none."""
    catalogue = read_catalogue()
    found = bundle_for(catalogue, 1.5e9, fastest_bps=10_000_000_000, ends=2)
    assert found is not None
    assert (found.links - 1) * found.rate_bps >= 1.5e9
    assert bundle_for(catalogue, 50e9, fastest_bps=1_000_000_000, most=16, ends=2) is None


@pytest.mark.parametrize("seed", range(30))
def test_bundles_of_shared_out_loads_cost_at_least_their_bound(seed: int):
    """However a load is shared out over bundles of any rates, together they cost at least the bound."""
    rng = np.random.default_rng(seed)
    catalogue = read_catalogue()
    loads = 10.0 ** rng.uniform(7.0, 11.0, int(rng.integers(1, 5)))
    fastest = rng.choice([1_000_000_000, 10_000_000_000, 100_000_000_000], len(loads)).tolist()
    bundles = [bundle_for(catalogue, a, fastest_bps=b, ends=2) for a, b in zip(loads.tolist(), fastest, strict=True)]
    assert least_bundles_cost(catalogue, float(loads.sum()), ends=2) <= sum(one.cost for one in bundles if one) + 1e-6


def test_uplinks_survive_the_loss_of_one(planned: Callable[[str], Design]):
    """With any uplink lost the others carry the horizon's load of the chassis."""
    network = planned("mixed-town").network
    loads = Survey(network).port_loads_after_bps(network.rules.horizon_years)
    card_of = {card.id: card.olt for card in network.cards}
    for olt in network.olts:
        rows = [row for row, port in enumerate(network.ports) if card_of[port.card] == olt.id]
        rates = [uplink.rate_bps for uplink in network.uplinks if uplink.olt == olt.id]
        assert sum(rates) - max(rates) >= loads[rows].sum(axis=0).max()


def _small_elements(role: str, *kept: str) -> Catalogue:
    """Give the catalogue with these elements of a role alone."""
    catalogue = read_catalogue()
    rows = catalogue.bearer_elements
    fewer = {name: row for name, row in rows.items() if row.role != role or name in kept}
    return replace(catalogue, bearer_elements=fewer)


@pytest.mark.parametrize("seed", range(3))
def test_more_than_a_multiplexer_holds_is_shared_out(seed: int):
    """Banks with far more E1 than the largest multiplexer has VC-12 get several, with uplinks to each."""
    area = generate_area("bank-district", customers=80, seed=seed)
    area = replace(area, customers=tuple(replace(one, protection="none") for one in area.customers))
    design = design_network(area, catalogue=_small_elements("multiplexer", "mstp-stm-4"), effort="quick")
    network = design.network
    assert (network.relaxed, check_network(network)) == ((), ())
    assert len(network.bearer_elements) > len(network.olts)
    assert design.proof.bound <= design.proof.cost


def test_few_uplinks_make_more_chassis():
    """Where a chassis with slots for all cards has uplinks for only some of them, there are more chassis."""
    area = generate_area("bank-district", customers=300, seed=1)
    area = replace(area, customers=tuple(replace(one, protection="none") for one in area.customers))
    catalogue = read_catalogue()
    narrow = {
        name: replace(row, uplink_ports=2, uplink_bps=10_000_000_000) for name, row in catalogue.olt_chassis.items()
    }
    whole = design_network(area, effort="quick").network
    network = design_network(area, catalogue=replace(catalogue, olt_chassis=narrow), effort="quick").network
    assert check_network(network) == ()
    assert len(network.olts) > len(whole.olts)
    for olt in network.olts:
        assert sum(uplink.olt == olt.id for uplink in network.uplinks) == 2
