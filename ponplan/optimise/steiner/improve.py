"""Local search on a tree: improving key moves, many at a time, until there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.optimise.steiner.construct import span_tree
from ponplan.optimise.steiner.effort import PER_MOVE_STEP, PER_SEARCH_STEP
from ponplan.optimise.steiner.key_moves import find_moves
from ponplan.optimise.steiner.reconnect import reconnect
from ponplan.optimise.steiner.rooted import root_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ponplan.optimise.steiner.core import Arcs, Ints
    from ponplan.optimise.steiner.moves import Moves


def improve_tree(
    arcs: Arcs, is_terminal: NDArray[np.bool_], edges: Ints, cost: int, *, spend: Callable[[int], bool]
) -> tuple[Ints, int]:
    """Give a tree that no key move improves, or where `spend(work)` first said that it is enough, and its cost."""
    root = int(np.argmax(is_terminal))
    while len(edges):
        rooted, searched = root_tree(arcs, edges, root)
        moves = find_moves(arcs, is_terminal, rooted)
        found, applied = _apply_moves(arcs, is_terminal, rooted.order, moves, cost)
        is_enough = spend(PER_SEARCH_STEP * (searched + applied) + PER_MOVE_STEP * int(moves.tally[3]))
        if found is None:
            return edges, cost
        edges, cost = found
        if is_enough:
            break
    return edges, cost


def _apply_moves(
    arcs: Arcs, is_terminal: NDArray[np.bool_], tree_nodes: NDArray[np.int32], moves: Moves, cost: int
) -> tuple[tuple[Ints, int] | None, int]:
    """Apply as many moves at once as get along, the greatest first; None if nothing gets cheaper. Tell the work.

    Moves that are fine one by one can cut the tree in pieces together: these are joined anew, and if that costs
    more than was gained, half as many moves are tried.
    """
    order = np.argsort(-moves.gain[: moves.tally[0]], kind="stable")
    limit = len(order)
    work = 0
    while limit > 0:
        in_tree = np.zeros(len(is_terminal), np.bool_)
        in_tree[tree_nodes] = True
        _apply_greedily(moves, order[:limit], in_tree, np.zeros(len(is_terminal), np.int8))
        edges, new_cost, spanned = span_tree(arcs, is_terminal, in_tree)
        work += spanned
        if new_cost < 0:
            in_tree, joined = reconnect(arcs, in_tree)
            edges, new_cost, spanned = span_tree(arcs, is_terminal, in_tree)
            work += joined + spanned
        if 0 <= new_cost < cost:
            return (edges, new_cost), work
        limit //= 2
    return None, work


@njit(cache=True)
def _apply_greedily(
    moves: Moves, order: NDArray[np.int64], in_tree: NDArray[np.bool_], state: NDArray[np.int8]
) -> None:
    """Take each move unless it removes what an earlier one removed or needs, or needs what one removed."""
    removed, needed = 1, 2
    for move in order:
        first_removed = moves.removed_end[move - 1] if move > 0 else 0
        first_needed = moves.needed_end[move - 1] if move > 0 else 0
        fits = True
        for i in range(first_removed, moves.removed_end[move]):
            fits = fits and state[moves.removed[i]] == 0
        for i in range(first_needed, moves.needed_end[move]):
            fits = fits and state[moves.needed[i]] != removed
        if not fits:
            continue
        for i in range(first_removed, moves.removed_end[move]):
            state[moves.removed[i]] = removed
            in_tree[moves.removed[i]] = False
        for i in range(first_needed, moves.needed_end[move]):
            state[moves.needed[i]] = needed
            in_tree[moves.needed[i]] = True
