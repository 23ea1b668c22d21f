"""Bundles of equal links with one to spare: how many of which rate carry a load at least cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.design.covers import cheapest_cover
from ponplan.design.prices import unit_cost

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue

ETHERNET_BPS = (1_000_000_000, 10_000_000_000, 100_000_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """So many links of one rate; any one of them may fail."""

    rate_bps: int
    links: int
    cost: float


def optics_of(catalogue: Catalogue, rate_bps: int) -> str | None:
    """Give the cheapest transceiver of just this rate, None if there is none."""
    rows = [row for row in catalogue.bearer_optics.values() if row.allowed_in_design and row.line_bps == rate_bps]
    return min(rows, key=lambda row: (unit_cost(catalogue, row.id), row.id)).id if rows else None


def bundle_for(
    catalogue: Catalogue, load_bps: float, *, fastest_bps: int, most: int | None = None, ends: int
) -> Bundle | None:
    """Give the cheapest bundle of Ethernet links that carries a load with one link less, None if none can.

    Parameters
    ----------
    fastest_bps
        What the ports at both ends can do.
    most
        Links that there is room for; None for any number.
    ends
        Transceivers that a link needs: 1 where its far end is there already.
    """
    found = []
    for rate_bps in ETHERNET_BPS:
        optics = optics_of(catalogue, rate_bps)
        if optics is None or rate_bps > fastest_bps:
            continue
        links = max(1, math.ceil(load_bps / rate_bps - 1e-9)) + 1
        if most is None or links <= most:
            found.append(Bundle(rate_bps=rate_bps, links=links, cost=links * ends * unit_cost(catalogue, optics)))
    return min(found, key=lambda bundle: (bundle.cost, bundle.links), default=None)


def least_bundles_cost(catalogue: Catalogue, load_bps: float, *, ends: int) -> float:
    """Give what the links of any number of bundles for this load together cost at least.

    Every bundle carries its share without its fastest link. So all together carry the load without the fastest of
    all, with links that are no faster than that one.
    """
    rates = [(rate, optics_of(catalogue, rate)) for rate in ETHERNET_BPS]
    costs = [(rate, ends * unit_cost(catalogue, optics)) for rate, optics in rates if optics is not None]
    if not costs:
        return 0.0
    unit_bps = ETHERNET_BPS[0]
    need = max(1, math.ceil(load_bps / unit_bps - 1e-6))
    best = math.inf
    for fastest, (_, cost) in enumerate(costs, start=1):
        sizes = [rate // unit_bps for rate, _ in costs[:fastest]]
        best = min(best, cost + cheapest_cover(sizes, [price for _, price in costs[:fastest]], need)[0])
    return best
