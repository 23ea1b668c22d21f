"""Full ports and what cures them: wavelengths and rates decide, as the standards' bands say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ponplan.catalogue import read_catalogue
from ponplan.cli.app import app
from ponplan.topology import network as records
from ponplan.topology.cures import cures_of
from ponplan.topology.load import usable_rates_bps
from ponplan.topology.loadreport import load_by_year
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ponplan.topology import Network

G = 1e9


def _directions(technology: str, load_bps: float) -> dict[str, tuple[str, ...]]:
    found = cures_of(read_catalogue(), technology, (load_bps, load_bps), (0.9 * G, 0.9 * G), num_onus=16)
    return {cure.technology: cure.directions for cure in found}


def test_ten_gigabit_down_only_frees_nothing_upstream():
    """10/1 ONUs send in the old band at the old rate: downstream is cured, upstream is not (article, 802.3av)."""
    assert _directions("epon", 1.5 * G) == {"10g-epon-10-1": ("down",), "10g-epon-10-10": ("down", "up")}


def test_wavelengths_apart_cure_both_ways():
    """XGS-PON beside narrow-band GPON has bands of its own in both directions (G.984.5)."""
    assert _directions("gpon", 1.5 * G) == {"xgs-pon": ("down", "up")}


def test_no_more_is_cured_than_the_new_rate_carries():
    """A load beyond both rates together is not cured."""
    assert _directions("gpon", 20 * G) == {"xgs-pon": ()}


def test_share_to_move_by_wavelength_and_by_time():
    """Apart, the excess moves; in shared time, (1 - x) L/R + x L/R' = 1 says how much."""
    (cure,) = [
        row
        for row in cures_of(read_catalogue(), "epon", (1.2 * G, 1.2 * G), (0.9 * G, 0.9 * G), num_onus=16)
        if row.technology == "10g-epon-10-10"
    ]
    assert cure.down.by == "wavelength"
    assert cure.down.move_share == pytest.approx(0.25)
    assert cure.up.by == "time"
    share = cure.up.move_share
    assert share is not None
    catalogue = read_catalogue()
    _, new = usable_rates_bps(catalogue, catalogue.technologies["10g-epon-10-10"], None, num_onus=16)
    assert (1 - share) * 1.2 / 0.9 + share * 1.2 * G / new == pytest.approx(1.0)


def test_year_full_is_the_first_beyond_the_rate(tiny: Network):
    """Growth of 100 % a year doubles the load each year; the year full is the first power of two that is too much."""
    network = replace(tiny, rules=replace(tiny.rules, growth_per_year=1.0, horizon_years=8))
    (port,) = load_by_year(network)
    for way in ("down", "up"):
        first = port.percent[way][0]
        assert port.percent[way] == pytest.approx([first * 2**year for year in range(9)], abs=0.01 * 2**8)
        assert port.full[way] == next(year for year in range(9) if first * 2**year > 100.0)
    assert {cure.technology for cure in port.cures} == {"10g-epon-10-1", "10g-epon-10-10"}


def test_expected_load_follows_take_up(tiny: Network):
    """With half of a class connected now and all at the horizon, half the load is there now and all of it then."""
    rule = records.ClassRule(customer_class="ordinary", take_up_now=0.5, take_up_horizon=1.0)
    network = replace(tiny, class_rules=(rule,), rules=replace(tiny.rules, growth_per_year=0.0, horizon_years=4))
    (port,) = load_by_year(network, expected=True)
    whole = 100.0 * Survey(network).port_loads_bps[0, 0] / Survey(network).port_rates_bps[0, 0]
    assert port.percent["down"] == pytest.approx(
        [whole * share for share in (0.5, 0.625, 0.75, 0.875, 1.0)], abs=0.01
    )


def test_command_answers_for_machines(edited: Callable[..., Path]):
    """`ponplan load --json` tells every port with its years and cures."""
    path = edited("tiny", "UPDATE rules SET growth_per_year = 0.4")
    done = CliRunner().invoke(app, ["load", str(path), "--years", "12", "--json"])
    answer = json.loads(done.stdout)
    assert answer["schema"] == "ponplan.load/1"
    (port,) = answer["ports"]
    assert len(port["percent"]["down"]) == 13
    assert port["full_year"]["down"] is not None
    assert [cure["technology"] for cure in port["cures"]] == ["10g-epon-10-1", "10g-epon-10-10"]
