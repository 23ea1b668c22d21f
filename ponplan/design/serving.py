"""Serving areas: pieces of the tree with about so many customers each, whose places are improved side by side.

How a tree is cut depends on the tree and on who is served from where, never on how many processes there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.design.tree import RootedTree

    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingArea:
    """Places on one piece of the tree, and the customers served from them, wherever those are."""

    places: IntArray
    customers: IntArray

    def within(self, assignment: IntArray) -> IntArray:
        """Give the place of each of its customers, counted among its places."""
        return np.searchsorted(self.places, assignment[self.customers])


def serving_areas(tree: RootedTree, junctions: IntArray, assignment: IntArray, *, size: int) -> list[ServingArea]:
    """Cut the tree from its leaves up wherever the places of a branch serve `size` customers.

    Parameters
    ----------
    junctions
        (places,) where each stands.
    assignment
        (c,) place of each customer.
    size
        A piece has fewer only next to an office or the root, and fewer than this per branch that meets at its top.
    """
    piece = _pieces(tree, np.bincount(junctions[assignment], minlength=len(tree.parents)), size)
    piece_of_place = piece[junctions]
    piece_of_customer = piece_of_place[assignment]
    return [
        ServingArea(places=np.flatnonzero(piece_of_place == number), customers=customers)
        for number in np.unique(piece_of_customer).tolist()
        for customers in [np.flatnonzero(piece_of_customer == number)]
    ]


def _pieces(tree: RootedTree, served: IntArray, size: int) -> IntArray:
    """Give the top junction of the piece that each junction is in; -1 outside the tree."""
    parents, load = tree.parents.tolist(), served.tolist()
    piece = np.full(len(parents), -1, np.int64)
    order = tree.order.tolist()
    is_top = {tree.root}
    for junction in reversed(order[1:]):
        above = parents[junction]
        if load[junction] >= size or above == tree.root:
            is_top.add(junction)
        else:
            load[above] += load[junction]
    for junction in order:
        piece[junction] = junction if junction in is_top else piece[parents[junction]]
    return piece
