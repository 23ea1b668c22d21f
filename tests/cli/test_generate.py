"""`ponplan generate` writes an area, says what is in it, and refuses what cannot be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from ponplan.area import read_area
from ponplan.area.generate import KINDS
from ponplan.cli.generate import KindName, generate_command
from ponplan.errors import AreaError, OutputError

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

APP = typer.Typer()
APP.command()(generate_command)


def run(*arguments: object) -> Result:
    """Run the command as a user would."""
    return CliRunner().invoke(APP, [str(argument) for argument in arguments])


def test_every_kind_is_offered() -> None:
    """The command offers exactly the kinds that the library has, in the same order."""
    assert [kind.value for kind in KindName] == list(KINDS)


def test_json_tells_what_was_written(tmp_path: Path) -> None:
    """Counts on stdout are those of the area on disk."""
    said = run("mixed-town", "-o", tmp_path / "town", "--customers", 40, "--seed", 9, "--json")
    assert said.exit_code == 0
    answer, area = json.loads(said.stdout), read_area(tmp_path / "town")
    assert answer["schema"] == "ponplan.generate/1"
    assert answer["customers_total"] == len(area.customers) == 40
    assert sum(answer["customers_by_class"].values()) == 40
    assert sum(answer["sites_by_kind"].values()) == len(area.sites)
    assert answer["routes"] == len(area.routes)


def test_people_are_told_what_was_written(tmp_path: Path) -> None:
    """Without --json the counts and the folder are said on stderr."""
    said = run("star-campus", "-o", tmp_path / "campus")
    assert said.exit_code == 0
    assert said.stdout == ""
    assert "90 customers" in said.stderr
    assert str(tmp_path / "campus") in said.stderr


def test_a_folder_in_use_is_not_touched(tmp_path: Path) -> None:
    """Without --force a folder that is not empty stays as it is; with it the area is replaced."""
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert isinstance(run("road-bus", "-o", tmp_path).exception, OutputError)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert run("road-bus", "-o", tmp_path, "--force").exit_code == 0
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_too_few_customers_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    """A high-rise quarter needs a tower's worth of customers."""
    said = run("high-rise", "-o", tmp_path / "quarter", "--customers", 3)
    assert isinstance(said.exception, AreaError)
    assert "8 to 200000" in str(said.exception)
    assert not (tmp_path / "quarter").exists()


@pytest.mark.parametrize("arguments", [("space-station", "-o", "x"), ("mixed-town",), ("mixed-town", "--seed", "-1")])
def test_wrong_usage_is_told(arguments: tuple[str, ...]) -> None:
    """An unknown kind, a missing folder and a negative seed are wrong usage."""
    assert run(*arguments).exit_code == 2
