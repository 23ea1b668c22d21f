"""Distances in the reduced graph against those in the whole one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest

from ponplan.area.graph import RouteGraph, build_route_graph
from ponplan.area.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.area import Area

    MakeArea = Callable[..., Area]


@pytest.mark.parametrize("seed", range(6, 12))
def test_distances_are_those_of_the_whole_graph(ragged_town: Callable[[int], RouteGraph], seed: int):
    """From every junction to every other it is as far as in the graph that was not reduced."""
    graph = ragged_town(seed)
    slow = nx.MultiGraph()
    slow.add_nodes_from(range(len(graph.junction_ids)))
    slow.add_weighted_edges_from(
        zip(graph.tails.tolist(), graph.heads.tolist(), graph.lengths_m.tolist(), strict=True)
    )
    ways = Ways(graph)
    for node, lengths in nx.all_pairs_dijkstra_path_length(slow):
        expected = [lengths.get(other, np.inf) for other in range(len(graph.junction_ids))]
        assert ways.distances_m(node) == pytest.approx(np.array(expected))


@pytest.mark.parametrize("lines", [[[(0, 0), (100, 0), (100, 100), (0, 0)]], [[(0, 0), (100, 0)]]])
def test_distances_along_a_ring_and_a_single_street(make_area: MakeArea, lines: list[list[tuple[float, float]]]):
    """A ring is walked the shorter way round, and a street alone has two ends."""
    graph = build_route_graph(make_area(lines, customers=[(20, -5), (60, -5), (90, -5)]))
    slow = nx.MultiGraph()
    slow.add_weighted_edges_from(
        zip(graph.tails.tolist(), graph.heads.tolist(), graph.lengths_m.tolist(), strict=True)
    )
    for node, lengths in nx.all_pairs_dijkstra_path_length(slow):
        expected = [lengths[other] for other in range(len(graph.junction_ids))]
        assert Ways(graph).distances_m(node) == pytest.approx(np.array(expected))
