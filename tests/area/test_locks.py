"""Columns by which a planner takes a hand in the plan: locked and forbidden sites, forbidden routes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ponplan.area import read_area, write_area
from ponplan.errors import AreaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ponplan.area.model import Area


def test_locks_survive_writing_and_reading(make_area: Callable[..., Area], tmp_path: Path) -> None:
    """What is locked and what is forbidden stands in the layers of the area."""
    area = make_area([[(0, 0), (100, 0)], [(0, 0), (0, 50)]], customers=[(50.0, 5.0)], sites=[(10, 0), (20, 0)])
    sites = (replace(area.sites[0], locked=True), replace(area.sites[1], forbidden=True))
    area = replace(area, sites=sites, routes=(area.routes[0], replace(area.routes[1], forbidden=True)))
    write_area(area, tmp_path / "area")
    again = read_area(tmp_path / "area")
    assert again.sites == sites
    assert [route.forbidden for route in again.routes] == [False, True]


def test_locked_and_forbidden_is_a_fault_of_its_row(make_area: Callable[..., Area], tmp_path: Path) -> None:
    """The reader names the row of a site that is locked and forbidden at once."""
    area = make_area([[(0, 0), (100, 0)]], customers=[(50.0, 5.0)], sites=[(10, 0)])
    area = replace(area, sites=(replace(area.sites[0], locked=True, forbidden=True),))
    write_area(area, tmp_path / "area")
    with pytest.raises(AreaError, match=r"row 1, field locked: .*must be used, and it is forbidden"):
        read_area(tmp_path / "area")
