"""The gap by part adds up to the whole, and fills are counted as a second reader counts them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ponplan.design.bill import cost_total
from ponplan.design.explain.gap import explain_gap
from ponplan.design.explain.overview import explain_design
from ponplan.topology.network import Relaxed

if TYPE_CHECKING:
    from ponplan.topology.network import Network


def test_parts_add_up_to_cost_bound_and_gap(town: Network):
    """Cost, bound and gap of the parts add up to those of the design; sections to their parts."""
    why = explain_gap(town)
    assert why.bound is not None
    assert sum(part.cost for part in why.parts) == pytest.approx(cost_total(town.bill), abs=0.01)
    assert sum(part.bound or 0.0 for part in why.parts) == pytest.approx(why.bound, abs=0.05)
    assert sum(part.gap_cost or 0.0 for part in why.parts) == pytest.approx(why.cost - why.bound, abs=0.05)
    assert all(sum(part.sections.values()) == pytest.approx(part.cost, abs=0.01) for part in why.parts)


def test_fills_are_what_was_bought(town: Network):
    """Legs in use are the customers; ports in use are those of the design."""
    fills = {fill.what: fill for part in explain_gap(town).parts for fill in part.fills}
    assert fills["splitter-legs"].used == len(town.onus)
    assert fills["card-ports"].used == len(town.ports)
    assert fills["trunk-fibre"].used <= fills["trunk-fibre"].bought
    assert 0.0 < fills["trunk-fibre"].percent <= 100.0 / (1.0 + town.rules.spare_fibres)


def test_no_gap_is_claimed_for_relaxed_rules(town: Network):
    """Where the design has no bound, the relaxed rules are named instead."""
    rule = Relaxed(rule="reach", subject="C001", value=2.0, limit=1.0)
    why = explain_gap(replace(town, relaxed=(rule,), facts={**town.facts, "cost_bound": None, "gap_percent": None}))
    assert why.bound is None
    assert all(part.gap_cost is None for part in why.parts)
    assert why.relaxed == ("reach of C001",)


def test_overview_counts_everybody(town: Network):
    """All served customers are behind some place, and every port is told."""
    overview = explain_design(town)
    assert sum(site.customers for site in overview.sites) == len(town.onus)
    assert {port.port for port in overview.ports} == {port.id for port in town.ports}
