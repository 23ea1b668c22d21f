"""Serving areas: pieces of the tree with about so many customers each, whose places are improved side by side.

How a tree is cut depends on the tree and on who is served from where, never on how many processes there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.layout import Layout
    from ponplan.design.tree import RootedTree

    IntArray = NDArray[np.int64]


NEIGHBOURS = 6  # places in use nearest to one, itself among them, that its customers may go over to


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


def at_cuts(layout: Layout, assignment: IntArray, areas: Sequence[ServingArea]) -> IntArray:
    """Give the places in use that have one of another area among those in use nearest to them by air."""
    area_of = np.full(len(layout.places), -1, np.int64)
    for number, area in enumerate(areas):
        area_of[area.places] = number
    used = np.unique(assignment)
    at = layout.junctions[used]
    spots = np.stack([layout.x_m[at], layout.y_m[at]], axis=1)
    _, near = cKDTree(spots).query(spots, k=min(NEIGHBOURS, len(used)))
    other = area_of[used][near.reshape(len(used), -1)] != area_of[used][:, None]
    return np.asarray(used[other.any(axis=1)], np.int64)


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
