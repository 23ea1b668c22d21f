"""Branch and bound over which sites are open, each node bounded by a short Lagrangian ascent, best bound first."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.location.ascent import Ascent, raise_bound
from ponplan.optimise.location.relaxation import CLOSED, FREE, OPEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ponplan.optimise.location.relaxation import Relaxation

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(order=True, slots=True)
class Node:
    """A part of the search: which sites are open, free or closed, with the prices and the bound found there."""

    bound: float
    number: int
    status: IntArray = field(compare=False)
    prices: FloatArray = field(compare=False)
    usage: FloatArray = field(compare=False)


class Tree:
    """The open nodes of a search; `bound` is below the cost of every plan not seen yet that beats the cutoff.

    `try_sites` is called with the relaxed choice of sites of every node, so that plans are found on the way. A node
    without free sites goes to `close_leaf`, which gives a bound on every plan with just these sites (-inf: none).
    """

    def __init__(
        self,
        relaxation: Relaxation,
        root: Ascent,
        *,
        try_sites: Callable[[NDArray[np.bool_]], None],
        close_leaf: Callable[[NDArray[np.bool_]], float],
        iterations: int = 60,
    ) -> None:
        self._relaxation = relaxation
        self._try_sites = try_sites
        self._close_leaf = close_leaf
        self._iterations = iterations
        self._count = 0
        self._floor = math.inf
        self._open: list[Node] = []
        self._push(root.bound, root.status, root.prices, root.usage)

    @property
    def is_done(self) -> bool:
        """Whether no node is left."""
        return not self._open

    @property
    def bound(self) -> float:
        """Lowest bound of the open nodes and of the leaves that could not be settled; inf when there are none."""
        return min(self._floor, self._open[0].bound if self._open else math.inf)

    def expand(self, cutoff: float, target: float) -> int:
        """Branch on the node of lowest bound; plans of `cutoff` or more are of no interest. Gives the work done."""
        node = heapq.heappop(self._open)
        if node.bound >= cutoff:
            self._open.clear()
            return 1
        site = _branching_site(node)
        if site < 0:
            leaf = max(node.bound, self._close_leaf(node.status == OPEN))
            if leaf < cutoff:
                self._floor = min(self._floor, leaf)
            return len(node.status)
        return sum(self._branch(node, site, side, cutoff, target) for side in (OPEN, CLOSED))

    def _branch(self, node: Node, site: int, side: int, cutoff: float, target: float) -> int:
        status = node.status.copy()
        status[site] = side
        ascent = raise_bound(
            self._relaxation, status, node.prices, target=target, cutoff=cutoff, iterations=self._iterations,
            step=0.3, patience=8,
        )  # fmt: skip
        bound = max(ascent.bound, node.bound)
        if bound < cutoff:
            self._try_sites(ascent.chosen)
            self._push(bound, ascent.status, ascent.prices, ascent.usage)
        return ascent.work

    def _push(self, bound: float, status: IntArray, prices: FloatArray, usage: FloatArray) -> None:
        self._count += 1
        heapq.heappush(self._open, Node(bound, self._count, status, prices, usage))


def _branching_site(node: Node) -> int:
    """Choose the free site that the relaxed plans of the node were least decided about; -1 when none is free."""
    free = np.flatnonzero(node.status == FREE)
    if len(free) == 0:
        return -1
    doubt = np.minimum(node.usage[free], 1.0 - node.usage[free])
    return int(free[int(np.argmax(doubt))])
