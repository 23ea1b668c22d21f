"""What a Steiner tree problem is: an undirected graph with edge costs and the terminals a tree must join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import Infeasible

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class DisconnectedTerminals(Infeasible):
    """Some terminals cannot be joined, whatever one pays; `terminals` names those cut off from the first."""

    def __init__(self, terminals: NDArray[np.int64], root: int) -> None:
        self.terminals = terminals
        shown = ", ".join(str(t) for t in terminals[:10].tolist())
        more = ", ..." if len(terminals) > 10 else ""
        super().__init__(
            f"{len(terminals)} terminals cannot be reached from node {root}: {shown}{more}; "
            "add the missing edges or leave these terminals out"
        )


@dataclass(frozen=True, slots=True, eq=False)
class SteinerProblem:
    """Find the cheapest tree that joins all terminals.

    Parameters
    ----------
    num_nodes
        Nodes are numbered from 0.
    tails, heads, costs
        The two ends and the cost of each edge. Parallel edges, loops and zero costs are welcome; costs are
        finite and not negative.
    terminals
        The nodes to join, each at most once counted.
    root
        A terminal where the tree is thought to start; None leaves the choice to the solver. A root that is not
        listed is made a terminal.

    Raises
    ------
    ValueError
        If an array has another length than its partners or a value out of range.
    """

    num_nodes: int
    tails: NDArray[np.int64]
    heads: NDArray[np.int64]
    costs: NDArray[np.float64]
    terminals: NDArray[np.int64]
    root: int | None = None

    def __post_init__(self) -> None:
        for name in ("tails", "heads", "terminals"):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), np.int64))
        object.__setattr__(self, "costs", np.ascontiguousarray(self.costs, np.float64))
        if not len(self.tails) == len(self.heads) == len(self.costs):
            raise ValueError(
                f"tails, heads and costs differ in length: {len(self.tails)}, {len(self.heads)}, {len(self.costs)}"
            )
        for name in ("tails", "heads", "terminals"):
            _check_nodes(name, getattr(self, name), self.num_nodes)
        _check_costs("costs", self.costs)
        if self.root is not None:
            _check_nodes("root", [self.root], self.num_nodes)
        listed = self.terminals if self.root is None else np.append(self.terminals, self.root)
        object.__setattr__(self, "terminals", np.unique(listed))


def _check_nodes(name: str, nodes: ArrayLike, num_nodes: int) -> None:
    values = np.asarray(nodes)
    wrong = np.flatnonzero((values < 0) | (values >= num_nodes))
    if len(wrong):
        raise ValueError(f"{name}[{wrong[0]}] is {values[wrong[0]]}; allowed: 0 to {num_nodes - 1}")


def _check_costs(name: str, costs: NDArray[np.float64]) -> None:
    wrong = np.flatnonzero(~(np.isfinite(costs) & (costs >= 0)))
    if len(wrong):
        raise ValueError(f"{name}[{wrong[0]}] is {costs[wrong[0]]}; allowed: finite and not negative")
