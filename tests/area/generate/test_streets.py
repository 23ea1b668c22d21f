"""Streets: bent but never folded, all of a district connected."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ponplan.area.generate import KINDS
from ponplan.area.generate.district import draw_district
from ponplan.area.generate.layouts import draw_streets
from ponplan.area.generate.streets import draw_bends, draw_lines


@pytest.mark.parametrize("seed", range(5))
def test_bending_never_folds(seed: int) -> None:
    """The map of the plane keeps orientation everywhere: the area of small triangles stays positive."""
    rng = np.random.default_rng(seed)
    bends = draw_bends((0.0, 0.0), rng)
    corner = rng.uniform(-5000.0, 5000.0, (2000, 2))
    a, b, c = bends(corner), bends(corner + np.array([5.0, 0.0])), bends(corner + np.array([0.0, 5.0]))
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    assert (area > 0.0).all()


@pytest.mark.parametrize("seed", range(5))
def test_districts_are_connected(seed: int) -> None:
    """Taking streets away leaves one piece."""
    streets = draw_district(6000.0, (110.0, 80.0), np.random.default_rng(seed))
    places = len(streets.xy_m)
    graph = coo_array((np.ones(len(streets.ends)), tuple(streets.ends.T)), shape=(places, places))
    assert connected_components(graph, directed=False)[0] == 1


@pytest.mark.parametrize(("length_m", "districts"), [(2500.0, 1), (7000.0, 1), (12000.0, 3)])
@pytest.mark.parametrize("seed", range(3))
def test_no_place_of_a_mesh_parts_it(length_m: float, districts: int, seed: int) -> None:
    """In the kind with a mesh of streets all other places stay connected when any one of them is closed."""
    rng = np.random.default_rng(seed)
    streets = draw_streets(KINDS["bank-district"], length_m=length_m, districts=districts, rng=rng)
    places = len(streets.xy_m)
    for closed in range(places):
        ends = streets.ends[(streets.ends != closed).all(axis=1)]
        graph = coo_array((np.ones(len(ends)), tuple(ends.T)), shape=(places, places))
        assert connected_components(graph, directed=False)[0] == 2  # the rest, and the one that is closed


@pytest.mark.parametrize("seed", range(5))
def test_streets_of_a_district_meet_only_at_their_ends(seed: int) -> None:
    """No two edges of a district cross."""
    rng = np.random.default_rng(seed)
    streets = draw_district(6000.0, (110.0, 80.0), rng)
    lines = draw_lines(streets, draw_bends((0.0, 0.0), rng))
    first, second = shapely.STRtree(lines).query(lines, predicate="crosses")
    assert len(first) == len(second) == 0


def test_length_is_about_as_wanted() -> None:
    """Districts together have about the length of street that was asked for."""
    for length_m in (20_000.0, 200_000.0):
        streets = draw_streets(KINDS["mixed-town"], length_m=length_m, districts=6, rng=np.random.default_rng(1))
        assert 0.75 < streets.lengths_m.sum() / length_m < 1.35
