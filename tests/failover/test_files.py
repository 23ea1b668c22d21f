"""Pictures, tables and maps of outages, and the command that writes them."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyogrio
import pytest

from ponplan.errors import OutputError
from ponplan.failover import simulate_network_faults, sweep_network
from ponplan.report.outage_map import write_outage_map
from ponplan.report.outage_tables import write_rows_parquet
from ponplan.report.outage_timeline import draw_timeline
from ponplan.scenario import faults_from_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.topology.network import Network

ROOT = Path(__file__).parents[2]
CUT = faults_from_table({"fault": [{"what": "span", "subject": "fb1", "at_ms": 10.0}]})


@pytest.fixture
def run(ponplan: Callable) -> Callable:
    """Give a function that types the command."""
    return partial(ponplan, "failover")


def test_timeline_is_drawn_the_same_twice(play: Callable, tmp_path: Path):
    """The picture exists, and the same run gives the same bytes."""
    pictures = []
    for name in ("a.svg", "b.svg"):
        draw_timeline(play(recovery="ranging-serial").runs[0], tmp_path / name)
        pictures.append((tmp_path / name).read_bytes())
    assert pictures[0] == pictures[1]
    assert b"onu-7" in pictures[0]


def test_nothing_to_draw_is_told(play: Callable, tmp_path: Path):
    """A fault that touches nobody has no timeline."""
    with pytest.raises(OutputError, match="nobody was out"):
        draw_timeline(play(what="span", fault={"subject": "feeder-b"}).runs[0], tmp_path / "a.svg")


def test_parquet_holds_every_customer(district: Network, tmp_path: Path):
    """One row for each, with numbers as numbers and nothing where there is no end."""
    result = simulate_network_faults(district, CUT).result
    write_rows_parquet([asdict(one) for one in result.customers], tmp_path / "c.parquet")
    table = duckdb.read_parquet(str(tmp_path / "c.parquet"))
    rows = table.project("id, outage_ms, lost, cure").order("id").fetchall()
    assert rows == [(name, pytest.approx(4.361), False, None) for name in ("b1", "b2", "b3")]


def test_map_of_a_sweep(district: Network, tmp_path: Path):
    """Customers as points, spans as lines with what each takes, in the design's own coordinates."""
    write_outage_map(district, sweep_network(district, faults_from_table({}), what="span"), tmp_path / "m.gpkg")
    assert {name for name, _ in pyogrio.list_layers(tmp_path / "m.gpkg")} == {"customers", "every_span"}
    info = pyogrio.read_info(tmp_path / "m.gpkg", layer="every_span")
    assert (info["features"], info["geometry_type"], info["crs"]) == (20, "LineString", "EPSG:2056")


def test_geojson_of_one_fault(district: Network, tmp_path: Path):
    """Longitude and latitude, one feature for each customer that was out."""
    write_outage_map(district, simulate_network_faults(district, CUT).result, tmp_path / "m.geojson")
    features = json.loads((tmp_path / "m.geojson").read_text(encoding="utf-8"))["features"]
    assert [one["properties"]["id"] for one in features] == ["b1", "b2", "b3"]
    assert {one["geometry"]["type"] for one in features} == {"Point"}


def test_command_answers_with_the_promised_fields(run: Callable, tmp_path: Path):
    """outage_ms, steps and customers stand at the top level, and files are not overwritten silently."""
    words = ("--pon", ROOT / "scenarios" / "trunk_feeder_cut.toml", "--timeline", tmp_path / "t.svg", "--json")
    done = run(*words)
    answer = json.loads(done.stdout)
    assert answer["schema"] == "ponplan.failover/1"
    assert set(answer["outage_ms"]) == {"min", "p50", "p99", "max"}
    assert {"name", "from_ms", "to_ms"} == set(answer["steps"][0])
    assert len(answer["customers"]) == 32
    again = run(*words)
    assert again.returncode == 3
    assert "--force" in again.stderr


def test_wrong_usage_is_told(run: Callable, tmp_path: Path):
    """A design or a bare PON, not both and not neither; broken files are the input's fault."""
    assert run().returncode == 2
    broken = tmp_path / "pon.toml"
    broken.write_text('technology = "gpon"\ndistance_km = 5.0\n[[fault]]\nwhat = "earthquake"\n', encoding="utf-8")
    done = run("--pon", broken)
    assert done.returncode == 3
    assert "earthquake" in done.stderr
