"""`ponplan explain` answers each question in words and as JSON, and refuses what makes no sense."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ponplan.area import read_area
from ponplan.cli.app import app
from ponplan.errors import PonplanError

if TYPE_CHECKING:
    from collections.abc import Callable

AREA = Path(__file__).parents[2] / "topologies" / "star-campus"


@pytest.fixture(scope="module")
def design(planned_file: Callable[..., Path]) -> str:
    """Give the design file of a small area."""
    return str(planned_file("star-campus", "quick"))


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


def test_questions_in_words(design: str):
    """Site, customer and rules are answered in sentences."""
    overview = json.loads(ask(design, "--json"))["overview"]
    site = overview["sites"][0]["site"]
    assert "the plan costs" in ask(design, "--site", site)
    customer = read_area(AREA).customers[0].id
    assert customer in ask(design, "--customer", customer)
    assert "gap" in ask(design, "--rules", "--area", str(AREA))


@pytest.mark.parametrize("arguments", [["--to", "x"], ["--rules"]])
def test_half_a_question_is_wrong_usage(design: str, arguments: list[str]):
    """--to asks nothing without --site, --rules nothing without --area."""
    assert CliRunner().invoke(app, ["explain", design, *arguments]).exit_code == 2


@pytest.mark.parametrize("arguments", [["--site", "x"], ["--port", "x"], ["--customer", "x"]])
def test_strangers_are_named(design: str, arguments: list[str]):
    """What is not in the design is refused with its name."""
    with pytest.raises(PonplanError, match="x"):
        CliRunner().invoke(app, ["explain", design, *arguments], catch_exceptions=False)
