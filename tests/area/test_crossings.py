"""Streets drawn through each other are split where they cross, bridges are not."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.area.crossings import join_crossings
from ponplan.area.graph import build_route_graph

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.area import Area

    MakeArea = Callable[..., Area]


def test_grid_of_through_streets(make_area: MakeArea):
    """Three streets across three are 24 pieces meeting in nine crossings."""
    lines = [[(-50, y), (250, y)] for y in (0, 100, 200)] + [[(x, -50), (x, 250)] for x in (0, 100, 200)]
    routes, cuts = join_crossings(make_area(lines).routes)
    assert (len(routes), cuts) == (24, 18)
    graph = build_route_graph(replace(make_area(lines), routes=routes))
    assert len(graph.junction_ids) == 9 + 12


def test_bridge_is_not_joined(make_area: MakeArea):
    """A street that crosses another in a tunnel or on a bridge stays whole, and so does the other."""
    area = make_area([[(0, 0), (100, 0)], [(50, -50), (50, 50)]])
    over = replace(area.routes[1], risk_groups=("bridge-1",), joinable=False)
    routes, cuts = join_crossings((area.routes[0], over))
    assert (routes, cuts) == ((area.routes[0], over), 0)


def test_ends_on_ends_are_left_alone(make_area: MakeArea):
    """Streets that already meet at their ends keep their ids."""
    routes = make_area([[(0, 0), (100, 0)], [(100, 0), (100, 50)]]).routes
    assert join_crossings(routes) == (routes, 0)


@pytest.mark.parametrize("seed", range(4))
def test_length_is_kept(make_area: MakeArea, seed: int):
    """Cutting random lines where they cross keeps their total length, and everything that met still meets."""
    rng = np.random.default_rng(seed)
    lines = [[tuple(rng.uniform(0, 500, 2)) for _ in range(4)] for _ in range(20)]
    before = make_area(lines).routes
    after, cuts = join_crossings(before)
    assert len(after) == len(before) + cuts
    assert math.isclose(sum(r.line.length for r in after), sum(r.line.length for r in before), rel_tol=1e-9)
