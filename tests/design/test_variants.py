"""Variants keep the rules, are priced like the cheapest plan, and do what their names say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ponplan.area import read_area
from ponplan.design import design_network
from ponplan.design.bill import bill_of, cost_total
from ponplan.design.differences import compare_designs, connections
from ponplan.design.variants import MEANINGS, design_variants
from ponplan.topology import check_network

if TYPE_CHECKING:
    from ponplan.design.run import Design
    from ponplan.topology.network import Network

AREA = Path(__file__).parents[2] / "topologies" / "star-campus"


@pytest.fixture(scope="module")
def base() -> Design:
    """Give the cheapest plan of a small area."""
    return design_network(read_area(AREA), seed=1)


@pytest.fixture(scope="module")
def planned(base: Design) -> dict[str, Network]:
    """Give its variants by name."""
    variants = design_variants(read_area(AREA), base, seed=1)
    return {variant.name: variant.network for variant in variants if variant.network is not None}


def test_every_variant_is_planned_and_clean(planned: dict[str, Network]):
    """No rule is broken in any variant, and no name is missing but the number of stages that the area has."""
    assert set(planned) == set(MEANINGS) - {"one-stage"}
    assert all(check_network(network) == () for network in planned.values())


def test_variants_are_priced_with_the_same_book(base: Design, planned: dict[str, Network]):
    """A variant planned with other prices is billed with the real ones, to the cent."""
    for network in planned.values():
        assert network.catalogue == base.network.catalogue
        assert network.facts["cost_total"] == cost_total(bill_of(network))


def test_bound_of_the_same_problem_holds_for_its_variants(base: Design, planned: dict[str, Network]):
    """Plans for the same customers and rules cost at least the bound of the cheapest."""
    for name in ("least-digging", "fewest-cabinets"):
        assert planned[name].facts["cost_total"] >= base.proof.bound


def test_a_second_stage_never_makes_a_plan_dearer(base: Design, planned: dict[str, Network]):
    """Where two stages are permitted the plan costs at most what it costs with one."""
    assert planned["two-stages"].facts["cost_total"] <= base.proof.cost


def test_half_split_halves_the_largest_splitter(base: Design, planned: dict[str, Network]):
    """No splitter of the variant has more than half the legs of the largest before."""
    outputs = base.network.catalogue.splitters
    largest = max(outputs[splitter.type].outputs for splitter in base.network.splitters)
    assert all(outputs[splitter.type].outputs <= largest // 2 for splitter in planned["half-split"].splitters)


def test_next_technology_is_one_that_may_share_the_fibres(base: Design, planned: dict[str, Network]):
    """Every customer is on another, faster technology that coexists with the one before."""
    rows = base.network.catalogue.technologies
    before = {customer.id: customer.technology for customer in base.network.customers}
    for customer in planned["next-technology"].customers:
        old, new = rows[before[customer.id]], rows[customer.technology]
        assert new.id in old.coexists_with
        assert new.down_line_bps > old.down_line_bps


def test_a_design_differs_in_nothing_from_itself(base: Design):
    """Compared with itself, a design has no difference."""
    same = compare_designs(base.network, base.network)
    assert (same.changed, same.routes, same.sites) == ({}, {}, {})
    assert all(line.quantity_more == line.cost_more == 0.0 for line in same.bill)


def test_differences_of_bills_add_up(base: Design, planned: dict[str, Network]):
    """The items' differences are the difference of the totals, and both ways round they cancel."""
    other = planned["half-split"]
    there, back = compare_designs(base.network, other), compare_designs(other, base.network)
    more = sum(line.cost_more for line in there.bill)
    assert more == pytest.approx(cost_total(base.network.bill) - cost_total(other.bill), abs=0.01)
    assert more == pytest.approx(-sum(line.cost_more for line in back.bill), abs=0.01)
    assert there.changed.keys() == back.changed.keys()


def test_connections_tell_the_way_of_the_light(base: Design):
    """Every served customer is connected over a splitter of the design, and its fibre is as long as its cables."""
    network = base.network
    found = connections(network)
    assert set(found) == {customer.id for customer in network.customers if not customer.unserved}
    types = {splitter.type for splitter in network.splitters}
    assert all(one.splitter in types and one.splitter_at and one.fibre_m > 0.0 for one in found.values())
