"""`ponplan import osm` as a person and as a program call it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from ponplan.area import read_area
from ponplan.cli.import_area import import_osm_command

if TYPE_CHECKING:
    from pathlib import Path

MAP = """<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">
<node id="1" version="1" lon="9.0" lat="45.0"/><node id="2" version="1" lon="9.001" lat="45.0"/>
<node id="3" version="1" lon="9.0005" lat="45.0001"><tag k="addr:housenumber" v="1"/></node>
<node id="4" version="1" lon="9.0005" lat="45.1"><tag k="amenity" v="bank"/></node>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
</osm>"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Write a map of one street, one address and a bank far away."""
    path = tmp_path / "town.osm"
    path.write_text(MAP, encoding="utf-8")
    return path


def _run(*arguments: object) -> tuple[int, str, str]:
    app = typer.Typer()
    app.command()(import_osm_command)
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


def test_summary_for_people(town: Path, tmp_path: Path):
    """Talk goes to stderr and names who is out of reach; stdout stays empty."""
    code, out, err = _run(town, "-o", tmp_path / "area")
    assert (code, out) == (0, "")
    assert "2 customers (1 finance, 1 residential)" in err
    assert "out of reach: customer n4" in err
    assert len(read_area(tmp_path / "area").customers) == 2


def test_one_object_for_machines(town: Path, tmp_path: Path):
    """--json prints one object with its schema on stdout."""
    code, out, _ = _run(town, "-o", tmp_path / "area", "--json", "--central-office", "9.0,45.0")
    answer = json.loads(out)
    assert code == 0
    assert answer["schema"] == "ponplan.area/1"
    assert answer["customers_total"] == 2
    assert [row["id"] for row in answer["customers_out_of_reach"]] == ["n4"]


@pytest.mark.parametrize(
    "arguments",
    [["--bbox", "1,2,3"], ["--bbox", "a,b,c,d"], ["--central-office", "9"], ["--place", "a", "--bbox", "1,2,3,4"]],
)
def test_wrong_usage(town: Path, tmp_path: Path, arguments: list[str]):
    """Numbers that are none, or too few, are wrong usage and write nothing."""
    code, _, _ = _run(town, "-o", tmp_path / "area", *arguments)
    assert code == 2
    assert not (tmp_path / "area").exists()
