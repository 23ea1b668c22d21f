"""A design file that lacks what came later is read, with what is shipped or usual filled in, and that is said."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ponplan.catalogue import read_catalogue
from ponplan.catalogue.older import catalogue_of_older
from ponplan.cli.app import app
from ponplan.errors import CatalogueError
from ponplan.topology import check_network, read_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ponplan.topology.network import Network


def _without_column(text: str, name: str) -> str:
    """Give a CSV table without a column."""
    rows = list(csv.reader(io.StringIO(text)))
    at = rows[0].index(name)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([*row[:at], *row[at + 1 :]] for row in rows)
    return out.getvalue()


def _said(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records)


def test_missing_catalogue_table_is_the_shipped_one(edited: Callable[..., Path], caplog: pytest.LogCaptureFixture):
    """A table that the file's catalogue lacks is filled in, the network is the same, and a warning says so."""
    whole = read_network(edited("tiny"))
    network = read_network(edited("tiny", "DELETE FROM catalogue WHERE name = 'reliability'"))
    assert network.catalogue.reliability == read_catalogue().reliability
    assert (network.links, network.bill) == (whole.links, whole.bill)
    assert check_network(network) == check_network(whole)
    assert "table reliability is the shipped one" in _said(caplog)


def test_missing_catalogue_column_is_filled_row_by_row(edited: Callable[..., Path], caplog: pytest.LogCaptureFixture):
    """A column that a table lacks comes from the shipped row of the same id."""
    path = edited("tiny")
    with closing(sqlite3.connect(path)) as connection, connection:
        (text,) = connection.execute("SELECT csv FROM catalogue WHERE name = 'splitters'").fetchone()
        changed = _without_column(text, "max_loss_db")
        connection.execute("UPDATE catalogue SET csv = ? WHERE name = 'splitters'", (changed,))
    network = read_network(path)
    shipped = read_catalogue().splitters
    for name, row in network.catalogue.splitters.items():
        assert row.max_loss_db == shipped[name].max_loss_db
    assert "column max_loss_db of splitters is the shipped one" in _said(caplog)


@pytest.mark.parametrize("table", ["exposures", "class_rules", "circuits", "bearer_links"])
def test_missing_record_table_is_empty(edited: Callable[..., Path], caplog: pytest.LogCaptureFixture, table: str):
    """A table of records that a network may do without is taken as empty."""
    network: Network = read_network(edited("tiny", f"DROP TABLE {table}"))
    assert getattr(network, table) == ()
    assert f"table {table} is missing: taken as empty" in _said(caplog)


def test_missing_record_column_has_its_default(edited: Callable[..., Path], caplog: pytest.LogCaptureFixture):
    """A field with a default has it in every row; whoever reads on the terminal sees it."""
    path = edited("tiny", "DROP VIEW splitters_map", "ALTER TABLE splitters DROP COLUMN locked")
    assert all(not splitter.locked for splitter in read_network(path).splitters)
    assert "column locked of splitters is missing: taken as False" in _said(caplog)
    assert CliRunner().invoke(app, ["check", str(path)]).exit_code in (0, 4)


def test_complete_file_says_nothing(edited: Callable[..., Path], caplog: pytest.LogCaptureFixture):
    """A file of today is read without a word."""
    read_network(edited("tiny"))
    assert _said(caplog) == ""


def test_own_rows_get_what_is_usual():
    """A planner's own row gets the column's default or what most shipped rows say, and is named."""
    tables = read_catalogue().to_tables()
    own = tables["splitters"].replace("splitter-1x2,", "own-1x2,")
    prices = tables["prices"].replace("splitter-1x2,", "own-1x2,")
    text = _without_column(own, "inputs")
    catalogue, notes = catalogue_of_older({**tables, "splitters": text, "prices": prices})
    assert catalogue.splitters["own-1x2"].inputs == 1
    assert any("own-1x2" in note for note in notes)


def test_filled_table_names_only_what_is_there():
    """Rows of a filled table that refer to what the file does not have are left out, and named."""
    tables = read_catalogue().to_tables()
    del tables["timings"]
    rows = list(csv.DictReader(io.StringIO(tables["technologies"])))
    catalogue, notes = catalogue_of_older(tables)
    assert set(catalogue.timings) == set(read_catalogue().timings)
    assert len(rows) == len(catalogue.technologies)
    assert notes == ("table timings is the shipped one",)


def test_prices_of_a_filled_table_in_another_currency():
    """Items of a filled table have no price in the file's currency: they count as nothing, and that is said."""
    tables = read_catalogue().to_tables()
    items = set(read_catalogue().bearer_optics)
    lines = tables["prices"].splitlines()
    kept = [line for line in lines if line.split(",")[0] not in items]
    tables["prices"] = "\n".join(kept).replace(",EUR,", ",CNY,") + "\n"
    del tables["bearer_optics"]
    catalogue, notes = catalogue_of_older(tables)
    assert {catalogue.price(item).material_cost for item in items} == {0.0}
    assert catalogue.currency == "CNY"
    assert any("no price in CNY" in note for note in notes)


def test_nonsense_stays_a_fault():
    """A table that is no table of ours is refused as before."""
    with pytest.raises(CatalogueError, match="no such table"):
        catalogue_of_older({**read_catalogue().to_tables(), "dreams": "id\nx\n"})
