"""Whoever uses an edge, their shares are at most those of the first ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.nearest import nearest_sources
from ponplan.optimise.ranking import share_by_rank

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _case(seed: int) -> tuple[NDArray[np.generic], ...]:
    rng = np.random.default_rng([seed, 71])
    size = int(rng.integers(3, 9))
    tails = np.concatenate([np.arange(size - 1), rng.integers(0, size, 3)])
    heads = np.concatenate([np.arange(1, size), rng.integers(0, size, 3)])
    graph = SparseGraph.from_edges(size, tails, heads, rng.uniform(0.0, 9.0, len(tails)))
    junctions = np.sort(rng.choice(size, int(rng.integers(1, size + 1)), replace=False))
    near = nearest_sources(graph, junctions, width=int(rng.integers(1, len(junctions) + 1)))
    sizes = rng.integers(1, 5, len(junctions))
    users = [np.flatnonzero(rng.random(len(junctions)) < rng.choice([0.0, 0.3, 1.0])) for _ in range(len(tails))]
    first = np.concatenate([[0], np.cumsum([len(some) for some in users])])
    more = np.sort(rng.uniform(0.0, 1.0, int(rng.integers(0, 7))))[::-1].copy()
    return tails, heads, *near, sizes, first, np.concatenate(users).astype(np.int64), more


@pytest.mark.parametrize("seed", range(40))
def test_no_set_of_clients_pays_more_than_the_first_ranks(seed: int):
    """On every edge the largest n shares together are at most the first n, for every n; none is given twice."""
    *network, sizes, first, users, more = _case(seed)
    spots, edges, shares = share_by_rank(*network, sizes, first, users, more)
    sums = np.concatenate([[0.0], np.cumsum(more)])
    for edge in range(len(network[0])):
        here = edges == edge
        assert len(np.unique(spots[here])) == here.sum()
        largest = np.sort(np.repeat(shares[here], sizes[spots[here]]))[::-1]
        most = sums[np.minimum(np.arange(1, len(largest) + 1), len(more))]
        assert (np.cumsum(largest) <= most + 1e-12).all()


@pytest.mark.parametrize("seed", range(40))
def test_users_come_first_and_take_all_there_is(seed: int):
    """The users of an edge pay the first shares together, however far away they are."""
    *network, sizes, first, users, more = _case(seed)
    spots, edges, shares = share_by_rank(*network, sizes, first, users, more)
    paid = np.zeros((len(network[0]), len(sizes)))
    paid[edges, spots] = shares * sizes[spots]
    for edge in range(len(network[0])):
        mine = users[first[edge] : first[edge + 1]]
        assert paid[edge, mine].sum() == pytest.approx(more[: sizes[mine].sum()].sum())
