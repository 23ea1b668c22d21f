"""`ponplan explain` answers each question in words and as JSON, and refuses what makes no sense."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ponplan.area import read_area, write_area
from ponplan.area.generate.generator import generate_area
from ponplan.cli.app import app
from ponplan.design import design_network
from ponplan.errors import PonplanError
from ponplan.topology import write_network

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a small area."""
    folder = tmp_path_factory.mktemp("explain") / "area"
    write_area(generate_area("star-campus", customers=12, seed=1), folder)
    return folder


@pytest.fixture(scope="module")
def design(area: Path) -> str:
    """Give its design file."""
    file = area.with_name("plan.gpkg")
    write_network(design_network(read_area(area), effort="quick").network, file)
    return str(file)


def ask(*arguments: str) -> str:
    """Run `ponplan explain` and give its stdout."""
    done = CliRunner().invoke(app, ["explain", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_overview_in_words(design: str):
    """Without a question the gap, the places and the ports are told, in English and Chinese."""
    assert "no permitted plan costs less than" in ask(design)
    assert "下界" in ask(design, "--lang", "zh")


def test_answers_as_json(design: str):
    """One object holds all that was asked for."""
    overview = json.loads(ask(design, "--json"))["overview"]
    site, port = overview["sites"][0]["site"], overview["ports"][0]["port"]
    answer = json.loads(ask(design, "--json", "--site", site, "--port", port, "--gap"))
    assert answer["schema"] == "ponplan.explain/1"
    assert answer["site"]["site"] == site
    assert answer["port"]["port"] == port
    assert all("room" in limit for limit in answer["port"]["limits"])
    assert answer["gap"]["bound"] <= answer["gap"]["cost"]


def test_questions_in_words(design: str, area: Path):
    """Site, customer and rules are answered in sentences."""
    overview = json.loads(ask(design, "--json"))["overview"]
    site = overview["sites"][0]["site"]
    assert "the plan costs" in ask(design, "--site", site)
    customer = read_area(area).customers[0].id
    assert customer in ask(design, "--customer", customer)
    assert "gap" in ask(design, "--rules", "--area", str(area))


@pytest.mark.parametrize("arguments", [["--to", "x"], ["--rules"]])
def test_half_a_question_is_wrong_usage(design: str, arguments: list[str]):
    """--to asks nothing without --site, --rules nothing without --area."""
    assert CliRunner().invoke(app, ["explain", design, *arguments]).exit_code == 2


@pytest.mark.parametrize("arguments", [["--site", "x"], ["--port", "x"], ["--customer", "x"]])
def test_strangers_are_named(design: str, arguments: list[str]):
    """What is not in the design is refused with its name."""
    with pytest.raises(PonplanError, match="x"):
        CliRunner().invoke(app, ["explain", design, *arguments], catch_exceptions=False)
