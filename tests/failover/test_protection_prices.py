"""The price of protection: plans with nobody, everybody and single classes protected, side by side."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from ponplan.area import write_area
from ponplan.area.generate.generator import generate_area
from ponplan.cli.app import app
from ponplan.failover.protection_prices import downtime_class

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


def test_classes_of_downtime_are_those_of_availability() -> None:
    """Five nines allow 5.26 minutes a year, three 526."""
    assert [downtime_class(minutes) for minutes in (5.0, 50.0, 500.0, 5000.0, 50_000.0)] == [
        "99.999 %",
        "99.99 %",
        "99.9 %",
        "99 %",
        "below 99 %",
    ]
