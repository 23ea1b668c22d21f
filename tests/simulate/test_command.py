"""The command: answers for people and machines, sweeps, pictures, tables, exit by complaint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from ponplan.cli.simulate import simulate_command
from ponplan.errors import ScenarioError
from ponplan.scenario import scenario_from_table
from ponplan.simulate.sweep import parse_sweep, with_value

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PON = """
technology = "gpon"
onus = 4
distance_km = [0.5, 20.0]
[[source]]
direction = "up"
load = 0.5
packet_bytes = "trimodal"
[[source]]
direction = "down"
load = 0.5
[run]
seconds = 0.05
replications = 2
"""


@pytest.fixture
def call(tmp_path: Path) -> Callable:
    """Call the command on a small PON."""
    app = typer.Typer()
    app.command()(simulate_command)
    path = tmp_path / "pon.toml"
    path.write_text(PON)

    def run(*arguments: object, ok: bool = True) -> object:
        result = CliRunner().invoke(app, ["--pon", str(path), *map(str, arguments)])
        if ok and result.exception is not None:
            raise result.exception
        return result

    return run


def test_machines_get_every_promised_field(call: Callable):
    """The object has the fields that the issue names, at the places it names."""
    answer = json.loads(call("--json").stdout)
    assert answer["schema"] == "ponplan.simulate/1"
    assert answer["cpu_seconds"] > 0
    for direction in ("upstream", "downstream"):
        result = answer[direction]
        assert {"offered", "carried", "lost", "packets"} <= set(result)
        assert set(result["delay_us"]) == {"mean", "ci95", "p50", "p99", "p999", "max"}
        assert {"mean", "max"} <= set(result["queueing_delay_us"])
        assert set(result["overhead"]) == {"guard", "headers", "fec", "idle", "report"}
        delay = result["delay_us"]
        assert delay["p50"] <= delay["p99"] <= delay["p999"] <= delay["max"]
        assert len(result["onus"]) == 4
    assert set(answer["upstream"]["cycle_us"]) == {"mean", "max"}


def test_people_get_a_table(call: Callable):
    """Without --json both directions are shown."""
    text = call().stdout
    assert "upstream" in text
    assert "downstream" in text
    assert "mean delay" in text


def test_a_sweep_gives_a_table_a_picture_and_parquet(call: Callable, tmp_path: Path):
    """One run for each value; the picture is the same every time."""
    plot, again, table = (tmp_path / name for name in ("a.svg", "b.svg", "a.parquet"))
    text = call("--sweep", "load=0.2:0.6:0.2", "--plot", plot, "--parquet", table).stdout
    assert "0.4" in text
    call("--sweep", "load=0.2:0.6:0.2", "--plot", again)
    assert plot.read_bytes() == again.read_bytes()
    ports = duckdb.read_parquet(str(table)).filter("scope = 'port' AND direction = 'upstream'")
    rows = ports.project("value, offered").fetchall()
    assert [value for value, _ in rows] == [0.2, 0.4, 0.6]
    assert rows[2][1] > rows[0][1]


def test_a_sweep_for_machines(call: Callable):
    """Each point is a whole answer with its value."""
    answer = json.loads(call("--sweep", "onus=2:4:2", "--json").stdout)
    assert answer["field"] == "onus"
    assert [point["value"] for point in answer["points"]] == [2.0, 4.0]
    assert len(answer["points"][0]["upstream"]["onus"]) == 2


def test_bursts_are_drawn(call: Callable, tmp_path: Path):
    """The picture of bursts is written."""
    call("--gantt", tmp_path / "bursts.png")
    assert (tmp_path / "bursts.png").read_bytes().startswith(b"\x89PNG")


def test_plot_needs_a_sweep(call: Callable):
    """A picture of a sweep without a sweep is wrong usage."""
    assert call("--plot", "x.svg", ok=False).exit_code == 2


def test_sweep_values_are_decimal():
    """0.1 to 1.2 in steps of 0.1 are twelve values without rounding dust."""
    assert parse_sweep("load=0.1:1.2:0.1").values == tuple(k / 10 for k in range(1, 13))


@pytest.mark.parametrize("text", ["load", "load=1", "load=1:2", "load=1:2:0", "load=2:1:1", "=1:2:1", "load=a:b:c"])
def test_senseless_sweeps_are_refused(text: str):
    """A sweep that is no range is refused with what it should look like."""
    with pytest.raises(ScenarioError):
        parse_sweep(text)


def test_a_sweep_finds_its_field():
    """Paths, bare names, and names in several sources are found; ambiguous ones are refused."""
    scenario = scenario_from_table(
        {
            "technology": "gpon",
            "onus": 2,
            "distance_km": 1,
            "tcont": [{"priority": 1}],
            "source": [{"load": 0.1, "priority": 2}, {"load": 0.2}],
        }
    )
    assert [s.load for s in with_value(scenario, "load", 0.7).source] == [0.7, 0.7]
    assert [s.load for s in with_value(scenario, "source[2].load", 0.7).source] == [0.1, 0.7]
    assert with_value(scenario, "dba.guard_us", 2.0).dba.guard_us == 2.0
    assert with_value(scenario, "seed", 9.0).run.seed == 9
    with pytest.raises(ScenarioError, match="more than one"):
        with_value(scenario, "priority", 1.0)
    with pytest.raises(ScenarioError, match="no table has"):
        with_value(scenario, "colour", 1.0)
    with pytest.raises(ScenarioError, match="no such table"):
        with_value(scenario, "source[3].load", 1.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"technology": "carrier-pigeon"}, "no such technology"),
        ({"technology": "apon-155-155", "dba": {"policy": "reference"}}, "no such policy"),
        ({"dba": {"policy": "gated"}}, "no such policy for gpon"),
        ({"technology": "epon", "tcont": [{"type": 4}]}, "one LLID"),
        ({"tcont": [{"type": 2, "assured_mbps": 700.0}]}, "more is guaranteed"),
        ({"source": [{"kind": "pareto", "load": 0.9, "streams": 1, "peak_mbps": 10.0}]}, "cannot send so much"),
        ({"onus": 1000, "dba": {"policy": "static"}}, "no room for data"),
    ],
)
def test_misfits_are_named(play: Callable, change: dict[str, object], words: str):
    """What the technology or the frame cannot do is refused with the reason."""
    table = {"technology": "gpon", "onus": 4, "distance_km": 1, "source": [{"load": 0.1}]}
    with pytest.raises(ScenarioError, match=words):
        play(**(table | change))
