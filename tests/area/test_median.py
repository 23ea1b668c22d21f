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


def _town(make_area: MakeArea, seed: int) -> RouteGraph:
    rng = np.random.default_rng(seed)
    at = np.arange(7) * 100.0
    lines = [[(x, y), (x + 100.0, y)] for x in at[:-1] for y in at]
    lines += [[(x, y), (x, y + 100.0)] for x in at for y in at[:-1]]
    kept = [line for line in lines if rng.random() < 0.75]
    return build_route_graph(make_area(kept, offices=[kept[0][0]], customers=rng.uniform(0, 600, (40, 2)).tolist()))


@pytest.mark.parametrize("seed", range(6))
def test_median_is_the_best_of_all(make_area: MakeArea, seed: int):
    """The chosen junction has the least weighted sum of distances, and the proof is claimed."""
    graph = _town(make_area, seed)
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


def test_distances_are_symmetric(make_area: MakeArea):
    """The way from one junction to another is as long as the way back."""
    graph = _town(make_area, 7)
    slow = nx.MultiGraph()
    slow.add_weighted_edges_from(
        zip(graph.tails.tolist(), graph.heads.tolist(), graph.lengths_m.tolist(), strict=True)
    )
    there = nx.single_source_dijkstra_path_length(slow, 0)
    assert all(nx.dijkstra_path_length(slow, node, 0) == pytest.approx(length) for node, length in there.items())


def test_far_candidate_pays_its_offset(make_area: MakeArea):
    """A candidate off its junction is charged that way once per customer."""
    graph = build_route_graph(make_area([[(0, 0), (100, 0)]], customers=[(0, 5), (100, 5)]))
    weights = np.bincount(graph.customer_junctions, minlength=len(graph.junction_ids))
    found = network_median(graph, weights, candidates=np.array([0, 1]), offsets_m=np.array([50.0, 0.0]))
    assert found.index == 1
    assert found.total_m == pytest.approx(110.0)
