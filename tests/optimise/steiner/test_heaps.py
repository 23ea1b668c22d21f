"""Both heaps give their entries in the order of the keys."""

from __future__ import annotations

import numpy as np

from ponplan.optimise.steiner.heap import heap_pop, heap_push
from ponplan.optimise.steiner.pairing import pair_merge, pair_pop


def test_nodes_come_in_the_order_of_their_lowered_keys() -> None:
    """Nodes whose keys were lowered while waiting leave the heap in the order of the final keys."""
    rng = np.random.default_rng(2)
    key = rng.integers(500, 1000, 200)
    heap, place, size = np.empty(200, np.int32), np.full(200, -1, np.int32), 0
    for node in range(200):
        size = heap_push(heap, place, size, key, node)
    for node in rng.permutation(200)[:80].tolist():
        key[node] -= int(rng.integers(0, 500))
        size = heap_push(heap, place, size, key, node)
    taken = [heap_pop(heap, place, left, key) for left in range(size, 0, -1)]
    assert sorted(taken) == list(range(200))
    assert key[taken].tolist() == sorted(key.tolist())


def test_merged_heaps_give_all_entries_in_order() -> None:
    """Ten heaps of random entries, some taken out early, merge into one that gives the rest in order."""
    rng = np.random.default_rng(3)
    key = rng.integers(0, 50, 300)
    child, sibling = np.full(300, -1, np.int32), np.full(300, -1, np.int32)
    tops = [-1] * 10
    for entry in range(300):
        tops[entry % 10] = pair_merge(child, sibling, key, tops[entry % 10], entry)
    gone = [tops[0], tops[1]]
    tops[0] = pair_pop(child, sibling, key, tops[0])
    tops[1] = pair_pop(child, sibling, key, tops[1])
    whole = -1
    for top in tops:
        whole = pair_merge(child, sibling, key, whole, top)
    taken = []
    while whole >= 0:
        taken.append(whole)
        whole = pair_pop(child, sibling, key, whole)
    assert sorted(taken + gone) == list(range(300))
    assert key[taken].tolist() == sorted(key[taken].tolist())
