"""The page tells where the gap sits and what stops further customers, with figures that are told elsewhere."""

from collections.abc import Callable

import pytest

from ponplan.design import Design
from ponplan.design.explain.gap import explain_gap
from ponplan.report.language import words
from ponplan.report.page.why import gap_table, limit_tables
from ponplan.report.page.write import render_report
from ponplan.topology.network import Network


@pytest.fixture(scope="module")
def campus(planned: Callable[[str], Design]) -> Network:
    """Give the design of a small area."""
    return planned("star-campus").network


def test_gap_table_adds_up(campus: Network):
    """What is left open in the parts is the gap, to the rounding of each row."""
    table, why = gap_table(campus, words()), explain_gap(campus)
    assert table is not None
    assert why.bound is not None
    left = sum(float(row[3].replace(",", "")) for row in table.rows)
    assert left == pytest.approx(why.cost - why.bound, abs=len(table.rows))


def test_every_port_has_one_limit_that_binds(campus: Network):
    """Counts over all limits add up to the ports."""
    counts, least = limit_tables(campus, words())
    assert sum(int(row[1]) for row in counts.rows) == len(campus.ports)
    assert [int(row[3]) for row in least.rows] == sorted(int(row[3]) for row in least.rows)


def test_page_shows_both(campus: Network):
    """The page holds the tables, in either language."""
    assert "Where the gap sits" in render_report(campus)
    assert "差距在哪里" in render_report(campus, language="zh")
