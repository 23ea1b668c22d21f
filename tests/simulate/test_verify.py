"""Design, play, design again: the loop ends clean or says what remains."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ponplan import check_network, design_network, read_area
from ponplan.simulate.verify import design_verified

if TYPE_CHECKING:
    from ponplan.area import Area
    from ponplan.design import Design


@pytest.fixture(scope="module")
def area() -> Area:
    """Read the bundled bank district."""
    return read_area(Path(__file__).parents[2] / "topologies" / "bank-district")


def plan(area: Area) -> Design:
    """Plan quickly."""
    return design_network(area, seed=1, effort="quick")


def test_a_design_that_keeps_its_promises_is_planned_once(area: Area):
    """The bank district is clean now, in one round."""
    verified = design_verified(area, plan, year=0, seconds=0.1)
    assert verified.is_clean
    assert [one.broken for one in verified.rounds] == [0]


def test_ports_that_fail_are_shared_by_fewer(area: Area):
    """Far beyond the horizon the first plan fails, and plans with smaller splits follow until one is clean."""
    verified = design_verified(area, plan, year=18, seconds=0.1)
    first, last = verified.rounds[0], verified.rounds[-1]
    assert first.broken > 0
    assert first.ports
    assert last.broken == 0
    limits = [one.max_split for one in verified.rounds[1:]]
    assert limits == sorted(limits, reverse=True)
    assert verified.is_clean
    assert check_network(verified.design.network) == ()
