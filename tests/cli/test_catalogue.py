"""`ponplan catalogue` shows the catalogue to people, machines and spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from ponplan.catalogue import read_catalogue
from ponplan.catalogue.catalogue import ROW_TYPES
from ponplan.cli.catalogue import catalogue_command
from ponplan.errors import CatalogueError

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

APP = typer.Typer()
APP.command()(catalogue_command)


def run(*arguments: str) -> Result:
    """Run the command as a user would."""
    return CliRunner().invoke(APP, arguments)


def test_tables_are_listed() -> None:
    """Without a table every table is named with its number of rows and the currency of prices."""
    said = run()
    assert said.exit_code == 0
    first_words = [line.split()[0] for line in said.stdout.splitlines() if line.strip()]
    assert first_words[1 : len(ROW_TYPES) + 1] == list(ROW_TYPES)
    assert "EUR" in said.stdout


@pytest.mark.parametrize("table", ROW_TYPES)
def test_every_table_is_shown(table: str) -> None:
    """A table is shown with each of its ids and what its columns mean."""
    said = run(table)
    assert said.exit_code == 0
    words = set(said.stdout.split())
    assert set(getattr(read_catalogue(), table)) <= words
    assert {"column", "meaning", "source", "trust"} <= words


def test_narrow_terminal_gets_one_cell_a_line() -> None:
    """Rows too wide for the terminal stand one below the other, nothing cut off."""
    said = CliRunner().invoke(APP, ["technologies"], env={"COLUMNS": "60", "FORCE_COLOR": "1"})
    assert said.exit_code == 0
    assert "down_line_bps" in said.stdout
    assert "2488320000 bps" in said.stdout
    assert "…" not in said.stdout


def test_json_is_one_object_with_rows_and_columns() -> None:
    """Machines get every row with typed values, and the schema of its columns."""
    answer = json.loads(run("splitters", "--json").stdout)
    assert answer["schema"] == "ponplan.catalogue/1"
    assert answer["table"] == "splitters"
    row = next(row for row in answer["rows"] if row["id"] == "splitter-1x32")
    assert (row["outputs"], row["max_loss_db"], row["through_max_loss_db"]) == (32, 17.5, None)
    assert {"name": "max_loss_db", "unit": "dB"}.items() <= answer["columns"][5].items()


def test_json_list_counts_rows() -> None:
    """Without a table machines get the names and the numbers of rows."""
    answer = json.loads(run("--json").stdout)
    assert answer["currency"] == "EUR"
    assert [table["name"] for table in answer["tables"]] == list(ROW_TYPES)


def test_csv_can_be_changed_and_given_back(tmp_path: Path) -> None:
    """What --csv prints is a file for --catalogue."""
    text = run("surfaces", "--csv").stdout
    assert len(list(csv.DictReader(io.StringIO(text)))) == len(read_catalogue().surfaces)
    (tmp_path / "surfaces.csv").write_text(text.replace("Drilled crossing", "Bored crossing"), encoding="utf-8")
    assert "Bored crossing" in run("surfaces", "--catalogue", str(tmp_path)).stdout


def test_price_book_is_seen(tmp_path: Path) -> None:
    """With --prices the planner's figures are shown."""
    (tmp_path / "book.csv").write_text("item,material_cost\ngrass,12.34\n", encoding="utf-8")
    assert "12.34" in run("prices", "--prices", str(tmp_path / "book.csv")).stdout


def test_unknown_table_is_wrong_usage() -> None:
    """A table that does not exist ends with code 2 and the closest one that does."""
    said = run("splitter")
    assert said.exit_code == 2
    assert "did you mean splitters?" in said.stderr


@pytest.mark.parametrize("arguments", [("--csv",), ("splitters", "--csv", "--json")])
def test_contradicting_options_are_wrong_usage(arguments: tuple[str, ...]) -> None:
    """--csv wants one table and no --json."""
    assert run(*arguments).exit_code == 2


def test_faults_of_a_price_book_reach_the_caller(tmp_path: Path) -> None:
    """The command leaves complaints to the program that turns them into lines."""
    (tmp_path / "book.csv").write_text("item,material_cost\ngras,1\n", encoding="utf-8")
    said = run("prices", "--prices", str(tmp_path / "book.csv"))
    assert isinstance(said.exception, CatalogueError)
