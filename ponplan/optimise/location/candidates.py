"""Which sites may serve which client at what cost: one list per client, cheapest first, complete or cut short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CandidateLists:
    """The candidate sites of client i stand at `first[i]:first[i + 1]`, cheapest first.

    Parameters
    ----------
    first
        Start of each client's list, num_clients + 1 numbers.
    sites, costs
        Of each entry: the site and the cost of serving all of the client's demand from it.
    num_sites
        Number of sites, listed or not.
    omitted_costs
        Of each client: no site left off its list would serve it cheaper than this; inf when the list is complete.
        Solutions use listed sites only; bounds allow a free site at this cost, so that they stay valid.
    """

    first: IntArray
    sites: IntArray
    costs: FloatArray
    num_sites: int
    omitted_costs: FloatArray

    def __post_init__(self) -> None:
        if len(self.sites) != len(self.costs) or self.first[-1] != len(self.sites):
            raise ValueError(f"{len(self.sites)} sites, {len(self.costs)} costs, {self.first[-1]} entries announced")
        if len(self.omitted_costs) != self.num_clients:
            raise ValueError(f"{len(self.omitted_costs)} omitted costs for {self.num_clients} clients")
        if len(self.sites) and (self.sites.min() < 0 or self.sites.max() >= self.num_sites):
            raise ValueError(f"a site outside 0..{self.num_sites - 1} is listed")
        if not np.isfinite(self.costs).all() or (len(self.costs) and self.costs.min() < 0.0):
            raise ValueError("costs must be finite and not negative")

    @property
    def num_clients(self) -> int:
        """Number of clients."""
        return len(self.first) - 1

    @property
    def is_complete(self) -> bool:
        """Whether no client's list was cut short."""
        return bool(np.isinf(self.omitted_costs).all())

    @property
    def clients(self) -> IntArray:
        """Client of each entry."""
        return np.repeat(np.arange(self.num_clients), np.diff(self.first))

    @classmethod
    def from_entries(
        cls,
        clients: ArrayLike,
        sites: ArrayLike,
        costs: ArrayLike,
        *,
        num_clients: int,
        num_sites: int,
        omitted_costs: ArrayLike | None = None,
    ) -> CandidateLists:
        """Make lists from entries in any order; a pair given twice counts at its lower cost."""
        client, site = np.asarray(clients, dtype=np.int64), np.asarray(sites, dtype=np.int64)
        cost = np.asarray(costs, dtype=np.float64)
        order = np.lexsort((cost, site, client))
        client, site, cost = client[order], site[order], cost[order]
        keep = np.ones(len(client), dtype=bool)
        keep[1:] = (client[1:] != client[:-1]) | (site[1:] != site[:-1])
        client, site, cost = client[keep], site[keep], cost[keep]
        order = np.lexsort((site, cost, client))
        first = np.searchsorted(client, np.arange(num_clients + 1)).astype(np.int64)
        omitted = np.full(num_clients, np.inf) if omitted_costs is None else np.asarray(omitted_costs, dtype=float)
        return cls(first, site[order], cost[order], num_sites, omitted)

    @classmethod
    def from_matrix(cls, costs: ArrayLike, *, nearest: int | None = None) -> CandidateLists:
        """Make lists from a clients x sites matrix (inf: forbidden), of the `nearest` sites each when given."""
        matrix = np.asarray(costs, dtype=np.float64)
        num_clients, num_sites = matrix.shape
        order = np.argsort(matrix, axis=1, kind="stable")
        ranked = np.take_along_axis(matrix, order, axis=1)
        width = num_sites if nearest is None else min(nearest, num_sites)
        omitted = ranked[:, width] if width < num_sites else np.full(num_clients, np.inf)
        ranked, order = ranked[:, :width], order[:, :width]
        allowed = np.isfinite(ranked)
        first = np.concatenate(([0], np.cumsum(allowed.sum(axis=1)))).astype(np.int64)
        return cls(first, order[allowed].astype(np.int64), ranked[allowed], num_sites, omitted)

    def of_sites(self, kept: NDArray[np.bool_]) -> CandidateLists:
        """Give the same lists without the entries of sites that are not kept; site numbers stay."""
        keep = kept[self.sites]
        first = np.concatenate(([0], np.cumsum(keep)))[self.first].astype(np.int64)
        return CandidateLists(first, self.sites[keep], self.costs[keep], self.num_sites, self.omitted_costs)


@dataclass(frozen=True, slots=True)
class SiteLists:
    """The same entries seen from the sites: the clients of site j stand at `first[j]:first[j + 1]`, cheapest first.

    `entries` is each one's place in the lists by client.
    """

    first: IntArray
    clients: IntArray
    costs: FloatArray
    entries: IntArray


def lists_by_site(lists: CandidateLists) -> SiteLists:
    """Turn lists by client into lists by site."""
    order = np.lexsort((lists.costs, lists.sites))
    first = np.searchsorted(lists.sites[order], np.arange(lists.num_sites + 1)).astype(np.int64)
    return SiteLists(first, lists.clients[order], lists.costs[order], order.astype(np.int64))
