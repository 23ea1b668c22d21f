"""Fibres of one cable: what leaves together lies together, no tube is opened without need, nothing is used twice."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.design import design_network
from ponplan.design.strands import Bundle, bundle_links, place_bundles
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.topology.network import Network


def _openings(numbers: dict[int, int], exits: dict[int, int], per_tube: int) -> int:
    """Count the tubes opened at all exits."""
    return len({(exits[link], (fibre - 1) // per_tube) for link, fibre in numbers.items()})


def _allocate(groups: list[int], fibres: int, per_tube: int) -> tuple[dict[int, int], dict[int, int]]:
    exits, bundles, first = {}, [], 0
    for place, size in enumerate(groups):
        links = list(range(first, first + size))
        first += size
        exits |= dict.fromkeys(links, place)
        bundles += [Bundle(place, held) for held in bundle_links([links], per_tube)]
    return place_bundles(bundles, fibres, per_tube), exits


@pytest.mark.parametrize("seed", range(60))
def test_each_fibre_once_and_few_tubes_opened(seed: int):
    """No fibre twice; where every exit finds room in whole tubes, at most one tube is opened in vain."""
    rng = np.random.default_rng(seed)
    per_tube = int(rng.integers(2, 5))
    tubes = int(rng.integers(1, 5))
    groups: list[int] = []
    while sum(groups) < 0.75 * tubes * per_tube:
        groups.append(int(rng.integers(1, per_tube + 3)))
    if sum(groups) > tubes * per_tube:
        groups[-1] -= sum(groups) - tubes * per_tube
    groups = [size for size in groups if size]
    numbers, exits = _allocate(groups, tubes * per_tube, per_tube)
    assert len(set(numbers.values())) == len(numbers) == sum(groups)
    assert all(1 <= fibre <= tubes * per_tube for fibre in numbers.values())
    fewest = sum(-(-size // per_tube) for size in groups)
    parts = [size % per_tube for size in groups if size % per_tube]
    room = tubes - sum(size // per_tube for size in groups)
    if _fit(parts, room, per_tube):
        assert _openings(numbers, exits, per_tube) <= fewest + (0 if len(parts) <= room else 1)
    assert _openings(numbers, exits, per_tube) <= fewest + tubes - 1


def _fit(parts: list[int], room: int, per_tube: int) -> bool:
    """Say whether the parts of tubes fit whole into so many tubes, by trying all."""
    return any(
        all(sum(p for p, t in zip(parts, chosen, strict=True) if t == tube) <= per_tube for tube in range(room))
        for chosen in itertools.product(range(room), repeat=len(parts))
    )


def test_exits_have_tubes_of_their_own_where_there_are_enough():
    """Three exits in a cable of four tubes: each opens one tube and the fourth is never opened."""
    numbers, exits = _allocate([5, 7, 12], 48, 12)
    assert _openings(numbers, exits, 12) == 3
    assert {(fibre - 1) // 12 for fibre in numbers.values()} == {0, 1, 2}
    assert [numbers[link] for link in range(5)] == [1, 2, 3, 4, 5]


def test_a_bundle_keeps_the_order_of_the_next_cable():
    """What goes on into one cable stays together, in its order, and is not mixed with what ends here."""
    assert bundle_links([[7, 3], [9, 1, 4]], 12) == [(7, 3, 9, 1, 4)]
    assert bundle_links([[0, 1, 2], [3, 4, 5]], 4) == [(0, 1, 2), (3, 4, 5)]
    assert sum(map(len, bundle_links([[0, 1, 2], [3, 4, 5], [6, 7]], 4))) == 8
    assert len(bundle_links([[0, 1, 2], [3, 4, 5], [6, 7]], 4)) == 2


@pytest.fixture(scope="module", params=(3, 21))
def network(request: pytest.FixtureRequest, cases: ModuleType) -> Network:
    """Give the network of a random area."""
    return design_network(cases.random_area(request.param), seed=1).network


def test_no_more_splices_than_cables_change(network: Network):
    """Light is spliced where it goes into another cable and nowhere else; other fibres pass their closures uncut."""
    survey = Survey(network)
    changes = sum(max(0, len(link.strands) - 1) for link in network.links)
    assert len(survey.joints) == changes
    assert max(Counter(strand for link in network.links for strand in link.strands).values()) == 1


def test_splices_between_two_cables_run_in_order(network: Network):
    """From one cable into the next, a higher fibre is never spliced to a lower one within one tube."""
    pairs: dict[tuple[str, str, int], list[tuple[int, int]]] = defaultdict(list)
    types = network.catalogue.cable_types
    tube = {cable.id: types[cable.type].fibres_per_tube for cable in network.cables}
    for link in network.links:
        for (before, fibre), (after, onward) in itertools.pairwise(link.strands):
            pairs[before, after, (fibre - 1) // tube[before]].append((fibre, onward))
    for splices in pairs.values():
        onward = [second for _, second in sorted(splices)]
        assert onward == sorted(onward)
