"""Sparse graphs: parallels, loops and zero lengths."""

from __future__ import annotations

from ponplan.optimise.graph import SparseGraph


def test_shortest_parallel_stays_and_loops_go() -> None:
    """Of parallel edges the shortest, first of equals, stays in both rows; loops vanish; zero lengths stay."""
    graph = SparseGraph.from_edges(3, [0, 1, 1, 0, 2], [1, 0, 1, 1, 1], [5.0, 2.0, 1.0, 2.0, 0.0])
    assert graph.num_edges == 2
    assert graph.first.tolist() == [0, 1, 3, 4]
    assert graph.neighbours.tolist() == [1, 0, 2, 1]
    assert graph.edge_ids.tolist() == [1, 1, 4, 4]
    assert graph.lengths.tolist() == [2.0, 2.0, 0.0, 0.0]


def test_graph_without_edges() -> None:
    """A graph may have no edges at all."""
    graph = SparseGraph.from_edges(2, [], [], [])
    assert (graph.num_nodes, graph.num_edges) == (2, 0)
