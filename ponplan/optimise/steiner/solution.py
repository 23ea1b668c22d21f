"""A tree with its cost and its proof, and an independent judge of trees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ponplan.optimise.progress import gap_percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.steiner.problem import SteinerProblem


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SteinerSolution:
    """A tree over all terminals.

    Parameters
    ----------
    edges
        Ascending numbers of the chosen edges.
    cost
        Sum of their costs.
    bound
        No tree over these terminals can cost less.
    work
        Counted work of the search that found it, in units of about ten nanoseconds.
    """

    edges: NDArray[np.int64]
    cost: float
    bound: float
    work: int

    @property
    def gap_percent(self) -> float:
        """Give 100 (cost - bound) / cost."""
        return gap_percent(self.cost, self.bound)


def tree_faults(problem: SteinerProblem, edges: NDArray[np.int64]) -> list[str]:
    """Give what is wrong with `edges` as a tree over the terminals of `problem`; an empty list if nothing is."""
    chosen = np.unique(edges)
    faults = [] if len(chosen) == len(edges) else ["an edge is chosen twice"]
    tails, heads = problem.tails[chosen], problem.heads[chosen]
    graph = coo_array((np.ones(len(chosen)), (tails, heads)), shape=(problem.num_nodes, problem.num_nodes))
    _, labels = connected_components(graph, directed=False)
    cut_off = problem.terminals[labels[problem.terminals] != labels[problem.terminals[:1]]]
    if len(cut_off):
        faults.append(f"{len(cut_off)} terminals are not joined to the first, among them {cut_off[0]}")
    touched = np.union1d(np.union1d(tails, heads), problem.terminals)
    if len(chosen) != len(touched) - len(np.unique(labels[touched])):
        faults.append("the edges contain a cycle")
    return faults
