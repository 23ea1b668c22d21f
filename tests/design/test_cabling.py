"""Cables along a tree cost as little as in any choice of sizes and cuts."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from ponplan.design.cabling import LaidCable, Run, groups_that_fit, lay_cables
from ponplan.design.prices import CablePrices


def _random_fan(seed: int) -> tuple[list[Run], np.ndarray, CablePrices, float, dict[int, int]]:
    """Give runs over a random tree rooted at 0, where edge i leads to junction i + 1; and each junction's parent."""
    rng = np.random.default_rng(seed)
    num_edges = int(rng.integers(1, 6))
    parents = {i + 1: int(rng.integers(0, i + 1)) for i in range(num_edges)}
    num_links = int(rng.integers(1, 5))
    ends = rng.integers(1, num_edges + 1, num_links)
    runs = []
    for link, end in enumerate(ends.tolist()):
        way = [end]
        while way[-1] != 0:
            way.append(parents[way[-1]])
        way.reverse()
        runs.append(Run(link=link, junctions=way, edges=[junction - 1 for junction in way[1:]]))
    usable = np.array(sorted(rng.choice([1, 2, 3, 4, 6], 3, replace=False)), np.int64)
    usable[-1] = max(usable[-1], num_links)
    prices = CablePrices(
        types=(),
        usable=usable,
        cost_per_m=rng.uniform(0.0, 5.0, 3),
        longest_m=np.full(3, np.inf),
        splice_cost=float(rng.uniform(0.0, 40.0)),
    )
    return runs, rng.uniform(1.0, 50.0, num_edges), prices, float(rng.uniform(0.0, 60.0)), parents


def _trial_cost(
    runs: list[Run], lengths_m: np.ndarray, prices: CablePrices, joint_cost: float, parents: dict[int, int]
) -> float:
    """Try every type on every edge and every branch, or none, that keeps the cable uncut at every junction."""
    fibres = {edge: sum(edge in run.edges for run in runs) for run in runs for edge in run.edges}
    edges = sorted(fibres)
    behind = {edge: [e for e in edges if parents[e + 1] == edge + 1] for edge in edges}
    best = math.inf
    for types in product(range(len(prices.usable)), repeat=len(edges)):
        of = dict(zip(edges, types, strict=True))
        if any(prices.usable[of[edge]] < fibres[edge] for edge in edges):
            continue
        cable = sum(lengths_m[edge] * prices.cost_per_m[of[edge]] for edge in edges)
        for kept in product(*([None, *(b for b in behind[e] if of[b] == of[e])] for e in edges)):
            cut = [b for e, keeps in zip(edges, kept, strict=True) for b in behind[e] if b != keeps]
            best = min(best, cable + sum(fibres[b] * prices.splice_cost + joint_cost for b in cut))
    return best


def _cost(cables: list[LaidCable], lengths_m: np.ndarray, prices: CablePrices, joint_cost: float) -> float:
    cable = sum(lengths_m[list(c.edges)].sum() * prices.cost_per_m[c.type_index] for c in cables)
    joined = [c for c in cables if c.junctions[0] != 0]
    return cable + sum(len(c.links) * prices.splice_cost + joint_cost for c in joined)


@pytest.mark.parametrize("seed", range(60))
def test_cables_cost_as_little_as_any_choice(seed: int):
    """The dynamic programme meets the least cost over all sizes and cuts, at any prices."""
    runs, lengths_m, prices, joint_cost, parents = _random_fan(seed)
    cables = lay_cables(0, runs, lengths_m, prices, joint_cost=joint_cost)
    assert _cost(cables, lengths_m, prices, joint_cost) == pytest.approx(
        _trial_cost(runs, lengths_m, prices, joint_cost, parents)
    )


@pytest.mark.parametrize("seed", range(60))
def test_every_link_has_a_fibre_all_along(seed: int):
    """The cables that carry a link cover its way edge by edge, and none carries more than it may light."""
    runs, lengths_m, prices, joint_cost, _ = _random_fan(seed)
    cables = lay_cables(0, runs, lengths_m, prices, joint_cost=joint_cost)
    for run in runs:
        # a link may leave a cable before its end; the stretch behind is dark
        covered = [edge for cable in cables if run.link in cable.links for edge in cable.edges]
        assert set(run.edges) <= set(covered)
    assert all(len(set(c.links)) == len(c.links) <= prices.usable[c.type_index] for c in cables)


def test_too_many_runs_are_refused():
    """More links than the largest cable may light are an error of the caller."""
    one = np.array([1.0])
    prices = CablePrices(types=(), usable=np.array([1]), cost_per_m=one, longest_m=one * np.inf, splice_cost=0.0)
    runs = [Run(link=link, junctions=[0, 1], edges=[0]) for link in range(2)]
    with pytest.raises(ValueError, match="may light 1"):
        lay_cables(0, runs, np.array([5.0]), prices, joint_cost=0.0)


@pytest.mark.parametrize(("count", "capacity"), [(1, 1), (7, 3), (12, 12), (13, 12), (25, 12)])
def test_groups_are_few_and_even(count: int, capacity: int):
    """As few groups as capacity allows, in order, whose sizes differ by at most one."""
    groups = groups_that_fit(list(range(count)), capacity)
    sizes = [len(group) for group in groups]
    assert [item for group in groups for item in group] == list(range(count))
    assert len(groups) == math.ceil(count / capacity)
    assert max(sizes) <= capacity
    assert max(sizes) - min(sizes) <= 1


def test_no_cable_is_longer_than_its_drum():
    """Where the drum ends the next cable begins, and every fibre goes on."""
    runs = [Run(link=link, junctions=list(range(11)), edges=list(range(10))) for link in range(3)]
    prices = CablePrices(
        types=(), usable=np.array([4]), cost_per_m=np.array([1.0]), longest_m=np.array([350.0]), splice_cost=1.0
    )
    cables = lay_cables(0, runs, np.full(10, 100.0), prices, joint_cost=5.0)
    assert [len(cable.edges) for cable in cables] == [3, 3, 3, 1]
    assert all(sorted(cable.links) == [0, 1, 2] for cable in cables)
