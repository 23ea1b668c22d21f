"""While a plan is made, whoever watches sees what is done, the cheapest so far, the bound and the gap."""

from __future__ import annotations

import re
from pathlib import Path

from ponplan.area import read_area
from ponplan.design import design_network
from ponplan.design.telling import Telling

AREA = Path(__file__).parents[2] / "topologies" / "star-campus"
FIGURES = re.compile(r"cost ([\d,]+); bound ([\d,]+); gap ([\d.]+) %$")


def test_a_run_tells_cost_bound_and_gap():
    """Costs fall, bounds hold for the final plan, and the gap is theirs."""
    told: list[str] = []
    design = design_network(read_area(AREA), watch=told.append)
    found = [FIGURES.search(text) for text in told]
    figures = [[float(part.replace(",", "")) for part in match.groups()] for match in found if match]
    assert len(figures) >= 4
    costs = [cost for cost, _, _ in figures]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == round(design.proof.cost)
    for cost, bound, gap in figures:
        assert bound <= design.proof.cost
        assert abs(gap - 100.0 * (cost - bound) / cost) < 0.06


def test_another_problem_begins_anew():
    """What was known of one problem is not told of the next; a plan that breaks a rule has no price."""
    told: list[str] = []
    telling = Telling(told.append)
    telling("digging")
    telling.proved(50.0)
    telling.found(2e12)
    telling.found(100.0)
    telling.found(120.0)
    telling.begin()
    telling("digging again")
    assert told == [
        "digging",
        "digging; bound 50",
        "digging; cost 100; bound 50; gap 50.0 %",
        "digging again",
    ]
