"""Serving areas are pieces of the tree that together hold every customer once."""

from __future__ import annotations

import numpy as np
import pytest

from ponplan.area.generate import generate_area
from ponplan.design import design_network, improving
from ponplan.design.serving import serving_areas
from ponplan.design.tree import RootedTree


def _random_tree(seed: int, num_nodes: int) -> RootedTree:
    rng = np.random.default_rng(seed)
    heads = np.arange(1, num_nodes)
    tails = np.array([int(rng.integers(max(0, node - 4), node)) for node in heads])
    return RootedTree.from_edges(num_nodes, 0, np.arange(num_nodes - 1), tails, heads, np.ones(num_nodes - 1))


@pytest.mark.parametrize("seed", range(6))
def test_every_customer_is_in_one_area_with_its_place(seed: int):
    """Areas share no place and no customer, leave none out, and hold the place of each of their customers."""
    rng = np.random.default_rng(seed)
    tree = _random_tree(seed, 200)
    junctions = rng.choice(np.arange(1, 200), 40, replace=False)
    assignment = rng.integers(40, size=500)
    areas = serving_areas(tree, junctions, assignment, size=60)
    assert sorted(np.concatenate([area.customers for area in areas]).tolist()) == list(range(500))
    places = np.concatenate([area.places for area in areas]).tolist()
    assert len(places) == len(set(places))
    for area in areas:
        assert area.places[area.within(assignment)].tolist() == assignment[area.customers].tolist()


@pytest.mark.parametrize("seed", range(6))
def test_areas_are_connected_and_of_a_size(seed: int):
    """No way between two places of an area leads over a third area's top, and few areas are small or very large."""
    rng = np.random.default_rng(seed)
    tree = _random_tree(seed, 300)
    junctions = np.arange(1, 300)
    assignment = rng.integers(299, size=2000)
    areas = serving_areas(tree, junctions, assignment, size=100)
    sizes = [len(area.customers) for area in areas]
    tops = [min(junctions[area.places], key=lambda j: tree.position[j]) for area in areas]
    for area, top in zip(areas, tops, strict=True):
        for junction in junctions[area.places].tolist():
            while junction != top and junction != 0:
                assert junction in junctions[area.places]
                junction = int(tree.parents[junction])
    assert sum(size < 100 for size in sizes) <= np.count_nonzero(tree.parents == 0)
    assert max(sizes) <= 100 * 5


def test_a_small_plan_is_one_area():
    """With fewer customers than an area may have, and one way from the root, nothing is cut."""
    tree = RootedTree.from_edges(5, 0, np.arange(4), np.array([0, 1, 1, 3]), np.array([1, 2, 3, 4]), np.ones(4))
    areas = serving_areas(tree, np.array([2, 4]), np.array([0, 1, 1, 0]), size=10)
    assert [area.customers.tolist() for area in areas] == [[0, 1, 2, 3]]


def test_processes_do_not_change_a_plan_that_is_cut(monkeypatch: pytest.MonkeyPatch):
    """A town cut into several serving areas gets the same cables, links and bill on one process and on two."""
    monkeypatch.setattr(improving, "SERVING_SIZES", (60, 40))
    area = generate_area("mixed-town", customers=200, seed=1)
    cut: list[int] = []
    areas_of = improving.serving_areas

    def counted(*arguments: object, **options: object) -> object:
        areas = areas_of(*arguments, **options)
        cut.append(len(areas))
        return areas

    monkeypatch.setattr(improving, "serving_areas", counted)
    one, two = (design_network(area, jobs=jobs, effort="normal").network for jobs in (1, 2))
    assert min(cut) > 1
    for table in ("nodes", "cables", "splitters", "links", "bill"):
        assert getattr(one, table) == getattr(two, table)
