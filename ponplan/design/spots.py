"""Customers told by the junctions where their drops begin, and who uses which street."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from ponplan.design.pricing import carries_trunk
from ponplan.optimise.graph import SparseGraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.design.problem import PlanProblem
    from ponplan.topology.network import Network

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Spots:
    """Junctions where drops begin, and the streets between them, by number; matrices are (spots, streets)."""

    problem: PlanProblem

    @cached_property
    def streets(self) -> IntArray:
        """Segments that may hold trunk cables."""
        return np.flatnonzero(carries_trunk(self.problem))

    @cached_property
    def ends(self) -> tuple[IntArray, IntArray]:
        """Junctions at both ends of each street."""
        return self.problem.graph.tails[self.streets], self.problem.graph.heads[self.streets]

    @cached_property
    def junctions(self) -> IntArray:
        """Junction of each spot, ascending."""
        return np.unique(self.problem.access)

    @cached_property
    def of_customer(self) -> IntArray:
        """Give (c,) the spot of each customer."""
        return np.searchsorted(self.junctions, self.problem.access)

    @cached_property
    def customers(self) -> IntArray:
        """Count the customers of each spot."""
        return np.bincount(self.of_customer, minlength=len(self.junctions))

    @cached_property
    def graph(self) -> SparseGraph:
        """Metres of the streets, parallel ones too: a longer one may be cheaper for some."""
        lengths_m = self.problem.graph.lengths_m[self.streets]
        num_junctions = len(self.problem.graph.junction_ids)
        return SparseGraph.from_edges(num_junctions, *self.ends, lengths_m, all_parallels=True)

    def matrix(self, spots: IntArray, streets: IntArray, values: FloatArray) -> csr_array:
        """Give a matrix with these entries, equal ones added up."""
        return csr_array((values, (spots, streets)), shape=(len(self.junctions), len(self.streets)))

    def users_in(self, network: Network) -> csr_array:
        """Count the fibres that lead from splitters to each spot's customers through each street in a plan."""
        problem = self.problem
        street_of = {problem.graph.segment_ids[edge]: street for street, edge in enumerate(self.streets.tolist())}
        under = {cable.id: [street_of[r] for r in cable.routes if r in street_of] for cable in network.cables}
        names = [problem.customers[row].id for row in problem.served.tolist()]
        spot_of = dict(zip(names, self.of_customer.tolist(), strict=True))
        spot_at = {onu.id: spot_of[onu.customer] for onu in network.onus if onu.customer in spot_of}
        pairs = [
            (spot_at[link.to_device], street)
            for link in network.links
            if link.to_device in spot_at
            for cable, _ in link.strands
            for street in under[cable]
        ]
        table = np.array(pairs, np.int64).reshape(-1, 2)
        return self.matrix(table[:, 0], table[:, 1], np.ones(len(table)))
