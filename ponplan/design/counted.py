"""What trench and location sides count for a metre of street, so that only the rest of a cable's price is charged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from ponplan.design.prices import Line
    from ponplan.design.problem import PlanProblem
    from ponplan.design.ranks import Ranks
    from ponplan.design.tree import RootedTree

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


def counted_per_m(
    problem: PlanProblem, tree: RootedTree, line: Line, ranks: Ranks | None = None, shares: csr_array | None = None
) -> FloatArray:
    """Give (n + 1,) the most that is counted per metre above each junction for the fibres of all who are behind.

    The fixed part once, the slope for each of them, twice for those whose trunk is protected, since a splitter in
    their building would have two feeders, and the shares of their ranks.
    """
    fibres = 1.0 + (problem.protections == "trunk")
    behind = np.bincount(problem.access, weights=fibres, minlength=len(tree.parents))
    for junction in tree.order[:0:-1].tolist():
        behind[tree.parents[junction]] += behind[junction]
    counted = np.asarray(line.fixed + line.slope * behind)
    if ranks is not None and shares is not None:
        np.add.at(counted, *_more_behind(tree, ranks, shares))
    return np.asarray(counted, np.float64)


def _more_behind(tree: RootedTree, ranks: Ranks, shares: csr_array) -> tuple[IntArray, FloatArray]:
    """Give the junction below each street with a share of somebody behind it, and the share."""
    junction_of = np.full(max(int(ranks.spots.streets.max(initial=0)), int(tree.parent_edges.max())) + 1, -1)
    below = tree.order[1:]
    junction_of[tree.parent_edges[below]] = below
    sizes = np.ones(len(tree.parents), np.int64)
    for junction in below[::-1].tolist():
        sizes[tree.parents[junction]] += sizes[junction]
    spots, entries = ranks.spots, shares.tocoo()
    rows, streets = entries.coords
    junctions = junction_of[spots.streets[streets]]
    depth = tree.position[spots.junctions[rows]] - tree.position[junctions]
    is_behind = (junctions >= 0) & (depth >= 0) & (depth < sizes[junctions])
    return junctions[is_behind], (entries.data * spots.customers[rows])[is_behind]
