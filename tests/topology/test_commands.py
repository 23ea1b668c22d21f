"""The commands `check` and `trace`: exit codes, JSON, text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from ponplan.cli.check import check_command
from ponplan.cli.trace import trace_command
from ponplan.errors import DesignFileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

app = typer.Typer()
app.command("check")(check_command)
app.command("trace")(trace_command)


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_clean_design_exits_with_nothing(edited: Callable[..., Path]) -> None:
    """A sound design gives an empty list and exit code 0."""
    result = _run("check", str(edited("star")), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"schema": "ponplan.check/1", "violations": [], "relaxed": [], "edited": []}


def test_violations_exit_with_four(edited: Callable[..., Path]) -> None:
    """Violations come with rule, subject, value, limit and message, and exit code 4."""
    path = edited("tiny", "UPDATE routes SET length_m = 1001 WHERE id = 'r-office-cabinet'")
    result = _run("check", str(path), "--json")
    assert result.exit_code == 4
    first = json.loads(result.stdout)["violations"][1]
    assert first == {
        "rule": "route-length",
        "subject": "r-office-cabinet",
        "value": 1001.0,
        "limit": 1000.0,
        "message": "route r-office-cabinet is said to be 1001.000 m long; its line is 1000.000 m",
    }


def test_relaxed_rules_do_not_count(edited: Callable[..., Path]) -> None:
    """What the design lists as relaxed is shown apart and exits with 0."""
    path = edited(
        "tiny",
        "UPDATE links SET strands = 'f1:2' WHERE id = 'l1'",
        "UPDATE rules SET spare_fibres = 4",
        "INSERT INTO relaxed VALUES (1, 'spare-fibres', 'f1', 3, 4)",
    )
    result = _run("check", str(path), "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert answer["violations"] == []
    assert [row["rule"] for row in answer["relaxed"]] == ["spare-fibres"]


def test_text_names_rule_subject_and_reason(edited: Callable[..., Path]) -> None:
    """Without --json every violation is a line that begins with its rule and subject."""
    result = _run("check", str(edited("tiny", "UPDATE ports SET number = 9")))
    assert result.exit_code == 4
    assert result.stdout.startswith("port-number olt-office-p1: ")
    assert "1 violations" in result.stderr


def test_answer_is_json_even_without_finite_numbers(edited: Callable[..., Path]) -> None:
    """Infinite fill and unknown losses become null, never a broken answer."""
    path = edited("tiny", "UPDATE routes SET bores = 0", "UPDATE splitters SET type = 'unknown'")
    assert json.loads(_run("check", str(path), "--json").stdout)["violations"]
    assert (
        json.loads(_run("trace", str(path), "c1", "--json").stdout)["paths"][0]["light"]["down"]["max_loss_db"]
        is None
    )


def test_broken_file_is_a_fault_of_the_input(tmp_path: Path) -> None:
    """A file that is no design is refused as the input's fault."""
    path = tmp_path / "plan.gpkg"
    path.write_text("hello")
    result = _run("check", str(path))
    assert isinstance(result.exception, DesignFileError)
    assert result.exception.exit_code == 3


def test_trace_json_holds_every_element(edited: Callable[..., Path]) -> None:
    """The JSON of a trace has the promised fields at the top and elements with losses, tube and fibre."""
    answer = json.loads(_run("trace", str(edited("full")), "c1", "--json").stdout)
    assert answer["schema"] == "ponplan.trace/1"
    assert [path["role"] for path in answer["paths"]] == ["working", "protecting"]
    fibre = next(element for element in answer["paths"][0]["elements"] if element["kind"] == "fibre")
    assert fibre["down_max_db"] == pytest.approx(781.025 * 0.25e-3, abs=1e-6)
    assert (fibre["tube"], fibre["fibre"], fibre["colour"]) == (1, 1, 1)


def test_trace_table_shows_losses_and_power(edited: Callable[..., Path]) -> None:
    """The table for people has every cable with its length, and the power received both ways."""
    text = _run("trace", str(edited("tiny")), "c1").stdout
    assert "f1" in text
    assert "1000.0" in text
    assert "down: receives -12.47 to" in text.replace("-12.48", "-12.47")
    assert "up: receives" in text


def test_unserved_customer_is_told_why(edited: Callable[..., Path]) -> None:
    """A customer without service is traced to the reason."""
    path = edited(
        "tiny",
        "UPDATE customers SET unserved = 'beyond reach' WHERE id = 'c1'",
        "DELETE FROM links WHERE to_device = 'onu-c1'",
        "DELETE FROM onus WHERE id = 'onu-c1'",
    )
    result = _run("trace", str(path), "c1")
    assert result.exit_code == 0
    assert "not served: beyond reach" in result.stderr
