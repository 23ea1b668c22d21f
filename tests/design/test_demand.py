"""Demand: what circuits bring to the customers at their ends, and what cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from shapely import LineString

from ponplan.area.model import Area, Circuit, ClassRule, Customer, Office, Route, Rules
from ponplan.catalogue import read_catalogue
from ponplan.design import design_network
from ponplan.design.demand import resolve_customers
from ponplan.errors import AreaError
from ponplan.topology import check_network, read_network, write_network
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path


def _area(*, circuits: tuple[Circuit, ...] = (), rules: Rules | None = None) -> Area:
    """Give a street with two bank branches and a company."""
    people = (("b1", "finance"), ("b2", "finance"), ("o1", "ordinary"))
    return Area(
        name="street",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=tuple(
            Customer(id=name, name="", x_m=100.0 + 20.0 * i, y_m=8.0, customer_class=kind)
            for i, (name, kind) in enumerate(people)
        ),
        sites=(),
        routes=(Route(id="r", surface="asphalt", line=LineString([(0.0, 0.0), (300.0, 0.0)])),),
        rules=rules or Rules(),
        circuits=circuits,
    )


TIE = Circuit(id="k1", a="b1", z="b2", service="e1", count=3)
OUT = Circuit(id="k2", a="o1", z="internet", service="ethernet-10m")


def test_circuit_brings_its_service_to_both_ends():
    """A customer with circuits and no services of its own buys just what they carry; others what their class buys."""
    first, second, third = resolve_customers(_area(circuits=(TIE,)), read_catalogue())
    assert first.services == second.services == (("e1", 3),)
    assert third.services == (("internet-100", 1), ("office-automation", 1))


def test_circuits_add_to_own_services():
    """What a customer buys besides is kept."""
    area = _area(circuits=(TIE, OUT))
    own = replace(area.customers[0], services=(("voice", 2), ("e1", 1)))
    found = resolve_customers(replace(area, customers=(own, *area.customers[1:])), read_catalogue())
    assert found[0].services == (("voice", 2), ("e1", 4))


def test_circuits_load_ports_at_both_ends_and_stay_in_the_file(tmp_path: Path):
    """Three E1 between two branches load their port with twice 3 x 2.048 Mbit/s, also after writing and reading."""
    network = design_network(_area(circuits=(TIE, OUT))).network
    write_network(network, tmp_path / "plan.gpkg")
    again = read_network(tmp_path / "plan.gpkg")
    assert [(row.id, row.a, row.z, row.service, row.count) for row in again.circuits] == [
        ("k1", "b1", "b2", "e1", 3),
        ("k2", "o1", "internet", "ethernet-10m", 1),
    ]
    loads = Survey(again).port_loads_bps
    gpon = [row for row, port in enumerate(again.ports) if port.technology == "gpon"]
    assert loads[gpon].tolist() == [[2 * 3 * 2_048_000.0] * 2]
    assert check_network(again) == ()


@pytest.mark.parametrize(
    ("circuit", "field"),
    [
        (replace(TIE, service="nonsense"), "service"),
        (replace(TIE, z="o1"), "z_end"),
    ],
)
def test_circuits_that_no_network_carries(circuit: Circuit, field: str):
    """Unknown services and E1 circuits that end on two bearers are faults."""
    area = _area(circuits=(circuit,))
    with pytest.raises(AreaError) as caught:
        resolve_customers(area, read_catalogue())
    assert [fault.field for fault in caught.value.faults] == [field]


def test_rules_of_an_unknown_class_are_a_fault():
    """A class that nobody knows cannot have rules."""
    with pytest.raises(AreaError, match=r"class_rules\.finanze"):
        resolve_customers(_area(rules=Rules(class_rules={"finanze": ClassRule()})), read_catalogue())


def test_growth_of_a_class_decides_the_load_at_the_horizon():
    """A class of its own growth is loaded by (1 + g)^years, the others by the rules' growth."""
    rules = Rules(class_rules={"finance": ClassRule(growth_per_year=0.2)}, growth_per_year=0.1, horizon_years=3)
    survey = Survey(design_network(_area(rules=rules)).network)
    growth = survey.port_loads_after_bps(3) / survey.port_loads_bps
    by_technology = {port.technology: row for port, row in zip(survey.network.ports, growth.tolist(), strict=True)}
    assert by_technology["gpon"] == pytest.approx([1.2**3] * 2)
    assert by_technology["epon"] == pytest.approx([1.1**3] * 2)


def test_protection_of_customer_class_and_services():
    """What is asked for a customer holds; else the better one of what its class and its services bring."""
    area = _area(
        rules=Rules(class_protection={"finance": "trunk"}, service_protection={"e1": "full", "voice": "none"})
    )
    first, second, third = area.customers
    people = (
        replace(first, services=(("e1", 1), ("voice", 1))),
        replace(second, services=(("voice", 1),)),
        replace(third, services=(("e1", 1),), protection="none"),
    )
    found = resolve_customers(replace(area, customers=people), read_catalogue())
    assert [customer.protection for customer in found] == ["full", "trunk", "none"]


def test_protection_of_what_is_not_known_is_refused():
    """Classes and services that the catalogue does not have are named, all at once."""
    rules = Rules(class_protection={"bankers": "full"}, service_protection={"telex": "trunk"})
    with pytest.raises(AreaError) as told:
        resolve_customers(_area(rules=rules), read_catalogue())
    assert [fault.field for fault in told.value.faults] == ["class_protection.bankers", "service_protection.telex"]
