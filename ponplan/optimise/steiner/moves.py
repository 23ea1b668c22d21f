"""Improving moves of a tree, written down in flat arrays by the kernels that find them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.rooted import Rooted


class Moves(NamedTuple):
    """Improving moves: each removes nodes of the tree and adds paths, whose ends and the tops it needs to stay.

    Parameters
    ----------
    gain
        Of each move, what it saves on its own.
    removed_end, needed_end
        Where each move's nodes end in `removed` and `needed`.
    removed, needed
        Tree nodes that leave; nodes that must be in the tree afterwards.
    tally
        Number of moves, of removed and needed entries, and the work done.
    """

    gain: NDArray[np.int64]
    removed_end: NDArray[np.int64]
    needed_end: NDArray[np.int64]
    removed: NDArray[np.int32]
    needed: NDArray[np.int32]
    tally: NDArray[np.int64]


def empty_moves(rooted: Rooted) -> Moves:
    """Give room for all moves a tree can have; should nodes not fit in, the last moves are left out."""
    num_nodes, num_tree = len(rooted.position), len(rooted.order)
    room = 2 * num_tree + num_nodes
    return Moves(
        gain=np.zeros(room, np.int64),
        removed_end=np.zeros(room, np.int64),
        needed_end=np.zeros(room, np.int64),
        removed=np.empty(8 * num_tree + num_nodes, np.int32),
        needed=np.empty(8 * num_nodes, np.int32),
        tally=np.zeros(4, np.int64),
    )
