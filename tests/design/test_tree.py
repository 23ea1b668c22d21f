"""Rooted trees agree with networkx."""

import networkx as nx
import numpy as np
import pytest

from ponplan.design.tree import RootedTree


def _random_tree(seed: int) -> tuple[nx.Graph, RootedTree]:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 40))
    graph = nx.random_labeled_tree(size, seed=int(rng.integers(1 << 30)))
    edges = np.array(list(graph.edges), np.int64).reshape(-1, 2)
    lengths_m = rng.random(len(edges)) * 100.0
    for (tail, head), length_m in zip(edges, lengths_m, strict=True):
        graph[tail][head]["length_m"] = length_m
    tree = RootedTree.from_edges(size, 0, np.arange(len(edges)), edges[:, 0], edges[:, 1], lengths_m)
    return graph, tree


@pytest.mark.parametrize("seed", range(60))
def test_distances_equal_shortest_paths(seed: int):
    """In a tree the only path is the shortest one."""
    graph, tree = _random_tree(seed)
    pairs = np.array([(u, v) for u in graph for v in graph], np.int64)
    exact = dict(nx.all_pairs_dijkstra_path_length(graph, weight="length_m"))
    expected = [exact[u][v] for u, v in pairs.tolist()]
    np.testing.assert_allclose(tree.distances_m(pairs[:, 0], pairs[:, 1]), expected, atol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_preorder_keeps_every_subtree_together(seed: int):
    """The descendants of a junction stand in one run of the preorder right behind it."""
    graph, tree = _random_tree(seed)
    directed = nx.bfs_tree(graph, 0)
    for node in graph:
        below = sorted(tree.position[list(nx.descendants(directed, node) | {node})].tolist())
        assert below == list(range(int(tree.position[node]), int(tree.position[node]) + len(below)))


def test_a_circle_is_refused():
    """Edges that close a circle are no tree."""
    ends = np.array([0, 1, 2]), np.array([1, 2, 0])
    with pytest.raises(ValueError, match="not one tree"):
        RootedTree.from_edges(3, 0, np.arange(3), *ends, np.ones(3))
