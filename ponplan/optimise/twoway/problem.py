"""Nodes that want one way to the root, and pairs of nodes that want two ways apart, over links opened once each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWayProblem:
    """An undirected network in which the cheapest links are sought.

    Parameters
    ----------
    num_nodes
        Nodes are numbered from 0.
    tails, heads, costs
        Ends of each link and what opening it costs.
    second_costs
        (links,) what is added where both ways of a pair must use a link.
    is_shared
        (links,) which links both ways of a pair may use; bridges may be used by both in any case.
    root
        Where all ways end.
    singles
        Nodes that want a way.
    pairs
        (k, 2) from both nodes of a pair a way, without a link in common but those that may be shared; a pair of
        equal nodes wants two ways from this node.
    """

    num_nodes: int
    tails: IntArray
    heads: IntArray
    costs: FloatArray
    second_costs: FloatArray
    is_shared: BoolArray
    root: int
    singles: IntArray
    pairs: IntArray

    def __post_init__(self) -> None:
        lengths = {len(part) for part in (self.tails, self.heads, self.costs, self.second_costs, self.is_shared)}
        if len(lengths) != 1:
            raise ValueError("links need as many tails, heads, costs, second costs and marks")
        for name in ("costs", "second_costs"):
            values = getattr(self, name)
            if len(values) and not (np.isfinite(values).all() and values.min() >= 0.0):
                raise ValueError(f"{name} must be finite and not negative")
