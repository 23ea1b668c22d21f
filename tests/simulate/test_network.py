"""A whole design played: its demand, its fibre, its promises, and the same answer on any number of processes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from typer.testing import CliRunner

from ponplan import write_network
from ponplan.cli.app import app
from ponplan.errors import OutputError
from ponplan.framing import up_layout
from ponplan.report.played_tables import FLOW_COLUMNS, flow_rows, write_played
from ponplan.simulate import simulate_network
from ponplan.simulate.cures import cure_port
from ponplan.simulate.flowtconts import make_tconts
from ponplan.simulate.portplay import play_port
from ponplan.simulate.ports import port_plans
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.topology import Network


@pytest.fixture(scope="module")
def played(bank: Network) -> object:
    """Play it for half a second now."""
    return simulate_network(bank, seconds=0.5)


def test_every_service_of_every_terminal_is_played(bank: Network, played: object):
    """Each served customer's services appear once for each direction and terminal."""
    customers = {customer.id: customer for customer in bank.customers}
    expected = sorted(
        (onu.customer, name, direction)
        for onu in bank.onus
        for name, _ in customers[onu.customer].services
        for direction in ("up", "down")
    )
    assert expected == sorted((row["customer"], row["service"], row["direction"]) for row in flow_rows(played))


def test_offered_load_is_what_check_reckons(bank: Network, played: object):
    """Each port offers its busy-hour load of `ponplan check`, within five per cent and over all within one."""
    reckoned = dict(zip((port.id for port in bank.ports), Survey(bank).port_loads_bps.tolist(), strict=True))
    offered = np.array([[one.result.down.offered_bps, one.result.up.offered_bps] for one in played.ports])
    loads = np.array([reckoned[one.result.port] for one in played.ports])
    assert offered == pytest.approx(loads, rel=0.05)
    assert offered.sum(axis=0) == pytest.approx(loads.sum(axis=0), rel=0.01)


def test_the_bank_district_keeps_every_promise(played: object):
    """On GPON with MSTP every rate, delay and loss is kept, E1 included."""
    broken = [row for row in flow_rows(played) if not row["kept"]]
    assert broken == []


def test_light_takes_its_time(bank: Network, played: object):
    """No packet arrives before light can have carried it: 5 ns a metre and no less."""
    survey = Survey(bank)
    paths = survey.onu_paths
    lengths = {
        bank.onus[int(onu)].id: float(length)
        for onu, length, working in zip(paths.onus, paths.lengths_m, paths.working, strict=True)
        if working
    }
    for row in flow_rows(played):
        assert row["delay_mean_ms"] >= lengths[row["onu"]] * 4.89e-6


def test_processes_do_not_matter(bank: Network, played: object, tmp_path: Path):
    """Result files of one process and of two are the same bytes."""
    other = simulate_network(bank, seconds=0.5, jobs=2)
    for ending in ("parquet", "gpkg", "geojson"):
        files = [tmp_path / f"{name}.{ending}" for name in ("one", "two")]
        for result, path in zip((played, other), files, strict=True):
            write_played(result, bank, path)
        assert files[0].read_bytes() == files[1].read_bytes(), ending


def test_another_seed_draws_other_packets(bank: Network, played: object):
    """The seed reaches the packets."""
    plan = port_plans(bank, seconds=0.1, seed=2)[0]
    assert play_port(plan) != play_port(replace(plan, seed=1))


def test_growth_fills_ports_and_cures_are_played(bank: Network):
    """With thirty years of growth promises break because ports are full, and a cure is named only if it was clean."""
    plans = port_plans(bank, year=30, seconds=0.1)
    plan = max(plans, key=lambda plan: sum(flow.mean_bps["up"] for flow in plan.flows))
    result = play_port(plan)
    assert result.broken > 0
    assert {flow.reason for flow in result.flows if flow.broken and flow.direction == "up"} == {"port full"}
    cure = cure_port(plan, result, ())
    assert cure.trials
    clean = [trial.change for trial in cure.trials if trial.broken == 0]
    assert ([cure.change] if cure.change else []) == clean


def test_a_cure_of_settings_is_found_where_it_suffices(bank: Network):
    """A best-effort service that must share gets assured bandwidth, or grants more often, before any equipment."""
    plan = port_plans(bank, seconds=0.2)[0]
    starved = tuple(
        replace(flow, committed_bps={**flow.committed_bps, "up": flow.committed_bps["up"] * 0.2})
        if flow.tcont_type == 2
        else flow
        for flow in plan.flows
    )
    hungry = replace(plan, flows=starved)
    result = play_port(hungry)
    assert result.broken > 0
    cure = cure_port(hungry, result, ())
    assert cure.change == "T-CONT type 2, assured at the peak rate"


def test_guarantees_fit_the_frame(bank: Network):
    """Even after much growth the guaranteed rates stay within what a frame holds (G.984.3 7-4)."""
    for plan in port_plans(bank, year=40):
        layout = up_layout(plan.technology, plan.frame_items, fec=plan.fec_up)
        tconts = make_tconts(plan.flows, len(plan.onus), layout)
        guaranteed = sum(one.fixed_mbps + one.assured_mbps for own in tconts for one in own)
        assert guaranteed <= layout.code.data_bytes(layout.frame_bytes) * 8e3 / layout.frame_ns


def test_the_command_plays_a_design(bank: Network, tmp_path: Path):
    """`ponplan simulate DESIGN` writes its files, answers JSON, refuses to overwrite and to mix with --pon."""
    path, out = tmp_path / "bank.gpkg", tmp_path / "played.geojson"
    write_network(bank, path)
    arguments = ["simulate", str(path), "--seconds", "0.05", "-o", str(out), "--plot", str(tmp_path / "ports.svg")]
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["schema"] == "ponplan.simulate-design/1"
    assert set(FLOW_COLUMNS) == set(answer["services"][0])
    assert out.stat().st_size > 10_000
    assert (tmp_path / "ports.svg").exists()
    assert isinstance(CliRunner().invoke(app, arguments).exception, OutputError)
    assert CliRunner().invoke(app, ["simulate", str(path), "--sweep", "load=0:1:1"]).exit_code == 2
    assert CliRunner().invoke(app, ["simulate"]).exit_code == 2
