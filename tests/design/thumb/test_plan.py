"""A rule-of-thumb plan is a valid network with a bill of its own, never cheaper than the bound nor than `design`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ponplan.area import read_area
from ponplan.area.model import ClassRule
from ponplan.area.plant.model import AreaPlant
from ponplan.design import Design, design_network
from ponplan.design.bill import bill_of, cost_total
from ponplan.design.thumb.grid import LEAST_CUSTOMERS
from ponplan.design.thumb.plan import design_by_thumb
from ponplan.errors import AreaError
from ponplan.topology import check_network

if TYPE_CHECKING:
    from collections.abc import Callable

TOPOLOGIES = Path(__file__).parents[3] / "topologies"
FEW = 20
EXAMPLES = sorted(path.parent.name for path in TOPOLOGIES.glob("*/area.toml"))


@pytest.fixture(scope="module")
def campus() -> Design:
    """Give the rule-of-thumb plan of a small area."""
    return design_by_thumb(read_area(TOPOLOGIES / "star-campus"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_design_is_never_dearer_than_the_rule_of_thumb(name: str, planned: Callable[[str], Design]):
    """On every example the least-cost plan costs less or shares fewer ways; rules are kept, the bound is below it."""
    area = read_area(TOPOLOGIES / name)
    bare = replace(area, plant=AreaPlant())  # a rule of thumb knows none
    if any(customer.protection == "full" for customer in area.customers):
        bare = replace(bare, customers=area.customers[:FEW])  # every size of splitter is planned with two ways
    thumb, best = design_by_thumb(bare), planned(name) if area == bare else design_network(bare)
    assert all(violation.relaxed for violation in check_network(thumb.network))
    assert thumb.network.facts["customers_served"] == best.network.facts["customers_served"]
    assert max(thumb.proof.bound, best.proof.bound) <= best.proof.cost
    shared = [len(plan.network.exposures) for plan in (best, thumb)]  # two ways in one trench cost less to dig
    assert best.proof.cost <= thumb.proof.cost or shared[0] < shared[1]


def test_bill_is_counted_from_the_records(campus: Design):
    """The bill is what the records say, to the cent."""
    assert campus.proof.cost == cost_total(bill_of(campus.network))


def test_it_is_a_rule_of_thumb(campus: Design):
    """One size of splitter, and no cabinet for hardly anybody."""
    network = campus.network
    assert len({splitter.type for splitter in network.splitters}) == 1
    node_of = {splitter.id: splitter.node for splitter in network.splitters}
    served = [node_of[link.from_device] for link in network.links if link.from_device in node_of]
    assert min(served.count(node) for node in set(served)) >= LEAST_CUSTOMERS
    assert network.facts["variant"] == "rule-of-thumb"


def test_rules_of_classes_are_kept():
    """Classes that have ports of their own get them, with splitters no larger than they may be."""
    area = read_area(TOPOLOGIES / "star-campus")
    rule = ClassRule(max_split=4, apart=True)
    classes = {customer.customer_class for customer in area.customers}
    ruled = replace(area, rules=replace(area.rules, class_rules={min(classes): rule}))
    design = design_by_thumb(ruled)
    assert check_network(design.network) == ()


def test_protected_customers_are_protected():
    """Trunks of protected customers go round rings here, too."""
    area = read_area(TOPOLOGIES / "bank-district")
    customers = tuple(
        replace(row, protection="trunk" if i % 4 == 0 else "none") for i, row in enumerate(area.customers)
    )
    design = design_by_thumb(replace(area, customers=customers[:FEW]))
    assert all(found.relaxed for found in check_network(design.network))
    assert any(port.role == "protecting" for port in design.network.ports)


def test_plant_is_refused():
    """Where plant stands, a rule of thumb has nothing to say."""
    area = read_area(TOPOLOGIES / "industrial-park")
    with pytest.raises(AreaError, match="plant stands there"):
        design_by_thumb(area)


def test_locked_sites_are_used():
    """What the planner has locked holds a splitter, what is forbidden none."""
    area = read_area(TOPOLOGIES / "star-campus")
    cabinets = [site for site in area.sites if site.kind == "cabinet"]
    sites = tuple(
        replace(site, locked=site.id == cabinets[0].id, forbidden=site.id == cabinets[1].id) for site in area.sites
    )
    network = design_by_thumb(replace(area, sites=sites)).network
    used = {node.site for node in network.nodes if node.id in {splitter.node for splitter in network.splitters}}
    assert cabinets[0].id in used
    assert cabinets[1].id not in used
