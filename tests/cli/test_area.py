"""`ponplan new`, `ponplan area` and `ponplan import csv` as a person and as a program call them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from ponplan.area import read_area
from ponplan.cli.area import new_area_command, show_area_command
from ponplan.cli.import_area import import_csv_command
from ponplan.errors import PonplanError

if TYPE_CHECKING:
    from pathlib import Path

CUSTOMERS = """客户编号,客户名称,类型,经度,纬度,带宽,备注
c1,工商银行,银行,9.502,47.1001,2M,急
c2,某公司,企业,9.505,47.1001,100M/100M,
"""
ROUTES = 'id,surface,wkt\nr1,asphalt,"LINESTRING (9.5 47.1, 9.51 47.1)"\n'


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    """Write customers and routes."""
    for name, text in (("customers.csv", CUSTOMERS), ("routes.csv", ROUTES)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "customers.csv", tmp_path / "routes.csv"


def _run(*arguments: object, catch: bool = False) -> tuple[int, str, str]:
    app = typer.Typer()
    app.command("csv")(import_csv_command)
    app.command("new")(new_area_command)
    app.command("area")(show_area_command)
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=catch)
    return result.exit_code, result.stdout, result.stderr


def test_import_reports_what_was_understood(tables: tuple[Path, Path], tmp_path: Path):
    """Columns, readings and kept columns are told on stderr; stdout stays empty."""
    code, out, err = _run("csv", tables[0], "--routes", tables[1], "-o", tmp_path / "area")
    assert (code, out) == (0, "")
    assert "'客户编号' as id" in err
    assert "'2M' of class finance was taken for ethernet-2m: 1 rows" in err
    assert "kept as they are: 备注" in err
    assert read_area(tmp_path / "area").customers[0].attributes == {"备注": "急"}


def test_import_for_machines(tables: tuple[Path, Path], tmp_path: Path):
    """--json gives one object with what was understood in it."""
    _, out, _ = _run("csv", tables[0], "--routes", tables[1], "-o", tmp_path / "area", "--json")
    answer = json.loads(out)
    assert (answer["schema"], answer["customers_total"]) == ("ponplan.area/1", 2)
    assert [report["kind"] for report in answer["understood"]] == ["customers", "routes"]


def test_broken_import_writes_nothing(tables: tuple[Path, Path], tmp_path: Path):
    """Input at fault leaves no folder behind, not even a hidden one."""
    tables[0].write_text(CUSTOMERS.replace("9.502", "here"), encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(PonplanError, match="row 2, field lon"):
        _run("csv", tables[0], "--routes", tables[1], "-o", tmp_path / "area")
    assert sorted(tmp_path.iterdir()) == before


def test_new_area_is_empty_commented_and_readable(tmp_path: Path):
    """A new area is read back with the office where it was asked for, and every rule has a comment."""
    assert _run("new", tmp_path / "town", "--at", "9.52,47.14")[0] == 0
    area = read_area(tmp_path / "town")
    assert (area.name, area.crs, len(area.customers), len(area.routes)) == ("town", "EPSG:32632", 0, 0)
    assert area.offices[0].x_m == pytest.approx(539_430, abs=1)
    toml = (tmp_path / "town" / "area.toml").read_text(encoding="utf-8")
    rules = toml.partition("[rules]")[2].partition("[class_technology]")[0].strip().splitlines()
    assert all("#" in line for line in rules)


def test_new_area_needs_a_place(tmp_path: Path):
    """Without place and system lengths could not be measured."""
    with pytest.raises(PonplanError, match="--at LON,LAT"):
        _run("new", tmp_path / "town")


def test_area_shows_content_and_suspicions(tables: tuple[Path, Path], tmp_path: Path):
    """What is in an area and what looks suspicious goes to stdout, for people and for machines."""
    tables[0].write_text(CUSTOMERS + "c3,远,企业,9.505,47.105,2M,\n", encoding="utf-8")
    _run("csv", tables[0], "--routes", tables[1], "-o", tmp_path / "area")
    _, out, _ = _run("area", tmp_path / "area")
    assert "3 customers (1 finance, 2 ordinary)" in out
    assert "suspicious: 1 customers cannot be reached (c3 ...)" in out
    answer = json.loads(_run("area", tmp_path / "area", "--json")[1])
    assert [row["id"] for row in answer["suspicious"]] == ["out-of-reach"]
