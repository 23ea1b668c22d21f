"""What each customer's fibre pays for a metre of each street: more where few others come before it.

A concave curve under the price of cable gives what the 1st, 2nd, ... fibre in a street adds to its cable at least. In
every street customers are ranked, each pays the share of its rank, and all others pay what any further fibre adds.
Whoever's fibres a plan lays there, their shares are at most the sum of the first ones, so that with the curve's value
at 0 they stay below the price of the cable, whatever other fibres lie there too. Any ranking will do, and any mean of
rankings; good ones have those first who need the street most, in the plan and in the relaxed solutions themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from ponplan.design.placement import NEAREST
from ponplan.optimise.nearest import nearest_sources
from ponplan.optimise.own_ways import OwnPrices, edges_on_ways, nearest_at_own_prices
from ponplan.optimise.ranking import share_by_rank

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ponplan.design.bound import LocationBound
    from ponplan.design.curves import Curve
    from ponplan.design.placement import FindPlaces
    from ponplan.design.places import Place
    from ponplan.design.spots import Spots

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

NEAR_ENTRIES = 12_000_000  # of all junctions' lists of customers together
STEPS = 5
STEP_CUSTOMERS = 100_000  # of all steps together, though there are two at least
STEP_ENTRIES = 160_000  # of all customers' lists of places at each step, as far as they exceed the usual length


@dataclass(frozen=True)
class Ranks:
    """Who pays how much for a metre of which street.

    Shares are matrices (spots, streets) of what a metre costs each customer there beyond the curve's tail; users are
    such matrices with an entry where a spot's fibres use a street.
    """

    spots: Spots  # of customers with splitters
    curve: Curve

    @cached_property
    def _near(self) -> tuple[IntArray, FloatArray]:
        """Each junction's nearest spots, as many as may have ranks, and the metres."""
        graph, junctions = self.spots.graph, self.spots.junctions
        width = min(len(self.curve.more()), len(junctions), NEAR_ENTRIES // graph.num_nodes)
        return nearest_sources(graph, junctions, width=max(1, width))

    def shares(self, users: csr_array) -> csr_array:
        """Give the shares where those who use a street come first."""
        by_street = users.tocsc()
        first, rows = by_street.indptr.astype(np.int64), by_street.indices.astype(np.int64)
        more, spots = self.curve.more(), self.spots
        return spots.matrix(*share_by_rank(*spots.ends, *self._near, spots.customers, first, rows, more))

    def finder(self, shares: csr_array) -> FindPlaces:
        """Give a function that finds each customer's cheapest places at these shares."""

        def find(places: IntArray, width: int) -> tuple[IntArray, FloatArray]:
            spots, prices = self.spots, self._prices(shares)
            labels, costs = nearest_at_own_prices(spots.graph, spots.junctions, prices, places, width=width)
            return labels[spots.of_customer], costs[spots.of_customer] / prices.common

        return find

    def users_at(self, shares: csr_array, places: Sequence[Place], assignment: IntArray) -> csr_array:
        """Give who uses which street to these places, over the ways that are cheapest at these shares."""
        spots = self.spots
        targets = np.full(len(spots.junctions), -1)
        for spot, place in zip(spots.of_customer.tolist(), assignment.tolist(), strict=True):
            if places[place].kind != "room":
                targets[spot] = places[place].junction
        rows, streets = edges_on_ways(spots.graph, spots.junctions, self._prices(shares), targets)
        return spots.matrix(rows, streets, np.ones(len(rows)))

    def _prices(self, shares: csr_array) -> OwnPrices:
        first, streets = shares.indptr.astype(np.int64), shares.indices.astype(np.int64)
        return OwnPrices(first, streets, shares.data, self.curve.tail.slope)


def best_shares(
    ranks: Ranks, users: csr_array, places: Sequence[Place], bounded: Callable[..., LocationBound]
) -> csr_array:
    """Give the shares with the highest bound of some: those of a plan, and means with those of relaxed plans.

    A step of the ascent moves the shares towards those of whoever uses the streets where the bound was found
    (subgradients with averaging); each step is taken on short lists of places.

    Parameters
    ----------
    users
        In the plan.
    bounded
        Gives the location side's bound; with `find` and `nearest`.
    """
    customers = len(ranks.spots.problem.served)
    shares = ranks.shares(users)
    best, most = shares, -np.inf
    for step in range(max(2, min(STEPS, STEP_CUSTOMERS // customers))):
        location = bounded(find=ranks.finder(shares), nearest=max(NEAREST, STEP_ENTRIES // customers))
        if location.total > most:
            best, most = shares, location.total
        relaxed = ranks.shares(ranks.users_at(shares, places, location.assignment))
        weight = 1.0 / (step + 2.0)
        shares = csr_array((1.0 - weight) * shares + weight * relaxed)
    return best
