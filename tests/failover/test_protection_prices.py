"""The price of protection: plans with nobody, everybody and single classes protected, side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ponplan.area import write_area
from ponplan.area.generate.generator import generate_area
from ponplan.cli.app import app
from ponplan.design import design_network
from ponplan.failover.protection_prices import downtime_class, price_protection

if TYPE_CHECKING:
    from pathlib import Path


def test_more_protection_costs_more_and_is_out_for_less(tmp_path: Path) -> None:
    """From nobody over trunk to full: ports and cost rise, minutes without service fall; the table has a row each."""
    write_area(generate_area("bank-district", customers=30, seed=3), tmp_path / "area")
    table = tmp_path / "table.csv"
    answer = CliRunner().invoke(app, ["protection", str(tmp_path / "area"), "-o", str(table), "--json"])
    assert answer.exit_code == 0
    plans = json.loads(answer.stdout)["plans"]
    assert [plan["variant"] for plan in plans] == ["nobody", "as asked", "everybody trunk", "everybody full"]
    nobody, asked, trunk, full = plans
    assert nobody["cost"] < trunk["cost"] < full["cost"]
    assert nobody["cost"] < asked["cost"] <= full["cost"]
    assert nobody["cost_more"] == 0.0
    assert trunk["ports"] > nobody["ports"]
    assert nobody["downtime_mean_min"] > trunk["downtime_mean_min"] > full["downtime_mean_min"]
    assert len(table.read_text(encoding="utf-8-sig").splitlines()) == 5


@pytest.mark.parametrize(("kind", "customers"), [("mixed-town", 12), ("star-campus", 10)])
def test_the_table_is_what_separate_designs_cost(kind: str, customers: int) -> None:
    """Every row's bill is to the cent that of the area planned alone with that promise; so are ports and metres."""
    area = generate_area(kind, customers=customers, seed=2)
    plans = {row.variant: row for row in price_protection(area, seed=3)}
    for variant, promise in (("nobody", "none"), ("everybody trunk", "trunk"), ("everybody full", "full")):
        people = tuple(replace(customer, protection=promise) for customer in area.customers)
        network = design_network(replace(area, customers=people), seed=3).network
        assert plans[variant].cost == network.facts["cost_total"]
        assert plans[variant].cost == round(sum(line.total_cost for line in network.bill), 2)
        assert plans[variant].cost_more == round(plans[variant].cost - plans["nobody"].cost, 2)
        assert plans[variant].ports == len(network.ports)
        assert plans[variant].trench_km == network.facts["trench_km"]


def test_classes_of_downtime_are_those_of_availability() -> None:
    """Five nines allow 5.26 minutes a year, three 526."""
    assert [downtime_class(minutes) for minutes in (5.0, 50.0, 500.0, 5000.0, 50_000.0)] == [
        "99.999 %",
        "99.99 %",
        "99.9 %",
        "99 %",
        "below 99 %",
    ]
