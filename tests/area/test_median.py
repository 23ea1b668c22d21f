"""The 1-median against trying every junction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest

from ponplan.area.graph import RouteGraph, build_route_graph
from ponplan.area.median import network_median

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.area import Area

    MakeArea = Callable[..., Area]


@pytest.mark.parametrize("seed", range(6))
def test_median_is_the_best_of_all(ragged_town: Callable[[int], RouteGraph], seed: int):
    """The chosen junction has the least weighted sum of distances, and the proof is claimed."""
    graph = ragged_town(seed)
    weights = np.bincount(graph.customer_junctions, minlength=len(graph.junction_ids))
    found = network_median(graph, weights, candidates=np.arange(len(weights)))
    slow = nx.MultiGraph()
    slow.add_weighted_edges_from(
        zip(graph.tails.tolist(), graph.heads.tolist(), graph.lengths_m.tolist(), strict=True)
    )
    totals = {
        node: sum(lengths[k] * weights[k] for k in np.flatnonzero(weights).tolist())
        for node, lengths in nx.all_pairs_dijkstra_path_length(slow)
    }
    assert found.is_proven
    assert found.total_m == pytest.approx(min(totals.values()))
    assert totals[found.junction] == pytest.approx(found.total_m)


def test_far_candidate_pays_its_offset(make_area: MakeArea):
    """A candidate off its junction is charged that way once per customer."""
    graph = build_route_graph(make_area([[(0, 0), (100, 0)]], customers=[(0, 5), (100, 5)]))
    weights = np.bincount(graph.customer_junctions, minlength=len(graph.junction_ids))
    found = network_median(graph, weights, candidates=np.array([0, 1]), offsets_m=np.array([50.0, 0.0]))
    assert found.index == 1
    assert found.total_m == pytest.approx(110.0)
