"""Growth of single services: closed formulae, in the arithmetic of ports, the year they are full, file and design."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ponplan.area import read_area, write_area
from ponplan.area.generate import generate_area
from ponplan.design import design_network
from ponplan.errors import AreaError
from ponplan.topology import check_network, read_network, write_network
from ponplan.topology.growth import Growth, growth_of
from ponplan.topology.load import load_bps
from ponplan.topology.loadreport import load_by_year
from ponplan.topology.network import ClassRule, ServiceGrowth
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.area import Area
    from ponplan.topology import Network

GROWTH = Growth(common=0.05, of_class={"finance": 0.0}, of_service={"internet-100": 0.3, "e1": -0.1})


def test_a_services_rate_comes_first_then_its_class_then_everybodys():
    """Each factor is (1 + rate) to the power of the years."""
    assert GROWTH.factor("ordinary", "internet-100", 4) == pytest.approx(1.3**4)
    assert GROWTH.factor("finance", "internet-100", 4) == pytest.approx(1.3**4)
    assert GROWTH.factor("finance", "voice", 4) == 1.0
    assert GROWTH.factor("ordinary", "voice", 4) == pytest.approx(1.05**4)
    assert GROWTH.factor("finance", "e1", 2) == pytest.approx(0.81)


@pytest.fixture(scope="module")
def area() -> Area:
    """Give a small town in which internet access grows fast and everything else stays."""
    town = generate_area("business-town", customers=40, seed=5)
    grown = {"internet-100": 0.25, "office-automation": 0.0}
    return replace(town, rules=replace(town.rules, growth_per_year=0.0, service_growth=grown))


@pytest.fixture(scope="module")
def network(area: Area) -> Network:
    """Give its design."""
    return design_network(area, effort="quick").network


def test_ports_carry_the_sum_of_their_services_each_grown_by_itself(network: Network):
    """The load of all ports after seven years is the sum over customers and services of the closed formula."""
    growth, rules = growth_of(network), network.rules
    wanted = sum(
        load_bps(one, network.catalogue, rules.oversubscription, growth=growth, years=7)[0]
        for one in network.customers
        if not one.unserved
    )
    survey = Survey(network)
    assert survey.port_loads_after_bps(7)[:, 0].sum() == pytest.approx(wanted)
    assert wanted > 1.5 * survey.port_loads_bps[:, 0].sum()
    assert check_network(network) == ()


def test_growth_is_in_area_and_design_file(area: Area, network: Network, tmp_path: Path):
    """Both files keep it."""
    write_area(area, tmp_path / "area")
    assert read_area(tmp_path / "area").rules.service_growth == area.rules.service_growth
    write_network(network, tmp_path / "plan.gpkg")
    again = read_network(tmp_path / "plan.gpkg")
    assert again.service_growth == network.service_growth
    assert growth_of(again) == growth_of(network)


def test_fast_growth_fills_a_port_in_the_year_of_the_formula(tiny: Network):
    """A port is full in the first year in which its one grown service exceeds its rate, and a cure is told."""
    (service,) = {name for customer in tiny.customers for name, _ in customer.services}
    rules = replace(tiny.rules, growth_per_year=0.0, horizon_years=30)
    network = replace(
        tiny,
        rules=rules,
        class_rules=(ClassRule(customer_class=tiny.customers[0].customer_class, growth_per_year=-0.2),),
        service_growth=(ServiceGrowth(service=service, growth_per_year=0.4),),
    )
    (port,) = load_by_year(network, years=30)
    survey = Survey(network)
    load, rate = survey.port_loads_bps[0, 0], survey.port_rates_bps[0, 0]
    year = next(n for n in range(31) if load * 1.4**n > rate)
    assert port.full["down"] == year


def test_unknown_service_is_named(area: Area):
    """Growth of a service that the catalogue does not have is a fault of area.toml."""
    rules = replace(area.rules, service_growth={"telex": 0.1})
    with pytest.raises(AreaError, match="no such service"):
        design_network(replace(area, rules=rules))
